# SPDX-License-Identifier: GPL-2.0-or-later
"""`make bench`, once through and small: that its figures are still where it looks for them, not what they are."""

import sys

from harness import fixture_direct
from harness.fixture_cases import case
from harness.places import TESTS

sys.path.insert(0, str(TESTS.parent / "bench"))

from measure import chart, description, page, results, swapin, variants  # noqa: E402

# The small guest's kernel is quiet; its figures are among its own messages.
ARGUMENTS = "sysctl.kernel.printk=7"
FIGURES = ("handoff_to_session_s", "load_s", "save_s", "image_bytes", "stored_bytes")
THROUGH_INITRAMFS = ["stage", "loader", "kernel", "initramfs", "restore", "devices", "session"]
MEASURED = {"kernel-lzo": THROUGH_INITRAMFS, "initramfs-auto": THROUGH_INITRAMFS, "direct": ["stage", "restore", "devices", "session"]}


@case()
def benchmark(make):
    """The kernel's way and both of ours measured once: every figure is there, page and chart can be made of them."""
    fixture = make.ready()
    fixture.boot(ARGUMENTS)
    fixture.start_workload()
    fixture_direct.try_out(fixture)
    rows = []
    for variant in variants.VARIANTS:
        if variant.name in MEASURED:
            rows.append({"round": 1, "name": variant.name, **variants.measure(fixture, variant, ARGUMENTS)})
    fixture.phase = "report"
    data = results.summarize(rows, description.describe(1))
    for name, phases in MEASURED.items():
        measured = results.variant(data, name)
        for figure in FIGURES:
            fixture.expect(measured["median"][figure], f"{name}: a figure for {figure}")
        fixture.expect_equal(f"{name}: phases", list(measured["phases_s"]), phases)
    drawn = chart.render(data)
    for title in ("kernel, LZO", "nvresume", "nvresume, direct"):
        fixture.expect(title in drawn, f"{title} in the chart")
    fixture.expect("kernel, LZO" in page.section(data, "chart.svg"), "the kernel's row in the page")
    # Never of this run: three variants of one round are not what docs/bench.md shows.
    fixture.expect(results.missing(data), "a run that is not complete")


@case()
def benchmark_of_swapin(make):
    """What comes back from swap measured once with `nvresume swapin` and once without: every figure is there."""
    fixture = make.ready()
    text = swapin.section(swapin.measure(fixture, 1))
    for words in ("the half used last, without", "the half used last, with swapin", "the rest, without", "the rest, with swapin"):
        fixture.expect(f"| {words} |" in text, f"a row `{words}` in the page, found:\n{text}")
