#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# pre-trigger hook of an initramfs without systemd: takes the NVM before coldplug loads a driver that
# wants the same range, and resumes if that needs no disk. Sourced by dracut's init script: it never
# exits or dies, and a failure, which the program has told, only lets the boot go on.
/usr/sbin/nvresume attach || :
/bin/sh /lib/dracut/nvresume-restore.sh --early || :

# dracut's resume module keeps the boot waiting for the disk that resume= names, for minutes. Ours is
# there by now or will not come.
if [ ! -b /dev/NVM_SWAP ] && [ "$(getarg resume=)" = /dev/NVM_SWAP ]; then
  cancel_wait_for_dev /dev/resume
  # shellcheck disable=SC2154 # dracut's directory of hooks
  rm -f -- "$hookdir/initqueue/settled/resume.sh" "$hookdir/initqueue/timeout/resume.sh"
fi
