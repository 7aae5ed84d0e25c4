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
  /// Of the file, where a loader takes one alone; else 0.
  uint64_t bytes = 0;
  uint64_t checksum = 0;  ///< XXH3-64
};

/// `archive` is the whole file.
/// Error: kNotInInitramfs where the archive cannot be read (unknown compression, damage).
Result<InitramfsContent> read_initramfs_content(std::span<const uint8_t> archive,
                                                std::string_view kernel_release);

}  // namespace nvresume
