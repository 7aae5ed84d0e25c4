# SPDX-License-Identifier: GPL-2.0-or-later
"""The tests' own programs for a guest: static, so that any root file system runs them."""

from .places import tool

FLAGS = "-std=c++20 -O2 -Wall -Wextra -Werror -fno-exceptions -fno-rtti -static".split()


def build(source, program):
    """Where `program` is missing or older than its source."""
    if program.exists() and program.stat().st_mtime >= source.stat().st_mtime:
        return
    program.parent.mkdir(parents=True, exist_ok=True)
    tool("g++", *FLAGS, source, "-o", program)
