# SPDX-License-Identifier: GPL-2.0-or-later
import unittest
import xml.etree.ElementTree as xml

from measure import bars, chart, page, results, variants

MACHINE = {
    "date": "2026-11-22", "commit": "", "rounds": 5, "host_cpu": "some CPU", "host_cpus": 2, "host_kernel": "6.1", "qemu": "7.2",
    "accelerator": "TCG", "guest_kernel": "6.1", "guest_cpus": 2, "guest_memory_mib": 1024, "guest_nvm_mib": 2048,
}
STAGE = {
    "decode": [{"cpus": 1, "median_mb_per_s": 100.0}, {"cpus": 2, "median_mb_per_s": 150.0}], "decode_ratio": 1.5,
    "boot_through_stage_s": [0.7, 0.6], "boot_without_stage_s": [0.5, 0.6], "boot_extra_s": 0.1,
}
SESSION_S = {"cold-boot": 30.0, "kernel-lzo": 15.0, "direct": 1.5}


def row(name, number):
    figures = {"round": number, "name": name, "handoff_to_session_s": SESSION_S.get(name, 12.0) + number / 10, "nonce": "1"}
    figures["phases_s"] = {"stage": 0.5, "session": figures["handoff_to_session_s"] - 0.5}
    if name != variants.COLD_BOOT:
        figures |= {"save_s": 4.0, "load_s": 2.0 + number, "image_bytes": 1 << 28, "stored_bytes": 1 << 27, "encoding": "raw"}
        figures |= {"save_peak_kib": None, "load_peak_kib": 2048 if "initramfs" in name else None}
    return figures


def rows(count=5):
    return [row(name, number) for number in range(1, count + 1) for name in variants.TITLES]


def complete():
    return results.summarize(rows(), MACHINE, STAGE)


def found_bar(data, text):
    return next(bar for bar in data["bars"] if text in bar["what"])


class ResultsTest(unittest.TestCase):
    def test_median_is_the_middle_round(self):
        direct = results.variant(complete(), "direct")
        self.assertAlmostEqual(direct["median"]["handoff_to_session_s"], 1.8)
        self.assertAlmostEqual(direct["median"]["load_s"], 5.0)
        self.assertAlmostEqual(sum(direct["phases_s"].values()), 1.8)
        self.assertEqual([entry["round"] for entry in direct["rounds"]], [1, 2, 3, 4, 5])

    def test_cold_boot_has_no_load(self):
        median = results.variant(complete(), "cold-boot")["median"]
        self.assertIsNone(median["load_s"])
        self.assertIsNone(median["stored_bytes"])

    def test_complete_run_misses_nothing(self):
        self.assertEqual(results.missing(complete()), [])

    def test_variant_that_did_not_come_back_is_named(self):
        some = [entry for entry in rows() if entry["name"] != "direct" or entry["round"] != 3]
        data = results.summarize(some, MACHINE, STAGE, ["round 3 of 5: direct: resume: expected …"])
        few, failed = results.missing(data)
        self.assertEqual(few, "direct: measured 4 times, at least 5 are wanted")
        self.assertIn("expected …", failed)

    def test_rounds_enough_do_not_hide_a_failure(self):
        data = results.summarize(rows(), MACHINE, STAGE, ["the stage: no line of it within 60 s"])
        self.assertEqual(results.missing(data), ["failed: the stage: no line of it within 60 s"])

    def test_run_without_a_variant_is_still_shown(self):
        data = results.summarize([row("cold-boot", 1), row("kernel-lzo", 1)], MACHINE)
        self.assertIn("kernel, LZO", page.section(data, "chart.svg"))
        self.assertIn("kernel, LZO", chart.render(data))


