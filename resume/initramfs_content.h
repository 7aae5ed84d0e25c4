// SPDX-License-Identifier: GPL-2.0-or-later
// initramfs_content.h: whether the initramfs the next boot loads can resume at all. Only names are
// looked at: early (uncompressed) archives, then the main one, plain, gzip or zstd.
#pragma once

#include <stdint.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "image/result.h"

namespace nvresume {

struct InitramfsContent {
  bool program = false;                  ///< …/nvresume
  bool driver = false;                   ///< nvm_swap.ko (any compression) of the kernel asked for
  std::vector<std::string> gpu_drivers;  ///< modules that take a GPU over, each once
};

/// `archive` is the whole file.
/// Error: kNotInInitramfs where the archive cannot be read (unknown compression, damage).
Result<InitramfsContent> read_initramfs_content(std::span<const uint8_t> archive,
                                                std::string_view kernel_release);

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
