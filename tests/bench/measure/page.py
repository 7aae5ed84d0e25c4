# SPDX-License-Identifier: GPL-2.0-or-later
"""The section "Machine" of docs/bench.md: everything between its two markers, and nothing else of the page."""

import statistics

from . import bars
from .marks import ORDER

BEGIN = "<!-- Machine: written by `make bench` -->"
END = "<!-- Machine: end -->"
TITLE = "# Benchmarks\n"


def put(page, section):
    """`page` with its section replaced, or put behind what is there."""
    block = f"{BEGIN}\n{section}{END}\n"
    if BEGIN not in page:
        return f"{page.rstrip() or TITLE.rstrip()}\n\n{block}"
    before, _, rest = page.partition(BEGIN)
    _, end, after = rest.partition(f"{END}\n")
    if not end:
        raise ValueError(f"docs/bench.md has `{BEGIN}` without `{END}` behind it")
    return before + block + after


def section(data, chart_name):
    return "\n".join(
        [
            "## Machine\n",
            _machine_text(data["machine"]),
            f"![Seconds of every way back, and of saving and loading]({chart_name})\n",
            _medians(data),
            _NOTES,
            "From the hand-off to the session, by phase (the round in the middle), in seconds:\n",
            _phases(data),
            "What it must reach, against what was measured in this run:\n",
            _bars(data),
            _stage(data["stage"]),
        ]
    )


def _machine_text(machine):
    commit = f", commit {machine['commit']}" if machine["commit"] else ""
    return (
        f"`make bench`, {machine['date']}{commit}. Guest: Debian 12, kernel {machine['guest_kernel']}, {machine['guest_cpus']} CPUs, "
        f"{machine['guest_memory_mib']} MiB of memory, an emulated NVDIMM of {machine['guest_nvm_mib']} MiB whose file lies in the host's "
        f"memory; OVMF, GRUB without a menu, the same quiet console and the same initramfs for all. Host: {machine['host_cpu']}, "
        f"{machine['host_cpus']} CPUs, kernel {machine['host_kernel']}, QEMU {machine['qemu']} ({machine['accelerator']}). "
        f"{machine['rounds']} rounds: a cold boot, then the same guest saved and resumed every way, in an order that turns by one each "
        "round. Medians; every image was resumed and proved whole by what only its memory knew.\n"
    )


_NOTES = """\
Session: the stage's first line, where firmware ends, to the workload's first line. Save: snapshot done to flushed and, for
nvresume, read back, checked and committed; the kernel reads nothing back. Load: first image byte read to last page handed over
(and verified). Caches are dropped before every save. Peak: most memory the program and, for it, the kernel's slab took; the
kernel's own way has no figure for it, the stage runs where no system is. `nocompress` is a second guest, otherwise
the same, because a kernel is started with it.
"""


def _medians(data):
    rows = [["", "session s", "times LZO", "save s", "times LZO", "load s", "times LZO", "image MB", "stored MB", "peak MiB save, load"]]
    medians = {variant["name"]: variant["median"] for variant in data["variants"]}
    for variant in data["variants"]:
        median = variant["median"]
        row = [_title(variant)]
        for key in ("handoff_to_session_s", "save_s", "load_s"):
            row += [_number(median[key], 2), _number(bars.times(medians, variant["name"], key), 2)]
        row += [_number(median[key] / 1e6 if median[key] else None, 0) for key in ("image_bytes", "stored_bytes")]
        row.append(", ".join(_number(median[key] / 1024 if median[key] else None, 0) for key in ("save_peak_kib", "load_peak_kib")))
        rows.append(row)
    return _table(rows)


def _title(variant):
    chosen = sorted({row["encoding"] for row in variant["rounds"] if row.get("encoding")})
    chose = f" (chose {' and '.join(chosen)})" if variant["name"] in ("initramfs-auto", "direct") and chosen else ""
    return f"{variant['title']}{chose}"


def _phases(data):
    names = [name for name in ORDER if any(name in variant["phases_s"] for variant in data["variants"])]
    rows = [["", *names]]
    for variant in data["variants"]:
        rows.append([variant["title"], *(_number(variant["phases_s"].get(name), 2) for name in names)])
    return _table(rows)


def _bars(data):
    rows = [["", "wanted", "measured", ""]]
    for bar in data["bars"]:
        met = {True: "met", False: "**missed**", None: "not measured"}[bar["met"]]
        wanted = f"{bar['relation'].replace('>=', '≥').replace('<=', '≤')} {bar['wanted']:g} {bar['unit']}"
        measured = f"{_number(bar['measured'], 2)} {bar['unit']}" if bar["measured"] is not None else "-"
        rows.append([bar["what"], wanted.replace(" x", "x"), measured.replace(" x", "x"), met])
    return _table(rows)


def _stage(stage):
    if stage is None:
        return ""
    speeds = ", ".join(f"{one['median_mb_per_s']:.0f} MB/s on {one['cpus']} CPU{'s' if one['cpus'] > 1 else ''}" for one in stage["decode"])
    through, without = (statistics.median(stage[key]) for key in ("boot_through_stage_s", "boot_without_stage_s"))
    return (
        f"The stage alone, in a small guest: zstd decoded at {speeds}; from the boot entry to GRUB {through:.2f} s through the stage "
        f"and {without:.2f} s without it.\n"
    )


def _number(value, digits):
    return "-" if value is None else f"{value:.{digits}f}"


def _table(rows):
    head, *body = rows
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *body]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
