# SPDX-License-Identifier: GPL-2.0-or-later
"""This tree's Debian packages, made once a run, for guests that get them as their users would."""

import shutil

from .fixture_guests import once
from .places import TOP, tool

NAMES = ("nvresume", "nvresume-dkms", "nvresume-efi")


@once
def packages():
    tool("make", "-C", TOP, "deb")
    return [next((TOP / "build/deb").glob(f"{name}_*.deb")) for name in NAMES]


def copy_packages(tree, directory):
    """The packages into this directory of a guest's root."""
    target = tree / directory.lstrip("/")
    target.mkdir(parents=True)
    for package in packages():
        shutil.copy(package, target)
