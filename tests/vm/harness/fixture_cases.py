# SPDX-License-Identifier: GPL-2.0-or-later
"""Cases: functions under tests/vm/cases with `@case(lane)`, each given a maker of the machines it starts from."""

import importlib
import inspect
import shutil
import time
import traceback
from typing import Callable, NamedTuple

from . import fixture_guests
from .fixture import Failed
from .places import TESTS, ToolFailed

# Two machines run side by side: the quick ones of the small guest, and the long ones.
SMALL, LONG = "small", "long"
# `make check` runs the first kind, `make check-direct` the second: direct resume on every machine QEMU can be; `make
# check-variety` the third: other firmwares, initramfs, namespaces, kernels, and setup taken back. `make check-faults` runs
# every case that names a part, those of another tier among them.
CHECK, MATRIX, VARIETY, FAULTS = "check", "direct", "variety", "faults"
CONSOLE_LINES = 25

_registered = []


class Case(NamedTuple):
    name: str
    lane: str
    tier: str
    summary: str
    body: Callable
    part: str = ""


class Outcome(NamedTuple):
    case: Case
    result: str  # passed, failed, skipped
    seconds: float
    detail: str = ""
    notes: tuple = ()
    rows: tuple = ()  # (point, outcome)

    @property
    def brief(self):
        """Of one that did not pass: the phase, and what was expected there."""
        return " ".join(self.detail.splitlines()[:2])


class Skipped(Exception):
    """What the case needs is not there."""


class Maker:
    """Machines for one case; all are gone when it ends."""

    def __init__(self, case):
        self._case = case
        self.fixtures = []
        self.notes = []
        self.rows = []

    def ready(self):
        """The small guest, set up, nothing saved."""
        return self.clone(fixture_guests.small_ready())

    def saved(self):
        """The small guest with a whole image, the machine off."""
        return self.clone(fixture_guests.small_saved())

    def clone(self, fixture):
        return self.keep(fixture_guests.clone(fixture, self._next_name()))

    def new(self, guest_disk, kind, **options):
        return self.keep(fixture_guests.new_fixture(self._next_name(), guest_disk, kind, **options))

    def keep(self, fixture):
        self.fixtures.append(fixture)
        return fixture

    def note(self, text):
        """A figure for the case's line."""
        self.notes.append(text)

    def row(self, point, outcome):
        """One point of a case that has several, and what came of it: for the table in docs/reliability.md."""
        self.rows.append((point, outcome))

    def _next_name(self):
        number = len(self.fixtures) + 1
        return f"{self._case.name}-{number}" if number > 1 else self._case.name


def case(lane=SMALL, tier=CHECK, part=""):
    """`part`: of `make check-faults`, which takes at most an hour for each."""

    def decorate(body):
        return register(body.__name__.replace("_", "-"), inspect.getdoc(body).splitlines()[0], body, lane, tier, part)

    return decorate


def register(name, summary, body, lane=SMALL, tier=CHECK, part=""):
    """A case that is one of many from the same body."""
    _registered.append(Case(name, lane, tier, summary, body, part))
    return body


def all_cases():
    for path in sorted((TESTS / "cases").glob("*.py")):
        importlib.import_module(f"cases.{path.stem}")
    return list(_registered)


def run(one, keep_files=False):
    make = Maker(one)
    begin_s = time.monotonic()
    result, detail = "passed", ""
    try:
        one.body(make)
    except Skipped as reason:
        result, detail = "skipped", str(reason)
    except (Failed, ToolFailed, TimeoutError) as error:
        for fixture in make.fixtures:
            fixture.machine.keep_registers()
        result, detail = "failed", _describe(make, error, str(error))
    except Exception as error:  # a case's own mistake is a failure with its place
        result, detail = "failed", _describe(make, error, traceback.format_exc())
    finally:
        for fixture in make.fixtures:
            fixture.close()
    if result == "passed" and not keep_files:
        for fixture in make.fixtures:
            shutil.rmtree(fixture.machine.parts.directory, ignore_errors=True)
    return Outcome(one, result, time.monotonic() - begin_s, detail, tuple(make.notes), tuple(make.rows))


def exit_status(tier, outcomes):
    """Of a run. Elsewhere a case may want what this host lacks; a fault that was not tried has shown nothing."""
    bad = ("failed", "skipped") if tier == FAULTS else ("failed",)
    return 1 if any(outcome.result in bad for outcome in outcomes) else 0


def _describe(make, error, text):
    # The newest machine that was on is the one it happened on; a preparation's own comes with the error.
    machines = make.fixtures or [getattr(error, "fixture", None)]
    if machines[-1] is None:
        return f"phase: preparation\n{text}"
    fixture = next((f for f in reversed(machines) if f.machine.console.lines), machines[-1])
    phase = error.phase if isinstance(error, Failed) else fixture.phase
    console = "\n".join(f"  | {line}" for line in fixture.machine.console.tail(CONSOLE_LINES))
    what = "expected: " if isinstance(error, Failed) else ""
    return f"phase: {phase}\n{what}{text}\nlast console lines ({fixture.machine.parts.directory}/console.log):\n{console}"
