# SPDX-License-Identifier: GPL-2.0-or-later
"""A root file system as a directory on the host: a command run in it, and the end of it."""

import os

from . import disk
from .places import TESTS, tool


def discard(tree):
    # --one-file-system: should a mount of an interrupted run still be there, what it shows is not ours.
    tool("rm", "-rf", "--one-file-system", tree)


def unpack(tarball, tree):
    """A fresh copy of it as a directory."""
    discard(tree)
    tree.mkdir(parents=True)
    tool("tar", "-C", tree, "-xf", tarball)


def pack(tree, tarball):
    """Moves the tree into it, by one rename; what was made by an earlier recipe (NAME-RECIPE.tar) is not needed any more."""
    unfinished = tarball.with_suffix(".part")
    tool("tar", "-C", tree, "--numeric-owner", "-cf", unfinished, ".")
    discard(tree)
    for old in tarball.parent.glob(f"{tarball.stem.rpartition('-')[0]}-*.tar"):
        old.unlink()
    unfinished.rename(tarball)


def chroot(tree, command):
    """Runs a command in an unpacked base with /proc and an own /dev, in a mount namespace that takes them away again.
    update-grub works there too: what grub-probe cannot find out in a plain directory, guest/grub-probe answers."""
    script = """
        set -e
        mount --make-rprivate /
        mount -t proc proc "$1/proc"
        mount -t tmpfs tmpfs "$1/dev"
        mount -t tmpfs tmpfs "$1/run"
        for node in 'null 1 3' 'zero 1 5' 'full 1 7' 'random 1 8' 'urandom 1 9'; do
            set -- "$1" "$2" $node
            mknod -m 666 "$1/dev/$3" c "$4" "$5"
        done
        ln -s /proc/self/fd "$1/dev/fd"
        mkdir -p "$1/dev/disk/by-uuid"
        : >"$1/dev/disk/by-uuid/$ROOT_UUID"
        mount --bind "$GRUB_PROBE" "$1/usr/sbin/grub-probe"
        exec chroot "$1" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME=/root TMPDIR=/var/tmp sh -ec "$2"
    """
    environment = dict(os.environ, ROOT_UUID=disk.ROOT_UUID, GRUB_PROBE=str(TESTS / "guest/grub-probe"))
    return tool("unshare", "--mount", "sh", "-c", script, "sh", tree, command, env=environment)
