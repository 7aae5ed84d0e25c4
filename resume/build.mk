# SPDX-License-Identifier: GPL-2.0-or-later
# resume/: the user program. kernel-cmdline/ adds its commands by KERNEL_CMDLINE_OBJECTS: they join
# the table at link time.
RESUME_SOURCES := $(sort $(wildcard resume/*.cc))
RESUME_OBJECTS := $(RESUME_SOURCES:%.cc=$(BUILD)/%.o)
RESUME_LIBS := -lmount -lblkid -lkmod -lefiboot -lefivar -lz $(IMAGE_LIBS) -pthread
NVRESUME := $(BUILD)/resume/nvresume

$(BUILD)/resume/%.o: resume/%.cc
	@mkdir -p $(@D)
	$(CXX) $(PROJECT_CXXFLAGS) $(CPPFLAGS) $(CXXFLAGS) -pthread -c -o $@ $<

# Expanded late: kernel-cmdline/build.mk may be read after this file. -z now: no symbol may be looked up
# for the first time, which allocates, while user space is frozen.
.SECONDEXPANSION:
$(NVRESUME): $(RESUME_OBJECTS) $$(KERNEL_CMDLINE_OBJECTS) $(IMAGE_LIBRARY)
	$(CXX) $(CXXFLAGS) $(LDFLAGS) -Wl,-z,now -o $@ $^ $(RESUME_LIBS)

# Stripped: debug information is nineteen twentieths of the program, and the initramfs would carry it
# through every boot. build/ keeps it whole.
STRIP ?= strip --strip-debug
.PHONY: install-program
install-program: $(NVRESUME)
	install -D -m 755 $(NVRESUME) $(DESTDIR)$(PREFIX)/sbin/nvresume
	$(STRIP) $(DESTDIR)$(PREFIX)/sbin/nvresume
	$(call install_unit,resume/nvresume-scrub.service)

# Started by the program; nothing enables it.
.PHONY: install-swapin-unit
install-swapin-unit:
	$(call install_unit,resume/nvresume-swapin.service)

all: $(NVRESUME)
-include $(RESUME_OBJECTS:.o=.d)

# For tests/build.mk: everything but the program's main().
RESUME_TEST_SOURCES := $(filter-out resume/main.cc,$(RESUME_SOURCES))
RESUME_TEST_LIBS := $(RESUME_LIBS)
RESUME_TEST_CXXFLAGS := -pthread
