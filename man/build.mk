# SPDX-License-Identifier: GPL-2.0-or-later
# Manual pages: one for every command, and what they share.
.PHONY: install-man
install-man:
	for page in man/*.[1-9]; do \
	  install -D -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/} || exit; \
	done
