// SPDX-License-Identifier: GPL-2.0-or-later
// The small instruments of save and restore: image disk, locked memory, freeze, hooks, memory map.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

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
