# SPDX-License-Identifier: GPL-2.0-or-later
# resume/: the user program. kernel-cmdline/ adds its commands by KERNEL_CMDLINE_OBJECTS: they join
# the table at link time.
RESUME_SOURCES := $(sort $(wildcard resume/*.cc))
RESUME_OBJECTS := $(RESUME_SOURCES:%.cc=$(BUILD)/%.o)
RESUME_LIBS := -lmount -lblkid -lkmod -lefiboot -lefivar -lz $(IMAGE_LIBS) -pthread
NVRESUME := $(BUILD)/resume/nvresume

$(BUILD)/resume/%.o: resume/%.cc
	@mkdir -p $(@D)
	$(CXX) $(PROJECT_CXXFLAGS) $(CXXFLAGS) -pthread -c -o $@ $<

# Expanded late: kernel-cmdline/build.mk may be read after this file. -z now: no symbol may be looked up
# for the first time, which allocates, while user space is frozen.
.SECONDEXPANSION:
$(NVRESUME): $(RESUME_OBJECTS) $$(KERNEL_CMDLINE_OBJECTS) $(IMAGE_LIBRARY)
	$(CXX) $(CXXFLAGS) -Wl,-z,now -o $@ $^ $(RESUME_LIBS)

all: $(NVRESUME)
-include $(RESUME_OBJECTS:.o=.d)

# For tests/build.mk: everything but the program's main().
RESUME_TEST_SOURCES := $(filter-out resume/main.cc,$(RESUME_SOURCES))
RESUME_TEST_LIBS := $(RESUME_LIBS)
RESUME_TEST_CXXFLAGS := -pthread
