# SPDX-License-Identifier: GPL-2.0-or-later
"""What nvresume wants to reach on one machine, beside what was measured. Nothing fails where a bar is missed: it is shown."""

REFERENCE = "kernel-lzo"
# How many times the kernel's own hibernation with LZO: what, variant, figure, at least.
TIMES_THE_KERNEL = (
    ("hand-off to session, directly", "direct", "handoff_to_session_s", 5.0),
    ("hand-off to session, through the initramfs", "initramfs-auto", "handoff_to_session_s", 1.2),
    ("load, directly", "direct", "load_s", 4.0),
    ("load, through the initramfs", "initramfs-auto", "load_s", 1.3),
    ("save, default encoding", "initramfs-auto", "save_s", 2.0),
    ("save, zstd", "initramfs-zstd", "save_s", 1.4),
)
SIZES_DIFFER_AT_MOST = 1.05
LOAD_TIMES_WRITE_AT_MOST = 1.1
DECODE_TIMES_AT_LEAST = 1.6
STAGE_COSTS_AT_MOST_S = 0.2


def bars(data):
    medians = {variant["name"]: variant["median"] for variant in data["variants"]}
    found = [
        at_least(f"{text}, against in-kernel LZO", factor, times(medians, name, key)) for text, name, key, factor in TIMES_THE_KERNEL
    ]
    found.append(
        at_most("load, through the initramfs, against its time inside write()", LOAD_TIMES_WRITE_AT_MOST, load_over_write(data))
    )
    found.append(at_most("largest image against the smallest of a round, worst round", SIZES_DIFFER_AT_MOST, size_spread(data)))
    stage = data["stage"] or {}
    found.append(at_least("decoding in the stage, 2 CPUs against 1", DECODE_TIMES_AT_LEAST, stage.get("decode_ratio")))
    found.append(at_most("an ordinary boot through the stage, longer by", STAGE_COSTS_AT_MOST_S, stage.get("boot_extra_s"), "s"))
    return found


def at_least(text, wanted, measured, unit="x"):
    return bar(text, ">=", wanted, measured, unit, measured is not None and measured >= wanted)


def at_most(text, wanted, measured, unit="x"):
    return bar(text, "<=", wanted, measured, unit, measured is not None and measured <= wanted)


def bar(text, relation, wanted, measured, unit, met):
    met = None if measured is None else met
    return {"what": text, "relation": relation, "wanted": wanted, "measured": measured, "unit": unit, "met": met}


def times(medians, name, key):
    """Above 1: this variant is the faster one."""
    reference, own = medians.get(REFERENCE, {}).get(key), medians.get(name, {}).get(key)
    return reference / own if reference and own else None


def size_spread(data):
    """Only images of one round are of the same work: medians of different rounds would hide what differs within each."""
    rounds = {}
    for variant in data["variants"]:
        for row in variant["rounds"]:
            if row.get("image_bytes"):
                rounds.setdefault(row["round"], []).append(row["image_bytes"])
    return max((max(sizes) / min(sizes) for sizes in rounds.values() if len(sizes) > 1), default=None)


def load_over_write(data):
    """Median over the rounds of the default encoding; None where the program does not tell its time inside write()."""
    for variant in data["variants"]:
        ratios = sorted(row["load_s"] / row["write_s"] for row in variant["rounds"] if row.get("write_s"))
        if variant["name"] == "initramfs-auto" and ratios:
            return ratios[len(ratios) // 2]
    return None
