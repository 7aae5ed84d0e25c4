// SPDX-License-Identifier: GPL-2.0-or-later
// The driver's disks behind a processor cache: what the kernel is told is written must be kept
// already. What the instructions themselves do, no test on a host can see.
#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <vector>

#include "tests/crash/driver_on_host.h"
#include "tests/fake_nvm.h"

namespace {

/// Bytes that left the cache, but in no order yet, and those that a power cut cannot take.
std::map<const uint8_t*, uint8_t> on_its_way;
std::map<const uint8_t*, uint8_t> kept;
/// Of the moment at which the last request ended.
std::map<const uint8_t*, uint8_t> kept_at_the_end;

}  // namespace

void memcpy_flushcache(void* to, const void* from, size_t bytes) {
  std::memcpy(to, from, bytes);
  const auto* first = static_cast<const uint8_t*>(to);
  for (size_t i = 0; i < bytes; i++) on_its_way[first + i] = first[i];
}

void pmem_wmb() {
  for (const auto& [address, byte] : on_its_way) kept[address] = byte;
  on_its_way.clear();
}

void request_ended() { kept_at_the_end = kept; }

namespace nvresume {
namespace {

constexpr uint64_t kDiskBytes = 4 * kBlockBytes;

class Driver : public testing::Test {
 protected:
  void SetUp() override {
    on_its_way.clear();
    kept.clear();
    kept_at_the_end.clear();
    ASSERT_TRUE(driver_load(range_.bytes().data(), kDiskBytes, kDiskBytes));
  }
  void TearDown() override { driver_unload(); }

  bool request(driver_disk disk, driver_operation operation, uint64_t offset_bytes,
               std::vector<driver_piece> pieces = {}) {
    return driver_request(disk, operation, offset_bytes, pieces.data(), pieces.size());
  }

  const uint8_t* at(driver_disk disk, uint64_t offset_bytes) {
    return range_.bytes().data() + (disk == kDriverSwap ? kDiskBytes : 0) + offset_bytes;
  }

  AlignedBuffer range_{2 * kDiskBytes};
};

std::vector<uint8_t> numbered(size_t bytes, uint8_t first) {
  std::vector<uint8_t> numbers(bytes);
  for (size_t i = 0; i < bytes; i++) numbers[i] = static_cast<uint8_t>(1 + (first + i) % 251);
  return numbers;
}

TEST_F(Driver, WriteThatHasEndedIsKept) {
  for (driver_disk disk : {kDriverImage, kDriverSwap}) {
    std::vector<uint8_t> first = numbered(512, 3), second = numbered(kBlockBytes - 512, 77);
    ASSERT_TRUE(request(disk, kDriverWrite, kBlockBytes,
                        {{first.data(), 512}, {second.data(), kBlockBytes - 512}}));
    first.insert(first.end(), second.begin(), second.end());
    for (size_t i = 0; i < kBlockBytes; i++)
      ASSERT_EQ(kept_at_the_end[at(disk, kBlockBytes + i)], first[i]) << "byte " << i;
  }
  EXPECT_EQ(kept_at_the_end.size(), 2 * kBlockBytes);
}

TEST_F(Driver, WhatWasWrittenIsRead) {
  std::vector<uint8_t> written = numbered(kBlockBytes, 9), found(kBlockBytes);
  ASSERT_TRUE(request(kDriverSwap, kDriverWrite, 0, {{written.data(), kBlockBytes}}));
  ASSERT_TRUE(request(kDriverSwap, kDriverRead, 0, {{found.data(), kBlockBytes}}));
  EXPECT_EQ(found, written);
  ASSERT_TRUE(request(kDriverImage, kDriverRead, 0, {{found.data(), kBlockBytes}}));
  EXPECT_EQ(found, std::vector<uint8_t>(kBlockBytes)) << "the other disk";
}

/// Every FLUSH arrives (the kernel drops those of a disk without a cache) and keeps what this
/// processor had stored before.
TEST_F(Driver, FlushIsAFence) {
  for (driver_disk disk : {kDriverImage, kDriverSwap}) {
    ASSERT_TRUE(driver_asks_for_flushes(disk));
    const uint8_t byte = 5;
    memcpy_flushcache(const_cast<uint8_t*>(at(disk, 100)), &byte, 1);
    ASSERT_TRUE(request(disk, kDriverFlush, 0));
    EXPECT_EQ(kept_at_the_end[at(disk, 100)], byte);
  }
}

}  // namespace
}  // namespace nvresume
