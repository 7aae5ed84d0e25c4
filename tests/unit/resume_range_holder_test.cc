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

/// Namespaces as libnvdimm shows them, over one NVDIMM of 64 MiB at kTestRangeBase.
class Holders : public testing::Test {
 protected:
  static constexpr uint64_t kMiB = 1024 * 1024;

  Holders() {
    range_.range_base = kTestRangeBase;
    range_.image_bytes = kTestGeometry.image_bytes;
    range_.swap_bytes = kTestGeometry.swap_bytes;
    root_.write("/sys/bus/nd/drivers/nd_pmem/unbind", "");
    root_.write("/proc/iomem", kIomem);
  }
  /// One that nd_pmem has, with the disk /dev/`disk`; "" is one whose disk has not come.
  void bind(const std::string& name, uint64_t base, uint64_t bytes, const std::string& disk,
            const std::string& mode = "raw") {
    const std::string device = show(name, base, bytes, mode);
    root_.write(device + "/driver/uevent", "");
    if (!disk.empty()) root_.write(device + "/block/" + disk + "/dev", "259:0\n");
  }
  /// One that no driver has.
  std::string show(const std::string& name, uint64_t base, uint64_t bytes,
                   const std::string& mode = "raw") {
    const std::string device = "/sys/bus/nd/devices/" + name;
    char resource[32];
    snprintf(resource, sizeof(resource), "0x%llx\n", static_cast<unsigned long long>(base));
    root_.write(device + "/resource", resource);
    root_.write(device + "/size", std::to_string(bytes) + "\n");
    root_.write(device + "/mode", mode + "\n");
    return device;
  }
  void name(const std::string& device, const char* label_name) {
    root_.write("/sys/bus/nd/devices/" + device + "/alt_name", std::string(label_name) + "\n");
  }
  /// The disk's content: what lies in front of the range, then its superblock.
  void put_superblock(const std::string& disk, uint64_t range_base, std::string front = "") {
    Superblock superblock = make_superblock(range_base, kTestGeometry);
    seal(superblock);
    front.append(reinterpret_cast<const char*>(&superblock), sizeof(superblock));
    root_.write("/dev/" + disk, front + std::string(8192, '\0'));
  }
  std::string expect_released(const std::string& unbound) {
    const auto released = release_range(range_);
    EXPECT_TRUE(released.ok()) << released.error().text();
    EXPECT_EQ(root_.read("/sys/bus/nd/drivers/nd_pmem/unbind"), unbound);
    return released.ok() ? released.value() : "";
  }
  void expect_refused(std::string_view part_of_text) {
    const auto released = release_range(range_);
    ASSERT_FALSE(released.ok());
    EXPECT_EQ(released.error().reason(), Reason::kRangeTaken);
    EXPECT_NE(released.error().text().find(part_of_text), std::string_view::npos)
        << released.error().text();
    EXPECT_EQ(root_.read("/sys/bus/nd/drivers/nd_pmem/unbind"), "") << "nothing was touched";
  }
  SystemRoot root_;
  NvresumeRange range_{};
};

TEST_F(Holders, NamespaceThatIsOursIsUnbound) {
  bind("namespace0.0", kTestRangeBase, range_.image_bytes + range_.swap_bytes, "pmem0");
  put_superblock("pmem0", kTestRangeBase);
  EXPECT_EQ(expect_released("namespace0.0"),
            "took namespace0.0 (/dev/pmem0) from nd_pmem: it holds nvresume's range");
}

TEST_F(Holders, NamedNamespaceIsToldByItsName) {
  bind("namespace0.1", kTestRangeBase, 64 * kMiB, "pmem0.1");
  name("namespace0.1", "nvresume");
  put_superblock("pmem0.1", kTestRangeBase);
  EXPECT_NE(expect_released("namespace0.1").find("namespace0.1 \"nvresume\" (/dev/pmem0.1)"),
            std::string::npos);
}

TEST_F(Holders, RestOfALargerNamespaceIsNotHiddenUnsaid) {
  bind("namespace0.0", kTestRangeBase, 64 * kMiB, "pmem0");
  put_superblock("pmem0", kTestRangeBase);
  EXPECT_NE(expect_released("namespace0.0").find("its other 60 MiB cannot be used"),
            std::string::npos);
}

