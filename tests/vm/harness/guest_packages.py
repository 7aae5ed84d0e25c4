# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian packages for one guest's root, beside the base that all share."""

from .places import tool
from .root_tree import chroot


def with_apt(tree):
    """The archive this machine uses, for the guest's root, and what is in it today."""
    for name in ("/etc/resolv.conf", "/etc/hosts"):
        tool("cp", "-L", name, f"{tree}{name}")
    tool("sh", "-c", 'rm -rf "$1/etc/apt" && cp -a /etc/apt "$1/etc/" && apt-config dump | grep ^Acquire:: >"$1/etc/apt/apt.conf.d/99host"', "sh", tree)
    chroot(tree, "apt-get -qq update")


def install_packages(tree, *packages):
    options = "-y -qq --no-install-recommends -o Dpkg::Options::=--force-unsafe-io -o APT::Sandbox::User=root"
    return chroot(tree, f"export DEBIAN_FRONTEND=noninteractive; apt-get {options} install {' '.join(packages)}")
