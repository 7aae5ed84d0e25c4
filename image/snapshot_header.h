// SPDX-License-Identifier: GPL-2.0-or-later
// snapshot_header.h: the first page of the kernel's snapshot stream (struct swsusp_info,
// kernel/power/power.h; the same on every x86-64 kernel since 2.6.26). On x86-64 the kernel uses
// the uts area for its own restore record; only the counts behind it are ours to read.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "image/nvm.h"
#include "image/result.h"

namespace nvresume {

struct SnapshotInfo {
  char arch_record[390];  ///< struct new_utsname: 6 x 65
  uint8_t pad1[2];
  uint32_t version_code;
  uint32_t pad2;
  uint64_t num_physpages;
  uint32_t cpus;
  uint32_t pad3;
  uint64_t image_pages;  ///< data pages in the stream
  uint64_t pages;        ///< all pages of the stream, this one included
  uint64_t size;         ///< pages x 4096
};
static_assert(offsetof(SnapshotInfo, version_code) == 392);
static_assert(offsetof(SnapshotInfo, num_physpages) == 400);
static_assert(offsetof(SnapshotInfo, image_pages) == 416);
static_assert(offsetof(SnapshotInfo, pages) == 424);
static_assert(offsetof(SnapshotInfo, size) == 432);

struct StreamCounts {
  uint64_t header_pages;  ///< this page and the page-frame lists
  uint64_t data_pages;
  uint64_t total() const { return header_pages + data_pages; }
};

/// Reads the counts and checks them against each other. Error: kStreamCorrupt.
Result<StreamCounts> read_snapshot_header(ConstBytes first_page);

}  // namespace nvresume
