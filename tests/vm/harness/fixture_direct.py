# SPDX-License-Identifier: GPL-2.0-or-later
"""Direct resume in the words of a case: a machine that passed its trial, a session that came back without a boot kernel, a
stage that refused. What must work afterwards is asked in fixture_after.py."""

import re

from . import fixture_guests
from .fixture import REFUSAL, Failed
from .fixture_guests import once

RESUMING = "^nvresume: resuming directly; Esc boots the loader instead"
PLACED = r"^nvresume: \d+ pages straight to their place"
RESTORED = r"^nvresume: restored \d+ MiB from \d+ MiB on (\d+) processors"
HANDING_OVER = "^nvresume: handing over to the saved kernel"
NOT_DIRECT = r"^nvresume: not direct: ([a-z-]+): (.*); the initramfs decides"
# GRUB, a boot kernel, its first process: none is there on the direct way.
BOOT_KERNEL = "^small: |Welcome to GRUB|Linux version "


@once
def saved():
    """The small guest with a whole image, the machine off; it passed `nvresume trial` in the very session that is saved."""
    fixture = fixture_guests.clone(fixture_guests.small_ready(), "small-direct")
    fixture.boot()
    fixture.start_workload()
    try_out(fixture)
    fixture.save()
    return fixture


def try_out(fixture):
    """`nvresume trial`: saved, off, on, resumed directly, and its own checks passed. REQUIRES: the workload runs."""
    fixture.save("nvresume trial")
    state = resume_directly(fixture)
    output = fixture.saving_result.output
    fixture.expect("nvresume: trial passed" in output, f"`nvresume: trial passed`, found: {output}")
    return state


def save_and_resume_directly(fixture, command="nvresume save"):
    fixture.save(command)
    return resume_directly(fixture)


def resume_directly(fixture):
    """The saved session goes on, and no loader and no kernel ran before it."""
    fixture.power_on()
    state = fixture.expect_resumed()
    fixture.phase = "direct"
    for line in fixture.machine.boot_lines():
        refused = re.search(NOT_DIRECT, line.text)
        fixture.expect(not refused, f"a direct resume, but: {line.text}")
    fixture.expect_no_line(BOOT_KERNEL)
    fixture.expect_line(HANDING_OVER)
    attempt = fixture.inspect()["attempts"][-1]
    fixture.expect_equal("last attempt", [attempt[key] for key in ("kind", "path", "outcome")], ["resume", "direct", "done"])
    return state


def expect_not_direct(fixture, reason, text=None):
    """The stage chain-loads with this exact reason, and the image is as it was."""
    fixture.phase = "not direct"
    _, line, match = fixture.expect_line(rf"{NOT_DIRECT}|{HANDING_OVER}")
    fixture.expect(match[1], f"no direct resume ({reason}), but: {line.text}")
    fixture.expect_equal(f"reason code in `{line.text}`", match[1], reason)
    if text:
        fixture.expect(re.search(text, match[2]), f"`{text}` in the refusal's text: {match[2]}")


def expect_resumed_or_explained(fixture):
    """What the chained boot must make of an image that the stage left alone: the same session, or a normal boot that says
    why. Returns "resumed" or the reason code."""
    start = fixture.machine.boot_start
    _, line, _ = fixture.expect_line(rf"{REFUSAL}|^workload: |^small: up", start)
    if line.text.startswith("workload: "):
        fixture.expect_resumed()
        return "resumed"
    refused = re.search(REFUSAL, line.text)
    fixture.expect(refused, f"a resumed session or a refusal, but: {line.text}")
    fixture.expect_refusal(refused[1])
    fixture.expect_image_gone()
    return refused[1]


def cut_power_at(fixture, pattern):
    """The plug pulled when this line has come. REQUIRES: powered on."""
    fixture.phase = f"power cut at `{pattern}`"
    fixture.expect_line(pattern)
    fixture.cut_power()


def runtime_pointers(fixture):
    """The runtime services table as it lies in the machine's memory, read from outside: 14 pointers behind its header (UEFI
    2.10, 4.5). Firmware translates them in SetVirtualAddressMap and at no other time; each must lie where this kernel maps
    a runtime region, but for the two that only that call used: SetVirtualAddressMap itself and ConvertPointer."""
    address = int(fixture.check("cat /sys/firmware/efi/runtime"), 16)
    shown = fixture.machine.qemu.monitor(f"xp /14gx {address + 24:#x}")
    pointers = [int(word, 16) for line in shown.splitlines() for word in line.split(":")[1].split()]
    if len(pointers) != 14:
        raise Failed("runtime services", f"14 pointers at {address:#x}, found:\n{shown}")
    regions = list(_virtual_regions(fixture))
    for pointer in pointers[:4] + pointers[6:]:
        fixture.expect(
            any(start <= pointer < end for start, end in regions),
            f"every runtime service inside a region the kernel maps, but one is at {pointer:#x}",
        )
    return pointers


def _virtual_regions(fixture):
    listed = fixture.check("cd /sys/firmware/efi/runtime-map && for region in *; do cat $region/virt_addr $region/num_pages | tr '\\n' ' '; echo; done")
    for line in listed.splitlines():
        start, pages = (int(word, 16) for word in line.split())
        if start:
            yield start, start + pages * 4096
