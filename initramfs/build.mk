# SPDX-License-Identifier: GPL-2.0-or-later
# The dracut module and the udev rule. The program's place is the only path in them that PREFIX moves;
# in the initramfs it is always /usr/sbin/nvresume.
.PHONY: install-initramfs
install-initramfs:
	install -d $(DESTDIR)$(DRACUT_DIR)/55nvresume $(DESTDIR)$(UDEV_DIR)
	install -m 644 initramfs/60-nvresume.rules $(DESTDIR)$(UDEV_DIR)/
	install -m 755 initramfs/55nvresume/*.sh $(DESTDIR)$(DRACUT_DIR)/55nvresume/
	install -m 644 initramfs/55nvresume/*.service initramfs/55nvresume/*.conf $(DESTDIR)$(DRACUT_DIR)/55nvresume/
	sed -i 's|^program=.*|program=$(PREFIX)/sbin/nvresume|' $(DESTDIR)$(DRACUT_DIR)/55nvresume/module-setup.sh
