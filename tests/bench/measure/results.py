# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows of the rounds into what is reported (build/bench/machine.json)."""

import json
import statistics

from .bars import bars
from .variants import COLD_BOOT, TITLES

FIGURES = ("handoff_to_session_s", "load_s", "save_s", "image_bytes", "stored_bytes", "save_peak_kib", "load_peak_kib")
# Whoever reads medians wants to know how many there were.
ROUNDS_WANTED = 5


def summarize(rows, machine, stage=None, failures=()):
    variants = [summarize_variant(name, [row for row in rows if row["name"] == name]) for name in TITLES]
    data = {"machine": machine, "variants": [variant for variant in variants if variant["rounds"]], "stage": stage}
    data["bars"] = bars(data)
    data["failures"] = list(failures)
    return data


def summarize_variant(name, rows):
    rounds = [{key: value for key, value in row.items() if key != "name"} for row in rows]
    median = {key: median_of(rounds, key) for key in FIGURES}
    return {"name": name, "title": TITLES[name], "rounds": rounds, "median": median, "phases_s": phases_of_median(rounds)}


def median_of(rounds, key):
    values = [row[key] for row in rounds if row.get(key) is not None]
    return statistics.median(values) if values else None


def phases_of_median(rounds):
    """Of the round in the middle: medians phase by phase need not add up to any round's time."""
    ordered = sorted(rounds, key=lambda row: row["handoff_to_session_s"])
    return ordered[(len(ordered) - 1) // 2]["phases_s"] if ordered else {}


def missing(data):
    """Why these figures are not for docs/bench.md; nothing where they are."""
    counts = {variant["name"]: len(variant["rounds"]) for variant in data["variants"]}
    few = {name: counts.get(name, 0) for name in TITLES if counts.get(name, 0) < ROUNDS_WANTED}
    reasons = [f"{name}: measured {count} times, at least {ROUNDS_WANTED} are wanted" for name, count in few.items()]
    # However many rounds came back: what failed may have been the slow one.
    return reasons + [f"failed: {failure}" for failure in data["failures"]]


def write(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(data, indent=2) + "\n")
    part.rename(path)


def variant(data, name):
    return next((one for one in data["variants"] if one["name"] == name), None)


def resumes(data):
    return [one for one in data["variants"] if one["name"] != COLD_BOOT]
