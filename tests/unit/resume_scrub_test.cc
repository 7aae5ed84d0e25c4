// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/scrub.h"

#include "image/commit.h"
#include "resume/image_disk.h"
#include "resume/image_report.h"
#include "resume/scrub_progress.h"
#include "tests/test_image.h"
#include "tests/unit/resume_system_root.h"

namespace nvresume {
namespace {

constexpr uint64_t kPartBytes = 16 * kBlockBytes;

class Scrub : public testing::Test {
 protected:
  ImageArea area() {
    auto area = ImageArea::open(range_.area);
    EXPECT_TRUE(area.ok());
    return std::move(area.value());
  }
  void save(uint8_t id = 1) {
    ImageArea saving = area();
    ASSERT_TRUE(save_image(saving, range_.swap, make_stream(id), id).ok());
  }
  void drop() {
    ImageArea dropping = area();
    ASSERT_TRUE(drop_image(dropping, range_.swap, Reason::kOtherBoot).ok());
  }
  void resume() {
    ImageArea restoring = area();
    ASSERT_TRUE(restoring.begin_attempt().ok());
    ASSERT_TRUE(restoring.consume().ok());
    ASSERT_TRUE(finish_resume(restoring, range_.swap).ok());
  }
  Result<bool> step() {
    return scrub_step(range_.area, position_, buffer_.bytes(), zeros_.bytes());
  }
  Status scrub() {
    for (;;) {
      NVRESUME_ASSIGN(const bool done, step());
      if (done) return ok_status();
    }
  }
  std::vector<uint64_t> slot_blocks() {
    const Superblock superblock = area().superblock();
    std::vector<uint64_t> blocks;
    for (const uint64_t offset : range_.area.written_blocks())
      if (offset >= superblock.slot_offset_bytes &&
          offset < superblock.slot_offset_bytes + superblock.slot_bytes)
        blocks.push_back(offset);
    return blocks;
  }

