// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/change_gate.h"

namespace nvresume {
namespace {

uint64_t changes_left = UINT64_MAX;
bool power_is_cut = false;

}  // namespace

Status before_change() {
  if (changes_left == UINT64_MAX) return ok_status();
  if (changes_left == 0) {
    power_is_cut = true;
    return Error(Reason::kIoError, "the power was cut");
  }
  changes_left--;
  return ok_status();
}

ScopedPowerCut::ScopedPowerCut(uint64_t change_count) {
  changes_left = change_count;
  power_is_cut = false;
}
ScopedPowerCut::~ScopedPowerCut() { changes_left = UINT64_MAX; }
bool ScopedPowerCut::happened() const { return power_is_cut; }

}  // namespace nvresume
