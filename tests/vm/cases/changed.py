# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines that are not the one of the save, where direct_changes.py, direct.py and refusals.py have no case yet: the memory map
with both positions of what moved, the NVM at another address, another machine's NVM."""

import shutil

from harness import fixture_direct, fixture_guests, older_debian, small_guest, workload
from harness.fixture_cases import FAULTS, LONG, case
from harness.fixture_guests import CASES
from harness.fixture_nvm import COMMITTED
from harness.machine import make_sparse
from harness.places import TOP, tool
from harness.root_tree import chroot, discard

RANGE = r"0x[0-9a-f]+-0x[0-9a-f]+"
BOTH_POSITIONS = rf"saved {RANGE} .*, now {RANGE}"
OTHER_NVM_BYTES = 256 << 20


@case(tier=FAULTS, part="changed")
def memory_range_moved(make):
    """Firmware's own ranges moved by 16 MiB: named with both positions, by the stage and by the initramfs."""
    fixture = make.clone(fixture_direct.saved())
    fixture.machine.parts.memory_mib += 16
    fixture.power_on()
    fixture_direct.expect_not_direct(fixture, "memory-map-changed", BOTH_POSITIONS)
    text = fixture.expect_refusal("memory-map-changed", BOTH_POSITIONS)
    fixture.expect_image_gone()
    make.note(f"refused: memory-map-changed: {text}")


def with_another_nvdimm_before(fixture):
    """One that QEMU gives the address ours had."""
    path = fixture.machine.parts.directory / "other-nvdimm"
    make_sparse(path, OTHER_NVM_BYTES)
    fixture.machine.parts.hardware.devices = (
        "-object", f"memory-backend-file,id=other,share=on,mem-path={path},size={OTHER_NVM_BYTES}",
        "-device", "nvdimm,id=other-nvdimm,memdev=other",
    )


@case(tier=FAULTS, part="changed")
def nvm_at_another_address(make):
    """Another NVDIMM took the address: our range lies behind it now, and the image is left where it is."""
    fixture = make.clone(fixture_direct.saved())
    with_another_nvdimm_before(fixture)
    fixture.power_on()
    line = fixture.expect_line("^nvresume: the range set up at 0x100000000 lies at 0x110000000 now")[1].text
    fixture.expect_refusal("range-moved")
    fixture.expect_equal("states", fixture.nvm.states(), (COMMITTED, COMMITTED))
    make.note(f"refused: range-moved: {line}")
    fixture.power_off()
    fixture.machine.parts.hardware.devices = ()
    fixture.power_on()
    # Nothing counted the boot in between; it mounted the file system, which tells.
    fixture_direct.expect_not_direct(fixture, "witness-changed", "/data")
    fixture.expect_refusal("witness-changed", "/data")
    fixture.expect_image_gone()
    make.note("back at its address: refused: witness-changed")


@case(tier=FAULTS, part="changed")
def nvm_of_another_machine(make):
    """The NVDIMM in another machine of the same make, with a disk of its own."""
    saved = fixture_direct.saved()
    other = make.ready()
    tool("cp", "--sparse=always", saved.machine.parts.nvdimm, other.machine.parts.nvdimm)
    give_own_disk(other)
    other.saved = saved.saved
    other.power_on()
    fixture_direct.expect_not_direct(other, "witness-unreadable", "/data")
    text = other.expect_refusal("witness-unreadable", "/data .*did not appear within")
    other.expect_image_gone()
    make.note(f"refused: witness-unreadable: {text}")


def give_own_disk(fixture):
    """Another GUID for its data partition; the ESP keeps its own, which the boot entry names."""
    parts = fixture.machine.parts
    raw = parts.disk.with_suffix(".raw")
    tool("qemu-img", "convert", "-O", "raw", parts.disk, raw)
    tool("sgdisk", "--partition-guid=2:R", raw)
    parts.disk, parts.disk_format = raw, "raw"


OTHER_KERNEL = """
search --no-floppy --file --set=root /other/vmlinuz
linux /other/vmlinuz console=ttyS0,115200 quiet no_timer_check
initrd /other/initrd
boot
"""
OTHER_DISK_BYTES = 96 << 20


@case(LONG, tier=FAULTS, part="changed")
def another_kernel_loads(make):
    """An older kernel of the series boots, with an initramfs of its own that has our driver."""
    fixture = make.ready()
    release = plug_in_other_kernel(fixture)
    fixture.boot()
    fixture.start_workload()
    fixture.save()
    fixture.power_on(script=OTHER_KERNEL, arguments="")
    fixture.expect_line("^small: init")
    fixture.expect_resumed()
    make.note(f"resumed by {release}; the session has its own kernel, {fixture.check('uname -r').strip()}")


def plug_in_other_kernel(fixture):
    """On a disk that is there at the save, too. Returns its release."""
    tree = CASES / "other-kernel.tree"
    files = fixture.machine.parts.directory / "other"
    files.mkdir()
    older_debian.unpack(tree)
    try:
        kernel = next((tree / "boot").glob("vmlinuz-*"))
        release = kernel.name.removeprefix("vmlinuz-")
        module_tree = files / "module"
        build_driver(tree, release, module_tree)
        shutil.copyfile(kernel, files / "vmlinuz")
        trees = [fixture_guests.install_tree(), fixture_guests.small_tree(), workload.tree(), module_tree]
        small_guest.build_initramfs(files / "initrd", tree, release, trees)
    finally:
        discard(tree)
    path = files / "disk.raw"
    make_sparse(path, OTHER_DISK_BYTES)
    tool("mkfs.fat", path)
    tool("mmd", "-i", path, "::/other")
    tool("mcopy", "-i", path, files / "vmlinuz", files / "initrd", "::/other")
    fixture.machine.parts.extra += ["-drive", f"if=none,id=other,format=raw,file={path}", "-device", "virtio-blk-pci,drive=other"]
    return release


def build_driver(tree, release, target):
    """There, with the headers that it has."""
    source = tree / "root/nvm_swap"
    source.mkdir()
    for name in ("Kbuild", "nvm_compat.h", "nvm_swap.c"):
        shutil.copy(TOP / "driver" / name, source)
    chroot(tree, f"make -s -C /lib/modules/{release}/build M=/root/nvm_swap modules")
    module = target / f"lib/modules/{release}/updates/nvm_swap.ko"
    module.parent.mkdir(parents=True)
    shutil.copy(source / "nvm_swap.ko", module)
