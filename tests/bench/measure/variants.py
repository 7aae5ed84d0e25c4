# SPDX-License-Identifier: GPL-2.0-or-later
"""What is measured beside each other, and one measurement of it."""

from typing import NamedTuple

from harness import workload

from . import marks
from .ways import KernelWay, NvresumeWay

COLD_BOOT = "cold-boot"
# What the ratios compare with: hibernation as the distribution's kernel does it.
REFERENCE = "kernel-lzo"


class Variant(NamedTuple):
    name: str
    title: str
    way: KernelWay | NvresumeWay
    nocompress: bool = False  # in the guest whose kernel was started with hibernate=nocompress

    @property
    def direct(self):
        return self.way.marks is marks.DIRECT


VARIANTS = (
    Variant("kernel-lzo", "kernel, LZO", KernelWay("lzo")),
    Variant("kernel-nocompress", "kernel, nocompress", KernelWay("raw"), nocompress=True),
    Variant("initramfs-zstd", "nvresume, zstd", NvresumeWay("zstd", "initramfs")),
    Variant("initramfs-raw", "nvresume, raw", NvresumeWay("raw", "initramfs")),
    Variant("initramfs-auto", "nvresume", NvresumeWay("auto", "initramfs")),
    Variant("direct", "nvresume, direct", NvresumeWay("auto", "direct")),
)
TITLES = {COLD_BOOT: "cold boot", **{variant.name: variant.title for variant in VARIANTS}}

# The same memory for every save: what a boot leaves has come to rest, written back, and no cache is left.
SETTLE = "sleep 2 && sync && echo 3 >/proc/sys/vm/drop_caches && sleep 1"


def cold_boot(fixture, arguments=""):
    fixture.power_on(arguments)
    fixture.saved = workload.next_state(fixture.machine, fixture.machine.boot_start, fixture.guard_s)
    fixture.expect_up()
    return _boot_figures(fixture, fixture.saved, marks.COLD)


def measure(fixture, variant, arguments=""):
    """Save, power-off, power-on, session: the same one, or the measurement fails. REQUIRES: the workload runs."""
    way = variant.way
    way.prepare(fixture)
    fixture.check(SETTLE)
    fixture.save(way.command)
    saved = way.saved(fixture)
    fixture.power_on(arguments)
    session = fixture.expect_resumed()
    return {**_boot_figures(fixture, session, way.marks), **saved, **way.loaded(fixture)}


def _boot_figures(fixture, session, boot_marks):
    _, handoff, _ = fixture.expect_line(marks.HANDOFF)
    return {
        "handoff_to_session_s": round(session.at_s - handoff.at_s, 3),
        "firmware_s": round(handoff.at_s - fixture.machine.on_at_s, 3),
        "phases_s": marks.cut(fixture.machine.boot_lines(), boot_marks),
        "nonce": session.nonce,
    }
