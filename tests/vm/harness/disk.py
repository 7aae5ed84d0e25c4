# SPDX-License-Identifier: GPL-2.0-or-later
"""A GPT disk made of files alone: no mount, no loop device, so that it works in a plain root too."""

import pathlib

from .places import tool

MIB = 1 << 20
ESP_OFFSET = 1 * MIB
ESP_SIZE = 99 * MIB  # FAT32 wants more than 65525 clusters; 512-byte ones from 33 MiB up
ROOT_OFFSET = ESP_OFFSET + ESP_SIZE
TAIL = 1 * MIB  # the backup GPT

ESP_TYPE = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"
LINUX_TYPE = "0FC63DAF-8483-4772-8E79-3D69D8477DE4"
DISK_GUID = "6E767265-7375-4D65-8000-000000000001"
ESP_PARTUUID = "6E767265-7375-4D65-8000-000000000002"
ROOT_PARTUUID = "6e767265-7375-4d65-8000-000000000003"
ROOT_UUID = "6e767265-7375-4d65-8000-000000000004"
ESP_SERIAL = "4E565245"  # FAT volume id; fstab spells it 4E56-5245
ESP_UUID = f"{ESP_SERIAL[:4]}-{ESP_SERIAL[4:]}"


def make_disk(path, esp_tree, root_tree, root_bytes):
    """Writes a whole disk: GPT, ESP from `esp_tree`, ext4 root from `root_tree` (owners and modes as they are)."""
    path = pathlib.Path(path)
    path.unlink(missing_ok=True)
    with open(path, "wb") as disk:
        disk.truncate(ROOT_OFFSET + root_bytes + TAIL)
    _partition(path, root_bytes)
    _fill_esp(path, esp_tree)
    _fill_root(path, root_tree, root_bytes)


def _partition(path, root_bytes):
    sector = 512
    tool(
        "sgdisk", "--clear", f"--disk-guid={DISK_GUID}",
        f"--new=1:{ESP_OFFSET // sector}:+{ESP_SIZE // 1024}K", f"--typecode=1:{ESP_TYPE}", f"--partition-guid=1:{ESP_PARTUUID}",
        "--change-name=1:esp",
        f"--new=2:{ROOT_OFFSET // sector}:+{root_bytes // 1024}K", f"--typecode=2:{LINUX_TYPE}", f"--partition-guid=2:{ROOT_PARTUUID}",
        "--change-name=2:root", path,
    )


def _fill_esp(path, tree):
    # mkfs.fat, not mformat: that one writes a partition table into the boot sector, which GRUB then looks into.
    tool(
        "mkfs.fat", "-F", "32", "-s", "1", "-i", ESP_SERIAL, "-n", "ESP", "--offset", ESP_OFFSET // 512, path, ESP_SIZE // 1024,
    )
    esp = f"{path}@@{ESP_OFFSET}"
    for entry in sorted(pathlib.Path(tree).iterdir()):
        tool("mcopy", "-i", esp, "-s", "-Q", entry, "::/")


def _fill_root(path, tree, size_bytes):
    # No feature that Debian 12's own mke2fs leaves off: GRUB must read it.
    tool(
        "mke2fs", "-q", "-F", "-t", "ext4", "-U", ROOT_UUID, "-L", "root", "-d", tree,
        "-O", "^metadata_csum_seed,^orphan_file", "-E", f"offset={ROOT_OFFSET},nodiscard", path, f"{size_bytes // 1024}k",
    )
