// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/room_plan.h"

#include <gtest/gtest.h>

namespace nvresume {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;
constexpr uint64_t kGiB = uint64_t{1} << 30;
constexpr uint64_t kPage = 4096;

constexpr char kZoneinfo[] =
    "Node 0, zone      DMA\n"
    "  per-node stats\n"
    "      nr_inactive_anon 73129\n"
    "  pages free     2560\n"
    "        boost    0\n"
    "        min      16\n"
    "        low      20\n"
    "        high     24\n"
    "        spanned  4095\n"
    "        present  3998\n"
    "        managed  3840\n"
    "        cma      0\n"
    "        protection: (0, 955, 955, 955)\n"
    "      nr_free_pages 2560\n"
    "  pagesets\n"
    "    cpu: 0\n"
    "              count: 0\n"
    "              high:  28\n"
    "Node 0, zone    DMA32\n"
    "  pages free     101440\n"
    "        high     1600\n"
    "        spanned  258048\n"
    "        present  258048\n"
    "        managed  246000\n"
    "        protection: (0, 0, 0, 0)\n"
    "    cpu: 0\n"
    "              high:  3000\n"
    "Node 0, zone   Movable\n"
    "  pages free     0\n"
    "        present  0\n"
    "        managed  0\n"
    "        protection: (0, 0, 0, 0)\n";

ZoneMemory machine(uint64_t present_bytes, uint64_t used_bytes) {
  return {present_bytes / kPage, (present_bytes - used_bytes) / kPage, 1000};
}

ImageWish wish(uint64_t room_bytes, uint64_t memory_bytes) {
  return {room_bytes, memory_bytes / 5 * 2, memory_bytes};
}

TEST(ZoneMemory, AddsTheZonesAndWhatTheKernelKeepsBackInEach) {
  const ZoneMemory zones = sum_zones(kZoneinfo);
  EXPECT_EQ(zones.present_pages, 3998u + 258048u);
  EXPECT_EQ(zones.free_pages, 2560u + 101440u);
  EXPECT_EQ(zones.reserve_pages, (955u + 24u) + 1600u);
  EXPECT_EQ(zones.saveable_bytes(), (3998u + 258048u - 2560u - 101440u) * kPage);
}

TEST(ZoneMemory, AZonesReserveIsNeverMoreThanTheZone) {
  constexpr char kTiny[] =
      "Node 0, zone DMA\n  pages free 10\n high 100\n present 200\n managed 150\n protection: (0, "
      "900)\n";
  EXPECT_EQ(sum_zones(kTiny).reserve_pages, 150u);
}

TEST(ZoneMemory, NothingReadIsNothing) {
  const ZoneMemory zones = sum_zones("");
  EXPECT_EQ(zones.saveable_bytes(), 0u);
  EXPECT_EQ(zones.snapshot_limit_bytes(), 0u);
  EXPECT_EQ(bytes_to_reclaim(zones, 0, 0) >> 20, 16u);  // the margin; no swap is free then
}

TEST(ZoneMemory, ASnapshotIsALittleLessThanHalf) {
  const uint64_t limit = machine(kGiB, 0).snapshot_limit_bytes();
  EXPECT_LT(limit, kGiB / 2);
  EXPECT_GT(limit, kGiB / 2 - 16 * kMiB);
}

TEST(PreferredImage, IsWhatHalfOfMemoryAllows) {
  const ZoneMemory zones = machine(kGiB, 600 * kMiB);
  EXPECT_EQ(preferred_image_bytes(zones, wish(2 * kGiB, kGiB)), zones.snapshot_limit_bytes());
}

TEST(PreferredImage, IsNotMoreThanTheSlotHolds) {
  // Of 131072 pages one is the stream's header and 256 are the list of the other 130815.
  EXPECT_EQ(preferred_image_bytes(machine(8 * kGiB, kGiB), wish(512 * kMiB, 8 * kGiB)),
            512 * kMiB - 257 * kPage);
}

TEST(PreferredImage, OfThatSizeFitsTheSlotRawWithItsFrameList) {
  const ZoneMemory zones = machine(64 * kGiB, kGiB);
  for (uint64_t room_pages = 1; room_pages < 4000000; room_pages += room_pages / 7 + 1) {
    const uint64_t pages =
        preferred_image_bytes(zones, wish(room_pages * kPage, 64 * kGiB)) / kPage;
    EXPECT_LE(1 + (pages + 511) / 512 + pages, room_pages);
    EXPECT_GE(1 + pages / 512 + pages + 2, room_pages) << "no page is left unused without need";
  }
}

TEST(PreferredImage, TheKernelsDefaultIsNobodysWish) {
  const ZoneMemory zones = machine(kGiB, 600 * kMiB);
  ImageWish early = wish(2 * kGiB, kGiB);
  early.asked_bytes = kGiB / 10 * 3;  // taken while a large initramfs was in the way
  EXPECT_EQ(preferred_image_bytes(zones, early), zones.snapshot_limit_bytes());
}

TEST(PreferredImage, ASmallerOneThatSomebodyAskedForCounts) {
  ImageWish small = wish(2 * kGiB, kGiB);
  small.asked_bytes = 100 * kMiB;
  EXPECT_EQ(preferred_image_bytes(machine(kGiB, 600 * kMiB), small), 100 * kMiB);
}

TEST(BytesToReclaim, IsNothingWhereMemoryFits) {
  const ZoneMemory zones = machine(kGiB, 300 * kMiB);
  EXPECT_EQ(bytes_to_reclaim(zones, zones.snapshot_limit_bytes(), 10 * kMiB), 0u);
}

TEST(BytesToReclaim, LeavesRoomForWhatTheSaveTakes) {
  const ZoneMemory zones = machine(kGiB, 900 * kMiB);
  const uint64_t without = bytes_to_reclaim(zones, 500 * kMiB, 0);
  EXPECT_GT(without, 400 * kMiB);
  EXPECT_LT(without, 450 * kMiB);
  EXPECT_EQ(bytes_to_reclaim(zones, 500 * kMiB, 40 * kMiB), without + 40 * kMiB);
}

TEST(BytesToReclaim, AfterItTheKernelHasNothingToShrink) {
  for (uint64_t memory = kGiB; memory <= 1024 * kGiB; memory *= 4) {
    const ZoneMemory before = machine(memory, memory / 10 * 9);
    const uint64_t limit = before.snapshot_limit_bytes();
    const uint64_t reclaimed = bytes_to_reclaim(before, limit, 0);
    const ZoneMemory after = machine(memory, memory / 10 * 9 - reclaimed);
    EXPECT_LT(after.saveable_bytes(), after.snapshot_limit_bytes());
    EXPECT_GT(after.saveable_bytes(), after.snapshot_limit_bytes() / 10 * 9) << "too much";
  }
}

}  // namespace
}  // namespace nvresume
