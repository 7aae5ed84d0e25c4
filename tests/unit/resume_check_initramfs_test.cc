// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/resume_check_fixture.h"

namespace nvresume {
namespace {

class CheckInitramfs : public CheckTest {
 protected:
  static constexpr char kOther[] = "6.1.0-14-amd64";
  static constexpr char kOtherInitramfs[] = "/boot/initrd.img-6.1.0-14-amd64";

  void start_other_kernel() {
    machine_.default_entry.value->kernel_release = kOther;
    machine_.default_entry.value->initramfs = {kOtherInitramfs};
  }
  void add_gpu_driver(std::string_view path) {
    root_.write(kInitramfs, make_archive({"usr/sbin/nvresume", driver_path(kRelease), path}));
  }
};

TEST_F(CheckInitramfs, CompleteOneOfTheRunningKernelPasses) {
  expect_pass("default-entry", "\"Debian GNU/Linux\" starts the running kernel");
  expect_pass("initramfs", kRelease);
  expect_pass("gpu-drivers");
}

TEST_F(CheckInitramfs, WhatItLacksIsNamed) {
  root_.write(kInitramfs, make_archive({driver_path(kRelease)}));
  expect_fail("initramfs", Reason::kNotInInitramfs, "lacks the nvresume program", "dracut");
  EXPECT_FALSE(has_row("gpu-drivers"));
  root_.write(kInitramfs, make_archive({"usr/sbin/nvresume", driver_path(kOther)}));
  expect_fail("initramfs", Reason::kNotInInitramfs, "lacks nvm_swap.ko for 6.1.0-13", "dracut");
}

TEST_F(CheckInitramfs, MissingOrDamagedFileIsNamed) {
  root_.write(kInitramfs, "070701 but not really");
  expect_fail("initramfs", Reason::kNotInInitramfs, kInitramfs, "dracut");
  machine_.default_entry.value->initramfs = {"/boot/gone"};
  expect_fail("initramfs", Reason::kNotInInitramfs, "/boot/gone", "dracut");
  machine_.default_entry.value->initramfs.clear();
  expect_fail("initramfs", Reason::kNotInInitramfs, "loads no initramfs", "dracut");
}

TEST_F(CheckInitramfs, PartsOfSeveralFilesCountTogether) {
  root_.write("/boot/early.img", make_archive({"usr/sbin/nvresume"}));
  root_.write(kInitramfs, make_archive({driver_path(kRelease)}));
  machine_.default_entry.value->initramfs = {"/boot/early.img", kInitramfs};
  expect_pass("initramfs");
}

TEST_F(CheckInitramfs, OtherKernelThatCanLoadTheImageIsAWarning) {
  start_other_kernel();
  root_.write(kOtherInitramfs, make_archive({"usr/sbin/nvresume", driver_path(kOther)}));
  expect_warn("default-entry", "starts kernel 6.1.0-14-amd64, this is 6.1.0-13-amd64",
              "grub-set-default", Reason::kOtherKernel);
  expect_pass("initramfs", kOther);
}

TEST_F(CheckInitramfs, OtherKernelThatCannotLoadItFails) {
  start_other_kernel();
  root_.write(kOtherInitramfs, make_archive({"usr/sbin/nvresume", driver_path(kRelease)}));
  expect_fail("initramfs", Reason::kNotInInitramfs, "lacks nvm_swap.ko for 6.1.0-14", "dracut");
}

TEST_F(CheckInitramfs, WithoutAReadableMenuTheRunningKernelsIsTaken) {
  machine_.default_entry = Fact<DefaultEntry>(Error(Reason::kUnsupportedSetup, "no grub.cfg"));
  expect_warn("default-entry", "no grub.cfg: taken to start the running", "/etc/nvresume.conf");
  expect_pass("initramfs", kInitramfs);
  std::filesystem::remove(root_.path(kInitramfs));
  expect_fail("initramfs", Reason::kNotInInitramfs, "no initramfs of kernel 6.1.0-13", "dracut");
}

TEST_F(CheckInitramfs, ConfiguredFileIsTheOneLookedInto) {
  root_.write("/etc/nvresume.conf", "initramfs=/boot/mine\n");
  expect_fail("initramfs", Reason::kNotInInitramfs, "/boot/mine", "dracut");
  root_.write("/boot/mine", make_archive({"usr/sbin/nvresume", driver_path(kRelease)}));
  machine_.default_entry = Fact<DefaultEntry>(Error(Reason::kUnsupportedSetup, "no grub.cfg"));
  expect_pass("default-entry", "initramfs=");
  expect_pass("initramfs", "/boot/mine");
}

TEST_F(CheckInitramfs, GpuDriverThatThisMachineLoadsIsAWarning) {
  add_gpu_driver("usr/lib/modules/6.1/kernel/drivers/gpu/drm/virtio/virtio-gpu.ko.xz");
  expect_pass("gpu-drivers");
  root_.write("/sys/module/virtio_gpu/refcnt", "1");
  expect_warn("gpu-drivers", "virtio-gpu is loaded", "omit_drivers+=\" virtio-gpu \"");
  expect_warn("gpu-drivers", "virtio-gpu is loaded", "omit_drivers");  // as remembered
}

TEST_F(CheckInitramfs, HelpersAndPlainFrameBuffersAreNoGpuDrivers) {
  for (const char* module : {"drm", "ttm", "simpledrm", "gpu-sched"})
    root_.write(std::string("/sys/module/") + module + "/refcnt", "1");
  root_.write(kInitramfs, make_archive({"usr/sbin/nvresume", driver_path(kRelease),
                                        "m/kernel/drivers/gpu/drm/drm.ko",
                                        "m/kernel/drivers/gpu/drm/ttm/ttm.ko",
                                        "m/kernel/drivers/gpu/drm/tiny/simpledrm.ko",
                                        "m/kernel/drivers/gpu/drm/scheduler/gpu-sched.ko"}));
  expect_pass("gpu-drivers");
  root_.write("/sys/module/nvidia_drm/refcnt", "1");
  add_gpu_driver("m/updates/dkms/nvidia-drm.ko");
  expect_warn("gpu-drivers", "nvidia-drm", "omit_drivers");
}

}  // namespace
}  // namespace nvresume
