# SPDX-License-Identifier: GPL-2.0-or-later
"""libnvdimm wants the same NVM: nfit and nd_pmem before us and after us, with room to spare, with namespace labels."""

import pathlib
import re
import shutil

from harness import debian_guest, fixture_guests, small_guest, workload
from harness.fixture_cases import LONG, VARIETY, case
from harness.fixture_guests import CASES, once
from harness.guest_packages import install_packages, with_apt
from harness.machine import GIB, copy_sparse
from harness.nvresume_guest import NvresumeGuest
from harness.places import ToolFailed, kernel_release, tool
from harness.root_tree import chroot, discard

FIRST = "test.modprobe=nfit,nd_pmem"
LOADED_FIRST = r"^small: loaded nfit,nd_pmem: /dev/pmem"
MIB = 1 << 20
LABEL_BYTES = 2 * MIB  # as large as the NVDIMM's alignment, so that nothing else of it is lost
NDCTL = "/usr/bin/ndctl"


def kernel_log(fixture):
    return fixture.check("dmesg")


def expect_ours(fixture):
    """The driver has the range, and swap is on it."""
    fixture.expect(re.search(r"nvm_swap", fixture.check("cat /proc/iomem")), "nvm_swap in /proc/iomem")
    fixture.check("grep -q nvm_swap0 /proc/swaps")


def load_nd_pmem(fixture):
    """After nvresume, and until libnvdimm, which probes in the background, is done. There is no bus where nfit was refused a range."""
    fixture.check("modprobe nfit; modprobe nd_pmem; for bus in /sys/bus/nd/devices/ndbus*; do [ ! -e $bus ] || cat $bus/wait_probe; done")


@case()
def nd_pmem_first_resumes(make):
    """nfit and nd_pmem come before nvresume while an image waits: the namespace is ours, taken, and the session goes on."""
    fixture = make.saved()
    fixture.power_on(FIRST)
    fixture.expect_line(LOADED_FIRST)
    fixture.expect_resumed()


@case(tier=VARIETY)
def nd_pmem_first(make):
    """The same without an image: taken, and told in the kernel log by its name."""
    fixture = make.ready()
    fixture.power_on(FIRST)
    fixture.expect_no_image()
    fixture.expect_line(LOADED_FIRST)
    log = kernel_log(fixture)
    fixture.expect(re.search(r"nvresume: took namespace0\.0 \(/dev/pmem0\) from nd_pmem", log), f"what was taken, in:\n{log}")
    fixture.expect_equal("/dev/pmem0", fixture.run("ls /dev/pmem0 2>/dev/null").output, "")
    expect_ours(fixture)


@case(tier=VARIETY)
def nd_pmem_after(make):
    """nfit and nd_pmem come after nvresume: they get nothing of the range, and save and resume go on as before."""
    fixture = make.ready()
    fixture.boot()
    load_nd_pmem(fixture)
    fixture.expect_equal("disks of nd_pmem", fixture.run("ls -d /dev/pmem* 2>/dev/null").output, "")
    fixture.expect(re.search(r"nd_pmem namespace0\.0: .*reserve", kernel_log(fixture)), "nd_pmem's refusal in the kernel log")
    expect_ours(fixture)
    fixture.start_workload()
    fixture.save()
    fixture.power_on()
    fixture.expect_resumed()


@case(tier=VARIETY)
def somebodys_file_system(make):
    """The NVM was given an ext4 since: told, not written to; and where nd_pmem has it, left to it, by name."""
    fixture = make.ready()
    nvdimm = fixture.machine.parts.nvdimm
    tool("mke2fs", "-q", "-F", "-t", "ext4", nvdimm)
    before = nvdimm.with_suffix(".before")
    copy_sparse(nvdimm, before)
    fixture.power_on()
    fixture.expect_up()
    fixture.expect_line(r"^nvresume: the NVM at 0x100000000 holds ext4 and is not nvresume's; .*nvresume remove")
    fixture.expect_recorded("not-formatted")
    fixture.power_off()
    tool("cmp", nvdimm, before)
    fixture.power_on(FIRST)
    fixture.expect_refusal("range-taken", r"namespace0\.0 \(/dev/pmem0\): it holds no nvresume superblock; ndctl ")
    fixture.check("mkdir /run/pmem && mount -t ext4 /dev/pmem0 /run/pmem && touch /run/pmem/mine && umount /run/pmem")


