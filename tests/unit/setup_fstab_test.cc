// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/fstab.h"

#include "tests/unit/setup_fixture.h"

namespace nvresume {
namespace {

constexpr char kOurs[] =
    "# nvresume setup: the next line is its own, and removed by it\n"
    "/dev/NVM_SWAP swap swap defaults,nofail,x-systemd.device-timeout=20s,pri=100 0 0\n";
constexpr char kTheirs[] = "# <fs> <mount>\n\n UUID=1-2\t/   ext4 errors=remount-ro 0 1  \n";

TEST(Fstab, BlockIsAppendedAndTheRestUntouched) {
  bool completed = true;
  std::string expected = kTheirs;
  expected += kOurs;
  EXPECT_EQ(add_fstab_block(kTheirs, completed), expected);
  EXPECT_FALSE(completed);
}

TEST(Fstab, LastLineWithoutNewlineIsCompletedAndTakenBack) {
  const std::string theirs = "tmpfs /tmp tmpfs defaults 0 0";
  bool completed = false;
  const std::string with = add_fstab_block(theirs, completed);
  EXPECT_EQ(with, theirs + "\n" + kOurs);
  EXPECT_TRUE(completed);
  EXPECT_EQ(remove_fstab_block(with, completed), theirs);
}

TEST(Fstab, AddingTwiceEqualsOnce) {
  bool completed = false;
  const std::string once = add_fstab_block(kTheirs, completed);
  EXPECT_EQ(add_fstab_block(once, completed), once);
}

TEST(Fstab, RemovingGivesTheVeryBytesBack) {
  for (const std::string theirs : {"", "\n", kTheirs, "no newline"}) {
    bool completed = false;
    const std::string with = add_fstab_block(theirs, completed);
    EXPECT_EQ(remove_fstab_block(with, completed), theirs);
  }
}

TEST(Fstab, LinesAddedBehindTheBlockStay) {
  bool completed = false;
  const std::string later = add_fstab_block("a b c d 0 0", completed) + "e f g h 0 0\n";
  EXPECT_EQ(remove_fstab_block(later, completed), "a b c d 0 0\ne f g h 0 0\n");
}

TEST(Fstab, OwnBlockPassesTheCheck) {
  bool completed = false;
  EXPECT_EQ(told(check_fstab("")), "ok");
  EXPECT_EQ(told(check_fstab(kTheirs)), "ok");
  EXPECT_EQ(told(check_fstab(add_fstab_block(kTheirs, completed))), "ok");
}

TEST(Fstab, LineOfSomebodyElseForTheSwapDiskIsRefused) {
  EXPECT_EQ(told(check_fstab("/dev/NVM_SWAP none swap sw 0 0\n")),
            "unsupported-setup: /etc/fstab already has a line for /dev/NVM_SWAP that setup did not "
            "write; remove it");
}

TEST(Fstab, LineThatDoesNotParseIsRefused) {
  EXPECT_EQ(
      told(check_fstab("just-a-word\n")),
      "unsupported-setup: /etc/fstab has a line that cannot be parsed; findmnt --verify shows it");
}

}  // namespace
}  // namespace nvresume
