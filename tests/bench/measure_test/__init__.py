# SPDX-License-Identifier: GPL-2.0-or-later
"""The benchmark's own tests. recorded/: consoles and records of a real run, cut down to the lines that are read."""
