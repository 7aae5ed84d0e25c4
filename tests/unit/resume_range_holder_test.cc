// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/range_holder.h"

#include <cstring>

#include "image/superblock.h"
#include "tests/test_image.h"
#include "tests/unit/resume_system_root.h"

namespace nvresume {
namespace {

constexpr char kIomem[] =
    "00000000-00000fff : Reserved\n"
    "00100000-7fffffff : System RAM\n"
    "  01000000-01ffffff : Kernel code\n"
    "100000000-17fffffff : Persistent Memory\n"
    "  100000000-17fffffff : namespace0.0\n";

TEST(RangeHolder, InnermostEntryIsNamed) {
  EXPECT_EQ(describe_range_holders(kIomem, 0x100000000, 0x1000),
            "namespace0.0 at 0x100000000-0x17fffffff");
  EXPECT_EQ(describe_range_holders(kIomem, 0x1000000, 0x1000),
            "Kernel code at 0x1000000-0x1ffffff");
}

TEST(RangeHolder, DescriptionsHoldNothing) {
  EXPECT_EQ(describe_range_holders(kIomem, 0, 0x1000), "");
  EXPECT_EQ(describe_range_holders(kIomem, 0x200000000, 0x1000), "");
}

TEST(RangeHolder, LinesThatAreNoneAreSkipped) {
  EXPECT_EQ(describe_range_holders("garbage\n-1 : x\nzz-yy : a\n", 0, 4096), "");
}

class Namespace : public testing::Test {
 protected:
  Namespace() {
    range_.range_base = kTestRangeBase + 0x200000;
    range_.image_bytes = kTestGeometry.image_bytes;
    range_.swap_bytes = kTestGeometry.swap_bytes;
    const std::string device = "/sys/bus/nd/devices/namespace0.0";
    root_.write(device + "/resource", "0x100000000\n");
    root_.write(device + "/size", "67108864\n");
    root_.write(device + "/block/pmem0/dev", "259:0\n");
    root_.write("/sys/bus/nd/drivers/nd_pmem/unbind", "");
    root_.write("/proc/iomem", kIomem);
  }
  void put_superblock(uint64_t base) {
    Superblock superblock = make_superblock(base, kTestGeometry);
    seal(superblock);
    std::string disk(0x200000 + 8192, '\0');
    memcpy(disk.data() + 0x200000, &superblock, sizeof(superblock));
    root_.write("/dev/pmem0", disk);
  }
  void expect_refused(std::string_view part_of_text) {
    const Status released = release_range(range_);
    ASSERT_FALSE(released.ok());
    EXPECT_EQ(released.error().reason(), Reason::kRangeTaken);
    EXPECT_NE(released.error().text().find(part_of_text), std::string_view::npos)
        << released.error().text();
    EXPECT_EQ(root_.read("/sys/bus/nd/drivers/nd_pmem/unbind"), "");
  }
  SystemRoot root_;
  NvresumeRange range_{};
};

TEST_F(Namespace, WithOurSuperblockIsUnbound) {
  put_superblock(range_.range_base);
  const Status released = release_range(range_);
  ASSERT_TRUE(released.ok()) << released.error().text();
  EXPECT_EQ(root_.read("/sys/bus/nd/drivers/nd_pmem/unbind"), "namespace0.0");
}

TEST_F(Namespace, WithSomebodysDataIsLeftAndNamed) {
  root_.write("/dev/pmem0", std::string(0x200000 + 8192, 'x'));
  expect_refused("namespace0.0 (/dev/pmem0): it holds no nvresume superblock");
}

TEST_F(Namespace, WithTheSuperblockOfAnotherRangeIsLeft) {
  put_superblock(kTestRangeBase);
  expect_refused("holds no nvresume superblock");
}

TEST_F(Namespace, ThatDoesNotCoverTheRangeIsNotIt) {
  range_.swap_bytes = uint64_t{1} << 30;
  put_superblock(range_.range_base);
  expect_refused("namespace0.0 at 0x100000000");
}

}  // namespace
}  // namespace nvresume
