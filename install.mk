# SPDX-License-Identifier: GPL-2.0-or-later
# make install [DESTDIR=] [PREFIX=/usr]. Nothing of it changes how the machine boots; `nvresume setup`
# does. Each folder installs its own (build.mk); tests/install/installed-files lists the whole.

# Not below PREFIX: dracut, udev and DKMS look in these places alone, and setup enables the unit by
# name. What they hold names the program below PREFIX.
DRACUT_DIR := /usr/lib/dracut/modules.d
UDEV_DIR := /usr/lib/udev/rules.d
UNIT_DIR := /usr/lib/systemd/system
DKMS_DIR := /usr/src
DOC_DIR = $(DESTDIR)$(PREFIX)/share/doc/nvresume

# $(call install_unit,FOLDER/NAME.service): it names the program below PREFIX.
define install_unit
install -d $(DESTDIR)$(UNIT_DIR)
sed 's|/usr/sbin/nvresume|$(PREFIX)/sbin/nvresume|' $1 >$(DESTDIR)$(UNIT_DIR)/$(notdir $1)
chmod 644 $(DESTDIR)$(UNIT_DIR)/$(notdir $1)
endef

# These name installed files: another PREFIX makes them anew, and nothing else.
$(patsubst %,$(BUILD)/%.o,resume/check_stage_copy $(addprefix kernel-cmdline/, \
  esp installed_kernels owned_files prerequisites refresh)): $(BUILD)/prefix
$(BUILD)/prefix: FORCE
	@mkdir -p $(@D)
	@echo '$(PREFIX)' | cmp -s - $@ || echo '$(PREFIX)' >$@

.PHONY: install install-doc
install: install-program install-stage install-initramfs install-boot-unit install-swapin-unit install-man install-completion \
  install-doc install-driver-source install-driver-module ## install below DESTDIR
	[ -n "$(DESTDIR)" ] || depmod $(KVER)

install-doc:
	install -d $(DOC_DIR)
	install -m 644 COPYING README.md docs/*.md docs/*.svg $(DOC_DIR)/
