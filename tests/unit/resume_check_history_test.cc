// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/check_history.h"

#include "image/fingerprint.h"
#include "tests/test_image.h"
#include "tests/unit/resume_check_fixture.h"

namespace nvresume {
namespace {

class CheckHistory : public CheckTest {
 protected:
  /// A boot on a machine whose second region starts at `start`.
  void boot(uint64_t start) {
    auto fingerprint = std::make_unique<Fingerprint>();
    fingerprint->boot_count = ++boots_;
    fingerprint->items[static_cast<uint32_t>(FingerprintItem::kMemoryMap)] = start;
    fingerprint->region_count = 2;
    fingerprint->regions[0] = {0x1000, start - 0x1000, 7, 0};
    fingerprint->regions[1] = {start, 0x2000, 9, 0};
    seal(*fingerprint);
    alignas(4096) static uint8_t bytes[kFingerprintBytes];
    memcpy(bytes, fingerprint.get(), sizeof(bytes));
    ASSERT_TRUE(
        nvm_.write(fingerprint_offset_bytes(kTestGeometry, boots_), {bytes, sizeof(bytes)}).ok());
  }
  std::vector<BootChange> history() {
    Superblock superblock{};
    superblock.image_bytes = kTestGeometry.image_bytes;
    superblock.swap_bytes = kTestGeometry.swap_bytes;
    superblock.boot_count = boots_;
    return read_boot_history(nvm_, superblock);
  }

  FakeNvm nvm_{kTestGeometry.image_bytes};
  uint64_t boots_ = 0;
};

TEST_F(CheckHistory, FirstBootHasNothingToCompare) {
  EXPECT_TRUE(history().empty());
  boot(0x8000);
  EXPECT_TRUE(history().empty());
  expect_pass("memory-map", "no two boots");
}

TEST_F(CheckHistory, SameMachineAtEveryBootPasses) {
  for (int i = 0; i < 3; i++) boot(0x8000);
  machine_.history = history();
  ASSERT_EQ(machine_.history.size(), 2u);
  EXPECT_EQ(machine_.history[0].boot, 3u) << "newest first";
  expect_pass("memory-map", "last 2 boots");
}

TEST_F(CheckHistory, RegionThatMovedIsNamedWithItsBoot) {
  for (const uint64_t start : {0x8000, 0x9000, 0x9000}) boot(start);
  machine_.history = history();
  ASSERT_EQ(machine_.history.size(), 2u);
  EXPECT_EQ(machine_.history[0].reason, Reason::kNone);
  EXPECT_EQ(machine_.history[1].reason, Reason::kMemoryMapChanged);
  expect_warn("memory-map", "moved at 1 of the last 2 boots, last at boot 2: ", "firmware",
              Reason::kMemoryMapChanged);
  EXPECT_NE(row("memory-map").found.find("0x8fff"), std::string::npos) << row("memory-map").found;
}

TEST_F(CheckHistory, RingHoldsTheLastBootsOnly) {
  for (int i = 0; i < 20; i++) boot(0x8000);
  EXPECT_EQ(history().size(), kFingerprintCount - 1);
}

TEST_F(CheckHistory, AnotherChangeIsNoMovedMap) {
  machine_.history = {{4, Reason::kDevicesChanged, "the PCI devices changed"}};
  expect_pass("memory-map");
}

}  // namespace
}  // namespace nvresume
