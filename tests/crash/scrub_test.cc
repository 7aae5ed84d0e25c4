// SPDX-License-Identifier: GPL-2.0-or-later
// Power cuts in a scrub. That the slot is known to hold nothing must be true of the medium.
#include "resume/scrub.h"

#include "image/commit.h"
#include "tests/crash/crash_test.h"

namespace nvresume {
namespace {

class ScrubCuts : public CrashTest {
 protected:
  static void scrub(Nvm& nvm) {
    AlignedBuffer buffer(kPartBytes), zeros(kPartBytes);
    ScrubPosition position;
    for (;;) {
      const auto done = scrub_step(nvm, position, buffer.bytes(), zeros.bytes());
      ASSERT_TRUE(done.ok()) << done.error().text();
      if (done.value()) return;
    }
  }
  /// Whether the medium says that its slot holds nothing of an image.
  static bool says_scrubbed(FakeNvm& nvm) {
    const auto area = ImageArea::peek(nvm);
    EXPECT_TRUE(area.ok());
    return area.ok() && !area->may_hold_bytes();
  }
  static bool is_scrubbed(FakeNvm& nvm) {
    const auto area = ImageArea::peek(nvm);
    if (!area.ok()) return false;
    const uint64_t begin = area->superblock().slot_offset_bytes;
    for (const uint64_t offset : nvm.written_blocks())
      if (offset >= begin && offset < begin + area->superblock().slot_bytes) return false;
    return true;
  }
  void expect_scrubbed_where_it_says_so() {
    size_t scrubbed = 0;
    for_each_cut([&scrubbed](std::vector<FakeNvm>& devices) {
      if (!says_scrubbed(devices[kArea])) return;
      scrubbed++;
      EXPECT_TRUE(is_scrubbed(devices[kArea]));
    });
    EXPECT_GT(scrubbed, 0u) << "the last cut comes after the scrub";
    for_each_cut([](std::vector<FakeNvm>& devices) {
      scrub(devices[kArea]);
      EXPECT_TRUE(is_scrubbed(devices[kArea])) << "the next boot's goes on";
    });
  }

 private:
  static constexpr uint64_t kPartBytes = 32 * kBlockBytes;
};

TEST_F(ScrubCuts, AfterAResumeTheSlotIsZeroBeforeItIsSaidToBe) {
  save_and_consume();
  {
    ImageArea resumed = area();
    ASSERT_TRUE(finish_resume(resumed, swap()).ok());
  }
  record([](ImageArea& area) { scrub(area.nvm()); });
  expect_scrubbed_where_it_says_so();
  expect_after_any_cut({{kNone}});
}

/// Among so many lost zeros no random choice would keep the whole superblock.
TEST_F(ScrubCuts, TheLastZeroIsFlushedBeforeTheFirstSuperblock) {
  TestRange range = make_formatted_range();
  ImageArea dropped = ImageArea::open(range.area).value();
  ASSERT_TRUE(save_image(dropped, range.swap, stream_, 1).ok());
  ASSERT_TRUE(drop_image(dropped, range.swap, Reason::kOtherBoot).ok());
  StoreLog log;
  range.area.record_to(log, kArea);
  scrub(range.area);
  bool pending = false;
  size_t zeros = 0;
  for (const StoreLog::Event& event : log.events) {
    const bool is_store = event.kind == StoreLog::Kind::kStore;
    if (is_store && event.offset_bytes < kSlotOffset) {
      EXPECT_FALSE(pending);
    }
    if (is_store && event.offset_bytes >= kSlotOffset) zeros++;
    pending = is_store && (pending || event.offset_bytes >= kSlotOffset);
  }
  EXPECT_GT(zeros, 0u);
}

TEST_F(ScrubCuts, AfterADropNoCutBringsTheImageBack) {
  save();
  {
    ImageArea booted = area();
    ASSERT_TRUE(drop_image(booted, swap(), Reason::kOtherBoot).ok());
  }
  record([](ImageArea& area) { scrub(area.nvm()); });
  expect_scrubbed_where_it_says_so();
  expect_after_any_cut({{kNone}});
}

}  // namespace
}  // namespace nvresume
