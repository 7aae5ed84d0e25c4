// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/crash/crash_test.h"

namespace nvresume {
namespace {

bool is_damage(Reason reason) {
  return reason_kind(reason) == ErrorKind::kCorrupt || reason_kind(reason) == ErrorKind::kIo ||
         reason == Reason::kNotFormatted || reason == Reason::kUnsupportedVersion ||
         reason == Reason::kInternal;
}

/// The ways one copy goes bad later: a flipped bit, zeros.
std::vector<std::vector<FakeNvm>> damaged_variants(const std::vector<FakeNvm>& devices) {
  std::vector<std::vector<FakeNvm>> variants;
  const std::vector<uint8_t> zeros(kBlockBytes, 0);
  for (const uint64_t copy : {kSuperblockAOffset, kSuperblockBOffset}) {
    for (int way = 0; way < 2; way++) {
      std::vector<FakeNvm> damaged = devices;
      if (way == 0) damaged[0].corrupt_byte(copy + offsetof(Superblock, state), 1);
      if (way == 1) damaged[0].put(copy, zeros);
      variants.push_back(std::move(damaged));
    }
  }
  return variants;
}

}  // namespace

std::vector<FakeNvm> CrashTest::make_devices() {
  TestRange range = make_formatted_range();
  return {range.area, range.swap};
}

ImageArea CrashTest::area() {
  auto area = ImageArea::open(devices_[kArea]);
  EXPECT_TRUE(area.ok());
  return std::move(area.value());
}

void CrashTest::save(uint8_t id) {
  ImageArea saving = area();
  ASSERT_TRUE(save_image(saving, swap(), stream_, id).ok());
}

void CrashTest::save_and_consume() {
  save();
  ImageArea restoring = area();
  ASSERT_TRUE(restoring.begin_attempt().ok());
  ASSERT_TRUE(restoring.consume().ok());
}

void CrashTest::record(const std::function<void(ImageArea&)>& order) {
  ImageArea subject = area();
  before_ = devices_;
  for (size_t i = 0; i < devices_.size(); i++) devices_[i].record_to(log_, i);
  order(subject);
  for (FakeNvm& device : devices_) device.stop_recording();
}

CrashTest::Verdict CrashTest::look(std::vector<FakeNvm> devices) {
  auto stream = look_for_image(devices[kArea], devices[kSwap]);
  if (!stream.ok()) {
    EXPECT_FALSE(is_damage(stream.error().reason())) << stream.error().text();
    return kNone;
  }
  EXPECT_EQ(stream.value(), stream_.pages) << "neither the old image nor the whole new one";
  return kWhole;
}

void CrashTest::expect_after_any_cut(const std::vector<Allowed>& allowed) {
  ASSERT_EQ(allowed.size(), log_.mark_count + 1);
  size_t state_number = 0;
  PowerCuts cuts(before_, log_, seed_);
  const size_t count = cuts.for_each([&](const CutState& cut) {
    if (HasFailure()) return;  // the first broken state says all; thousands would hide it
    SCOPED_TRACE(testing::Message()
                 << "cut after event " << cut.event_count << ", state " << state_number);
    const Allowed& now = allowed[cut.marks_passed];
    const Verdict verdict = look(cut.devices);
    EXPECT_TRUE(now.contains(verdict)) << "verdict " << verdict;
    if (!now.contains(kWhole)) {
      // The promise of the calls that returned holds on a medium nobody has repaired yet. (There
      // the cut and the damage may have hit one copy each: then nothing is readable.)
      for (auto& damaged : damaged_variants(cut.devices))
        EXPECT_FALSE(look_for_image(damaged[kArea], damaged[kSwap]).ok());
    }
    expect_committed_only_under_our_signature(cut.devices);
    if (verdict == kWhole) expect_swapping_ends_the_image(cut.devices);
    expect_damage_brings_nothing_back(cut.devices);
    expect_normal_boot_is_clean(cut.devices);
    // A cut inside the repair after a cut: sampled, the states multiply.
    if (state_number++ % 16 == 0) expect_repair_survives_cuts(cut.devices, verdict);
  });
  RecordProperty("states", static_cast<int>(count));
  EXPECT_GT(count, log_.events.size());
}

void CrashTest::for_each_cut(const std::function<void(std::vector<FakeNvm>&)>& check) {
  PowerCuts cuts(before_, log_, seed_);
  (void)cuts.for_each([&](const CutState& cut) {
    if (!HasFailure()) check(cut.devices);
  });
}

// Otherwise a cut would read as "somebody swapped since" where nobody did.
void CrashTest::expect_committed_only_under_our_signature(std::vector<FakeNvm> devices) {
  auto opened = ImageArea::open(devices[kArea]);
  ASSERT_TRUE(opened.ok());
  if (opened->state() != State::kCommitted) return;
  EXPECT_EQ(read_swap_signature(devices[kSwap]).value(), SwapSignature::kUser);
}

void CrashTest::expect_repair_survives_cuts(const std::vector<FakeNvm>& devices, Verdict verdict) {
  std::vector<FakeNvm> booted = devices;
  StoreLog repair;
  booted[kArea].record_to(repair, kArea);
  ASSERT_TRUE(ImageArea::open(booted[kArea]).ok());
  PowerCuts cuts(devices, repair, seed_, {4, 16});
  (void)cuts.for_each([&](const CutState& cut) { EXPECT_EQ(look(cut.devices), verdict); });
}

void CrashTest::expect_damage_brings_nothing_back(const std::vector<FakeNvm>& devices) {
  std::vector<FakeNvm> booted = devices;
  auto opened = ImageArea::open(booted[kArea]);
  ASSERT_TRUE(opened.ok());
  const State state = opened->state();
  for (auto& damaged : damaged_variants(booted)) {
    auto later = ImageArea::peek(damaged[kArea]);
    ASSERT_TRUE(later.ok());
    EXPECT_EQ(later->state(), state);
  }
}

void CrashTest::expect_swapping_ends_the_image(std::vector<FakeNvm> devices) {
  ASSERT_TRUE(write_swap_signature(devices[kSwap], SwapSignature::kSwap).ok());
  const auto stream = look_for_image(devices[kArea], devices[kSwap]);
  ASSERT_FALSE(stream.ok());
  EXPECT_EQ(stream.error().reason(), Reason::kStaleSwapSignature);
}

void CrashTest::expect_normal_boot_is_clean(std::vector<FakeNvm> devices) {
  auto opened = ImageArea::open(devices[kArea]);
  ASSERT_TRUE(opened.ok());
  ASSERT_TRUE(drop_image(*opened, devices[kSwap], Reason::kNotDropped).ok());
  const auto signature = read_swap_signature(devices[kSwap]);
  ASSERT_TRUE(signature.ok());
  EXPECT_EQ(signature.value(), SwapSignature::kSwap) << "the swap area is lost to the system";
  for (auto& damaged : damaged_variants(devices)) {
    auto later = ImageArea::peek(damaged[kArea]);
    ASSERT_TRUE(later.ok());
    EXPECT_NE(later->state(), State::kCommitted);
  }
}

}  // namespace nvresume
