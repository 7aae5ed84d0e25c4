# SPDX-License-Identifier: GPL-2.0-or-later
import json
import pathlib
import re
import unittest
from unittest import mock

from harness.console import Line
from harness.places import ToolFailed
from harness.workload import LINE
from measure import attempts, kernel_image, marks, variants

RECORDED = pathlib.Path(__file__).parent / "recorded"
POWER_ON = "---- power on"
KERNEL_ATTEMPT = {"kind": "resume", "path": "kernel", "outcome": "running", "phases_s": {}, "text": ""}


def lines_of(text):
    return [Line(float(line[:12]), line[13:]) for line in text.splitlines()]


def recorded(name):
    """(the save's last lines, the boot after it)."""
    before, _, boot = (RECORDED / f"{name}.log").read_text().rpartition(f"{POWER_ON}\n")
    return lines_of(before), lines_of(boot)


def attempts_up_to(kind, path):
    """The report as it was when that attempt was its newest."""
    found = json.loads((RECORDED / "attempts.json").read_text())["attempts"]
    end = max(i for i, entry in enumerate(found) if (entry["kind"], entry["path"]) == (kind, path))
    return {"attempts": found[: end + 1], "metadata": {"statistics": {"raw_bytes": 900, "stored_bytes": 500}}}


class Recording:
    """What a way asks of a fixture, answered from what was recorded."""

    def __init__(self, lines, report):
        self._lines = lines
        self._report = report
        self.nvm = mock.Mock()
        self.commands = []

    def check(self, command):
        self.commands.append(command)

    def expect_line(self, pattern):
        for number, line in enumerate(self._lines):
            if match := re.search(pattern, line.text):
                return number, line, match
        raise AssertionError(f"no line `{pattern}`")

    def expect_equal(self, what, found, expected):
        if found != expected:
            raise AssertionError(f"{what}: {found!r}, not {expected!r}")

    def inspect(self):
        return self._report

    def inspect_file(self):
        return self._report


class MarksTest(unittest.TestCase):
    def cut(self, name, boot_marks):
        _, boot = recorded(name)
        phases = marks.cut(boot, boot_marks)
        handoff = next(line for line in boot if re.search(marks.HANDOFF, line.text))
        session = next(line for line in boot if re.search(LINE, line.text))
        self.assertAlmostEqual(sum(phases.values()), session.at_s - handoff.at_s, places=2)
        return phases

    def test_way_through_the_kernel(self):
        phases = self.cut("kernel-lzo", marks.THROUGH_KERNEL)
        self.assertEqual(list(phases), ["stage", "loader", "kernel", "initramfs", "restore", "devices", "session"])
        self.assertAlmostEqual(phases["kernel"], 4.378)  # the kernel's own clock at its first process
        self.assertAlmostEqual(phases["restore"], 27700.204 - 27688.510, places=3)

    def test_way_through_the_initramfs(self):
        for name in ("initramfs-raw", "initramfs-zstd"):
            phases = self.cut(name, marks.THROUGH_INITRAMFS)
            self.assertEqual(list(phases), ["stage", "loader", "kernel", "initramfs", "restore", "devices", "session"])

    def test_direct_way_has_no_loader_and_no_kernel(self):
        self.assertEqual(list(self.cut("direct", marks.DIRECT)), ["stage", "restore", "devices", "session"])

    def test_cold_boot(self):
        self.assertEqual(list(self.cut("cold-boot", marks.COLD)), ["stage", "loader", "kernel", "initramfs", "system"])


class WaysTest(unittest.TestCase):
    def way(self, name):
        return next(variant.way for variant in variants.VARIANTS if variant.name == name)

    def test_kernel_figures_are_its_own(self):
        before, boot = recorded("kernel-lzo")
        with mock.patch.object(kernel_image, "read", return_value=kernel_image.KernelImage(1000, True)):
            saved = self.way("kernel-lzo").saved(Recording(before, {}))
        self.assertEqual((saved["save_s"], saved["image_bytes"], saved["stored_bytes"]), (8.72, 431164 * 1024, 1000))
        loaded = self.way("kernel-lzo").loaded(Recording(boot, {"attempts": [KERNEL_ATTEMPT]}))
        self.assertEqual(loaded["load_s"], 11.48)

    def test_kernel_that_did_not_do_as_its_variant_says_fails_it(self):
        before, _ = recorded("kernel-lzo")
        with mock.patch.object(kernel_image, "read", return_value=kernel_image.KernelImage(1000, True)):
            with self.assertRaisesRegex(AssertionError, "compressed"):
                self.way("kernel-nocompress").saved(Recording(before, {}))

    def test_save_ends_with_the_commit(self):
        before, _ = recorded("initramfs-raw")
        saved = self.way("initramfs-raw").saved(Recording(before, attempts_up_to("save", "save")))
        self.assertAlmostEqual(saved["save_s"], sum(value for name, value in list(saved["save_phases_s"].items())[4:] if "/" not in name))
        self.assertEqual(list(saved["save_phases_s"])[4], "store")
        self.assertEqual((saved["encoding"], saved["image_bytes"], saved["stored_bytes"]), ("raw", 900, 500))
        self.assertEqual(saved["read_s"], 6.187)

    def test_encoding_that_was_not_asked_for_fails_the_variant(self):
        before, _ = recorded("initramfs-raw")
        with self.assertRaisesRegex(ToolFailed, "zstd was asked for"):
            self.way("initramfs-zstd").saved(Recording(before, attempts_up_to("save", "save")))

    def test_auto_says_what_it_chose(self):
        before, _ = recorded("direct")
        self.assertEqual(self.way("direct").saved(Recording(before, attempts_up_to("save", "save")))["encoding"], "zstd")

    def test_load_through_the_initramfs(self):
        _, boot = recorded("initramfs-raw")
        loaded = self.way("initramfs-raw").loaded(Recording(boot, attempts_up_to("resume", "initramfs")))
        self.assertEqual((loaded["load_s"], loaded["write_s"], loaded["load_peak_kib"]), (19.895444, 13.91, 14944 + 472))

    def test_direct_load_is_placing_and_decoding(self):
        _, boot = recorded("direct")
        loaded = self.way("direct").loaded(Recording(boot, attempts_up_to("resume", "direct")))
        self.assertAlmostEqual(loaded["load_s"], sum(loaded["load_phases_s"][name] for name in ("place", "decode")))
        self.assertIsNone(loaded["load_peak_kib"])

    def test_session_that_came_back_another_way_fails_the_variant(self):
        _, boot = recorded("initramfs-raw")
        with self.assertRaisesRegex(ToolFailed, r"expected a resume \(direct\)"):
            self.way("direct").loaded(Recording(boot, attempts_up_to("resume", "initramfs")))

    def test_direct_resume_is_switched_for_each_way(self):
        for name, option in (("direct", "--auto"), ("initramfs-auto", "--off")):
            guest = Recording([], {})
            self.way(name).prepare(guest)
            self.assertEqual(guest.commands, [f"nvresume trial {option}"])


class AttemptsTest(unittest.TestCase):
    def test_refused_attempt_is_none(self):
        report = {"attempts": [{"kind": "resume", "path": "direct", "outcome": "refused"}]}
        with self.assertRaises(ToolFailed):
            attempts.last(report, "resume", "direct")

    def test_no_attempt_at_all(self):
        with self.assertRaisesRegex(ToolFailed, "None"):
            attempts.last({"attempts": []}, "save", "save")
