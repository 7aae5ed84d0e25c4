// SPDX-License-Identifier: GPL-2.0-or-later
// crash_test.h: runs one order of image/commit.h or image_area.h under recording, then looks at
// what every power cut inside it leaves.
#pragma once

#include <gtest/gtest.h>

#include <set>

#include "tests/power_cut.h"
#include "tests/seed.h"
#include "tests/test_image.h"

namespace nvresume {

class CrashTest : public ::testing::Test {
 protected:
  static constexpr size_t kArea = 0, kSwap = 1;
  /// What a boot after the cut may find.
  enum Verdict { kNone, kWhole };
  using Allowed = std::set<Verdict>;

  CrashTest() : seed_(test_seed()), devices_(make_devices()) {}

  Nvm& swap() { return devices_[kSwap]; }
  /// The superblock pair as the medium has it now.
  ImageArea area();
  void save(uint8_t id = 1);
  void save_and_consume();

  /// Records what `order` stores. Its marks are the returns of its calls.
  void record(const std::function<void(ImageArea&)>& order);
  /// Every cut: the verdict is one of allowed[marks passed], and the rules that always hold do.
  void expect_after_any_cut(const std::vector<Allowed>& allowed);
  void mark() { log_.mark(); }
  /// For an order with promises of its own.
  void for_each_cut(const std::function<void(std::vector<FakeNvm>&)>& check);

  TestStream stream_ = make_stream(7);

 private:
  static std::vector<FakeNvm> make_devices();
  Verdict look(std::vector<FakeNvm> devices);
  void expect_committed_only_under_our_signature(std::vector<FakeNvm> devices);
  void expect_repair_survives_cuts(const std::vector<FakeNvm>& devices, Verdict verdict);
  void expect_damage_brings_nothing_back(const std::vector<FakeNvm>& devices);
  void expect_swapping_ends_the_image(std::vector<FakeNvm> devices);
  void expect_normal_boot_is_clean(std::vector<FakeNvm> devices);

  uint64_t seed_;
  std::vector<FakeNvm> devices_;
  std::vector<FakeNvm> before_;
  StoreLog log_;
};

}  // namespace nvresume
