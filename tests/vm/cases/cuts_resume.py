# SPDX-License-Identifier: GPL-2.0-or-later
"""Power cuts from the power-on on: up to the consume the session comes back at the next boot, through the initramfs and after
a direct resume that was cut alike; afterwards the next boot is a normal one that says what happened."""

import functools

from harness import fixture_cuts, fixture_direct, workload
from harness.fixture_cases import FAULTS, register
from harness.fixture_cuts import CONSUMED, CONSUMING, DROPPED, LOADING, SETTLED, SETTLING, Point
from harness.fixture_guests import once
from harness.fixture_nvm import EMPTY, FAILED
from harness.nvm_watch import consumed, counted, logged, signature_is, state_is

STAGE = "^nvresume: stage"
LOADER = "^nvresume: starting "
GRUB = "^small: GRUB reads its grub.cfg"
KERNEL = r"^\[    0\.000000\]"
# The kernel's own lines, from the first one on: the guest's boot is quiet otherwise.
TALKATIVE = "earlyprintk=ttyS0,115200 loglevel=7"
INITRAMFS = "^small: init"
ATTACHED = "^small: attach exit status"
RESUMING = "^nvresume: resuming "
LOADED = "^nvresume: loaded "
RESUMED = "^nvresume: resumed"
DIRECT = "^nvresume: resuming directly"
SUPERBLOCKS_BYTES = 8192


@once
def load_s():
    return fixture_cuts.processor_s_between(fixture_cuts.saved(), RESUMING, LOADED)


@once
def decode_s():
    return fixture_cuts.processor_s_between(fixture_cuts.saved_direct(), fixture_direct.PLACED, fixture_direct.RESTORED)


def cut_resume(make, point, prepared, arguments="", before=None):
    """`before`: another boot of the machine, which is cut at that point first."""

    def attempt(point):
        fixture = make.clone(prepared())
        if before:
            fixture.power_on()
            fixture_cuts.cut_at(fixture, before)
            fixture.expect_equal("state after the first cut", fixture_cuts.state_of(fixture)[0], *before.found.states)
        fixture.power_on(arguments)
        cut = fixture_cuts.expect_all_well(fixture, point, *fixture_cuts.cut_at(fixture, point), prepared())
        fixture_cuts.expect_clean_end(fixture, prepared())
        return cut

    make.note(fixture_cuts.until_it_lands(point, attempt).told)


def cut_share(make, point, prepared, duration_s, percent):
    """Somewhere in five per cent of the work from this line to the next one."""
    seconds = duration_s()
    window_s = (seconds * (percent - 2.5) / 100, seconds * (percent + 2.5) / 100)
    cut_resume(make, point._replace(window_s=window_s, processor_time=True), prepared)


def cut_before_the_count(make, points):
    """One boot after the other is cut, and not a byte of the superblocks changes; then it resumes."""
    fixture = make.clone(fixture_cuts.saved())
    before = fixture.nvm.read(0, SUPERBLOCKS_BYTES)
    for point in points:
        fixture.power_on()
        when, on = fixture_cuts.cut_at(fixture, point)
        fixture.expect(on, "the machine to be on at the cut")
        fixture.expect(fixture.nvm.read(0, SUPERBLOCKS_BYTES) == before, "superblocks as they were")
        make.row(point.summary, f"{when}superblocks unchanged")
    cut = fixture_cuts.expect_all_well(fixture, points[-1], "", prepared=fixture_cuts.saved())
    fixture.expect(cut.resumed, f"a resume, but: {cut.told}")
    make.row("the boot after all these", cut.told)
    fixture_cuts.expect_clean_end(fixture, fixture_cuts.saved())


def add(name, summary, body, found, line=None, moment=None, window_s=(0, 0), slowly_to=None, **options):
    name = f"cut-{name}"
    point = Point(name, summary, found, line, moment, window_s, slowly_to=slowly_to)
    register(name, summary, functools.partial(body, point=point, **options), tier=FAULTS, part="cuts")


def chained(name, summary, *where, body=cut_resume, **options):
    add(name, summary, body, *where, prepared=fixture_cuts.saved, **options)


def direct(name, summary, *where, body=cut_resume, **options):
    add(f"direct-{name}", f"direct: {summary}", body, *where, prepared=fixture_cuts.saved_direct, **options)


