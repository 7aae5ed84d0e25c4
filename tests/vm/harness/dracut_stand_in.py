# SPDX-License-Identifier: GPL-2.0-or-later
"""What stands in for dracut in an emulated guest, where it takes minutes. The real one runs natively in the guest's own
root, for every kernel once with and once without setup's drop-in; in the guest the image that fits the drop-in found there
is handed out, the latter only where the driver is left out as well."""

PREPARED = "/usr/lib/nvresume-test"
_DROP_IN = "/etc/dracut.conf.d/nvresume.conf"

_STAND_IN = f"""#!/bin/sh
# The callers are setup and remove: dracut --quiet --force IMAGE KERNEL [OPTION…]
image=$3 kernel=$4
shift 4
[ -e {_DROP_IN} ] && exec cp {PREPARED}/with-$kernel "$image"
[ "$*" = "--omit-drivers nvm_swap" ] && exec cp {PREPARED}/without-$kernel "$image"
echo "dracut's stand-in has no image for: $*"
exit 1
"""

# For `chroot` in the root of a guest that has nvresume installed, set up or not.
PREPARE = f"""
mkdir -p {PREPARED} /run/with /run/without
cp /etc/dracut.conf.d/* /run/without/ && rm -f /run/without/nvresume.conf
cp /run/without/* /run/with/ && echo 'add_dracutmodules+=" nvresume "' >/run/with/nvresume.conf
for kernel in /boot/vmlinuz-*; do
  kernel=${{kernel#/boot/vmlinuz-}}
  /usr/bin/dracut -q --force --confdir /run/with {PREPARED}/with-$kernel $kernel
  /usr/bin/dracut -q --force --confdir /run/without --omit-drivers nvm_swap {PREPARED}/without-$kernel $kernel
done
cat >/usr/local/sbin/dracut <<'END'
{_STAND_IN}END
chmod 755 /usr/local/sbin/dracut
"""
