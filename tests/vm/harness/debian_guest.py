# SPDX-License-Identifier: GPL-2.0-or-later
"""The Debian guest's disk: the base with trees of one's own laid over it."""

import pathlib
import shutil

from . import debian_base, disk, root_tree
from .places import kernel_release, say, tool
from .root_tree import chroot, discard

ROOT_BYTES = 1792 * disk.MIB  # the base takes 500 MiB; the rest is for tests


def build(path, trees=(), commands=()):
    """A disk at `path`: the base, `trees` laid over it in order, `commands` run in it by chroot."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    tree = path.with_suffix(".tree")
    unpack(tree)
    for source in trees:
        overlay(tree, source)
    for command in commands:
        say(f"in the guest's root: {command}")
        print(chroot(tree, command), end="")
    make_disk(path, tree)
    discard(tree)
    say(f"guest disk: {path}")


def unpack(tree):
    """A fresh copy of the base as a directory; `discard(tree)` takes it away."""
    root_tree.unpack(debian_base.tarball(), pathlib.Path(tree))


def overlay(tree, source):
    """Lays a tree (as `make install DESTDIR=` leaves it) over an unpacked base and refreshes the modules' index."""
    # --keep-directory-symlink: /lib is a link to /usr/lib in the guest, and a directory in most DESTDIRs.
    tool("sh", "-c", 'tar -C "$1" --owner=0 --group=0 -cf - . | tar -C "$2" --keep-directory-symlink -xf -', "sh", source, tree)
    tool("depmod", "-b", tree, kernel_release())


def make_disk(path, tree):
    esp_tree = pathlib.Path(f"{path}.esp")
    shutil.rmtree(esp_tree, ignore_errors=True)
    # What fstab mounts at /boot/efi lies in the tree at that place until here.
    shutil.copytree(pathlib.Path(tree) / "boot/efi", esp_tree)
    shutil.rmtree(pathlib.Path(tree) / "boot/efi")
    (pathlib.Path(tree) / "boot/efi").mkdir()
    disk.make_disk(path, esp_tree, tree, ROOT_BYTES)
    shutil.rmtree(esp_tree)


def check_root(parts):
    """e2fsck finds nothing in the root file system, journal included. REQUIRES: the machine was switched off in order."""
    image = parts.directory / "root"
    partition = f"driver=raw,offset={disk.ROOT_OFFSET},size={ROOT_BYTES},file.driver={parts.disk_format},file.file.filename={parts.disk}"
    tool("qemu-img", "convert", "-O", "raw", "--image-opts", partition, image)
    tool("e2fsck", "-fn", image)
    image.unlink()
