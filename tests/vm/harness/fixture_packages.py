# SPDX-License-Identifier: GPL-2.0-or-later
"""This tree's Debian packages, for guests that get them as their users would."""

import shutil

from .fixture_guests import once
from .places import TOP, ToolFailed, tool

NAMES = ("nvresume", "nvresume-dkms", "nvresume-efi")


@once
def packages():
    """Made again only where something changed that goes into them: their build is a whole one."""
    if not _found() or min(map(_changed_s, _found())) < max(map(_changed_s, _sources())):
        tool("make", "-C", TOP, "deb")
    if len(_found()) != len(NAMES):
        raise ToolFailed(f"make deb left {_found()} in {TOP}/build/deb")
    return _found()


def _found():
    return [path for name in NAMES for path in (TOP / "build/deb").glob(f"{name}_*.deb")]


def _sources():
    names = tool("git", "-C", TOP, "ls-files", "-z", ":!tests").split("\0")
    return [TOP / name for name in names if (TOP / name).is_file()]


def _changed_s(path):
    return path.stat().st_mtime


def copy_packages(tree, directory):
    """The packages into this directory of a guest's root."""
    target = tree / directory.lstrip("/")
    target.mkdir(parents=True)
    for package in packages():
        shutil.copy(package, target)
