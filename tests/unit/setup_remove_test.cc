// SPDX-License-Identifier: GPL-2.0-or-later
// Setup and remove on a whole machine: nothing may be left of it, wherever the power was cut.
#include "image/commit.h"
#include "kernel-cmdline/boot_entry.h"
#include "kernel-cmdline/efi_store.h"
#include "kernel-cmdline/fstab.h"
#include "kernel-cmdline/grub_config.h"
#include "kernel-cmdline/installed_kernels.h"
#include "resume/image_disk.h"
#include "tests/unit/setup_debian.h"

namespace nvresume {
namespace {

/// More changes than any run makes; the tests fail rather than hang where a run never ends.
constexpr uint64_t kChangeLimit = 1000;

class SetupAndRemove : public DebianMachine {
 protected:
  std::vector<uint8_t> boot_order() {
    return read_efi_variable(EfiVendor::kGlobal, "BootOrder").value_or(std::vector<uint8_t>());
  }
};

TEST_F(SetupAndRemove, NothingIsLeft) {
  const Everything before = everything();
  ASSERT_EQ(told(set_up()), "ok");
  EXPECT_EQ(boot_order(), (std::vector<uint8_t>{2, 0, 0, 0, 1, 0}));  // 1 is in the order already
  EXPECT_TRUE(initramfs_can_resume(kKernel));
  EXPECT_NE(contents("/etc/fstab").find(kFstabBlock), std::string::npos);
  ASSERT_EQ(told(remove()), "ok");
  EXPECT_EQ(difference(before, everything()), "");
}

TEST_F(SetupAndRemove, SetupTwiceIsSetupOnce) {
  ASSERT_EQ(told(set_up()), "ok");
  const Everything once = everything();
  ScopedPowerCut no_change_is_made(0);
  EXPECT_EQ(told(set_up()), "ok");
  EXPECT_FALSE(no_change_is_made.happened());
  EXPECT_EQ(difference(once, everything()), "");
}

TEST_F(SetupAndRemove, SetupAfterRemoveIsAsTheFirst) {
  ASSERT_EQ(told(set_up()), "ok");
  const Everything first = everything(/*with_own_state=*/false);
  ASSERT_EQ(told(remove()), "ok");
  ASSERT_EQ(told(set_up()), "ok");
  EXPECT_EQ(difference(first, everything(/*with_own_state=*/false)), "");
}

TEST_F(SetupAndRemove, CutAnywhereInSetupThenRemoveLeavesNothing) {
  for (uint64_t cut_after = 0; cut_after < kChangeLimit; cut_after++) {
    start_again();
    const Everything before = everything();
    bool happened = false;
    {
      ScopedPowerCut cut(cut_after);
      const Status done = set_up();
      happened = cut.happened();
      ASSERT_EQ(done.ok(), !happened) << told(done);
    }
    ASSERT_EQ(told(remove()), "ok") << "cut after " << cut_after;
    ASSERT_EQ(difference(before, everything()), "") << "cut after " << cut_after;
    if (!happened) return;
  }
  FAIL() << "setup never came to its end";
}

TEST_F(SetupAndRemove, CutAnywhereInSetupThenSetupCompletesIt) {
  ASSERT_EQ(told(set_up()), "ok");
  const size_t root_length = system_path("").size();
  const auto relative = [&](const Everything& all) {
    Everything result;
    for (const auto& [path, what] : all)
      result[path.starts_with(system_path("")) ? path.substr(root_length) : path] = what;
    std::erase_if(result, [](const auto& one) { return one.first.starts_with("/test-tools"); });
    return result;
  };
  const Everything complete = relative(everything(/*with_own_state=*/false));
  for (uint64_t cut_after = 0; cut_after < kChangeLimit; cut_after++) {
    start_again();
    const Everything before = everything();
    bool happened = false;
    {
      ScopedPowerCut cut(cut_after);
      (void)set_up();  // what it says is the other test's business
      happened = cut.happened();
    }
    ASSERT_EQ(told(set_up()), "ok") << "cut after " << cut_after;
    ASSERT_EQ(difference(complete, relative(everything(/*with_own_state=*/false))), "")
        << "cut after " << cut_after;
    ASSERT_EQ(told(remove()), "ok") << "cut after " << cut_after;
    ASSERT_EQ(difference(before, everything()), "") << "cut after " << cut_after;
    if (!happened) return;
  }
  FAIL() << "setup never came to its end";
}

TEST_F(SetupAndRemove, CutAnywhereInRemoveThenRemoveLeavesNothing) {
  for (uint64_t cut_after = 0; cut_after < kChangeLimit; cut_after++) {
    start_again();
    const Everything before = everything();
    ASSERT_EQ(told(set_up()), "ok");
    bool happened = false;
    {
      ScopedPowerCut cut(cut_after);
      (void)remove();  // the next one counts
      happened = cut.happened();
    }
    ASSERT_EQ(told(remove()), "ok") << "cut after " << cut_after;
    ASSERT_EQ(difference(before, everything()), "") << "cut after " << cut_after;
    if (!happened) return;
  }
  FAIL() << "remove never came to its end";
}

TEST_F(SetupAndRemove, CutAnywhereInRemoveThenSetupCompletesIt) {
  for (uint64_t cut_after = 0; cut_after < kChangeLimit; cut_after++) {
    start_again();
    const Everything before = everything();
    ASSERT_EQ(told(set_up()), "ok");
    const Everything complete = everything(/*with_own_state=*/false);
    bool happened = false;
    {
      ScopedPowerCut cut(cut_after);
      (void)remove();  // setup must put right what it did
      happened = cut.happened();
    }
    ASSERT_EQ(told(set_up()), "ok") << "cut after " << cut_after;
    ASSERT_EQ(difference(complete, everything(/*with_own_state=*/false)), "")
        << "cut after " << cut_after;
    ASSERT_EQ(told(remove()), "ok") << "cut after " << cut_after;
    ASSERT_EQ(difference(before, everything()), "") << "cut after " << cut_after;
    if (!happened) return;
  }
  FAIL() << "remove never came to its end";
}

TEST_F(SetupAndRemove, WhatTheUserDidSinceStays) {
  ASSERT_EQ(told(set_up()), "ok");
  put("/etc/fstab", contents("/etc/fstab") + "tmpfs /tmp tmpfs\n");
  put("/etc/systemd/sleep.conf.d/mine.conf", "mine");
  put_variable("Boot0007", "another system's");
  ASSERT_EQ(told(ensure_efi_variable(EfiVendor::kGlobal, "BootOrder",
                                     std::vector<uint8_t>{7, 0, 2, 0, 0, 0})),
            "ok");
  ASSERT_EQ(told(remove()), "ok");
  EXPECT_EQ(contents("/etc/fstab"), "UUID=1 / ext4 defaults 0 1\ntmpfs /tmp tmpfs\n");
  EXPECT_EQ(contents("/etc/systemd/sleep.conf.d/mine.conf"), "mine");
  EXPECT_EQ(boot_order(), (std::vector<uint8_t>{7, 0, 0, 0}));
}

TEST_F(SetupAndRemove, KernelInstalledSinceAndNewGrubConfigLoseNvresumeToo) {
  ASSERT_EQ(told(set_up()), "ok");
  put("/boot/vmlinuz-6.9", "kernel");
  std::filesystem::copy_file(system_path("/test-tools/with.cpio"),
                             system_path("/boot/initrd.img-6.9"));
  put(kGrubConfigPath, "linux 6.9 resume=/dev/NVM_SWAP\n");
  ASSERT_EQ(told(remove()), "ok");
  EXPECT_FALSE(initramfs_has_program("6.9"));
  EXPECT_EQ(contents(kGrubConfigPath), "linux quiet\n");
}

TEST_F(SetupAndRemove, FilesThatWereThereBeforeComeBack) {
  put("/etc/systemd/sleep.conf.d/nvresume.conf", "the administrator's own\n");
  ASSERT_EQ(::chmod(system_path("/etc/systemd/sleep.conf.d/nvresume.conf").c_str(), 0600), 0);
  put("/etc/elsewhere", "linked to\n");
  std::filesystem::create_directories(system_path("/etc/dracut.conf.d"));
  std::filesystem::create_symlink("../elsewhere", system_path("/etc/dracut.conf.d/nvresume.conf"));
  const Everything before = everything();
  ASSERT_EQ(told(set_up()), "ok");
  ASSERT_EQ(told(remove()), "ok");
  EXPECT_EQ(difference(before, everything()), "");
}

TEST_F(SetupAndRemove, LostJournalStillLeavesNothing) {
  put("/etc/fstab", "UUID=1 / ext4 defaults 0 1\n");
  const Everything before = everything();
  ASSERT_EQ(told(set_up()), "ok");
  take_away("/var/lib/nvresume");
  ASSERT_EQ(told(remove()), "ok");
  Everything after = everything();
  // Only the journal knew that these directories, and the copy on the ESP were not there before.
  std::erase_if(after, [&](const auto& one) {
    return !before.contains(one.first) &&
           (one.second.starts_with("04") || one.first.ends_with("nvresume.efi"));
  });
  EXPECT_EQ(difference(before, after), "");
}

TEST_F(SetupAndRemove, UnmountedEspIsSaidBeforeAnythingIsUndone) {
  ASSERT_EQ(told(set_up()), "ok");
  take_away("/boot/efi/EFI");
  const Everything before = everything();
  EXPECT_EQ(told(remove()),
            "unsupported-setup: the EFI system partition is not mounted at /boot/efi; mount it");
  EXPECT_EQ(difference(before, everything()), "");
}

TEST_F(SetupAndRemove, EmptyBootOrderIsNoneAgain) {
  std::filesystem::remove(std::string(efi_variables_directory()) + "BootOrder" + kGlobalVendor);
  const Everything before = everything();
  ASSERT_EQ(told(set_up()), "ok");
  ASSERT_EQ(told(remove()), "ok");
  EXPECT_EQ(difference(before, everything()), "");
}

TEST_F(SetupAndRemove, EntryThatCannotBeReadIsSomebodysEntry) {
  const auto first = choose_entry_number();
  ASSERT_TRUE(first.ok()) << first.error().text();
  const std::string name = boot_variable(*first) + kGlobalVendor;
  std::filesystem::create_directory(std::string(efi_variables_directory()) + name);
  const auto second = choose_entry_number();
  ASSERT_TRUE(second.ok());
  EXPECT_NE(*second, *first);
  EXPECT_FALSE(ensure_efi_variable(EfiVendor::kGlobal, boot_variable(*first), {}).ok());
}

TEST_F(SetupAndRemove, BootNextGoesOnlyWhereItIsOurs) {
  ASSERT_EQ(told(set_up()), "ok");
  put_variable("BootNext", std::string("\2\0", 2));
  ASSERT_EQ(told(remove_from_boot_order(false)), "ok");
  EXPECT_FALSE(read_efi_variable(EfiVendor::kGlobal, "BootNext"));
  put_variable("BootNext", std::string("\0\0", 2));
  ASSERT_EQ(told(remove_from_boot_order(false)), "ok");
  EXPECT_TRUE(read_efi_variable(EfiVendor::kGlobal, "BootNext"));
}

class FormattedRange : public DebianMachine {
 protected:
  void SetUp() override {
    DebianMachine::SetUp();
    if (IsSkipped()) return;
    ASSERT_EQ(told(set_up()), "ok");
    format_range();
  }
  bool is_zero(const char* path) {
    return contents(path).find_first_not_of('\0') == std::string::npos;
  }
  void put_pending_signature() {
    std::string swap = contents(kSwapDiskPath);
    swap.replace(4086, 10, std::string("S1SUSPEND\0", 10));
    put(kSwapDiskPath, swap);
  }
};

TEST_F(FormattedRange, IsSwappedOffAndOverwritten) {
  ASSERT_EQ(told(remove()), "ok");
  EXPECT_EQ(contents("/proc/swaps"), "Filename\n");
  EXPECT_TRUE(is_zero(kImageDiskPath));
  EXPECT_TRUE(is_zero(kSwapDiskPath));
}

TEST_F(FormattedRange, MayBeLeft) {
  const std::string image = contents(kImageDiskPath);
  ASSERT_EQ(told(remove({.leave_range = true})), "ok");
  EXPECT_EQ(contents("/proc/swaps"), "Filename\n");
  EXPECT_EQ(contents(kImageDiskPath), image);
}

TEST_F(FormattedRange, WaitingSessionIsNotLostByAccident) {
  put_pending_signature();
  const Everything before = everything();
  EXPECT_TRUE(told(remove()).starts_with("normal-boot: a saved session waits in the range"));
  EXPECT_EQ(difference(before, everything()), "");
  EXPECT_EQ(told(remove({.discard_image = true})), "ok");
  EXPECT_TRUE(is_zero(kSwapDiskPath));
}

TEST_F(FormattedRange, UnreachableIsSaidBeforeAnythingIsUndone) {
  take_away(kImageDiskPath);
  const Everything before = everything();
  EXPECT_TRUE(
      told(remove()).starts_with("no-range: the range 0x100000000+0x800000 cannot be "
                                 "reached"));
  EXPECT_EQ(difference(before, everything()), "");
}

TEST_F(FormattedRange, SomebodyElsesByNowIsLeftAlone) {
  put(kImageDiskPath, std::string(4 << 20, 'x'));
  ASSERT_EQ(told(remove()), "ok");
  EXPECT_EQ(contents(kImageDiskPath), std::string(4 << 20, 'x'));
}

TEST_F(FormattedRange, CutAnywhereInTheWipeIsGoneOnWith) {
  for (uint64_t cut_after = 0; cut_after < kChangeLimit; cut_after++) {
    start_again();
    bool happened = false;
    {
      ScopedPowerCut cut(cut_after);
      (void)remove();  // the next one counts
      happened = cut.happened();
    }
    ASSERT_EQ(told(remove()), "ok") << "cut after " << cut_after;
    ASSERT_TRUE(is_zero(kImageDiskPath)) << "cut after " << cut_after;
    ASSERT_TRUE(is_zero(kSwapDiskPath)) << "cut after " << cut_after;
    if (!happened) return;
    if (cut_after > 40) return;  // the range is done first; the rest is the other tests'
  }
}

}  // namespace
}  // namespace nvresume
