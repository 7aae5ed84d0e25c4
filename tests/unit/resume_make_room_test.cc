// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/make_room.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "resume/blocked_signals.h"
#include "resume/cancel.h"
#include "resume/clean_caches.h"
#include "resume/memory_groups.h"
#include "resume/swap_record.h"
#include "tests/unit/resume_system_root.h"

namespace nvresume {
namespace {

constexpr char kGroup[] = "/sys/fs/cgroup/system.slice";
constexpr uint64_t kHangNs = 1'000'000'000;  // how long what does not end by itself may take

class MakeRoom : public testing::Test {
 protected:
  MakeRoom() {
    set_memory(900);
    root_.write("/run/lock", "");
    root_.write("/sys/power/image_size", "419430400");
    root_.write("/proc/sys/vm/drop_caches", "");
    root_.write("/proc/sys/vm/swappiness", "60\n");
  }

  void set_memory(uint64_t free_mib, uint64_t swap_free_mib = 2048) {
    root_.write("/proc/meminfo", "MemTotal: 1048576 kB\nMemFree: " + kib(free_mib) +
                                     "\nSwapTotal: " + kib(2048) +
                                     "\nSwapFree: " + kib(swap_free_mib) + "\n");
    root_.write("/proc/zoneinfo", "Node 0, zone DMA32\n  pages free " +
                                      std::to_string(free_mib * 256) +
                                      "\n high 100\n present 262144\n managed 262144\n");
  }
  static std::string kib(uint64_t mib) { return std::to_string(mib * 1024) + " kB"; }

  void add_group(const std::string& directory, uint64_t bytes) {
    root_.write(directory + "/memory.current", std::to_string(bytes));
    root_.write(directory + "/memory.reclaim", "");
  }
  /// One that cannot be asked: it gives nothing.
  void add_stubborn_group() {
    root_.write(std::string(kGroup) + "/memory.current", "1000000");
    std::filesystem::create_directories(root_.path(std::string(kGroup) + "/memory.reclaim"));
  }
  AttemptRecord run() {
    AttemptRecord record{};
    PhaseClock clock(record);
    Console console;
    make_room(uint64_t{512} << 20, 0, clock, console);
    return record;
  }

  SystemRoot root_;
};

TEST_F(MakeRoom, CachesAreDroppedAndNothingSwappedOutWhereMemoryFits) {
  add_group(kGroup, 1000000);
  const AttemptRecord record = run();
  EXPECT_EQ(root_.read("/proc/sys/vm/drop_caches"), "1");
  EXPECT_EQ(root_.read(std::string(kGroup) + "/memory.reclaim"), "");
  ASSERT_EQ(record.phase_count, 2u);
  EXPECT_STREQ(record.phases[0].name, "caches");
  EXPECT_STREQ(record.phases[1].name, "reclaim");
}

TEST_F(MakeRoom, AnEarlierSavesRecordIsReplacedWhereNothingIsSwappedOut) {
  SwapRecord earlier;
  earlier.steps[0] = {{16, 3, 1234}};
  ASSERT_TRUE(store_swap_record(earlier));
  (void)run();
  const auto record = load_swap_record();
  ASSERT_TRUE(record.ok());
  EXPECT_TRUE(record->steps[0].empty());
}

TEST_F(MakeRoom, GroupsThatGiveNothingDoNotHoldTheSave) {
  set_memory(100);
  add_stubborn_group();
  EXPECT_EQ(run().phase_count, 2u);
  EXPECT_EQ(root_.read("/proc/sys/vm/swappiness"), "60") << "as it was";
}

TEST_F(MakeRoom, AGroupThatMissesNowAndThenIsStillAsked) {
  MemoryGroup group{kGroup, 0};
  for (int i = 0; i < 100; ++i) group.note(i % 4 == 0);
  EXPECT_TRUE(group.gives());
  for (int i = 0; i < 100; ++i) group.note(false);
  EXPECT_FALSE(group.gives());
}

TEST_F(MakeRoom, WithoutSwapNothingIsAsked) {
  set_memory(100, 0);
  add_group(kGroup, 1000000);
  (void)run();
  EXPECT_EQ(root_.read(std::string(kGroup) + "/memory.reclaim"), "");
}

TEST_F(MakeRoom, GroupsAreNotAskedOnceEnoughIsFree) {
  add_group(kGroup, 1000000);
  MemoryGroups groups;
  ASSERT_FALSE(groups.empty());
  groups.reclaim_until_free(uint64_t{900} << 20, UINT64_MAX);
  EXPECT_EQ(root_.read(std::string(kGroup) + "/memory.reclaim"), "");
}

TEST_F(MakeRoom, GroupsAreNotAskedOnceSomebodyWantsTheSaveToEnd) {
  set_memory(100);
  add_group(kGroup, 1000000);
  const BlockedSignals blocked;
  ASSERT_EQ(::kill(::getpid(), SIGINT), 0);  // the terminal's: to the program, not to a thread
  MemoryGroups().reclaim_until_free(uint64_t{900} << 20, clock_ns() + kHangNs);
  EXPECT_EQ(root_.read(std::string(kGroup) + "/memory.reclaim"), "");
  EXPECT_FALSE(Cancel::watch().check().ok()) << "it is still there for the save";
}

TEST_F(MakeRoom, AGroupWithoutAccountingIsNoGroup) {
  root_.write("/sys/fs/cgroup/init.scope/cgroup.procs", "1\n");
  EXPECT_TRUE(MemoryGroups().empty());
}

TEST_F(MakeRoom, ADropThatHangsIsLeftBehind) {
  const std::string path = root_.path("/proc/sys/vm/drop_caches");
  std::filesystem::remove(path);
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);  // to open it for writing waits for a reader
  EXPECT_FALSE(drop_clean_caches(1));
}

}  // namespace
}  // namespace nvresume
