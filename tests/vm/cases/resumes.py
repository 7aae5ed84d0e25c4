# SPDX-License-Identifier: GPL-2.0-or-later
"""Saves and resumes of the small guest, and what they may cost."""

import re

from harness import fixture_guests
from harness.fixture_cases import LONG, case
from harness.fixture_nvm import COMMITTED
from harness.machine import GIB

MIB = 1 << 20
BARE_IMAGE_MIB = 200  # of the small guest with nothing in memory (215 MiB found)
MEMORY_LIMIT_KIB = 64 * 1024
MEMORY_LINE = r"^nvresume: memory: (\w+): peak (\d+) KiB, kernel slab \+(\d+) KiB"


@case()
def resumes(make):
    """Saved, switched off, switched on, goes on; the saving command tells the seconds of both ways."""
    fixture = make.saved()
    fixture.expect_equal("states of both copies", fixture.nvm.states(), (COMMITTED, COMMITTED))
    # Two threads stored the image. The freezer stops every thread of the saving process but the one that freezes: had
    # they been there before SNAPSHOT_CREATE_IMAGE, no chunk would have been stored.
    fixture.expect_equal("worker threads", fixture.inspect_file()["metadata"]["statistics"]["worker_count"], 2)
    fixture.power_on()
    fixture.expect_resumed()
    fixture.expect_equal("state", fixture.inspect()["superblock"]["state"], "empty")
    output = fixture.saving_result.output
    fixture.expect(re.search(r"save: .*freeze .* s,.* store .* s,.* total", output), f"the save's phases, found: {output}")
    fixture.expect(re.search(r"resume: .*load .* s,.* total", output), f"the resume's phases, found: {output}")


@case()
def kernel_image(make):
    """The kernel's own hibernation into the same swap area: the initramfs hands it to the kernel, and it resumes."""
    fixture = make.ready()
    fixture.boot()
    fixture.start_workload()
    fixture.save("cat /sys/block/nvm_swap0/dev >/sys/power/resume; echo shutdown >/sys/power/disk && echo disk >/sys/power/state")
    fixture.power_on()
    fixture.expect_resumed()
    last = fixture.inspect()["attempts"][-1]
    fixture.expect_equal("path of the last attempt", last["path"], "kernel")


@case()
def memory_of_300_mb(make):
    """A 300 MB image: the program's peak and the kernel's slab growth stay within 64 MiB, both ways."""
    fixture = make.ready()
    fixture.boot()
    memory_stays_small(make, fixture, 300)


@case(LONG)
def memory_of_2_gb(make):
    """A 2 GB image: the same bound."""
    # 4.5 GiB: a snapshot is at most half of memory. 3.5 GiB of NVM: all that QEMU's slots leave below 8 GiB.
    fixture = make.new(fixture_guests.small_disk(), "small", memory_mib=4608, nvdimm_bytes=7 * GIB // 2)
    fixture.image_s = 600  # 3.5 MB/s: a tenth of what a loaded host was seen to store under emulation
    fixture_guests.set_up_small(fixture)
    fixture.boot()
    memory_stays_small(make, fixture, 2048)


def memory_stays_small(make, fixture, image_mib):
    asked_bytes = 2 * image_mib * MIB
    fixture.phase = "filling memory"
    # The kernel's file does not compress; copied often enough it makes the image as large as wanted.
    fixture.check(
        "mkdir /run/fill && mount -t tmpfs -o size=90% tmpfs /run/fill && cp /esp/small/vmlinuz /run/fill/0 && "
        f"count=$((({image_mib} - {BARE_IMAGE_MIB}) * {MIB} / $(stat -c %s /run/fill/0))) && "
        "for i in $(seq 1 $count); do cp /run/fill/0 /run/fill/$i || exit 1; done; "
        f"md5sum /run/fill/[0-9] /run/fill/$count >/run/sums && echo {asked_bytes} >/sys/power/image_size"
    )
    fixture.start_workload()
    fixture.save()
    raw_mib = sum(chunk.raw_bytes for chunk in fixture.nvm.chunks()) // MIB
    fixture.expect(raw_mib >= image_mib * 9 // 10, f"an image of about {image_mib} MiB, found {raw_mib} MiB")
    saved = memory_used(fixture, "save")
    fixture.power_on()
    fixture.expect_resumed()
    loaded = memory_used(fixture, "load")
    fixture.check("md5sum -c /run/sums")
    # A save wants an image as large as half of memory; the size that somebody set is theirs.
    fixture.expect_equal("image_size after the resume", int(fixture.check("cat /sys/power/image_size")), asked_bytes)
    make.note(f"image {raw_mib} MiB: save {saved // 1024} MiB, load {loaded // 1024} MiB")
    for what, used_kib in (("save", saved), ("load", loaded)):
        fixture.expect(used_kib <= MEMORY_LIMIT_KIB, f"{what}: at most {MEMORY_LIMIT_KIB} KiB, used {used_kib} KiB")


def memory_used(fixture, what):
    for line in fixture.machine.boot_lines():
        match = re.search(MEMORY_LINE, line.text)
        if match and match[1] == what:
            return int(match[2]) + int(match[3])
    fixture.expect(False, f"a console line `{MEMORY_LINE}` of {what}")
