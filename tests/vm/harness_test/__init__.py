# SPDX-License-Identifier: GPL-2.0-or-later
"""The harness's own tests: what it makes of its cases. They start no machine."""
