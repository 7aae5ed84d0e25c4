# SPDX-License-Identifier: GPL-2.0-or-later
"""What the machine itself says, shown while it happens."""

import re

from .places import say

SHOWN = re.compile(r"^(nvresume: .*|Welcome to GRUB.*|.*Linux version \S+)")
PERCENT = re.compile(r"(\d+) %")


class Progress:
    """Given to a console as its `on_line`: lines of ours and the steps of the boot; of a percentage only every fifth part."""

    def __init__(self):
        self._fifth = None

    def __call__(self, text):
        shown = SHOWN.match(text)
        if not shown:
            return
        percent = PERCENT.search(text)
        fifth = int(percent[1]) // 20 if percent else None
        if fifth is None or fifth != self._fifth:
            say(f"    {shown[0].strip()}")
        self._fifth = fifth
