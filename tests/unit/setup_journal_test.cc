// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/journal.h"

#include <sys/stat.h>

#include "kernel-cmdline/durable_file.h"
#include "kernel-cmdline/file_before.h"
#include "kernel-cmdline/hex.h"
#include "kernel-cmdline/prerequisites.h"
#include "kernel-cmdline/remove_options.h"
#include "tests/unit/setup_fixture.h"

namespace nvresume {
namespace {

using JournalOnDisk = SetupMachine;

TEST_F(JournalOnDisk, OlderBeforeIsKept) {
  Journal journal;
  ASSERT_EQ(told(journal.record({Change::kFstab, "/etc/fstab", "whole"})), "ok");
  ASSERT_EQ(told(journal.record({Change::kFstab, "/etc/fstab", "completed"})), "ok");
  const auto again = Journal::load();
  ASSERT_EQ(told(again), "ok");
  ASSERT_NE(again->find(Change::kFstab, "/etc/fstab"), nullptr);
  EXPECT_EQ(again->find(Change::kFstab, "/etc/fstab")->before, "whole");
  EXPECT_EQ(again->find(Change::kFile, "/etc/fstab"), nullptr);
}

TEST_F(JournalOnDisk, UndoneInTheOrderOfKindsNewestFirst) {
  Journal journal;
  for (const JournalEntry& entry :
       {JournalEntry{Change::kDirectory, "/a", "absent"},
        JournalEntry{Change::kDirectory, "/a/b", "absent"},
        JournalEntry{Change::kFile, "/a/b/c", "absent"}, JournalEntry{Change::kRange, "1+2", "1"}})
    ASSERT_EQ(told(journal.record(entry)), "ok");
  std::string order;
  for (const JournalEntry& entry : journal.undo_order()) order += entry.object + " ";
  EXPECT_EQ(order, "1+2 /a/b/c /a/b /a ");
}

TEST_F(JournalOnDisk, LineOfALaterVersionIsNotGuessedAt) {
  put(kJournalPath, "file\t/etc/x\tabsent\nmiracle\tx\ty\n");
  EXPECT_EQ(told(Journal::load()),
            "internal: /var/lib/nvresume/journal: this version of nvresume does not understand "
            "\"miracle\tx\ty\"");
}

TEST_F(JournalOnDisk, FileComesBackWithModeAndBytes) {
  put("/etc/x", std::string("a\0b\n\n", 5));
  ASSERT_EQ(::chmod(system_path("/etc/x").c_str(), 0751), 0);
  const auto before = keep_before("/etc/x");
  ASSERT_EQ(told(before), "ok");
  std::filesystem::remove(system_path("/etc/x"));
  std::filesystem::create_symlink("y", system_path("/etc/x"));
  ASSERT_EQ(told(restore_before("/etc/x", before.value())), "ok");
  EXPECT_EQ(contents("/etc/x"), std::string("a\0b\n\n", 5));
  struct stat status;
  ASSERT_EQ(::lstat(system_path("/etc/x").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode, S_IFREG | 0751u);
}

TEST_F(JournalOnDisk, WritingFollowsALinkAndKeepsIt) {
  put("/etc/real/fstab", "old");
  std::filesystem::create_symlink("real/fstab", system_path("/etc/fstab"));
  ASSERT_EQ(told(write_durably("/etc/fstab", "new")), "ok");
  EXPECT_TRUE(std::filesystem::is_symlink(system_path("/etc/fstab")));
  EXPECT_EQ(contents("/etc/real/fstab"), "new");
}

TEST_F(JournalOnDisk, DirectoryInTheWayIsRefused) {
  put("/etc/x/y", "");
  EXPECT_EQ(told(keep_before("/etc/x")),
            "unsupported-setup: /etc/x is neither a file nor a link; move it away");
}

TEST_F(JournalOnDisk, EveryObstacleIsTold) {
  std::string all;
  for (const Error& error : system_obstacles()) all += std::string(error.text()) + "\n";
  for (const char* part : {"dracut", "GRUB", "nvresume.efi is missing", "nvm_swap"})
    EXPECT_NE(all.find(part), std::string::npos) << part;
}

TEST(Hex, BothWaysAndNothingElse) {
  const std::vector<uint8_t> bytes = {0, 0x1f, 0xff};
  EXPECT_EQ(to_hex(bytes), "001fff");
  EXPECT_EQ(from_hex("001fff"), bytes);
  EXPECT_EQ(from_hex(""), std::vector<uint8_t>());
  for (const char* wrong : {"0", "0g", "0F", "absent"}) EXPECT_FALSE(from_hex(wrong)) << wrong;
}

Result<RemoveOptions> parse(std::vector<std::string> words) {
  words.insert(words.begin(), "remove");
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  return parse_remove_options(arguments);
}

TEST(RemoveOptions, YesDoesNotImplyThatASessionMayBeLost) {
  const auto options = parse({"--yes"});
  ASSERT_EQ(told(options), "ok");
  EXPECT_TRUE(options.value().yes);
  EXPECT_FALSE(options.value().undo.discard_image);
  EXPECT_FALSE(options.value().undo.leave_range);
  EXPECT_TRUE(parse({"--discard-image"}).value().undo.discard_image);
  EXPECT_EQ(told(parse({"--force"})), "bad-argument: unknown argument \"--force\"");
}

}  // namespace
}  // namespace nvresume
