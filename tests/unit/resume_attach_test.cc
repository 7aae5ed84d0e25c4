// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/attach.h"

#include "tests/test_image.h"
#include "tests/unit/resume_system_root.h"

namespace nvresume {
namespace {

class Attached : public testing::Test {
 protected:
  Attached() {
    root_.write("/sys/module/nvm_swap/parameters/base", "4294967296\n");
    root_.write("/sys/module/nvm_swap/parameters/image_bytes", "2097152\n");
    root_.write("/sys/module/nvm_swap/parameters/swap_bytes", "2097152\n");
    range_.range_base = kTestRangeBase;
    range_.image_bytes = kTestGeometry.image_bytes;
    range_.swap_bytes = kTestGeometry.swap_bytes;
  }
  SystemRoot root_;
  NvresumeRange range_{};
};

TEST_F(Attached, RangeIsThatOfTheLoadedDriver) {
  const auto range = attached_range();
  ASSERT_TRUE(range.ok());
  EXPECT_EQ(range.value().range_base, uint64_t{4} << 30);
}

TEST_F(Attached, OtherRangeIsRefused) {
  range_.range_base = uint64_t{8} << 30;
  const Status attached = attach_disks(range_);
  ASSERT_FALSE(attached.ok());
  EXPECT_EQ(attached.error().reason(), Reason::kRangeTaken);
  EXPECT_NE(attached.error().text().find("0x100000000"), std::string_view::npos);
}

TEST_F(Attached, DisksThatNeverAppearAreABoundedWait) {
  const Status attached = attach_disks(range_);
  ASSERT_FALSE(attached.ok());
  EXPECT_EQ(attached.error().reason(), Reason::kIoError);
}

TEST(Attach, UnknownModuleIsDriverMissing) {
  SystemRoot root;
  NvresumeRange range{};
  range.range_base = kTestRangeBase;
  const Status attached = attach_disks(range);
  ASSERT_FALSE(attached.ok());
  EXPECT_EQ(attached.error().reason(), Reason::kDriverMissing);
}

}  // namespace
}  // namespace nvresume
