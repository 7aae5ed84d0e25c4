# SPDX-License-Identifier: GPL-2.0-or-later
"""Power cuts while a session is saved: before the commit it is lost and the next boot says so, afterwards it comes back. Each
case is a machine that goes through some of them, saving what the cut before left it."""

import functools

from harness import fixture_cuts
from harness.fixture_cases import FAULTS, register
from harness.fixture_cuts import BEGINNING, COMMITTED, COMMITTING, DROPPED, STORING, TAKING_BACK, Point
from harness.fixture_nvm import FAILED, WRITING
from harness.nvm_watch import committed, logged, logged_after, recorded, signature_is, state_is, stored

FREEZING = "^nvresume: saving: freezing user space"
READ = "^nvresume: saving 100 %"
WAY_BACK = "^nvresume: not powered off; taking the image back"
MIB = 1 << 20


def share_stored(percent):
    """Of what an image of this guest takes."""
    return lambda watch: stored(fixture_cuts.saved_frames_end() * percent // 100 // 4096 * 4096)(watch)


def record_stored(magic):
    """What follows the frames is found by looking for it: no two images are of the same length."""
    return lambda watch: recorded(magic, fixture_cuts.saved_frames_end() - 8 * MIB, 24 * MIB)(watch)


def cut_saves(make, points, command="nvresume save", before="true"):
    """`before`: what a session needs for it."""
    fixture = make.ready()
    fixture.boot()
    fixture_cuts.saved_frames_end()  # made before anything is awaited
    resumed = False

    def attempt(point):
        nonlocal resumed
        if not resumed:
            fixture_cuts.start_session(fixture)
            fixture.check(before)
        start = len(fixture.machine.console.lines)
        fixture.saving = fixture.machine.agent.start(command)
        cut = fixture_cuts.expect_all_well(fixture, point, *fixture_cuts.cut_at(fixture, point, start))
        resumed = cut.resumed
        return cut

    for point in points:
        make.row(f"save: {point.summary}", fixture_cuts.until_it_lands(point, attempt).told)
    fixture_cuts.expect_clean_end(fixture)


def machine(name, *points, **options):
    summary = f"power cuts in the save: {', '.join(point.name for point in points)}"
    register(f"cut-save-{name}", summary, functools.partial(cut_saves, points=points, **options), tier=FAULTS, part="cuts")


machine(
    "begin",
    Point("asked", "the command began", BEGINNING, window_s=(0.02, 0.3)),
    Point("logged", "its attempt is in the log", BEGINNING, moment=logged),
    Point("writing-a", "copy A says WRITING", STORING, moment=state_is(WRITING, "A")),
    Point("writing", "both copies say WRITING, nothing is frozen", STORING, moment=state_is(WRITING, "A", "B")),
    Point("freezing", "programs are being frozen", STORING, FREEZING),
)
machine(
    "store",
    Point("snapshot", "frozen, the snapshot is made", STORING, FREEZING, window_s=(0.05, 1.0)),
    *(Point(f"store-{share}", f"{share} % of the frames are stored", STORING, FREEZING, share_stored(share)) for share in (1, 20, 45, 70, 90)),
)
machine(
    "verify",
    Point("read", "the last page was read, frames are being stored", STORING, READ),
    Point("verify", "frames are read back", STORING, READ, window_s=(0.02, 0.3)),
    Point("metadata", "the metadata record is stored", STORING, READ, record_stored(b"NVRMETA1")),
    Point("index", "the chunk index is stored", STORING, READ, record_stored(b"NVRINDEX")),
    Point("signature", "the swap signature is ULSUSPEND, the superblocks follow", COMMITTING, READ, signature_is(b"ULSUSPEND")),
)
machine(
    "commit",
    Point("commit-a", "copy A says COMMITTED", COMMITTED, READ, committed("A")),
    Point("commit", "both copies say COMMITTED", COMMITTED, READ, committed("A", "B")),
    Point("saved", "its record says that it is done", COMMITTED, READ, logged_after(committed("A", "B"))),
    Point("power-off", "the machine is powering off, or is off", COMMITTED, READ, committed("A", "B"), (0.01, 0.2), may_be_off=True),
)
machine(
    "way-back",
    Point("way-back", "a device refused the power-off, the image is to be taken back", TAKING_BACK, WAY_BACK),
    Point("taken-back-a", "a device refused the power-off: copy A says FAILED", DROPPED, WAY_BACK, state_is(FAILED, "A")),
    Point("taken-back", "a device refused the power-off: both copies say FAILED", DROPPED, WAY_BACK, state_is(FAILED, "A", "B")),
    Point("withdrawn", "a device refused the power-off: the swap area is an ordinary one again", DROPPED, WAY_BACK, signature_is(b"SWAPSPACE2")),
    command="nvresume save --mode platform", before="insmod /lib/stays_on.ko how=suspend",
)