TEST_F(Holders, BlankStretchInFrontIsToldToo) {
  range_.range_base += 2 * kMiB;
  bind("namespace0.0", kTestRangeBase, 64 * kMiB, "pmem0");
  put_superblock("pmem0", range_.range_base, std::string(2 * kMiB, '\0'));
  EXPECT_NE(expect_released("namespace0.0").find("its other 60 MiB"), std::string::npos);
}

TEST_F(Holders, FileSystemInFrontIsLeftAndNamed) {
  range_.range_base += 2 * kMiB;
  bind("namespace0.0", kTestRangeBase, 64 * kMiB, "pmem0");
  std::string front(2 * kMiB, '\0');
  // A swap area's last bytes of its first page, as mkswap writes them with a version and a size.
  front.replace(4096 - 10, 10, "SWAPSPACE2");
  front[1024] = 1;
  front[1028] = 100;
  put_superblock("pmem0", range_.range_base, front);
  expect_refused("namespace0.0 (/dev/pmem0): it holds swap too");
}

TEST_F(Holders, SomebodysDataIsLeftAndNamed) {
  bind("namespace0.0", kTestRangeBase, 64 * kMiB, "pmem0");
  root_.write("/dev/pmem0", std::string(8192, 'x'));
  expect_refused("namespace0.0 (/dev/pmem0): it holds no nvresume superblock");
}

TEST_F(Holders, SuperblockOfAnotherRangeIsLeft) {
  bind("namespace0.0", kTestRangeBase, 64 * kMiB, "pmem0");
  put_superblock("pmem0", kTestRangeBase + 2 * kMiB);
  expect_refused("holds no nvresume superblock");
}

TEST_F(Holders, SuperblockOfAnotherSizeIsLeft) {
  range_.swap_bytes *= 2;
  bind("namespace0.0", kTestRangeBase, 64 * kMiB, "pmem0");
  put_superblock("pmem0", kTestRangeBase);
  expect_refused("holds no nvresume superblock");
}

TEST_F(Holders, NamespaceInAnyOtherModeIsLeft) {
  const std::pair<const char*, const char*> modes[] = {{"memory", "fsdax"}, {"safe", "sector"}};
  for (const auto& [mode, word] : modes) {
    bind("namespace0.0", kTestRangeBase, 64 * kMiB, "pmem0", mode);
    put_superblock("pmem0", kTestRangeBase);
    expect_refused(std::string("it is in ") + word + " mode");
  }
}

TEST_F(Holders, FsdaxIsAHolderThoughItsDeviceIsAnother) {
  show("namespace0.0", kTestRangeBase, 64 * kMiB, "memory");
  expect_refused("namespace0.0: it is in fsdax mode");
}

TEST_F(Holders, OneThatIsNotOursKeepsAllOfThem) {
  bind("namespace0.0", kTestRangeBase, 2 * kMiB, "pmem0");
  bind("namespace0.1", kTestRangeBase + 2 * kMiB, 2 * kMiB, "pmem0.1");
  put_superblock("pmem0", kTestRangeBase);
  root_.write("/dev/pmem0.1", std::string(8192, 'x'));
  expect_refused("namespace0.1 (/dev/pmem0.1): it begins inside nvresume's range");
}

TEST_F(Holders, NeighbourInTheSameRegionIsNoneOfOurs) {
  bind("namespace0.0", kTestRangeBase, range_.image_bytes + range_.swap_bytes, "pmem0");
  bind("namespace0.1", kTestRangeBase + 8 * kMiB, 8 * kMiB, "pmem0.1");
  put_superblock("pmem0", kTestRangeBase);
  expect_released("namespace0.0");
}

TEST_F(Holders, UnboundNamespaceHoldsNothing) {
  show("namespace0.0", kTestRangeBase, 64 * kMiB);
  expect_refused("the range belongs to namespace0.0 at 0x100000000");  // as /proc/iomem has it
}

TEST_F(Holders, DiskThatNeverAppearsIsABoundedWait) {
  bind("namespace0.0", kTestRangeBase, 64 * kMiB, "");
  expect_refused("its disk did not appear");
}

TEST_F(Holders, MissingUnbindFileIsNamed) {
  bind("namespace0.0", kTestRangeBase, 64 * kMiB, "pmem0");
  put_superblock("pmem0", kTestRangeBase);
  std::filesystem::remove(root_.path("/sys/bus/nd/drivers/nd_pmem/unbind"));
  const auto released = release_range(range_);
  ASSERT_FALSE(released.ok());
  EXPECT_NE(released.error().text().find("unbinding it failed"), std::string_view::npos);
}

}  // namespace
}  // namespace nvresume
