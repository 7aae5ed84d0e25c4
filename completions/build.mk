# SPDX-License-Identifier: GPL-2.0-or-later
.PHONY: install-completion
install-completion:
	install -D -m 644 completions/nvresume $(DESTDIR)$(PREFIX)/share/bash-completion/completions/nvresume
