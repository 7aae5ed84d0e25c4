# SPDX-License-Identifier: GPL-2.0-or-later
# make install: program, stage, driver (built for KVER, and its source for DKMS), dracut module, udev
# rule, unit. Nothing of it changes how the machine boots; `nvresume setup` does. The paths below
# PREFIX are those the units name: PREFIX other than /usr is for staging only.

DRACUT_MODULE_DIR = $(DESTDIR)$(PREFIX)/lib/dracut/modules.d/55nvresume

.PHONY: install install-program install-initramfs
install: install-program install-initramfs install-boot-unit install-driver-source install-driver-module ## install below DESTDIR
	[ -n "$(DESTDIR)" ] || depmod $(KVER)

# Stripped: debug information is nineteen twentieths of the program, and the initramfs would carry it
# through every boot. build/ keeps it whole.
install-program: all
	install -d $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(PREFIX)/lib/nvresume
	install -m 755 $(NVRESUME) $(DESTDIR)$(PREFIX)/sbin/nvresume
	strip --strip-debug $(DESTDIR)$(PREFIX)/sbin/nvresume
	install -m 644 $(EFI_STAGE) $(DESTDIR)$(PREFIX)/lib/nvresume/nvresume.efi

install-initramfs:
	install -d $(DRACUT_MODULE_DIR) $(DESTDIR)$(PREFIX)/lib/udev/rules.d
	install -m 644 initramfs/60-nvresume.rules $(DESTDIR)$(PREFIX)/lib/udev/rules.d/
	install -m 755 initramfs/55nvresume/*.sh $(DRACUT_MODULE_DIR)/
	install -m 644 initramfs/55nvresume/*.service initramfs/55nvresume/*.conf $(DRACUT_MODULE_DIR)/
