# SPDX-License-Identifier: GPL-2.0-or-later
import unittest

from harness.fixture_cases import CHECK, FAULTS, Case, Outcome, Skipped, exit_status, run


def skip(make):
    raise Skipped("this host has none")


def outcomes(*bodies):
    return [run(Case("one", "small", CHECK, "summary", body)) for body in bodies]


class ExitStatusTest(unittest.TestCase):
    def test_a_fault_that_was_not_tried_fails_the_run(self):
        self.assertEqual(exit_status(FAULTS, outcomes(lambda make: None, skip)), 1)

    def test_elsewhere_a_host_may_lack_what_a_case_wants(self):
        self.assertEqual(exit_status(CHECK, outcomes(lambda make: None, skip)), 0)

    def test_a_failed_case_fails_every_tier(self):
        for tier in (CHECK, FAULTS):
            self.assertEqual(exit_status(tier, outcomes(lambda make: 1 / 0)), 1)

    def test_what_passed_passes(self):
        for tier in (CHECK, FAULTS):
            self.assertEqual(exit_status(tier, outcomes(lambda make: None)), 0)
