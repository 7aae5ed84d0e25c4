# SPDX-License-Identifier: GPL-2.0-or-later
# The commands that set a machine up. Linked into the one program (resume/build.mk), which finds them
# through its table of commands.

KERNEL_CMDLINE_SOURCES := $(sort $(wildcard kernel-cmdline/*.cc))
KERNEL_CMDLINE_OBJECTS := $(KERNEL_CMDLINE_SOURCES:%.cc=$(BUILD)/%.o)

$(BUILD)/kernel-cmdline/%.o: kernel-cmdline/%.cc
	@mkdir -p $(@D)
	$(CXX) $(PROJECT_CXXFLAGS) $(CPPFLAGS) $(CXXFLAGS) -c -o $@ $<

# Everything but the commands themselves, which are tested in a guest, and the device path of a real
# partition, of which the tests have one of their own.
SETUP_TEST_SOURCES = $(filter-out kernel-cmdline/boot_option.cc kernel-cmdline/setup.cc \
  kernel-cmdline/remove.cc kernel-cmdline/refresh_command.cc kernel-cmdline/trial.cc,\
  $(KERNEL_CMDLINE_SOURCES)) $(RESUME_TEST_SOURCES)
SETUP_TEST_LIBS = $(RESUME_TEST_LIBS)

.PHONY: install-boot-unit
install-boot-unit:
	$(call install_unit,kernel-cmdline/nvresume-boot.service)

-include $(KERNEL_CMDLINE_OBJECTS:.o=.d)
