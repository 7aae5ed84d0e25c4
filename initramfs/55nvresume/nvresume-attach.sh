#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# pre-trigger hook of an initramfs without systemd: takes the NVM before coldplug loads a driver that
# wants the same range. A failure has been told by the program; the boot goes on.
/usr/sbin/nvresume attach || :
