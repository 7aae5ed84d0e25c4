// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/ticket.h"

#include <gtest/gtest.h>

namespace nvresume {
namespace {

Superblock make_ticket(uint64_t boot_count, uint32_t attempt_count,
                       uint64_t attempt_boot_count = 0) {
  Superblock superblock{};
  superblock.saved_boot_count = 41;
  superblock.boot_count = boot_count;
  superblock.attempt_count = attempt_count;
  superblock.attempt_boot_count = attempt_boot_count;
  return superblock;
}

TEST(TicketTest, TheBootAfterTheSaveFits) { EXPECT_TRUE(check_ticket(make_ticket(42, 0)).ok()); }

TEST(TicketTest, TheBootAfterAnAttemptCutByPowerFits) {
  EXPECT_TRUE(check_ticket(make_ticket(43, 1)).ok());
  EXPECT_TRUE(check_ticket(make_ticket(43, 1, 42)).ok());
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

TEST(TicketTest, AnAttemptCountedWithItsBootDoesNotCountAgainstItself) {
  EXPECT_TRUE(check_ticket(make_ticket(42, 1, 42)).ok());
  EXPECT_TRUE(check_ticket(make_ticket(43, 2, 43)).ok());
  EXPECT_EQ(attempts_before(make_ticket(43, 2, 43), 43), 1u);
  EXPECT_TRUE(is_attempt_counted(make_ticket(43, 2, 43)));
  EXPECT_FALSE(is_attempt_counted(make_ticket(43, 1, 42)));
}

TEST(TicketTest, ABootThatIsNotCountedYetIsJudgedByTheNumberItWillHave) {
  EXPECT_TRUE(check_ticket(make_ticket(41, 0), 42).ok());
  EXPECT_TRUE(check_ticket(make_ticket(42, 1, 42), 43).ok()) << "the boot before was cut";
  EXPECT_FALSE(check_ticket(make_ticket(42, 0), 43).ok()) << "the boot before was another system";
}

TEST(TicketTest, ABootInBetweenIsSeenAlsoWhereAnAttemptWasCountedWithItsBoot) {
  EXPECT_FALSE(check_ticket(make_ticket(43, 1, 43)).ok());
  EXPECT_FALSE(check_ticket(make_ticket(43, 1, 42), 44).ok());
}

TEST(TicketTest, NoBootIsNumberedZero) {
  EXPECT_EQ(attempts_before(make_ticket(0, 2, 0), 0), 2u);
  EXPECT_EQ(attempts_before(make_ticket(5, 0, 5), 5), 0u);
}

}  // namespace
}  // namespace nvresume