  TestRange range_ = make_formatted_range();
  AlignedBuffer buffer_{kPartBytes};
  AlignedBuffer zeros_{kPartBytes};
  ScrubPosition position_;
};

TEST_F(Scrub, NothingSavedIsNothingToDo) {
  const uint64_t generation = area().superblock().generation;
  ASSERT_TRUE(scrub().ok());
  EXPECT_EQ(position_.done_bytes, 0u);
  EXPECT_EQ(area().superblock().generation, generation);
}

TEST_F(Scrub, AfterAResumeNothingOfTheImageIsLeft) {
  save();
  resume();
  EXPECT_TRUE(area().may_hold_bytes());
  EXPECT_FALSE(slot_blocks().empty());
  ASSERT_TRUE(scrub().ok());
  EXPECT_TRUE(slot_blocks().empty());
  EXPECT_FALSE(area().may_hold_bytes());
  EXPECT_EQ(area().state(), State::kEmpty);
  EXPECT_EQ(position_.done_bytes, area().superblock().slot_bytes);
  EXPECT_LT(position_.written_bytes, position_.done_bytes) << "zeros are only read";
}

TEST_F(Scrub, ADroppedImageKeepsItsReason) {
  save();
  drop();
  ASSERT_TRUE(scrub().ok());
  EXPECT_TRUE(slot_blocks().empty());
  EXPECT_EQ(area().state(), State::kFailed);
  EXPECT_EQ(area().superblock().reason, static_cast<uint32_t>(Reason::kOtherBoot));
  const ImageReport report = report_image(range_.area);
  EXPECT_EQ(report.metadata_error, "") << "what was scrubbed is not damage";
  EXPECT_EQ(report.index_error, "");
}

TEST_F(Scrub, ASaveThatWasGivenUpIsScrubbedToo) {
  const uint8_t id[16] = {5};
  ImageArea saving = area();
  ASSERT_TRUE(saving.begin_save(id).ok());
  range_.area.corrupt_block(saving.superblock().slot_offset_bytes + kPartBytes);
  ASSERT_TRUE(saving.clear().ok());
  ASSERT_TRUE(scrub().ok());
  EXPECT_TRUE(slot_blocks().empty());
}

TEST_F(Scrub, AnImageThatWaitsIsLeftAlone) {
  save();
  EXPECT_EQ(step().error().reason(), Reason::kNotDropped);
  EXPECT_TRUE(look_for_image(range_.area, range_.swap).ok());
}

TEST_F(Scrub, ASaveOrAResumeThatIsNotOverIsLeftAlone) {
  const uint8_t id[16] = {5};
  ImageArea saving = area();
  ASSERT_TRUE(saving.begin_save(id).ok());
  EXPECT_EQ(step().error().reason(), Reason::kNotDropped);
  ASSERT_TRUE(saving.clear().ok());
  save();
  ImageArea restoring = area();
  ASSERT_TRUE(restoring.consume().ok());
  EXPECT_EQ(step().error().reason(), Reason::kNotDropped);
  EXPECT_FALSE(slot_blocks().empty());
}

TEST_F(Scrub, CutOffInTheMiddleItIsDoneByTheNextOne) {
  save();
  resume();
  ASSERT_FALSE(step().value());
  position_ = ScrubPosition{};
  ASSERT_TRUE(scrub().ok());
  EXPECT_TRUE(slot_blocks().empty());
}

TEST_F(Scrub, ASaveInBetweenMakesItBeginAgain) {
  save(1);
  resume();
  ASSERT_FALSE(step().value());
  save(2);
  resume();
  ASSERT_TRUE(scrub().ok());
  EXPECT_TRUE(slot_blocks().empty());
}

TEST_F(Scrub, AnOlderCommittedCopyIsRepairedBeforeAByteIsZeroed) {
  save();
  const std::vector<uint8_t> committed(range_.area.block(kSuperblockBOffset),
                                       range_.area.block(kSuperblockBOffset) + kBlockBytes);
  drop();
  range_.area.put(kSuperblockBOffset, committed);
  ASSERT_FALSE(step().value());
  range_.area.corrupt_block(kSuperblockAOffset);
  EXPECT_EQ(area().state(), State::kFailed);
}

TEST_F(Scrub, WhatCannotBeReadIsOverwritten) {
  save();
  drop();
  range_.area.make_unreadable(area().superblock().slot_offset_bytes);
  ASSERT_TRUE(scrub().ok());
  EXPECT_TRUE(slot_blocks().empty());
}

TEST_F(Scrub, AFailedStoreIsNotAScrubbedSlot) {
  save();
  drop();
  range_.area.fail_write(1, FakeNvm::Landing::kNothing);
  EXPECT_EQ(scrub().error().reason(), Reason::kIoError);
  EXPECT_TRUE(area().may_hold_bytes());
}

TEST_F(Scrub, StatusKnowsWhatIsLeft) {
  SystemRoot root;
  root.write("/run/nvresume/resume", "");
  EXPECT_EQ(unscrubbed_bytes(area().superblock()), 0u);
  save();
  drop();
  const uint64_t slot_bytes = area().superblock().slot_bytes;
  EXPECT_EQ(unscrubbed_bytes(area().superblock()), slot_bytes);
  ASSERT_FALSE(step().value());
  keep_progress(position_);
  EXPECT_EQ(unscrubbed_bytes(area().superblock()), slot_bytes - kPartBytes);
  save(2);
  drop();
  EXPECT_EQ(unscrubbed_bytes(area().superblock()), slot_bytes) << "that was another image";
  root.write("/run/nvresume/scrub", hex_of(area().superblock().image_id) + " many\n");
  EXPECT_EQ(unscrubbed_bytes(area().superblock()), slot_bytes);
}

TEST(DiskLocks, KeepOutEveryOtherOpenDiskUntilItIsClosed) {
  TemporaryDirectory directory;
  const std::string path = directory / "disk";
  ASSERT_TRUE(run_command("truncate -s 1M " + path));
  auto other = ImageDisk::open(path.c_str());
  ASSERT_TRUE(other.ok());
  {
    auto disk = ImageDisk::open(path.c_str());
    ASSERT_TRUE(disk.ok());
    ASSERT_TRUE(disk->lock(DiskLock::kSlot).ok());
    EXPECT_FALSE(other->try_lock(DiskLock::kSlot).value());
    EXPECT_TRUE(other->try_lock(DiskLock::kSave).value()) << "they are two";
    disk->unlock(DiskLock::kSlot);
    EXPECT_TRUE(other->try_lock(DiskLock::kSlot).value());
    EXPECT_FALSE(disk->try_lock(DiskLock::kSave).value());
    other->unlock(DiskLock::kSave);
    EXPECT_TRUE(disk->try_lock(DiskLock::kSave).value());
  }
  EXPECT_TRUE(other->try_lock(DiskLock::kSave).value());
}

}  // namespace
}  // namespace nvresume