BEFORE_THE_COUNT = (
    Point("stage", "stage: its first line", LOADING, STAGE),
    Point("stage-early", "stage: it looks for the NVM and at the image", LOADING, STAGE, window_s=(0, 0.3)),
    Point("loader", "stage: it starts the loader", LOADING, LOADER),
    Point("grub", "GRUB: it reads its configuration", LOADING, GRUB),
    Point("grub-load", "GRUB: it loads kernel and initramfs", LOADING, GRUB, window_s=(0.1, 0.6)),
)
register(
    "cut-before-the-count", "power cuts before the stage has counted the boot",
    functools.partial(cut_before_the_count, points=BEFORE_THE_COUNT), tier=FAULTS, part="cuts",
)
chained("counted-a", "stage: boot and attempt are counted in copy A", LOADING, GRUB, counted("A"))
chained("counted", "stage: boot and attempt are counted in both copies", LOADING, GRUB, counted("A", "B"))
chained("kernel", "kernel: its first line", LOADING, KERNEL, arguments=TALKATIVE)
chained("kernel-late", "kernel: it finds its devices", LOADING, KERNEL, None, (0.2, 1.0), arguments=TALKATIVE)
chained("initramfs", "initramfs: its first line", LOADING, INITRAMFS)
chained("attached", "initramfs: the driver is there", LOADING, ATTACHED)
chained("resuming", "restore: the image is looked at", LOADING, RESUMING)
for share in (10, 35, 60, 85):
    chained(f"load-{share}", f"restore: about {share} % are loaded", LOADING, RESUMING, body=cut_share, duration_s=load_s, percent=share)
chained("loaded", "restore: everything is loaded, nothing is consumed", LOADING, LOADED)
chained("logged", "restore: its record is stored, the consume follows", CONSUMING, LOADED, logged)
chained("consumed-a", "restore: copy A says CONSUMED", CONSUMED, LOADED, consumed("A"))
chained("consumed", "restore: both copies say CONSUMED", CONSUMED, LOADED, consumed("A", "B"))
chained("jump", "restore: the kernel puts the image into its place", CONSUMED, LOADED, consumed("A", "B"), (0, 0.2))
chained("signature", "resumed: the swap area is an ordinary one again", SETTLING, LOADED, signature_is(b"SWAPSPACE2"))
chained("empty-a", "resumed: copy A says EMPTY", SETTLED, LOADED, state_is(EMPTY, "A"))
chained("resumed", "resumed: its first line", SETTLED, RESUMED)
chained("running", "resumed: in the first second", SETTLED, workload.LINE, None, (0, 1.0))
add(
    "behind-another-entry", "restore: the image is looked at, and another boot entry is first", cut_resume, LOADING, RESUMING,
    prepared=fixture_cuts.saved_behind_another,
)
CONSUMED_FIRST = Point("consumed", "", CONSUMED, LOADED, consumed("A", "B"))
chained(
    "normal-boot-settles", "normal boot after a consume: copy A says EMPTY", SETTLED, INITRAMFS, state_is(EMPTY, "A"), before=CONSUMED_FIRST
)
chained(
    "normal-boot", "normal boot after a consume: both copies say EMPTY", SETTLED, INITRAMFS, state_is(EMPTY, "A", "B"), before=CONSUMED_FIRST
)
chained("dropping", "a boot without resume: copy A says FAILED", DROPPED, INITRAMFS, state_is(FAILED, "A"), arguments="rd.nvresume=0")
chained("dropped", "a boot without resume: both copies say FAILED", DROPPED, INITRAMFS, state_is(FAILED, "A", "B"), arguments="rd.nvresume=0")

direct("begun", "it says that it begins", LOADING, DIRECT)
direct("counted-a", "boot and attempt are counted in copy A", LOADING, STAGE, counted("A"))
direct("placed", "every page has its place", LOADING, fixture_direct.PLACED)
for share in (10, 35, 60, 85):
    direct(f"decode-{share}", f"about {share} % are decoded", LOADING, fixture_direct.PLACED, body=cut_share, duration_s=decode_s, percent=share)
direct("decoded", "everything is decoded, nothing is consumed", LOADING, fixture_direct.PLACED, slowly_to=fixture_direct.RESTORED)
direct("handing-over", "it says that it hands over", CONSUMING, fixture_direct.PLACED, slowly_to=fixture_direct.HANDING_OVER)
direct("consumed-a", "copy A says CONSUMED", CONSUMED, fixture_direct.PLACED, consumed("A"))
direct("consumed", "both copies say CONSUMED", CONSUMED, fixture_direct.PLACED, consumed("A", "B"))
direct("exit", "boot services end, late pages are copied", CONSUMED, fixture_direct.PLACED, consumed("A", "B"), (0, 0.1))
direct("jump", "the saved kernel has the machine", CONSUMED, fixture_direct.PLACED, consumed("A", "B"), (0.1, 0.5))
direct("signature", "resumed: the swap area is an ordinary one again", SETTLING, fixture_direct.PLACED, signature_is(b"SWAPSPACE2"))
direct("resumed", "resumed: its first line", SETTLED, RESUMED)
direct("running", "resumed: in the first second", SETTLED, workload.LINE, None, (0, 1.0))