class BarsTest(unittest.TestCase):
    def test_ratio_is_of_medians_and_above_one_is_faster(self):
        bar = found_bar(complete(), "hand-off to session, directly")
        self.assertAlmostEqual(bar["measured"], 15.3 / 1.8)
        self.assertTrue(bar["met"])

    def test_missed_bar_is_missed(self):
        self.assertFalse(found_bar(complete(), "decoding in the stage")["met"])

    def test_what_was_not_measured_is_neither_met_nor_missed(self):
        data = results.summarize([row("kernel-lzo", 1)], MACHINE)
        self.assertIsNone(found_bar(data, "load, directly")["met"])

    def test_images_of_different_sizes_show(self):
        some = rows()
        for entry in some:
            if entry["name"] == "direct":
                entry["image_bytes"] *= 2
        self.assertAlmostEqual(found_bar(results.summarize(some, MACHINE), "largest image")["measured"], 2.0)

    def test_image_of_one_round_that_differs_shows(self):
        some = rows()
        for entry in some:
            if entry["name"] == "direct" and entry["round"] == 2:
                entry["image_bytes"] *= 3
        self.assertAlmostEqual(found_bar(results.summarize(some, MACHINE), "largest image")["measured"], 3.0)

    def test_rounds_of_different_sizes_are_no_spread(self):
        some = rows()
        for entry in some:
            if "image_bytes" in entry:
                entry["image_bytes"] *= entry["round"]
        data = results.summarize(some, MACHINE)
        self.assertAlmostEqual(found_bar(data, "largest image")["measured"], 1.0)

    def test_single_image_has_no_spread(self):
        self.assertIsNone(found_bar(results.summarize([row("direct", 1)], MACHINE), "largest image")["measured"])

    def test_load_is_compared_with_the_time_inside_write(self):
        some = rows()
        for entry in some:
            if entry["name"] == "initramfs-auto":
                entry["write_s"] = entry["load_s"] / 1.25
        self.assertAlmostEqual(bars.load_over_write(results.summarize(some, MACHINE)), 1.25)


class PageTest(unittest.TestCase):
    def test_only_its_own_section_is_replaced(self):
        before = f"# Benchmarks\n\n## Engine\n\nfast\n\n{page.BEGIN}\nold\n{page.END}\n\nbehind\n"
        after = page.put(before, "new\n")
        self.assertEqual(after, before.replace("old", "new"))

    def test_page_without_the_section_keeps_what_it_has(self):
        self.assertEqual(page.put("# Benchmarks\n\n## Engine\n", "new\n"), f"# Benchmarks\n\n## Engine\n\n{page.BEGIN}\nnew\n{page.END}\n")

    def test_new_page_has_a_title(self):
        self.assertTrue(page.put("", "new\n").startswith("# Benchmarks\n\n"))

    def test_marker_without_its_end_is_refused(self):
        with self.assertRaisesRegex(ValueError, "Machine: end"):
            page.put(f"{page.BEGIN}\nold\n", "new\n")

    def test_every_variant_and_bar_is_in_the_section(self):
        data = complete()
        text = page.section(data, "chart.svg")
        for wanted in [*variants.TITLES.values(), *(bar["what"] for bar in data["bars"]), "(chart.svg)"]:
            self.assertIn(wanted, text)


class ChartTest(unittest.TestCase):
    def test_chart_is_well_formed_and_names_everything(self):
        data = complete()
        root = xml.fromstring(chart.render(data))
        text = " ".join("".join(element.itertext()) for element in root)
        for title in variants.TITLES.values():
            self.assertIn(title, text)

    def test_every_round_is_a_dot(self):
        root = xml.fromstring(chart.render(complete()))
        dots = [element for element in root if element.tag.endswith("circle")]
        self.assertEqual(len(dots), 7 * 5 + 2 * 6 * 5)

    def test_nothing_leaves_the_paper(self):
        root = xml.fromstring(chart.render(complete()))
        width = float(root.get("width"))
        for element in root:
            if element.tag.endswith("rect"):
                self.assertLessEqual(float(element.get("x")) + float(element.get("width")), width)
