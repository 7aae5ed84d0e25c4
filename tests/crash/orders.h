// SPDX-License-Identifier: GPL-2.0-or-later
// orders.h: every sequence of stores that a program of nvresume makes to the NVM, run by the
// program's own code, with what it promises after each step.
#pragma once

#include <span>

#include "tests/crash/machine.h"

namespace nvresume {

struct Order {
  const char* name;
  /// Whether a program would come here in the machine's state.
  bool (*is_possible)(Machine& machine);
  void (*run)(Machine& machine);
};

std::span<const Order> all_orders();

}  // namespace nvresume
