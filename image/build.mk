# SPDX-License-Identifier: GPL-2.0-or-later
# image/ as a hosted library for the user program. The stage compiles IMAGE_STAGE_SOURCES again,
# freestanding, in efi/build.mk.
IMAGE_HOSTED_SOURCES := image/checksum_wide.cc image/frame_encoder.cc
IMAGE_STAGE_SOURCES := $(filter-out $(IMAGE_HOSTED_SOURCES),$(sort $(wildcard image/*.cc)))
IMAGE_SOURCES := $(filter-out image/checksum_wide_stage.cc,$(IMAGE_STAGE_SOURCES)) $(IMAGE_HOSTED_SOURCES)
IMAGE_OBJECTS := $(IMAGE_SOURCES:%.cc=$(BUILD)/%.o)
IMAGE_LIBRARY := $(BUILD)/image/libimage.a
IMAGE_LIBS := -lzstd -lxxhash

# Hosted, yet -ffreestanding: every build keeps the stage's rules. -fbuiltin behind it brings back
# what -ffreestanding turns off: without it XXH3 calls memcpy() for every 8-byte load (60 call sites
# with g++ 12, none with it).
IMAGE_FREESTANDING := -ffreestanding -fbuiltin

$(BUILD)/image/%.o: image/%.cc
	@mkdir -p $(@D)
	$(CXX) $(PROJECT_CXXFLAGS) $(CPPFLAGS) $(CXXFLAGS) $(IMAGE_FREESTANDING) -c -o $@ $<

$(IMAGE_LIBRARY): $(IMAGE_OBJECTS)
	rm -f $@
	$(AR) rcs $@ $^

all: $(IMAGE_LIBRARY)
-include $(IMAGE_OBJECTS:.o=.d)
