// SPDX-License-Identifier: GPL-2.0-or-later
// boot_bypass.h: whether the firmware starts something else before the stage by now, as an update
// of GRUB leaves it. Only told: the order may be its owner's choice by now, and setup, which asked
// for it, puts it right.
#pragma once

#include <string>

namespace nvresume {

/// One clause with the remedy; "" where our entry is first, where setup has not made one yet, and
/// where this boot shows no EFI variables.
std::string describe_bypass();

}  // namespace nvresume
