# SPDX-License-Identifier: GPL-2.0-or-later
# Unit tests: every tests/unit/*_test.cc becomes one program each for plain, asan+ubsan and tsan.
