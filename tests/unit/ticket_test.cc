// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/ticket.h"

#include <gtest/gtest.h>

namespace nvresume {
namespace {

Superblock make_ticket(uint64_t boot_count, uint32_t attempt_count) {
  Superblock superblock{};
  superblock.saved_boot_count = 41;
  superblock.boot_count = boot_count;
  superblock.attempt_count = attempt_count;
  return superblock;
}

TEST(TicketTest, TheBootAfterTheSaveFits) { EXPECT_TRUE(check_ticket(make_ticket(42, 0)).ok()); }

TEST(TicketTest, TheBootAfterAnAttemptCutByPowerFits) {
  EXPECT_TRUE(check_ticket(make_ticket(43, 1)).ok());
}

TEST(TicketTest, ABootInBetweenIsNamedWithBothNumbers) {
  const Status status = check_ticket(make_ticket(43, 0));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().reason(), Reason::kOtherBoot);
  EXPECT_EQ(status.error().text(), "this is boot 43, the image waits for boot 42");
}

TEST(TicketTest, ABootTheStageDidNotCountDoesNotFit) {
  EXPECT_FALSE(check_ticket(make_ticket(41, 0)).ok());
  EXPECT_FALSE(check_ticket(make_ticket(42, 1)).ok());
}

}  // namespace
}  // namespace nvresume
