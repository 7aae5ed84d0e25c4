# SPDX-License-Identifier: GPL-2.0-or-later
"""The Debian base: a root made once by mmdebstrap, with kernel, dracut, shim and GRUB, and kept as a tarball."""

import fcntl
import hashlib
import os
import pathlib
import shutil

from . import disk
from .places import CACHE, TESTS, ToolFailed, kernel_release, say, tool
from .root_tree import chroot, discard

SETTINGS = TESTS / "guest" / "debian"

PACKAGES = """
    systemd-sysv libpam-systemd dbus udev kmod dracut e2fsprogs
    grub-efi-amd64 grub-efi-amd64-signed shim-signed efibootmgr
    libefivar1 libefiboot1 libmount1 libkmod2 libzstd1 libxxhash0 libblkid1 libstdc++6
    procps iproute2 zstd util-linux-extra
""".split()

# Never read in this machine, and half of the time of unpacking: documentation and drivers of hardware QEMU has not.
UNUSED = [f"/usr/share/{name}/*" for name in ("man", "doc", "locale", "info")] + [
    f"/lib/modules/*/kernel/{name}/*"
    for name in ("sound", "drivers/media", "drivers/gpu", "drivers/net", "drivers/infiniband", "drivers/staging",
                 "drivers/iio", "drivers/isdn", "drivers/scsi/qla2xxx", "drivers/scsi/lpfc", "drivers/hid")
]
# The one network card a test has.
USED = ["/lib/modules/*/kernel/drivers/net/ethernet/intel/e1000e/*"]


def tarball():
    """The base root as a tarball: from the cache, or made now."""
    release = kernel_release()
    path = CACHE / f"debian-{release}-{_recipe_key()}.tar"
    CACHE.mkdir(parents=True, exist_ok=True)
    # One makes it, everybody else waits for it.
    with open(CACHE / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            say(f"making the Debian base (kernel {release}): {path}")
            _make_base(path, release)
    return path


def _recipe_key():
    """Changes whenever what the base is made of changes."""
    key = hashlib.sha256()
    for path in [pathlib.Path(__file__), TESTS / "guest/grub-probe", *sorted(p for p in SETTINGS.rglob("*") if p.is_file())]:
        key.update(f"{path.name}\0{path.stat().st_mode:o}\0".encode() + path.read_bytes())
    return key.hexdigest()[:12]


def _make_base(path, release):
    if os.geteuid() != 0:
        raise ToolFailed("making the Debian guest needs root (mmdebstrap keeps owners and makes device nodes)")
    tree = path.with_suffix(".tree")
    discard(tree)
    _bootstrap(tree, release)
    say("Debian base: boot loader and settings")
    _write_settings(tree)
    _install_boot_loader(tree)
    part = path.with_suffix(".part")
    tool("tar", "-C", tree, "--numeric-owner", "-cf", part, ".")
    discard(tree)
    for old in CACHE.glob("debian-*.tar"):
        old.unlink()
    part.rename(path)


def _bootstrap(tree, release):
    dracut_conf = SETTINGS / "etc/dracut.conf.d/50-guest.conf"
    command = [
        "mmdebstrap", "--mode=root", "--variant=minbase", "--format=directory", "--components=main",
        *[f"--dpkgopt=path-exclude={pattern}" for pattern in UNUSED],
        *[f"--dpkgopt=path-include={pattern}" for pattern in USED],
        "--dpkgopt=force-unsafe-io",
        *[f"--aptopt={option}" for option in _apt_transport_options()],
        f"--include={','.join([*PACKAGES, f'linux-image-{release}'])}",
        # The kernel's own hook makes the initramfs, once, with the guest's settings.
        "--essential-hook=mkdir -p $1/etc/dracut.conf.d",
        f"--essential-hook=copy-in {dracut_conf} /etc/dracut.conf.d",
        "bookworm", str(tree), *_apt_sources(),
    ]
    tool(*command, stdout=None, stderr=None)


def _apt_transport_options():
    """How this machine reaches its package mirror."""
    wanted = ("Acquire::http", "Acquire::https", "Acquire::Check", "Acquire::Retries")
    return [line.rstrip(";") for line in tool("apt-config", "dump").splitlines() if line.startswith(wanted) and '""' not in line]


def _apt_sources():
    """This machine's Debian mirror, or else Debian's own."""
    for name in ("/etc/apt/sources.list.d/debian.sources", "/etc/apt/sources.list"):
        path = pathlib.Path(name)
        if path.exists() and "bookworm" in path.read_text():
            return [name]
    return [
        "deb http://deb.debian.org/debian bookworm main",
        "deb http://deb.debian.org/debian bookworm-updates main",
        "deb http://deb.debian.org/debian-security bookworm-security main",
    ]


def _write_settings(tree):
    tool("cp", "-RT", SETTINGS, tree)
    tool("chown", "-R", "0:0", tree / "etc/systemd/system", tree / "usr/local/lib/guest", tree / "etc/default/grub.d", tree / "etc/dracut.conf.d")
    (tree / "etc/hostname").write_text("guest\n")
    (tree / "etc/hosts").write_text("127.0.0.1 localhost guest\n")
    # An id of its own already, so that the first boot is not systemd's "first boot" with its questions.
    (tree / "etc/machine-id").write_text(f"{disk.ROOT_UUID.replace('-', '')}\n")
    (tree / "etc/fstab").write_text(
        f"UUID={disk.ROOT_UUID} / ext4 errors=remount-ro 0 1\nUUID={disk.ESP_UUID} /boot/efi vfat umask=0077 0 1\n"
    )
    chroot(tree, "passwd -q -d root; systemctl -q enable guest-up.service guest-agent.service serial-getty@ttyS0.service")


def _install_boot_loader(tree):
    """What grub-install and update-grub leave, with Secure Boot's shim in front, as on an installed machine."""
    debian, fallback = tree / "boot/efi/EFI/debian", tree / "boot/efi/EFI/BOOT"
    debian.mkdir(parents=True)
    fallback.mkdir()
    shim, grub = tree / "usr/lib/shim", tree / "usr/lib/grub"
    for source, target in (
        (shim / "shimx64.efi.signed", debian / "shimx64.efi"),
        (shim / "mmx64.efi.signed", debian / "mmx64.efi"),
        (shim / "BOOTX64.CSV", debian / "BOOTX64.CSV"),
        (grub / "x86_64-efi-signed/grubx64.efi.signed", debian / "grubx64.efi"),
        # The fallback loader reads BOOTX64.CSV and makes the firmware's "debian" entry at the first boot.
        (shim / "shimx64.efi.signed", fallback / "BOOTX64.EFI"),
        (shim / "fbx64.efi.signed", fallback / "fbx64.efi"),
    ):
        shutil.copyfile(source, target)
    (debian / "grub.cfg").write_text(
        f"search.fs_uuid {disk.ROOT_UUID} root\nset prefix=($root)'/boot/grub'\nconfigfile $prefix/grub.cfg\n"
    )
    shutil.copytree(grub / "x86_64-efi", tree / "boot/grub/x86_64-efi", ignore=shutil.ignore_patterns("*.module", "*.image", "*.exec"))
    chroot(tree, "update-grub")
