#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Restores the saved system, or lets an ordinary boot go on. Run before coldplug with --early, and
# after it where that left the decision open; with --ended when its service has ended. A program of its own in every initramfs, so that
# nothing in here can end or change the init script of one without systemd.

# Without dracut-lib.sh: reading it took seconds under emulation (2026-11), in every resume. Sets refused_by. Beside
# our own words the kernel's, and what GRUB's "recovery mode" and systemd.special(7) stand for: whoever asks for a
# rescue shell does not want the session back that he may need rescue from. As resume/switched_off.h has them.
nvresume_wanted() {
  read -r cmdline </proc/cmdline || :
  set -f # a word with a star is no pattern
  for refused_by in $cmdline; do
    case $refused_by in
      rd.nvresume=0 | rd.nvresume=no | rd.nvresume=off | noresume) return 1 ;;
      single | s | S | 1 | recovery | rescue | emergency) return 1 ;;
      systemd.unit=rescue.target | systemd.unit=emergency.target) return 1 ;;
    esac
  done
}

# Says and records why this boot does not resume, and drops a waiting image with that reason before
# anything is mounted.
nvresume_refuse() {
  mkdir -p /run/nvresume
  printf 'decision=normal\nreason=%s\ntext=%s\n' "$1" "$2" >/run/nvresume/resume
  line="nvresume: not resuming: $1: $2; booting normally"
  # A machine may have no usable console; the line is then in the journal only.
  { printf '%s\r\n' "$line" >/dev/console; } 2>/dev/null || :
  printf '%s\n' "$line" >&2
  # What fails here, the booted system's first unit does.
  /usr/sbin/nvresume settle || :
}

# A restore that was killed has told nobody why. systemd sets SERVICE_RESULT.
if [ "${1:-}" = --ended ]; then
  [ "${SERVICE_RESULT:-success}" = success ] || [ -e /run/nvresume/resume ] ||
    nvresume_refuse io-error "the restore was cut short ($SERVICE_RESULT)"
  exit 0
fi

# The decision of this boot is made: by attach, which told why nothing can be resumed, or by the
# early pass.
[ ! -e /run/nvresume/resume ] || exit 0

if nvresume_wanted; then
  exec /usr/sbin/nvresume restore "$@"
fi
nvresume_refuse disabled "$refused_by on the kernel command line"
