# SPDX-License-Identifier: GPL-2.0-or-later
"""The chart of docs/bench.md: the way back, phase by phase, and below it saving and loading. Bars are medians, dots the rounds."""

from . import bars, results
from .marks import ORDER
from .svg import Svg

WIDTH = 960
LEFT, RIGHT = 170, 120  # of the bars: names, and what stands behind them
ROW, BAR = 36, 20
MARGIN = 28
# Told apart by lightness too, not by colour alone; what nvresume itself works on is warm.
COLOURS = {
    "stage": "#f2b134", "loader": "#a9b4c2", "kernel": "#7d8ca3", "initramfs": "#5b6b86", "restore": "#e4572e",
    "devices": "#4fa095", "system": "#8e7cc3", "session": "#2f6f67",
}
KERNEL_COLOUR, OWN_COLOUR = "#7d8ca3", "#e4572e"


def render(data):
    medians = {variant["name"]: variant["median"] for variant in data["variants"]}
    resumed = results.resumes(data)
    back_top, back_bottom = 92, 92 + ROW * len(data["variants"])
    pair_top = back_bottom + 84
    svg = Svg(WIDTH, pair_top + ROW * len(resumed) + MARGIN + 8, "nvresume beside in-kernel hibernation and a cold boot")
    svg.text(MARGIN, 38, "From firmware’s hand-off to the session", "title")
    _legend(svg, data, 62)
    _way_back(svg, data["variants"], medians, back_top, back_bottom)
    middle = WIDTH / 2 + 34
    svg.text(MARGIN, pair_top - 22, "Save: snapshot to flushed", "title")
    _seconds(svg, resumed, medians, "save_s", pair_top, LEFT, middle - 108, names=True)
    svg.text(middle, pair_top - 22, "Load: image to memory", "title")
    _seconds(svg, resumed, medians, "load_s", pair_top, middle, WIDTH - 108)
    return str(svg)


def _legend(svg, data, y):
    x = MARGIN
    for name in ORDER:
        if any(name in variant["phases_s"] for variant in data["variants"]):
            svg.box(x, y - 9, 11, 11, COLOURS[name])
            svg.text(x + 16, y + 1, name, "small")
            x += 30 + 7 * len(name)
    note = f"bars: medians · dots: {data['machine']['rounds']} rounds · ×: times as fast as the kernel, LZO"
    svg.text(WIDTH - MARGIN, 38, note, "small end")


def _way_back(svg, variants, medians, top, bottom):
    longest = max(row["handoff_to_session_s"] for variant in variants for row in variant["rounds"])
    scale = (WIDTH - LEFT - RIGHT) / longest
    _grid(svg, longest, scale, LEFT, top, bottom)
    for number, variant in enumerate(variants):
        y = top + ROW * number
        svg.text(LEFT - 12, y + 19, variant["title"], "end strong" if variant["name"] == "direct" else "end")
        x = LEFT
        for name, seconds in variant["phases_s"].items():
            svg.box(x, y + 4, seconds * scale, BAR, COLOURS[name], f"{variant['title']}, {name}: {seconds:.2f} s")
            x += seconds * scale
        times = [row["handoff_to_session_s"] for row in variant["rounds"]]
        for seconds in times:
            svg.dot(LEFT + seconds * scale, y + 4 + BAR / 2)
        _value(svg, LEFT + max(times) * scale + 10, y + 19, variant["name"], medians, "handoff_to_session_s")


def _seconds(svg, variants, medians, key, top, left, right, names=False):
    longest = max(row[key] for variant in variants for row in variant["rounds"])
    scale = (right - left) / longest
    _grid(svg, longest, scale, left, top, top + ROW * len(variants))
    for number, variant in enumerate(variants):
        y = top + ROW * number
        if names:
            svg.text(left - 12, y + 19, variant["title"], "end strong" if variant["name"] == "direct" else "end")
        colour = KERNEL_COLOUR if variant["name"].startswith("kernel") else OWN_COLOUR
        svg.box(left, y + 4, variant["median"][key] * scale, BAR, colour, f"{variant['title']}: {variant['median'][key]:.2f} s")
        for row in variant["rounds"]:
            svg.dot(left + row[key] * scale, y + 4 + BAR / 2)
        _value(svg, left + max(row[key] for row in variant["rounds"]) * scale + 8, y + 19, variant["name"], medians, key)


def _value(svg, x, y, name, medians, key):
    """The median, and how many times as fast as the reference that is."""
    times = bars.times(medians, name, key)
    faster = f" · {times:.1f}×" if times and name != bars.REFERENCE else ""
    seconds = medians[name][key]
    svg.text(x, y, f"{seconds:.{1 if seconds >= 1 else 2}f} s{faster}", "strong" if name == "direct" else "")


def _grid(svg, longest, scale, left, top, bottom):
    step = next(step for step in (0.5, 1, 2, 5, 10, 20, 50, 100, 1000) if longest / step <= 8)
    for number in range(int(longest / step) + 1):
        x = left + number * step * scale
        svg.rule(x, top, bottom)
        svg.text(x, bottom + 14, f"{number * step:g} s", "small middle")
