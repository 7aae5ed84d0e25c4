# SPDX-License-Identifier: GPL-2.0-or-later
"""`make bench`, once through and small: that its figures are still where it looks for them, not what they are."""

import sys

from harness.fixture_cases import case
from harness.places import TESTS

sys.path.insert(0, str(TESTS.parent / "bench"))

from measure import chart, description, page, results, variants  # noqa: E402

# The small guest's kernel is quiet; its figures are among its own messages.
ARGUMENTS = "sysctl.kernel.printk=7"
MEASURED = ("kernel-lzo", "initramfs-auto")
FIGURES = ("handoff_to_session_s", "load_s", "save_s", "image_bytes", "stored_bytes")
PHASES = ["stage", "loader", "kernel", "initramfs", "restore", "devices", "session"]


@case()
def benchmark(make):
    """The kernel's way and ours measured once: every figure is there, page and chart can be made of them."""
    fixture = make.ready()
    fixture.boot(ARGUMENTS)
    fixture.start_workload()
    rows = []
    for variant in variants.VARIANTS:
        if variant.name in MEASURED:
            rows.append({"round": 1, "name": variant.name, **variants.measure(fixture, variant, ARGUMENTS)})
    fixture.phase = "report"
    data = results.summarize(rows, description.describe(1))
    for name in MEASURED:
        measured = results.variant(data, name)
        for figure in FIGURES:
            fixture.expect(measured["median"][figure], f"{name}: a figure for {figure}")
        fixture.expect_equal(f"{name}: phases", list(measured["phases_s"]), PHASES)
    fixture.expect_equal("what the chart says of both", [name in chart.render(data) for name in ("kernel, LZO", "nvresume")], [True, True])
    fixture.expect("kernel, LZO" in page.section(data, "chart.svg"), "the kernel's row in the page")
    # Never of this run: two variants of one round are not what docs/bench.md shows.
    fixture.expect(results.missing(data), "a run that is not complete")
