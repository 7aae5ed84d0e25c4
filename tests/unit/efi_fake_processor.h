// SPDX-License-Identifier: GPL-2.0-or-later
// efi_fake_processor.h: what a hosted test puts in the place of privileged instructions and of the
// jump into the saved kernel.
#pragma once

#include <stdint.h>

#include <functional>
#include <map>

#include "efi/handover.h"

namespace nvresume::efi {

/// Set by a test; page tables are followed from here.
extern uint64_t fake_cr3;

/// `count` is zero where nobody asked for the jump; `at_jump` is called in its place.
struct FakeHandOver {
  int count = 0;
  std::function<void(const HandOver&)> at_jump;
};
extern FakeHandOver fake_hand_over;

/// Ports a test has put something behind; the others read as all ones.
extern std::map<uint16_t, uint32_t> fake_ports;

}  // namespace nvresume::efi
