# SPDX-License-Identifier: GPL-2.0-or-later
# The commands that set a machine up. Linked into the one program (resume/build.mk), which finds them
# through its table of commands.

KERNEL_CMDLINE_SOURCES := $(sort $(wildcard kernel-cmdline/*.cc))
KERNEL_CMDLINE_OBJECTS := $(KERNEL_CMDLINE_SOURCES:%.cc=$(BUILD)/%.o)

$(BUILD)/kernel-cmdline/%.o: kernel-cmdline/%.cc
	@mkdir -p $(@D)
	$(CXX) $(PROJECT_CXXFLAGS) $(CXXFLAGS) -c -o $@ $<

# What runs without firmware and NVM; the commands themselves are tested in a guest.
SETUP_TEST_SOURCES = $(filter-out kernel-cmdline/setup.cc kernel-cmdline/setup_plan.cc \
  kernel-cmdline/finish.cc kernel-cmdline/trial.cc kernel-cmdline/trial_checks.cc,$(KERNEL_CMDLINE_SOURCES)) \
  resume/system_files.cc resume/boot_next.cc
SETUP_TEST_LIBS := -lmount -lblkid -lefiboot -lefivar

.PHONY: install-boot-unit
install-boot-unit:
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	install -m 644 kernel-cmdline/nvresume-boot.service $(DESTDIR)$(PREFIX)/lib/systemd/system/

-include $(KERNEL_CMDLINE_OBJECTS:.o=.d)
