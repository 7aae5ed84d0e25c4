// SPDX-License-Identifier: GPL-2.0-or-later
// The small instruments of save and restore: image disk, locked memory, freeze, hooks, memory map.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

#include "resume/blocked_signals.h"
#include "resume/console.h"
#include "resume/frozen_userspace.h"
#include "resume/image_disk.h"
#include "resume/image_metadata.h"
#include "resume/locked_memory.h"
#include "resume/sleep_hooks.h"
#include "tests/unit/fake_snapshot.h"

namespace nvresume {
namespace {

class DirectoryTest : public testing::Test {
 protected:
  void SetUp() override {
    char path[] = "/tmp/nvresume-test-XXXXXX";
    ASSERT_NE(mkdtemp(path), nullptr);
    directory_ = path;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string directory_;
};

using ImageDiskTest = DirectoryTest;

TEST_F(ImageDiskTest, MissingDiskIsNoNvm) {
  const auto disk = ImageDisk::open((directory_ + "/none").c_str());
  ASSERT_FALSE(disk.ok());
  EXPECT_EQ(disk.error().reason(), Reason::kNoNvm);
  EXPECT_EQ(disk.error().kind(), ErrorKind::kNoImage);
}

TEST_F(ImageDiskTest, ReadBehindTheEndIsAnErrorWithItsOffset) {
  const std::string path = directory_ + "/disk";
  std::ofstream(path) << std::string(kBlockBytes, 'x');
  auto disk = ImageDisk::open(path.c_str());
  ASSERT_TRUE(disk.ok());
  EXPECT_EQ(disk->size_bytes(), kBlockBytes);
  Block block;
  EXPECT_TRUE(disk->read(0, block.bytes).ok());
  EXPECT_EQ(block.bytes[0], 'x');
  const Status behind = disk->read(kBlockBytes, block.bytes);
  ASSERT_FALSE(behind.ok());
  EXPECT_NE(behind.error().text().find("0x1000"), std::string_view::npos);
}

TEST(LockedMemory, IsZeroedAndCutIntoBlocks) {
  auto memory = LockedMemory::map(3 * kBlockBytes);
  ASSERT_TRUE(memory.ok()) << memory.error().text();
  const Bytes first = memory->cut(1);
  const Bytes second = memory->cut(2 * kBlockBytes);
  EXPECT_EQ(first.size(), kBlockBytes);
  EXPECT_EQ(second.data(), first.data() + kBlockBytes);
  EXPECT_EQ(first[0], 0);
}

TEST(FrozenUserspace, OutOfScopeFreesTheImageAndThaws) {
  FakeSnapshot kernel(make_stream(1));
  {
    auto frozen = FrozenUserspace::freeze(kernel);
    ASSERT_TRUE(frozen.ok());
    ASSERT_TRUE(kernel.create_image().ok());
    EXPECT_TRUE(kernel.frozen);
  }
  EXPECT_TRUE(kernel.image_freed);
  EXPECT_FALSE(kernel.frozen);
}

TEST(FrozenUserspace, ThawsOnce) {
  FakeSnapshot kernel(make_stream(1));
  auto frozen = FrozenUserspace::freeze(kernel);
  ASSERT_TRUE(frozen.ok());
  EXPECT_TRUE(frozen->thaw().ok());
  kernel.frozen = true;  // somebody else's freeze
  EXPECT_TRUE(frozen->thaw().ok());
  EXPECT_TRUE(kernel.frozen);
}

class SleepHooksTest : public DirectoryTest {
 protected:
  void add_hook(const std::string& name, const std::string& script, mode_t mode) {
    const std::string path = directory_ + "/" + name;
    std::ofstream(path) << "#!/bin/sh\n" << script;
    ASSERT_EQ(chmod(path.c_str(), mode), 0);
  }
  std::string said() const {
    std::ifstream file(directory_ + "/said");
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

TEST_F(SleepHooksTest, ExecutablesGetPhaseAndAction) {
  add_hook("hook", "echo \"$1 $2 $SYSTEMD_SLEEP_ACTION\" >>" + directory_ + "/said", 0755);
  add_hook("notes", "echo never >>" + directory_ + "/said", 0644);
  EXPECT_EQ(run_sleep_hooks(directory_.c_str(), "pre"), 1);
  EXPECT_EQ(said(), "pre hibernate hibernate\n");
}

TEST_F(SleepHooksTest, HookIsNotDeafToSignals) {
  add_hook("hook", "kill -TERM $$; echo deaf >>" + directory_ + "/said", 0755);
  const BlockedSignals blocked;
  EXPECT_EQ(run_sleep_hooks(directory_.c_str(), "pre"), 1);
  EXPECT_EQ(said(), "");
}

TEST(BlockedSignals, ASignalArrivesWhenTheyEnd) {
  static volatile sig_atomic_t arrived;
  arrived = 0;
  const auto before = signal(SIGINT, [](int) { arrived = 1; });
  {
    const BlockedSignals blocked;
    raise(SIGINT);
    EXPECT_EQ(arrived, 0);
  }
  EXPECT_EQ(arrived, 1);
  signal(SIGINT, before);
}

/// stderr is one end of a socket nobody reads, as under a remote shell without a terminal.
class ConsoleSocketTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends_), 0);
    stderr_ = dup(STDERR_FILENO);
    ASSERT_EQ(dup2(ends_[0], STDERR_FILENO), STDERR_FILENO);
  }
  void TearDown() override {
    dup2(stderr_, STDERR_FILENO);
    for (const int fd : {ends_[0], ends_[1], stderr_}) close(fd);
  }
  int ends_[2] = {-1, -1};
  int stderr_ = -1;
};

TEST_F(ConsoleSocketTest, LinesNobodyReadsDoNotBlock) {
  Console console;
  // Many times what a socket holds; with a blocking write this never ends.
  for (int i = 0; i < 20'000; ++i) console.line("storing the image while every reader is frozen");
  char first[32] = {};
  ASSERT_GT(read(ends_[1], first, sizeof(first) - 1), 0);
  EXPECT_EQ(std::string_view(first).substr(0, 10), "nvresume: ");
}

TEST_F(SleepHooksTest, FailingHookStopsNothing) {
  add_hook("a", "exit 1", 0755);
  add_hook("b", "echo ran >>" + directory_ + "/said", 0755);
  EXPECT_EQ(run_sleep_hooks(directory_.c_str(), "post"), 2);
  EXPECT_EQ(said(), "ran\n");
}

TEST_F(SleepHooksTest, MissingDirectoryHasNoHooks) {
  EXPECT_EQ(run_sleep_hooks((directory_ + "/none").c_str(), "pre"), 0);
}

class MemoryMapTest : public testing::Test {
 protected:
  std::vector<MapRange> saved_ = {{0, 0x9ffff, 0, 0, "System RAM"},
                                  {0x100000, 0x7fffffff, 0, 0, "System RAM"},
                                  {0x80000000, 0x8000ffff, 0, 0, "ACPI Tables"}};
  std::vector<MapRange> now_ = saved_;

  std::string difference() {
    const Status compared = compare_memory_maps(saved_, now_);
    if (compared.ok()) return "";
    EXPECT_EQ(compared.error().reason(), Reason::kMemoryMapChanged);
    return std::string(compared.error().text());
  }
};

TEST_F(MemoryMapTest, SameMapFits) { EXPECT_EQ(difference(), ""); }

TEST_F(MemoryMapTest, MovedRangeIsNamedWithBothPlaces) {
  now_[2].start += 0x1000;
  EXPECT_EQ(difference(),
            "saved 0x80000000-0x8000ffff (ACPI Tables), now 0x80001000-0x8000ffff (ACPI Tables)");
}

TEST_F(MemoryMapTest, VanishedAndNewRangesAreNamed) {
  now_.pop_back();
  EXPECT_EQ(difference(), "no longer there: 0x80000000-0x8000ffff (ACPI Tables)");
  std::swap(saved_, now_);
  EXPECT_EQ(difference(), "new: 0x80000000-0x8000ffff (ACPI Tables)");
}

TEST_F(MemoryMapTest, ChangedTypeCounts) {
  now_[1].type[0] = 's';
  EXPECT_NE(difference(), "");
}

}  // namespace
}  // namespace nvresume
