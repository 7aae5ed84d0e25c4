# SPDX-License-Identifier: GPL-2.0-or-later
import pathlib
import tempfile
import unittest
from unittest import mock

from harness import fault_results
from harness.fixture_cases import FAULTS, Case, Outcome
from harness.places import TESTS, TOP

CASE = Case("one", "small", FAULTS, "summary", lambda make: None, "cuts")
# Of a tree of this shape everything here decides what a guest does, or what a case wants of it.
TREE = (
    "Makefile", "install.mk", "tests/vm/make-guest", "tests/vm/make-small-guest", "tests/vm/run", "tests/vm/workload.cc",
    "tests/vm/cases/cuts.py", "tests/vm/cases/stale.py", "tests/vm/harness/qemu.py", "tests/vm/guest/small/init",
)


class FaultResultsTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.top = pathlib.Path(directory.name)
        for name in (*TREE, "image/format.h"):
            (self.top / name).parent.mkdir(parents=True, exist_ok=True)
            (self.top / name).write_text("once\n")
        places = mock.patch.multiple(fault_results, TOP=self.top, TESTS=self.top / "tests/vm", KEPT=self.top / "kept")
        places.start()
        self.addCleanup(places.stop)

    def results(self):
        return fault_results.Results()

    def keep_passed(self):
        self.results().keep(Outcome(CASE, "passed", 1.0))

    def test_what_passed_is_kept(self):
        self.keep_passed()
        self.assertEqual(self.results().missing([CASE]), [])

    def test_what_failed_or_was_skipped_runs_again(self):
        for result in ("failed", "skipped"):
            self.results().keep(Outcome(CASE, result, 1.0, "why"))
            self.assertEqual(self.results().missing([CASE]), [CASE])

    def test_every_file_that_decides_is_in_the_key(self):
        for name in TREE:
            with self.subTest(name):
                (self.top / name).write_text("once\n")
                self.keep_passed()
                (self.top / name).write_text("changed\n")
                self.assertEqual(self.results().missing([CASE]), [CASE])

    def test_the_tree_has_those_files(self):
        files = [str(path.relative_to(TOP)) for path in (TOP / "Makefile", TOP / "install.mk", *TESTS.glob("make-*"), TESTS / "run")]
        for name in files:
            self.assertTrue((TOP / name).exists() and name in TREE, name)
