// SPDX-License-Identifier: GPL-2.0-or-later
// judge.h: what a boot finds on the medium that a power cut left, and whether that may be.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "tests/crash/machine.h"
#include "tests/power_cut.h"

namespace nvresume {

class Judge {
 public:
  explicit Judge(uint64_t seed) : random_(seed) {}

  struct Finding {
    ImageNumber image = kNoImage;
    bool formatted = false;  ///< superblocks and a swap area are there
    std::string wrong;       ///< what must not be; empty: nothing
  };
  /// Looks at `devices` as the next boots would, damages single copies before and after their
  /// repair, and, for one state in some, goes on as a normal boot or cuts the repair, too.
  Finding examine(const std::vector<FakeNvm>& devices, const Allowed& allowed);

 private:
  using Devices = std::vector<FakeNvm>;
  std::string look(Devices& devices, const Allowed& allowed, Finding& finding);
  std::string load(ImageArea& area, ImageNumber image);
  std::string damage_before_repair(Devices& devices, const Allowed& allowed);
  std::string damage_after_repair(Devices& devices);
  std::string boot_normally(Devices devices);
  std::string swap_since(Devices devices);
  std::string cut_the_repair(const Devices& devices, ImageNumber found);

  std::mt19937_64 random_;
  uint64_t count_ = 0;
};

}  // namespace nvresume
