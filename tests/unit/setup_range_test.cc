// SPDX-License-Identifier: GPL-2.0-or-later
// What lies in the NVM, who has it, and what the kernel's hooks do.
#include "kernel-cmdline/installed_kernels.h"
#include "kernel-cmdline/namespace_disk.h"
#include "kernel-cmdline/range_contents.h"
#include "kernel-cmdline/sleep_actions.h"
#include "tests/unit/setup_debian.h"

namespace nvresume {
namespace {

constexpr NvmRange kRange{0x100000000, 4 << 20};

class RangeBefore : public SetupMachine {
 protected:
  /// One raw namespace of 6 MiB that begins 1 MiB before the range.
  void plug_in() {
    put(directory_ + "/resource", "0xfff00000\n");
    put(directory_ + "/size", "6291456\n");
    put(directory_ + "/block/pmem0/size", "12288\n");
    put("/dev/pmem0", disk_);
  }
  RangeContents look() {
    plug_in();
    auto contents = look_at_range(kRange);
    EXPECT_EQ(told(contents), "ok");
    return contents.ok() ? contents.value() : RangeContents();
  }
  const std::string directory_ = "/sys/bus/nd/devices/namespace0.0";
  std::string disk_ = std::string(6 << 20, '\0');
};

TEST_F(RangeBefore, BlankIsSeenToBeBlank) {
  const RangeContents contents = look();
  EXPECT_TRUE(contents.seen);
  EXPECT_EQ(contents.disk, "/dev/pmem0");
  EXPECT_EQ(contents.found, "");
}

TEST_F(RangeBefore, FileSystemInsideIsNamed) {
  disk_.replace((1 << 20) + 4086, 10, "SWAPSPACE2");
  disk_[(1 << 20) + 1024] = 1;
  disk_[(1 << 20) + 1028] = 9;
  EXPECT_EQ(look().found, "/dev/pmem0 holds swap");
}

TEST_F(RangeBefore, DataBesideTheRangeIsNoneOfItsBusiness) {
  disk_[5000] = 1;
  disk_[disk_.size() - 5000] = 1;
  EXPECT_EQ(look().found, "");
}

TEST_F(RangeBefore, OneByteInsideIsNamed) {
  disk_[(1 << 20) + 5000] = 1;
  EXPECT_EQ(look().found, "/dev/pmem0 is not zero at byte 1053576");
}

TEST_F(RangeBefore, NamespaceLabelIsNamedUnlessItIsOurs) {
  put(directory_ + "/alt_name", "archive\n");
  put(directory_ + "/uuid", "1-2\n");
  EXPECT_EQ(look().found, "namespace0.0 has the namespace label \"archive\" (uuid 1-2)");
  put(directory_ + "/alt_name", "nvresume\n");
  EXPECT_EQ(look().found, "");
}

TEST_F(RangeBefore, WithoutABlockDeviceNothingIsSeen) {
  EXPECT_FALSE(look_at_range(kRange).value().seen);
  plug_in();
  take_away(directory_ + "/block");
  put(directory_ + "/block/pmem0s/size", "1\n");  // sector mode: offsets are not addresses
  EXPECT_FALSE(look_at_range(kRange).value().seen);
}

TEST_F(RangeBefore, SleepsThatWouldBypassNvresumeAreNamed) {
  put("/etc/systemd/logind.conf", "[Login]\n#IdleAction=hybrid-sleep\nHandleLidSwitch=suspend\n");
  EXPECT_TRUE(sleep_warnings().empty());
  put("/usr/lib/systemd/logind.conf.d/a.conf", "[Login]\nHandleLidSwitch=hybrid-sleep\n");
  ASSERT_EQ(sleep_warnings().size(), 1u);
  EXPECT_TRUE(sleep_warnings()[0].starts_with("logind.conf says HandleLidSwitch=hybrid-sleep"));
  put("/etc/systemd/logind.conf.d/a.conf", "[Login]\nHandleLidSwitch=hibernate\n");
  EXPECT_TRUE(sleep_warnings().empty());
}

class KernelHook : public DebianMachine {
 protected:
  void SetUp() override {
    DebianMachine::SetUp();
    if (IsSkipped()) return;
    ASSERT_EQ(told(set_up()), "ok");
    put("/boot/vmlinuz-6.9", "kernel");
    put("/lib/modules/6.9/modules.dep", "updates/dkms/nvm_swap.ko:\n");
    put("/lib/modules/6.9/updates/dkms/nvm_swap.ko", "driver");
  }
  bool follow() {
    auto records = SetupRecords::load();
    auto rebuilt = ensure_initramfs_follows("6.9", records->journal, records->state);
    EXPECT_EQ(told(rebuilt), "ok");
    return rebuilt.ok() && rebuilt.value();
  }
  void make_image(const std::string& which) {
    std::filesystem::copy_file(system_path("/test-tools/" + which + ".cpio"),
                               system_path("/boot/initrd.img-6.9"),
                               std::filesystem::copy_options::overwrite_existing);
  }
};

TEST_F(KernelHook, ImageMadeBeforeItsModuleIsMadeAgain) {
  // The headers came last: dracut's hook had run, and had warned.
  make_image("without");
  EXPECT_TRUE(follow());
  EXPECT_TRUE(initramfs_can_resume("6.9"));
  EXPECT_FALSE(follow());
}

TEST_F(KernelHook, ImageThatHasBothStaysUntilTheModuleChanges) {
  make_image("with");
  EXPECT_FALSE(follow());
  make_image("with");  // the distribution's hook made it again
  EXPECT_FALSE(follow());
  put("/lib/modules/6.9/updates/dkms/nvm_swap.ko", "a newer driver");
  EXPECT_TRUE(follow());
}

}  // namespace
}  // namespace nvresume
