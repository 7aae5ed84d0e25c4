# SPDX-License-Identifier: GPL-2.0-or-later
"""The small guest: the Debian guest's kernel and GRUB with an initramfs of busybox, its own modules and what is injected."""

import os
import pathlib
import re
import shutil
import subprocess

from . import debian_base, disk
from .places import TESTS, ToolFailed, kernel_release, say, tool
from .root_tree import discard

DATA_BYTES = 64 * disk.MIB

# nfit and nd_pmem are there for tests of who takes the range, the second line for direct resume (msr) and for machines
# with more in them (modules=… on the kernel's command line); nothing loads them by itself.
MODULES = """
    virtio_pci virtio_blk ext4 crc32c_generic crc32c-intel vfat nls_cp437 nls_ascii efivarfs nfit nd_pmem
    msr button ahci nvme sd_mod xhci_pci usb_storage e1000e wdat_wdt evdev loop
""".split()

# util-linux's own where busybox has none or one that knows less (suspend signatures).
PROGRAMS = ["usr/bin/efibootmgr", "usr/bin/chattr", "usr/sbin/blkid", "usr/sbin/swapon", "usr/sbin/swapoff", "usr/sbin/mkswap"]

GRUB_CFG = """\
set timeout=0
echo 'small: GRUB reads its grub.cfg'
search --no-floppy --file --set=root /small/vmlinuz
linux /small/vmlinuz console=ttyS0,115200 %s
initrd /small/initrd
boot
"""


def build(path, trees=(), arguments="quiet", modules=()):
    """A disk at `path`: ESP with GRUB, kernel and initramfs (`trees` laid into it, and more `modules`), and a small ext4 at /data."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    work = path.with_suffix(".tree")
    discard(work)
    root, esp, data, base = (work / name for name in ("root", "esp", "data", "base"))
    for directory in (root, esp, data, base):
        directory.mkdir(parents=True)
    release = kernel_release()
    _unpack(base, release)
    _fill_initramfs(root, base, release, trees, modules)
    _fill_esp(esp, root, base, release, arguments)
    (data / "small").write_text("the small guest's file system\n")
    disk.make_disk(path, esp, data, DATA_BYTES)
    discard(work)
    say(f"small guest disk: {path}")


def build_initramfs(path, base, release, trees):
    """Another kernel's, of a root that holds its modules. REQUIRES: nothing lies at `path`.tree."""
    root = path.with_suffix(".tree") / "root"
    root.mkdir(parents=True)
    _fill_initramfs(root, base, release, trees, ())
    _pack(root, path)
    discard(root.parent)


def _pack(root, path):
    # Level 1: made at every injection, and read once.
    tool("sh", "-c", 'cd "$1" && find . | cpio --quiet -o -H newc -R 0:0 | zstd -q -f -1 -T0 -o "$2"', "sh", root, path)


def _unpack(base, release):
    tool(
        "tar", "-C", base, "-xf", debian_base.tarball(), f"./boot/vmlinuz-{release}", "./boot/efi/EFI",
        f"./usr/lib/modules/{release}",
        *[f"./{program}" for program in PROGRAMS],
    )


def _fill_initramfs(root, base, release, trees, modules):
    for name in ("bin", "sbin", "etc", "proc", "sys", "dev", "run", "tmp", "data", "esp", "usr/bin", "usr/sbin", "usr/lib/guest"):
        (root / name).mkdir(parents=True, exist_ok=True)
    for name in ("lib", "lib64"):
        (root / "usr" / name).mkdir(exist_ok=True)
        (root / name).symlink_to(f"usr/{name}")
    shutil.copy("/bin/busybox", root / "bin/busybox")
    for applet in tool("/bin/busybox", "--list").split():
        (root / "bin" / applet).symlink_to("busybox") if applet != "busybox" else None
    (root / "sbin/modprobe").symlink_to("../bin/busybox")  # where the kernel looks for it
    shutil.copy(TESTS / "guest/small/init", root / "init")
    shutil.copy(TESTS / "guest/debian/usr/local/lib/guest/agent", root / "usr/lib/guest/agent")
    for program in PROGRAMS:
        shutil.copy(base / program, root / program)
    _copy_modules(root, base, release, [*MODULES, *modules])
    for tree in trees:
        tool("cp", "-aT", "--no-preserve=ownership", tree, work_copy := root.parent / "inject")
        _merge(work_copy, root)
        shutil.rmtree(work_copy)
    tool("depmod", "-b", root, release)
    _copy_libraries(root)


def _merge(source, root):
    """Directories of `source` that are links in the root (lib) go where the link leads."""
    tool("sh", "-c", 'tar -C "$1" -cf - . | tar -C "$2" --keep-directory-symlink -xf -', "sh", source, root)


def _copy_modules(root, base, release, names):
    modules = base / "usr/lib/modules" / release
    depends = {}
    for line in (modules / "modules.dep").read_text().splitlines():
        path, needs = line.split(":")
        depends[pathlib.Path(path).stem.replace("-", "_")] = [path, *needs.split()]
    target = root / "usr/lib/modules" / release
    for name in names:
        for path in depends.get(name.replace("-", "_"), ()):
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(modules / path, target / path)
    for name in ("modules.builtin", "modules.builtin.modinfo", "modules.order"):
        shutil.copyfile(modules / name, target / name)


def _copy_libraries(root):
    """The shared libraries of every program in the root, as this machine's linker finds them."""
    for program in [p for name in ("usr/bin", "usr/sbin") for p in (root / name).iterdir()]:
        with open(program, "rb") as file:
            if file.read(4) != b"\x7fELF":
                continue
        answer = subprocess.run(["ldd", program], capture_output=True, text=True, env=dict(os.environ, LC_ALL="C"), check=False)
        for missing in re.findall(r"(\S+) => not found", answer.stdout):
            raise ToolFailed(f"{program.name} needs {missing}, which is not installed here")
        for library in re.findall(r"(/\S+) \(0x", answer.stdout):
            target = root / library.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(library, target)
            target.chmod(0o755)


def _fill_esp(esp, root, base, release, arguments):
    for name in ("EFI/debian", "EFI/BOOT", "small"):
        (esp / name).mkdir(parents=True)
    grub = base / "boot/efi/EFI/debian/grubx64.efi"
    shutil.copyfile(grub, esp / "EFI/debian/grubx64.efi")
    shutil.copyfile(grub, esp / "EFI/BOOT/BOOTX64.EFI")
    (esp / "EFI/debian/grub.cfg").write_text(GRUB_CFG % arguments)
    shutil.copyfile(base / f"boot/vmlinuz-{release}", esp / "small/vmlinuz")
    stage = root / "usr/lib/nvresume/nvresume.efi"
    if stage.exists():
        (esp / "EFI/nvresume").mkdir()
        shutil.copyfile(stage, esp / "EFI/nvresume/nvresume.efi")
    _pack(root, esp / "small/initrd")