@case(tier=VARIETY)
def larger_than_needed(make):
    """NVM of 3 GiB where 2 are needed, no labels: ours is attached, and that the rest is hidden is told."""
    fixture = make.new(fixture_guests.small_disk(), "small", nvdimm_bytes=3 * GIB)
    fixture_guests.set_up_small(fixture)
    for arguments in ("", FIRST):
        fixture.boot(arguments)
        expect_ours(fixture)
        load_nd_pmem(fixture)
        log = kernel_log(fixture)
        fixture.expect(re.search(r"nvresume: the other \d+ MiB of the NVM, from 0x[0-9a-f]+ on, ", log), f"what is hidden, in:\n{log}")
        make.note(f"disks of nd_pmem: {fixture.run('ls -d /dev/pmem* 2>/dev/null').output.split()}")
        fixture.power_off()


@once
def disk_with_ndctl():
    if not pathlib.Path(NDCTL).exists():
        raise ToolFailed(f"{NDCTL} is not installed")
    tree = CASES / "ndctl-tree"
    shutil.rmtree(tree, ignore_errors=True)
    (tree / "usr/bin").mkdir(parents=True)
    shutil.copy(NDCTL, tree / "usr/bin")
    path = CASES / "small-ndctl.raw"
    small_guest.build(path, [fixture_guests.install_tree(), fixture_guests.small_tree(), workload.tree(), tree])
    fixture_guests.write_small_boot_files(path)
    return path


# Labels are new: the region is taken down, gets them, and comes back without the namespace it had.
MAKE_MINE = """
    ndctl disable-region region0 && ndctl init-labels nmem0 && ndctl enable-region region0 &&
    ndctl create-namespace -m raw -n mine -s 768M
""".strip()
MAKE_NAMESPACES = f"{MAKE_MINE} && ndctl create-namespace -m raw -n nvresume -s 2G"


def make_namespaces(fixture):
    """One of the user's with a file in it, and behind it the one that is nvresume's: (base, bytes) of the latter."""
    fixture.check(f"({MAKE_NAMESPACES}) 2>&1")
    disks = namespaces(fixture)
    fixture.check(f"mke2fs {disks['mine'][0]} && mkdir -p /run/mine && mount -t ext4 {disks['mine'][0]} /run/mine")
    fixture.check("echo mine >/run/mine/file && umount /run/mine")
    return disks["nvresume"][1:]


def namespaces(fixture):
    """{name: (disk or None, base, bytes)}"""
    found = {}
    for line in fixture.check(
        "cd /sys/bus/nd/devices && for n in namespace*; do echo $(cat $n/alt_name):$(ls $n/block):$(cat $n/resource):$(cat $n/size); done 2>/dev/null"
    ).splitlines():
        name, disk, base, size = line.split(":")
        if name:
            found[name] = (f"/dev/{disk}" if disk else None, int(base, 0), int(size, 0))
    return found


def expect_mine(fixture):
    """The user's namespace is there as if nothing of ours were, and nvresume's has no disk."""
    disks = namespaces(fixture)
    fixture.expect_equal("nvresume's disk of nd_pmem", disks["nvresume"][0], None)
    fixture.expect(disks["mine"][0], f"a disk of the user's namespace, found {disks}")
    mount = f"mkdir -p /run/mine && mount -t ext4 {disks['mine'][0]} /run/mine"
    fixture.expect_equal("the user's file", fixture.check(f"{mount} && cat /run/mine/file && umount /run/mine"), "mine\n")


@case(tier=VARIETY)
def labels(make):
    """NVM with labels: a namespace of the user's beside the one named nvresume; only ours is taken, whoever comes first."""
    fixture = make.new(disk_with_ndctl(), "small", nvdimm_bytes=3 * GIB + LABEL_BYTES)
    fixture.machine.parts.label_bytes = LABEL_BYTES
    fixture.boot()
    load_nd_pmem(fixture)
    fixture_guests.set_up_range(fixture, *make_namespaces(fixture))
    fixture.phase = "nd_pmem after nvresume"
    fixture.boot()
    expect_ours(fixture)
    load_nd_pmem(fixture)
    expect_mine(fixture)
    fixture.power_off()
    fixture.boot(FIRST)
    fixture.phase = "nd_pmem first"
    expect_ours(fixture)
    log = kernel_log(fixture)
    fixture.expect(
        re.search(r"nvresume: took namespace0\.\d \"nvresume\" \(/dev/pmem[\d.]+\) from nd_pmem: it holds nvresume's range$", log, re.M),
        f"what was taken, in:\n{log}",
    )
    expect_mine(fixture)


