// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/resume_check_fixture.h"

namespace nvresume {
namespace {

using CheckRange = CheckTest;

TEST_F(CheckRange, PublishedOwnedAndFittingPasses) {
  expect_pass("range", "1056 MiB at 0x100000000");
  expect_pass("range-owner");
  expect_pass("disks", "528 MiB for the image");
  expect_pass("swap-area");
  expect_pass("pending-image");
}

TEST_F(CheckRange, BootThatBypassedTheStageFailsOnce) {
  machine_.range = Fact<NvresumeRange>(Error(Reason::kNoRange, "bypassed; restart"));
  expect_fail("range", Reason::kNoRange, "bypassed", "UEFI mode");
  root_.write("/sys/firmware/efi/fw_platform_size", "64");
  expect_fail("range", Reason::kNoRange, "bypassed", "restart; if");
  EXPECT_EQ(row("range").found, "bypassed") << "the remedy stands in its own line";
  EXPECT_FALSE(has_row("range-owner"));
  machine_.boot_entry = Fact<uint16_t>(Error(Reason::kNoBootEntry));
  expect_fail("range", Reason::kNoRange, "bypassed", "run nvresume setup, then restart");
}

TEST_F(CheckRange, RangeThatIsNotFormattedFails) {
  machine_.range.value->formatted = 0;
  expect_fail("range", Reason::kNoRange, "no superblock", "restart");
}

TEST_F(CheckRange, RangeFormattedInThisBootPasses) {
  machine_.range.value->formatted = 0;
  machine_.range.value->boot_count = 0;
  machine_.superblock.value->boot_count = 0;
  expect_pass("range", "formatted in this boot");
}

TEST_F(CheckRange, SuperblockThatCannotBeReadFails) {
  machine_.superblock = Fact<Superblock>(Error(Reason::kSuperblockCorrupt));
  expect_fail("range", Reason::kSuperblockCorrupt, "damaged", "nvresume inspect");
  for (const char* name : {"disks", "pending-image", "image-slot"}) EXPECT_FALSE(has_row(name));
}

TEST_F(CheckRange, AnyNumberThatDiffersIsAMovedRange) {
  for (uint64_t Superblock::*field :
       {&Superblock::range_base, &Superblock::image_bytes, &Superblock::swap_bytes}) {
    fill_machine();
    (*machine_.superblock.value).*field += 2 << 20;
    expect_fail("range", Reason::kRangeMoved, "0x100000000", "nvresume setup");
  }
}

TEST_F(CheckRange, CountThatTheSuperblockDoesNotHaveIsAnotherBoot) {
  machine_.superblock.value->boot_count = 8;
  expect_fail("range", Reason::kNoRange, "boot 7, the superblock counts 8", "restart");
}

TEST_F(CheckRange, OwnerIsNamedWhereItIsNotOurs) {
  machine_.driver_range = Fact<NvresumeRange>(Error(Reason::kDriverMissing));
  expect_fail("range-owner", Reason::kDriverMissing, "not loaded", "nvresume attach");
  root_.write("/proc/iomem",
              "100000000-17fffffff : Persistent Memory\n"
              "  100000000-17fffffff : namespace0.0\n");
  expect_fail("range-owner", Reason::kRangeTaken, "namespace0.0", "ndctl disable-namespace");
}

TEST_F(CheckRange, DriverWithAnotherRangeFails) {
  machine_.driver_range.value->range_base += 4096;
  expect_fail("range-owner", Reason::kRangeTaken, "0x100001000", "restart");
}

TEST_F(CheckRange, MissingOrShortDiskFails) {
  machine_.swap_disk_bytes = kArea - 4096;
  expect_fail("disks", Reason::kRangeMoved, "/dev/nvm_swap0 has", "restart");
  machine_.image_disk_bytes = Fact<uint64_t>(Error(Reason::kNoNvm, "no such device"));
  expect_fail("disks", Reason::kNoNvm, "no such device", "nvresume attach");
}

TEST_F(CheckRange, EverySignatureButSwapsFailsWithItsOwnRemedy) {
  machine_.swap_signature = SwapSignature::kNone;
  expect_fail("swap-area", Reason::kNoSwap, "no swap signature", "mkswap /dev/NVM_SWAP");
  machine_.swap_signature = SwapSignature::kKernel;
  expect_fail("swap-area", Reason::kNoSwap, "in-kernel", "swapon");
  machine_.swap_signature = SwapSignature::kUser;
  expect_fail("swap-area", Reason::kNoSwap, "mark of a saved image", "nvresume-boot.service");
}

TEST_F(CheckRange, ImageThatStillWaitsFails) {
  machine_.superblock.value->state = static_cast<uint32_t>(State::kCommitted);
  expect_fail("pending-image", Reason::kNotDropped, "pending", "nvresume-boot.service");
}

}  // namespace
}  // namespace nvresume
