// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/slot_ring.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace nvresume {
namespace {

class SlotRingTest : public testing::Test {
 protected:
  std::vector<uint8_t> memory_ = std::vector<uint8_t>(4 * 16);
  SlotRing ring_{memory_, 4, 16, 10};
};

TEST_F(SlotRingTest, ChunksAreClaimedInOrderUpToTheEnd) {
  ring_.set_end(12);
  EXPECT_EQ(ring_.claim(), 10u);
  EXPECT_EQ(ring_.claim(), 11u);
  EXPECT_EQ(ring_.claim(), std::nullopt);
}

TEST_F(SlotRingTest, ReleasedSlotIsEmptyForTheChunkOneRoundLater) {
  EXPECT_TRUE(ring_.wait_empty(10));
  ring_.publish(10);
  EXPECT_TRUE(ring_.wait_filled(10));
  ring_.release(10);
  EXPECT_TRUE(ring_.wait_empty(14));
  EXPECT_EQ(ring_.slot(14).data(), ring_.slot(10).data());
}

TEST_F(SlotRingTest, StreamThreadSleepsUntilHalfTheRingIsFilled) {
  std::atomic<int> published = 0;
  std::thread worker([&] {
    for (const uint64_t chunk : {11, 10}) {  // the second half of the half first
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      ++published;
      ring_.publish(chunk);
    }
  });
  EXPECT_TRUE(ring_.wait_half_filled(10));
  EXPECT_EQ(published, 2);
  worker.join();
  EXPECT_TRUE(ring_.wait_half_filled(11)) << "what is filled is not waited for";
}

TEST_F(SlotRingTest, LastChunksAreNotWaitedForBehindTheEnd) {
  ring_.set_end(11);
  std::thread worker([&] { ring_.publish(10); });
  EXPECT_TRUE(ring_.wait_half_filled(10));
  worker.join();
}

TEST_F(SlotRingTest, FirstErrorWinsAndEndsEveryWait) {
  std::thread waiting([this] { EXPECT_FALSE(ring_.wait_filled(10)); });
  ring_.fail(Error(Reason::kStoreFailed, "first"));
  ring_.fail(Error(Reason::kIoError, "second"));
  waiting.join();
  EXPECT_EQ(ring_.status().error().text(), "first");
  EXPECT_EQ(ring_.claim(), std::nullopt);
  EXPECT_FALSE(ring_.wait_empty(11));
}

TEST_F(SlotRingTest, WorkerThatClaimedBehindTheEndIsSentAway) {
  const auto claimed = ring_.claim();
  std::thread waiting([&] { EXPECT_FALSE(ring_.wait_filled(*claimed)); });
  ring_.set_end(10);
  waiting.join();
  EXPECT_TRUE(ring_.status().ok());
}

}  // namespace
}  // namespace nvresume
