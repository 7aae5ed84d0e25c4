# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests under QEMU: how they are made (debian_guest, small_guest, disk), run (qemu, console, agent, machine) and measured (phases)."""
