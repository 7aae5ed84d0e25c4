// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/placement.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <vector>

#include "efi/frame_list.h"
#include "tests/unit/page_arena.h"

namespace nvresume::efi {
namespace {

/// 64 pages of "memory"; what is claimed and what is usable is the test's.
class PlacementTest : public ::testing::Test {
 protected:
  static constexpr uint64_t kPages = 64;

  PlacementTest() : words_(FrameSet::words_for(arena_.frame(kPages))), wanted_(words_) {}

  void want(uint64_t page, uint64_t flags = 0) {
    ASSERT_TRUE(wanted_.add(arena_.frame(page)));
    entries_.push_back(arena_.frame(page) | flags);
    if (flags == 0) ++data_pages_;
  }
  void claim(uint64_t first, uint64_t pages) {
    ASSERT_TRUE(claimed_.add(arena_.page(first), pages * kEfiPageBytes));
  }
  void usable(uint64_t first, uint64_t pages) {
    ASSERT_TRUE(usable_.add(arena_.page(first), pages * kEfiPageBytes));
  }
  Result<Placement> place() {
    std::vector<uint64_t> plan = entries_;
    NVRESUME_ASSIGN(const Placement placement,
                    place_pages(plan, usable_, claimed_, safe(), late()));
    targets_.assign(placement.targets.begin(), placement.targets.end());
    EXPECT_EQ(targets_.size(), data_pages_);
    return placement;
  }
  SafePages& safe() {
    if (!safe_) safe_.emplace(claimed_.runs(), wanted_);
    return *safe_;
  }
  LateList& late() {
    if (!late_) late_.emplace(safe());
    return *late_;
  }
  std::map<uint64_t, uint64_t> late_copies() {
    std::map<uint64_t, uint64_t> copies;
    for (uint64_t at = late().first(); at != 0;) {
      const auto* link = reinterpret_cast<const LateLink*>(at);
      for (uint64_t i = 0; i < link->count; ++i) copies[link->copies[i].to] = link->copies[i].from;
      at = link->next;
    }
    return copies;
  }

  PageArena arena_{kPages};
  std::vector<uint64_t> words_;
  FrameSet wanted_;
  efi::Run usable_storage_[8], claimed_storage_[8];
  RunList usable_{usable_storage_}, claimed_{claimed_storage_};
  std::vector<uint64_t> entries_, targets_;
  uint64_t data_pages_ = 0;
  std::optional<SafePages> safe_;
  std::optional<LateList> late_;
};

TEST_F(PlacementTest, AClaimedPageIsDecodedToItsPlace) {
  usable(0, kPages);
  claim(0, 32);
  want(3);
  auto placement = place();
  ASSERT_TRUE(placement.ok());
  EXPECT_EQ(targets_[0], arena_.page(3));
  EXPECT_EQ(placement->direct_pages, 1u);
  EXPECT_EQ(late().count(), 0u);
}

TEST_F(PlacementTest, APageUnderBootServicesGoesThroughASafePage) {
  usable(0, kPages);
  claim(0, 32);
  want(0);   // takes the first claimed page away from the safe ones
  want(40);  // usable, not claimed
  auto placement = place();
  ASSERT_TRUE(placement.ok());
  EXPECT_EQ(placement->late_pages, 1u);
  EXPECT_NE(targets_[1], arena_.page(40));
  EXPECT_FALSE(wanted_.has(targets_[1] / kEfiPageBytes));
  EXPECT_EQ(late_copies().at(arena_.page(40)), targets_[1]);
}

TEST_F(PlacementTest, APageThatIsNoMemoryNowIsRefusedByAddress) {
  usable(0, 16);
  claim(0, 16);
  want(20);
  auto placement = place();
  ASSERT_FALSE(placement.ok());
  EXPECT_EQ(placement.error().reason(), Reason::kFrameNotMemory);
}

TEST_F(PlacementTest, TooFewSafePagesAreRefused) {
  usable(0, kPages);
  claim(0, 3);
  for (uint64_t page = 10; page < 20; ++page) want(page);
  auto placement = place();
  ASSERT_FALSE(placement.ok());
  EXPECT_EQ(placement.error().reason(), Reason::kNoSafeMemory);
}

TEST_F(PlacementTest, LeftOutZeroPagesAreClearedOrCopiedLate) {
  usable(0, kPages);
  claim(0, 32);
  memset(arena_.bytes(5), 0xaa, kEfiPageBytes);
  want(5, kZeroFrameFlag);
  want(6);
  want(40, kZeroFrameFlag);
  want(41, kZeroFrameFlag);
  auto placement = place();
  ASSERT_TRUE(placement.ok());
  EXPECT_EQ(placement->zero_pages, 3u);
  EXPECT_EQ(targets_, std::vector<uint64_t>{arena_.page(6)});
  EXPECT_EQ(arena_.bytes(5)[100], 0);
  const auto copies = late_copies();
  EXPECT_EQ(copies.at(arena_.page(40)), copies.at(arena_.page(41)));
  EXPECT_EQ(reinterpret_cast<const uint8_t*>(copies.at(arena_.page(40)))[7], 0);
}

TEST_F(PlacementTest, NoTwoPagesShareATargetInRandomLayouts) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  usable(0, kPages);
  claim(0, 40);
  std::set<uint64_t> pages;
  while (pages.size() < 24) pages.insert(random() % kPages);
  for (const uint64_t page : pages) want(page);
  auto placement = place();
  if (!placement.ok()) {
    EXPECT_EQ(placement.error().reason(), Reason::kNoSafeMemory);
    return;
  }
  EXPECT_EQ(std::set<uint64_t>(targets_.begin(), targets_.end()).size(), targets_.size());
  for (const auto& [to, from] : late_copies()) {
    EXPECT_FALSE(wanted_.has(from / kEfiPageBytes));
    EXPECT_TRUE(wanted_.has(to / kEfiPageBytes));
  }
}

/// 16 million pages: no image, only where its pages would go.
TEST_F(PlacementTest, AnImageOf64GiBIsPlannedInItsFrameList) {
  constexpr uint64_t kImagePages = (uint64_t{64} << 30) / kEfiPageBytes;
  constexpr uint64_t kFirst = 256;
  std::vector<uint64_t> plan(kImagePages);
  for (uint64_t page = 0; page < kImagePages; ++page) plan[page] = kFirst + page;
  std::vector<uint64_t> set(FrameSet::words_for(kFirst + kImagePages));
  FrameSet wanted(set);
  const auto frames = read_frame_list(plan, kImagePages, wanted);
  ASSERT_TRUE(frames.ok());
  ASSERT_TRUE(usable_.add(kFirst * kEfiPageBytes, kImagePages * kEfiPageBytes));
  ASSERT_TRUE(claimed_.add(kFirst * kEfiPageBytes, kImagePages * kEfiPageBytes));
  const auto placement = place_pages(plan, usable_, claimed_, safe(), late());
  ASSERT_TRUE(placement.ok()) << placement.error().text();
  EXPECT_EQ(placement->direct_pages, kImagePages);
  EXPECT_EQ(placement->targets.back(), (kFirst + kImagePages - 1) * kEfiPageBytes);
  const uint64_t first_targets = kImagePages / 16;
  EXPECT_LE((plan.size() + first_targets + 30 * set.size()) * sizeof(uint64_t),
            kImagePages * kPlanBytesPerPageMaximum)
      << "on a machine with 30 times as much memory";
}

}  // namespace
}  // namespace nvresume::efi
