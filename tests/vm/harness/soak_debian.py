# SPDX-License-Identifier: GPL-2.0-or-later
"""The Debian base with fio, PostgreSQL and a database in it, for the long runs of its driver and its sessions. Kept as a
tarball beside the base, for its packages take minutes; `ready` is that guest with nvresume set up."""

import hashlib

from . import debian_base, debian_guest, fixture_guests, guest_program, workload
from .fixture_guests import CASES, new_fixture, once
from .guest_packages import install_packages, with_apt
from .nvresume_guest import NvresumeGuest
from .places import BUILD, CACHE, TESTS, say, tool
from .root_tree import chroot, discard, pack, unpack

PACKAGES = ("fio", "postgresql-15")
FILES = TESTS / "guest/soak"
IN_GUEST = "/usr/local/lib/soak"
# Before it is measured: of any boot of this guest.
COLD_BOOT_S = 60


def _tarball():
    base = debian_base.tarball()
    recipe = hashlib.sha256("\0".join([*PACKAGES, base.name]).encode())
    for path in (FILES / "etc/postgresql-common/createcluster.conf", FILES / IN_GUEST[1:] / "make-ledger"):
        recipe.update(path.read_bytes())
    path = CACHE / f"soak-{recipe.hexdigest()[:12]}.tar"
    if not path.exists():
        _make(path, base)
    return path


def _make(path, base):
    say(f"making the Debian with a database: {path}")
    tree = path.with_suffix(".tree")
    unpack(base, tree)
    debian_guest.overlay(tree, FILES)
    with_apt(tree)
    install_packages(tree, *PACKAGES)
    chroot(tree, f"apt-get clean; rm -rf /var/lib/apt/lists/*; {IN_GUEST}/make-ledger")
    pack(tree, path)


def programs():
    """A tree that holds the guest's own files and the programs that check themselves."""
    target = BUILD / "soak-tree"
    tool("rm", "-rf", target)
    tool("cp", "-R", FILES, target)
    for name in ("arrays", "files"):
        guest_program.build(TESTS / f"soak/{name}.cc", target / IN_GUEST[1:] / name)
    return target


@once
def guest_disk():
    path = CASES / "soak.raw"
    tree = path.with_suffix(".tree")
    unpack(_tarball(), tree)
    for source in (fixture_guests.install_tree(), workload.tree(), TESTS / "guest/workload", TESTS / "cases/debian-guest", programs()):
        debian_guest.overlay(tree, source)
    chroot(tree, "nvresume setup --files-only && update-grub")
    debian_guest.make_disk(path, tree)
    discard(tree)
    say(f"guest disk: {path}")
    return path


@once
def ready():
    """Set up and off; nothing saved yet."""
    fixture = new_fixture("soak-ready", guest_disk(), "debian", machine_class=NvresumeGuest)
    fixture.cold_boot_s = COLD_BOOT_S
    fixture.machine.set_up()
    fixture.power_off()
    return fixture
