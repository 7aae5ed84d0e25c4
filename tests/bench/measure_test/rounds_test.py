# SPDX-License-Identifier: GPL-2.0-or-later
import contextlib
import io
import unittest
from unittest import mock

from harness.places import ToolFailed
from measure import guests, rounds, variants

CHOSEN = variants.VARIANTS[:3]
FIGURES = {"handoff_to_session_s": 1.0}


class PairOfGuests:
    plain = mock.Mock()
    nocompress = mock.Mock()

    def of(self, variant):
        return self.nocompress if variant.nocompress else self.plain

    def alone(self, fixture):
        return contextlib.nullcontext()


class RoundsTest(unittest.TestCase):
    def run_rounds(self, count, measure):
        kept = []
        with (
            mock.patch.object(variants, "cold_boot", return_value=FIGURES),
            mock.patch.object(variants, "measure", side_effect=measure),
            mock.patch.multiple(guests, fill=mock.DEFAULT, make_ready=mock.DEFAULT, expect_whole=mock.DEFAULT),
            contextlib.redirect_stdout(io.StringIO()) as self.said,
        ):
            run = rounds.Rounds(PairOfGuests(), CHOSEN, count, lambda rows, failures: kept.append(len(rows)))
            run.run()
        self.kept = kept
        return run

    def test_order_turns_by_one_each_round(self):
        run = self.run_rounds(2, lambda fixture, variant: FIGURES)
        names = [variant.name for variant in CHOSEN]
        self.assertEqual(
            [row["name"] for row in run.rows], ["cold-boot", *names, "cold-boot", names[1], names[2], names[0]]
        )
        self.assertEqual(self.kept, [4, 8])

    def test_variant_runs_in_its_own_guest(self):
        used = {}
        self.run_rounds(1, lambda fixture, variant: used.update({variant.name: fixture}) or FIGURES)
        self.assertIs(used["kernel-nocompress"], PairOfGuests.nocompress)
        self.assertIs(used["kernel-lzo"], PairOfGuests.plain)

    def test_variant_that_does_not_come_back_is_told_and_the_rest_goes_on(self):
        def measure(fixture, variant):
            if variant.name == "kernel-lzo":
                raise ToolFailed("resume: expected the counter to go on")
            return FIGURES

        run = self.run_rounds(1, measure)
        self.assertEqual([row["name"] for row in run.rows], ["cold-boot", "kernel-nocompress", "initramfs-zstd"])
        self.assertEqual(run.failures, ["round 1 of 1: kernel-lzo: resume: expected the counter to go on"])
        self.assertIn("kernel-lzo: NOT MEASURED", self.said.getvalue())
