#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Restores the saved system, or lets an ordinary boot go on. Sourced as a dracut hook, run by
# nvresume-restore.service in a systemd initramfs. Never dies: a boot must not depend on a resume.

# Without dracut-lib.sh: reading it took seconds under emulation (2026-11), in every resume.
nvresume_wanted() {
  read -r cmdline </proc/cmdline || :
  case " $cmdline " in
    *' rd.nvresume=0 '* | *' rd.nvresume=no '* | *' rd.nvresume=off '*) return 1 ;;
  esac
}

# The booted system's first unit reads the record and drops a waiting image with this reason.
nvresume_disabled() {
  text='rd.nvresume=0 on the kernel command line'
  mkdir -p /run/nvresume
  # A reason that attach left stays: it is why nothing could have been resumed anyway.
  [ -e /run/nvresume/resume ] ||
    printf 'decision=normal\nreason=disabled\ntext=%s\n' "$text" >/run/nvresume/resume
  line="nvresume: not resuming: disabled: $text; booting normally"
  # A machine may have no usable console; the line is then in the journal only.
  { printf '%s\r\n' "$line" >/dev/console; } 2>/dev/null || :
  printf '%s\n' "$line" >&2
}

if nvresume_wanted; then
  /usr/sbin/nvresume restore
else
  nvresume_disabled
fi
