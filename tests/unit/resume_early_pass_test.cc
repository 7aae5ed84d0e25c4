// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/early_pass.h"

#include <cstring>

#include "image/commit.h"
#include "image/efi_variables.h"
#include "image/extent.h"
#include "resume/witness.h"
#include "resume/witness_record.h"
#include "tests/test_image.h"
#include "tests/unit/resume_system_root.h"

namespace nvresume {
namespace {

constexpr auto kSame = static_cast<uint8_t>(WitnessVerdict::kSame);
constexpr auto kChanged = static_cast<uint8_t>(WitnessVerdict::kChanged);
constexpr auto kUnreadable = static_cast<uint8_t>(WitnessVerdict::kUnreadable);

Witness make_witness(const char* mount_point) {
  Witness witness{};
  put_text(witness.fs_type, "ext4");
  put_text(witness.mount_point, mount_point);
  put_text(witness.device, "vda2");
  EXPECT_TRUE(add_extent(witness, {0, 4096}));
  return witness;
}

class Verdicts : public testing::Test {
 protected:
  void expect_wait(std::vector<uint8_t> verdicts, std::string_view part_of_text) {
    const auto unread = disk_to_wait_for(witnesses_, verdicts);
    ASSERT_TRUE(unread.has_value());
    EXPECT_NE(unread->find(part_of_text), std::string::npos) << *unread;
  }
  void expect_no_wait(std::vector<uint8_t> verdicts) {
    EXPECT_EQ(disk_to_wait_for(witnesses_, verdicts), std::nullopt);
  }
  SystemRoot root_;  // no disks
  std::vector<Witness> witnesses_ = {make_witness("/"), make_witness("/srv")};
};

TEST_F(Verdicts, AllSameNeedNoDisk) {
  expect_no_wait({kSame, kSame});
  EXPECT_TRUE(compare_witnesses(witnesses_, 0, std::vector<uint8_t>{kSame, kSame}).ok());
}

TEST_F(Verdicts, OneChangedIsRefusedWithoutItsDisk) {
  expect_no_wait({kUnreadable, kChanged});
  const Status refused =
      compare_witnesses(witnesses_, 60000, std::vector<uint8_t>{kUnreadable, kChanged});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason(), Reason::kWitnessChanged);
  EXPECT_NE(refused.error().text().find("ext4 on /srv"), std::string_view::npos);
}

TEST_F(Verdicts, UnreadableOneIsAwaitedAndNamed) {
  expect_wait({kSame, kUnreadable}, "ext4 on /srv (vda2)");
  expect_wait({kSame, 0}, "/srv");
}

TEST_F(Verdicts, WithoutAnyEveryDiskIsAwaited) { expect_wait({}, "ext4 on / "); }

TEST_F(Verdicts, UnprovableIsRefusedWithoutADisk) {
  witnesses_[0].flags = kWitnessUnprovable;
  expect_no_wait({kUnreadable, kUnreadable});
}

TEST_F(Verdicts, NothingMountedNeedsNoDisk) {
  witnesses_.clear();
  expect_no_wait({});
}

class WaitingImage : public testing::Test {
 protected:
  WaitingImage() : area_(ImageArea::open(nvm_.area)) {
    range_.version = 2;
    range_.size_bytes = sizeof(range_);
    range_.range_base = kTestRangeBase;
    range_.image_bytes = kTestGeometry.image_bytes;
    range_.swap_bytes = kTestGeometry.swap_bytes;
    range_.available_bytes = kTestGeometry.total_bytes();
    range_.ordinary_bytes = uint64_t{1} << 30;
    range_.kind = static_cast<uint32_t>(RangeKind::kUnmapped);
    range_.formatted = 1;
    range_.boot_count = 1;
    range_.decision = static_cast<uint32_t>(StageDecision::kChain);
    range_.verdicts[0] = kSame;
  }
  void save() {
    constexpr uint64_t kMetadataAt = 420 * 1024;
    const uint8_t image_id[16] = {7};
    ASSERT_TRUE(area_->begin_save(image_id).ok());
    const auto stored = store_image(*area_, make_stream(1));
    ASSERT_TRUE(stored.ok());
    const Witness witness = make_witness("/");
    AlignedBuffer buffer(kBlockBytes * 2);
    MetadataWriter writer(buffer.bytes());
    ASSERT_TRUE(writer
                    .add(SectionType::kWitness,
                         {reinterpret_cast<const uint8_t*>(&witness), sizeof(witness)})
                    .ok());
    memcpy(writer.header().image_id, image_id, sizeof(image_id));
    const auto metadata =
        store_extent(area_->nvm(), kMetadataAt, buffer.bytes().first(writer.finish()));
    ASSERT_TRUE(metadata.ok());
    ASSERT_TRUE(commit_image(*area_, nvm_.swap, *metadata, stored->index).ok());
    memcpy(range_.image_id, image_id, sizeof(image_id));
  }
  std::optional<std::string> look() {
    std::string file(reinterpret_cast<const char*>(&kRangeAttributes), sizeof(kRangeAttributes));
    file.append(reinterpret_cast<const char*>(&range_), sizeof(range_));
    root_.write("/sys/firmware/efi/efivars/NvresumeRange-8d2e5c1a-6f0b-4b7e-9c3d-4e565245534d",
                file);
    return disk_to_wait_for(nvm_.area, nvm_.swap);
  }
  SystemRoot root_;
  TestRange nvm_ = make_formatted_range();
  Result<ImageArea> area_;
  NvresumeRange range_{};
};

TEST_F(WaitingImage, JudgedByTheStageIsDecidedAtOnce) {
  save();
  EXPECT_EQ(look(), std::nullopt);
}

TEST_F(WaitingImage, NotReadByTheStageIsLeftAsItIs) {
  save();
  range_.verdicts[0] = kUnreadable;
  const uint64_t generation = area_->superblock().generation;
  EXPECT_EQ(look(), "ext4 on / (vda2)");
  const auto after = ImageArea::open(nvm_.area);
  ASSERT_TRUE(after.ok());
  EXPECT_EQ(after->state(), State::kCommitted);
  EXPECT_EQ(after->superblock().generation, generation);
  EXPECT_EQ(after->superblock().attempt_count, 0u);
}

TEST_F(WaitingImage, VerdictsOnAnotherImageAreNone) {
  save();
  range_.image_id[0]++;
  EXPECT_EQ(look(), "ext4 on / (vda2)");
}

TEST_F(WaitingImage, DamagedMetadataIsDecidedAtOnce) {
  save();
  range_.verdicts[0] = kUnreadable;
  const Superblock& superblock = area_->superblock();
  nvm_.area.corrupt_byte(superblock.slot_offset_bytes + superblock.metadata.offset_bytes + 100);
  EXPECT_EQ(look(), std::nullopt);
}

TEST_F(WaitingImage, NoneIsNotWaitedFor) { EXPECT_EQ(look(), std::nullopt); }

TEST_F(WaitingImage, SwappedSinceIsNotWaitedFor) {
  save();
  range_.verdicts[0] = kUnreadable;
  ASSERT_TRUE(write_swap_signature(nvm_.swap, SwapSignature::kSwap).ok());
  EXPECT_EQ(look(), std::nullopt);
}

}  // namespace
}  // namespace nvresume