# The real dracut takes minutes in an emulated guest; what it made before setup is handed out when setup is taken back.
STAND_IN = f"""
mkdir -p /usr/lib/nvresume-test && cp /boot/initrd.img-{kernel_release()} /usr/lib/nvresume-test/initrd
nvresume setup --files-only && update-grub
cat >/usr/local/sbin/dracut <<'END'
#!/bin/sh
for last; do case $last in /boot/*) exec cp /usr/lib/nvresume-test/initrd "$last" ;; esac; done
exit 1
END
chmod 755 /usr/local/sbin/dracut
"""


@once
def debian_with_ndctl():
    path = CASES / "debian-ndctl.raw"
    tree = path.with_suffix(".tree")
    debian_guest.unpack(tree)
    with_apt(tree)
    install_packages(tree, "ndctl")
    debian_guest.overlay(tree, fixture_guests.install_tree())
    chroot(tree, STAND_IN)
    debian_guest.make_disk(path, tree)
    discard(tree)
    return path


def expect_as_before(fixture, name, before):
    """The user's namespace lies where it lay, with its file in it."""
    disk, *place = namespaces(fixture)[name]
    fixture.expect_equal(f"base and size of {name}", place, before)
    mount = f"mkdir -p /run/mine && mount -t ext4 {disk} /run/mine"
    fixture.expect_equal("the user's file", fixture.check(f"{mount} && cat /run/mine/file && umount /run/mine"), "mine\n")


@case(LONG, VARIETY)
def namespace_made_by_setup(make):
    """NVM with labels: setup makes its own namespace beside the user's, and remove takes it back; a read-only ESP stops it."""
    fixture = make.new(debian_with_ndctl(), "debian", machine_class=NvresumeGuest, nvdimm_bytes=3 * GIB + LABEL_BYTES)
    fixture.machine.parts.label_bytes = LABEL_BYTES
    fixture.boot()
    fixture.phase = "the user's namespace"
    fixture.check(f"({MAKE_MINE}) 2>&1")
    disk, *mine = namespaces(fixture)["mine"]
    fixture.check(f"mke2fs -q {disk} && mkdir -p /run/mine && mount -t ext4 {disk} /run/mine")

    fixture.phase = "read-only ESP"
    fixture.check("echo mine >/run/mine/file && umount /run/mine; mount -o remount,ro /boot/efi")
    refused = fixture.run("nvresume setup --yes 2>&1")
    fixture.expect(refused.status != 0 and "mount -o remount,rw /boot/efi" in refused.output, f"a remedy, found: {refused.output}")
    fixture.expect_equal("namespaces", sorted(namespaces(fixture)), ["mine"])
    fixture.expect("nvresume" not in fixture.check("efibootmgr"), "no boot entry yet")
    fixture.check("mount -o remount,rw /boot/efi")

    fixture.phase = "setup"
    plan = fixture.check("nvresume setup --dry-run")
    fixture.expect('a raw namespace "nvresume" in region0' in plan, f"the namespace among what is asked for, found:\n{plan}")
    fixture.expect_equal("namespaces", sorted(namespaces(fixture)), ["mine"])
    fixture.check("nvresume setup --yes >/run/setup 2>&1 || { cat /run/setup; exit 1; }")
    expect_as_before(fixture, "mine", mine)
    fixture.expect("nvresume" in namespaces(fixture), "a namespace nvresume")
    fixture.machine.reboot(fixture.guard_s)
    fixture.expect_line("^nvresume: setup finished: ")
    fixture.machine.assert_booted_through_stage()
    expect_as_before(fixture, "mine", mine)
    fixture.expect_equal("nvresume's disk of nd_pmem", namespaces(fixture)["nvresume"][0], None)

    fixture.phase = "remove"
    fixture.check("nvresume remove --yes >/run/remove 2>&1 || { cat /run/remove; exit 1; }")
    fixture.expect_equal("namespaces", sorted(namespaces(fixture)), ["mine"])
    fixture.machine.reboot(fixture.guard_s)
    fixture.expect_no_line("^nvresume: ")
    expect_as_before(fixture, "mine", mine)
