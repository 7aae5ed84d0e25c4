# SPDX-License-Identifier: GPL-2.0-only
# make driver [KVER=6.1.0-N-amd64]: build/driver/nvm_swap.ko
# make install-driver-source: the sources, where DKMS looks for them
# make install-driver-module: the built module, for the kernel it was built for (run depmod afterwards)

KVER ?= $(patsubst linux-headers-%,%,$(notdir $(lastword $(shell ls -d /usr/src/linux-headers-*-amd64 2>/dev/null | sort -V))))
KDIR ?= /usr/src/linux-headers-$(KVER)

DRIVER_SOURCES := driver/Kbuild driver/nvm_compat.h driver/nvm_swap.c
DRIVER_DIR := $(abspath build/driver)

.PHONY: driver install-driver-source install-driver-module FORCE
driver: build/driver/nvm_swap.ko build/driver/nvm_io ## the kernel module

# Kbuild writes beside the sources it is given, so it is given copies. The BTF switch only silences a
# message: type information needs the kernel's own vmlinux, which no headers package carries.
build/driver/nvm_swap.ko: $(DRIVER_SOURCES) build/driver/kernel
	@test -d "$(KDIR)" || { echo "no kernel headers in $(KDIR): apt install linux-headers-amd64" >&2; exit 1; }
	@mkdir -p build/driver
	cp $(DRIVER_SOURCES) build/driver/
	$(MAKE) -C $(KDIR) M=$(DRIVER_DIR) W=1 KCFLAGS=-Werror CONFIG_DEBUG_INFO_BTF_MODULES= modules

# One whose writes a test can have fail. Never installed: nothing but tests/vm/cases/failures.py asks for it.
.PHONY: driver-test
driver-test: build/driver-test/nvm_swap.ko
build/driver-test/nvm_swap.ko: $(DRIVER_SOURCES) driver/test/nvm_fault.h build/driver/kernel
	@mkdir -p build/driver-test
	cp $(DRIVER_SOURCES) driver/test/nvm_fault.h build/driver-test/
	$(MAKE) -C $(KDIR) M=$(abspath build/driver-test) W=1 KCFLAGS='-Werror -DNVM_SWAP_TEST' CONFIG_DEBUG_INFO_BTF_MODULES= modules

# Changes, and so rebuilds, only when another kernel is asked for.
build/driver/kernel: FORCE
	@mkdir -p build/driver
	@echo "$(KDIR)" | cmp -s - $@ || echo "$(KDIR)" >$@

# Static: it runs in guests that have nothing but busybox.
build/driver/nvm_io: driver/test/nvm_io.c
	@mkdir -p build/driver
	$(CC) -std=gnu11 -O2 -Wall -Wextra -Werror -static -o $@ $<

install-driver-source:
	install -d $(DESTDIR)$(DKMS_DIR)/nvresume-$(VERSION)
	install -m 644 $(DRIVER_SOURCES) driver/dkms.conf $(DESTDIR)$(DKMS_DIR)/nvresume-$(VERSION)/
	sed -i 's/#MODULE_VERSION#/$(VERSION)/' $(DESTDIR)$(DKMS_DIR)/nvresume-$(VERSION)/dkms.conf

install-driver-module: driver
	install -D -m 644 build/driver/nvm_swap.ko $(DESTDIR)/lib/modules/$(KVER)/updates/nvm_swap.ko
