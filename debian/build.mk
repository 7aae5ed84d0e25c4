# SPDX-License-Identifier: GPL-2.0-or-later
.PHONY: deb check-packages
deb: $(EFI_ZSTD)/zstd.h ## source and binary packages for Debian, into build/deb/
	tests/install-packages build package
	debian/make-packages $(BUILD)/deb $(EFI_ZSTD)/..

check-packages: deb ## lintian, and the packages in a fresh Debian: install, update a kernel, purge (root)
	tests/install-packages vm
	tests/packages
