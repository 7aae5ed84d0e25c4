# SPDX-License-Identifier: GPL-2.0-or-later
"""The Debian base as it was an update ago: an older kernel and an older GRUB that the archive still has, and DKMS. The
packages of the update lie in it at /update/kernel and /update/grub. Kept as a tarball beside the base."""

import hashlib

from . import debian_base, root_tree
from .places import CACHE, ToolFailed, kernel_release, say
from .root_tree import chroot

# Answers of apt that decide what the older ones are.
_FIND = """
    export DEBIAN_FRONTEND=noninteractive
    apt='apt-get -qq -y --no-install-recommends -o APT::Sandbox::User=root'
    older_kernel() {
      apt-cache search --names-only '^linux-image-6[.]1[.]0-[0-9]+-amd64$' | sed 's/^linux-image-//; s/ .*//' |
        grep -vx $KERNEL | sort -V | tail -n 1
    }
    older_version() { apt-cache madison $1 | awk '{print $3}' | sort -uV | head -n 1; }
    grub='grub-common grub2-common grub-efi-amd64 grub-efi-amd64-bin grub-efi-amd64-signed'
"""

# grub-probe is a stand-in bound over the file (root_tree.chroot): dpkg can replace it only without.
_TAKE_GRUB_BACK = """
    apt-get -qq update
    mkdir -p /update/kernel /update/grub /update/older
    cd /update/kernel && $apt download linux-image-$KERNEL linux-headers-$KERNEL linux-headers-${KERNEL%-amd64}-common
    cd /update/grub && $apt download $grub
    cd /update/older && for package in $grub; do $apt download $package=$(older_version $package); done
    umount /usr/sbin/grub-probe
    dpkg --unpack /update/older/*.deb
"""

# The loader is put on the ESP by hand: grub-install sees no disk here, and says so.
_TAKE_KERNEL_BACK = """
    dpkg --configure -a
    cp /usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed /boot/efi/EFI/debian/grubx64.efi
    cp /usr/lib/grub/x86_64-efi/*.mod /usr/lib/grub/x86_64-efi/*.lst /boot/grub/x86_64-efi/
    older=$(older_kernel)
    $apt install dkms linux-image-$older linux-headers-$older
    $apt purge linux-image-$KERNEL
    apt-get clean
    rm -rf /var/lib/apt/lists/* /update/older
    update-grub
"""


def unpack(tree):
    """A fresh copy of it as a directory."""
    root_tree.unpack(_tarball(), tree)


def _tarball():
    base = debian_base.tarball()
    recipe = hashlib.sha256((_FIND + _TAKE_GRUB_BACK + _TAKE_KERNEL_BACK + base.name).encode()).hexdigest()[:12]
    path = CACHE / f"older-{recipe}.tar"
    if not path.exists():
        _make(path, base)
    return path


def _make(path, base):
    say(f"making the Debian of an update ago: {path}")
    tree = path.with_suffix(".tree")
    root_tree.unpack(base, tree)
    for script in (_TAKE_GRUB_BACK, _TAKE_KERNEL_BACK):
        chroot(tree, f"KERNEL={kernel_release()}\n{_FIND}{script}")
    _check(tree)
    root_tree.pack(tree, path)


def _check(tree):
    """An archive that has only one version of each makes no update."""
    for package in ("grub-efi-amd64", "grub-efi-amd64-signed"):
        have = chroot(tree, f"dpkg-query -W -f '${{Version}}' {package}")
        update = chroot(tree, f"for deb in /update/grub/{package}_*.deb; do dpkg-deb -f $deb Version; done").strip()
        if have == update:
            raise ToolFailed(f"the archive has no older {package} than {have}")
    if (tree / f"boot/vmlinuz-{kernel_release()}").exists():
        raise ToolFailed("the archive has no other kernel of this series")
