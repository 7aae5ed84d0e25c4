# SPDX-License-Identifier: GPL-2.0-or-later
"""A boot cut into phases by the arrival of its console lines."""

import re

from .workload import LINE

# Each phase ends with the first line, after the one that ended the phase before, that matches.
COLD = [
    ("firmware", r"^nvresume: stage"),
    ("stage", r"Welcome to GRUB"),
    ("loader", r"Linux version "),
    ("kernel", r"Run /init as init process"),
    ("initramfs", r"Reached target initrd-switch"),
    ("system", LINE),
]
THROUGH_INITRAMFS = COLD[:4] + [
    ("initramfs", r"^nvresume: resuming "),
    ("restore", r"^nvresume: loaded "),
    ("devices", r"^nvresume: resumed|" + LINE),
    ("session", LINE),
]
LEGEND = (
    "  loader: GRUB, its menu's wait, and the kernel up to its first line; restore: from the image's name, through the checks,\n"
    "  to the last page loaded; devices: the kernel's jump and its drivers, up to the first sign of the saved system"
)
# No loader and no boot kernel: the stage checks and places, then restores.
DIRECT = [
    ("firmware", r"^nvresume: stage"),
    ("stage", r"^nvresume: \d+ pages straight to their place"),
    ("restore", r"^nvresume: handing over"),
    ("devices", r"^nvresume: resumed|" + LINE),
    ("session", LINE),
]


def path_of(lines):
    """Which way a resume went, told by what the console saw before the first workload line."""
    for line in lines:
        if re.search(LINE, line.text):
            return "direct"
        if "Linux version " in line.text:
            return "initramfs"
    return "direct"


def cut(lines, on_at_s, marks):
    """{phase: seconds}; a phase whose last line never came is left out, and its time is the next one's."""
    phases = {}
    index, since_s = 0, on_at_s
    for name, pattern in marks:
        found = next((i for i in range(index, len(lines)) if re.search(pattern, lines[i].text)), None)
        if found is None:
            continue
        phases[name] = round(lines[found].at_s - since_s, 3)
        since_s = lines[found].at_s
        # The same line may end two phases (a workload line both ends "devices" and is the session).
        index = found
    return phases


def table(columns):
    """{title: phases} as text, one row a phase, in the order of first appearance."""
    names = list(dict.fromkeys(name for phases in columns.values() for name in phases))
    order = ["firmware", "stage", "loader", "kernel", "initramfs", "restore", "devices", "session", "system"]
    names.sort(key=order.index)
    rows = [["seconds", *columns]]
    for name in names:
        rows.append([name, *(f"{phases[name]:.2f}" if name in phases else "-" for phases in columns.values())])
    rows.append(["sum", *(f"{sum(phases.values()):.2f}" for phases in columns.values())])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  " + "  ".join(cell.ljust(width) if i == 0 else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths)))
        for row in rows
    )
