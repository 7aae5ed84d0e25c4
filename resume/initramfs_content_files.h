// SPDX-License-Identifier: GPL-2.0-or-later
// initramfs_content_files.h: the initramfs on this system that a loader puts together.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "resume/initramfs_content.h"

namespace nvresume {

/// The running kernel's initramfs, for where the boot loader's menu cannot be read:
/// initrd.img-RELEASE (or initramfs-RELEASE.img) beside the kernel, as BOOT_IMAGE in /proc/cmdline
/// names it. Error: kNotInInitramfs where there is none.
Result<std::string> find_initramfs(std::string_view cmdline, std::string_view kernel_release);

/// The contents of the files a loader puts together. A complete result is remembered in
/// /run/nvresume for the same paths, sizes, inodes and times: decompressing takes seconds on a slow
/// machine. Error: kNotInInitramfs, saying what is missing in which files.
Result<InitramfsContent> look_into_initramfs(std::span<const std::string> paths,
                                             std::string_view kernel_release);

}  // namespace nvresume
