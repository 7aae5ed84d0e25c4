# SPDX-License-Identifier: GPL-2.0-or-later
"""What stands in for dracut in an emulated guest, where it takes minutes. The real one runs natively in the guest's own
root, for every kernel once with and once without setup's drop-in; in the guest the image that fits the drop-in found there
is handed out."""

PREPARED = "/usr/lib/nvresume-test"
_DROP_IN = "/etc/dracut.conf.d/nvresume.conf"

_STAND_IN = f"""#!/bin/sh
# The callers are setup and Debian's hook: dracut [OPTION…] IMAGE KERNEL
[ -e {_DROP_IN} ] && made=with || made=without
for last; do case $last in /boot/*) image=$last ;; esac; done
exec cp {PREPARED}/$made-$last "$image"
"""

# For `chroot` in the root of a guest that has nvresume installed, set up or not.
PREPARE = f"""
mkdir -p {PREPARED} /run/with /run/without
cp /etc/dracut.conf.d/* /run/without/ && rm -f /run/without/nvresume.conf
cp /run/without/* /run/with/ && echo 'add_dracutmodules+=" nvresume "' >/run/with/nvresume.conf
for kernel in /boot/vmlinuz-*; do
  kernel=${{kernel#/boot/vmlinuz-}}
  for made in with without; do
    /usr/bin/dracut -q --force --confdir /run/$made {PREPARED}/$made-$kernel $kernel
  done
done
cat >/usr/local/sbin/dracut <<'END'
{_STAND_IN}END
chmod 755 /usr/local/sbin/dracut
"""
