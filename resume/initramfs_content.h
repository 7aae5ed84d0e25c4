// SPDX-License-Identifier: GPL-2.0-or-later
// initramfs_content.h: whether the initramfs the next boot loads can resume at all. Only names are
// looked at: early (uncompressed) archives, then the main one, plain, gzip or zstd.
#pragma once

#include <stdint.h>

#include <span>
#include <string>
#include <string_view>

#include "image/result.h"

namespace nvresume {

struct InitramfsContent {
  bool program = false;  ///< …/nvresume
  bool driver = false;   ///< nvm_swap.ko (any compression) of the kernel asked for
};

/// `archive` is the whole file. Stops as soon as both are found.
/// Error: kNotInInitramfs where the archive cannot be read (unknown compression, damage).
Result<InitramfsContent> read_initramfs_content(std::span<const uint8_t> archive,
                                                std::string_view kernel_release);

/// The initramfs of the default boot entry: the setting initramfs=, else initrd.img-RELEASE (or
/// initramfs-RELEASE.img) beside the running kernel, as BOOT_IMAGE in /proc/cmdline names it. The
/// default entry is taken to start the running kernel: another kernel could not resume it anyway,
/// and the restore then says so. Error: kNotInInitramfs where there is none.
Result<std::string> find_initramfs(std::string_view cmdline, std::string_view kernel_release);

/// find_initramfs() and read_initramfs_content() of the running kernel. A good result is remembered
/// in /run/nvresume for the same path, size, inode and time: decompressing takes seconds on a slow
/// machine. Error: kNotInInitramfs, saying what is missing in which file.
Status check_initramfs();

}  // namespace nvresume
