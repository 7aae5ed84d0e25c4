#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# initqueue and pre-mount hook of an initramfs without systemd: the early pass left the decision to
# when disks are in reach. initqueue comes before arrays and volumes are assembled, but is passed by
# where the root disk is there at once; pre-mount is the last point with nothing mounted. Whichever
# comes first decides.
[ -e /run/nvresume/resume ] || /bin/sh /lib/dracut/nvresume-restore.sh || :
