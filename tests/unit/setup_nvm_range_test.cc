// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/nvm_range.h"

#include "kernel-cmdline/range_use.h"
#include "tests/unit/setup_fixture.h"

namespace nvresume {
namespace {

// From a guest with 1 GiB and an NVDIMM of 2 GiB, shortened.
constexpr char kIomem[] =
    "00001000-0009ffff : System RAM\n"
    "000a0000-000bffff : PCI Bus 0000:00\n"
    "00100000-3fffffff : System RAM\n"
    "  01000000-01ffffff : Kernel code\n"
    "100000000-17fffffff : Persistent Memory\n"
    "  100000000-17fffffff : namespace0.0\n";
constexpr NvmRange kOnly = {0x100000000, 0x80000000};

TEST(NvmRange, TheOnlyRangeIsTaken) {
  const auto candidates = persistent_ranges(kIomem);
  ASSERT_EQ(candidates.size(), 1u);
  const auto chosen = choose_range(candidates, std::nullopt);
  ASSERT_EQ(told(chosen), "ok");
  EXPECT_EQ(chosen.value(), kOnly);
}

TEST(NvmRange, OrdinaryMemoryLeavesTheNvmOut) {
  EXPECT_EQ(ordinary_memory_bytes(kIomem), 0x9f000u + 0x3ff00000u);
  EXPECT_EQ(ordinary_memory_bytes("1000-1fff : System RAM (kmem)\n"), 0u);
}

TEST(NvmRange, UnalignedEndsAreShrunk) {
  const auto ranges = persistent_ranges("1001000-15fffff : Persistent Memory (legacy)\n");
  ASSERT_EQ(ranges.size(), 1u);
  EXPECT_EQ(ranges[0], (NvmRange{0x1200000, 0x400000}));
  EXPECT_TRUE(persistent_ranges("1001000-11fffff : Persistent Memory\n").empty());
}

TEST(NvmRange, RangeListedByMapAndNfitCountsOnce) {
  EXPECT_EQ(persistent_ranges("100000000-17fffffff : Persistent Memory\n"
                              "  100000000-17fffffff : Persistent Memory\n")
                .size(),
            1u);
}

TEST(NvmRange, NoneAndSeveralAreRefused) {
  EXPECT_EQ(told(choose_range({}, std::nullopt)),
            "no-nvm: no NVM found: /proc/iomem lists no \"Persistent Memory\"; is an NVDIMM "
            "plugged in, and switched on in the firmware's setup?");
  const NvmRange two[] = {kOnly, {0x200000000, 0x40000000}};
  EXPECT_EQ(told(choose_range(two, std::nullopt)),
            "bad-argument: several NVM ranges, name one with --range: 0x100000000+0x80000000, "
            "0x200000000+0x40000000");
  EXPECT_EQ(told(choose_range(two, kOnly)), "ok");
}

TEST(NvmRange, RequestedRangeMustLieInsideAndBeAligned) {
  const NvmRange only[] = {kOnly};
  EXPECT_EQ(told(choose_range(only, NvmRange{0x140000000, 0x40000000})), "ok");
  EXPECT_EQ(told(choose_range(only, NvmRange{0x140000000, 0x40200000})),
            "bad-argument: --range 0x140000000+0x40200000 does not lie in an NVM range; there is "
            "0x100000000+0x80000000");
  EXPECT_EQ(told(choose_range(only, NvmRange{0x100001000, 0x40000000})),
            "bad-argument: --range 0x100001000+0x40000000: base and size must be multiples of 2 "
            "MiB");
}

TEST(NvmRange, TextFormsAreRead) {
  EXPECT_EQ(parse_range("0x100000000+2G"), kOnly);
  EXPECT_EQ(parse_range("4G+2048M"), kOnly);
  EXPECT_EQ(parse_range(format_range(kOnly)), kOnly);
  for (const char* wrong :
       {"", "4G", "4G+", "+2G", "4G+0", "4G-2G", "4G+2X", "18014398509481983K+1M",
        "0xffffffffffffffff+2", "99999999999999999999+1"})
    EXPECT_FALSE(parse_range(wrong)) << wrong;
}

class RangeUse : public SetupMachine {
 protected:
  void SetUp() override {
    SetupMachine::SetUp();
    put("/sys/bus/nd/devices/region0/size", "2147483648\n");
    put(kNamespace + "resource", "0x100000000\n");
    put(kNamespace + "size", "2147483648\n");
    put(kNamespace + "mode", "raw\n");
    put(kNamespace + "block/pmem0/dev", "259:0\n");
    put(kNamespace + "block/pmem0/pmem0p1/dev", "259:1\n");
    put("/proc/self/mountinfo", "22 1 254:2 / / rw - ext4 /dev/vda2 rw\n");
    put("/proc/swaps", "Filename Type Size Used Priority\n");
  }
  const std::string kNamespace = "/sys/bus/nd/devices/namespace0.0/";
  const std::string kUnmount =
      "; if nvresume is to have it, copy away what it holds and unmount it";
};

TEST_F(RangeUse, RawUnmountedNamespaceIsFree) { EXPECT_EQ(told(check_range_unused(kOnly)), "ok"); }

TEST_F(RangeUse, MountedDiskAndMountedPartitionAreNamed) {
  put("/proc/self/mountinfo", "30 22 259:0 / /data rw - ext4 /dev/pmem0 rw\n");
  EXPECT_EQ(told(check_range_unused(kOnly)),
            "range-taken: namespace0.0 (/dev/pmem0) is mounted" + kUnmount);
  put("/proc/self/mountinfo", "30 22 259:1 / /data rw - ext4 /dev/pmem0p1 rw\n");
  EXPECT_EQ(told(check_range_unused(kOnly)),
            "range-taken: namespace0.0 (/dev/pmem0p1) is mounted" + kUnmount);
}

TEST_F(RangeUse, SwapAndStackedDevicesAreNamed) {
  put("/proc/swaps", "Filename Type Size Used Priority\n/dev/pmem0 partition 1 0 -2\n");
  EXPECT_EQ(told(check_range_unused(kOnly)),
            "range-taken: namespace0.0 (/dev/pmem0) is used as swap; swapoff it and take it out of "
            "/etc/fstab first");
  put("/proc/swaps", "");
  put(kNamespace + "block/pmem0/holders/dm-0/dev", "253:0\n");
  EXPECT_EQ(told(check_range_unused(kOnly)),
            "range-taken: namespace0.0 (/dev/pmem0) is part of another block device; take it out "
            "of that first");
}

TEST_F(RangeUse, NamespaceOfAnotherModeIsRefused) {
  put(kNamespace + "mode", "memory\n");
  EXPECT_EQ(told(check_range_unused(kOnly)),
            "range-taken: namespace0.0 is configured as memory, not raw; free it with ndctl first");
}

TEST_F(RangeUse, NamespaceElsewhereDoesNotMatter) {
  put("/proc/self/mountinfo", "30 22 259:0 / /data rw - ext4 /dev/pmem0 rw\n");
  EXPECT_EQ(told(check_range_unused({0x200000000, 0x40000000})), "ok");
}

}  // namespace
}  // namespace nvresume
