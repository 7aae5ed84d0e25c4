// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/snapshot_header.h"

#include <string.h>

#include "image/chunk_index.h"

namespace nvresume {
namespace {

/// One 8-byte frame number per data page, in whole pages.
uint64_t frame_list_pages(uint64_t data_pages) {
  return (data_pages * sizeof(uint64_t) + kPageBytes - 1) / kPageBytes;
}

}  // namespace

Result<StreamCounts> read_snapshot_header(ConstBytes first_page) {
  SnapshotInfo info;
  memcpy(&info, first_page.data(), sizeof(info));
  const auto bad = [&info](std::string_view what) {
    return Error(Reason::kStreamCorrupt, "snapshot header: ")
        .with(what)
        .with(" (pages ")
        .with(info.pages)
        .with(", image pages ")
        .with(info.image_pages)
        .with(", size ")
        .with(info.size)
        .with(")");
  };
  if (info.pages > UINT64_MAX / kPageBytes || info.size != info.pages * kPageBytes)
    return bad("size does not fit the page count");
  if (info.image_pages == 0 || info.image_pages >= info.pages) return bad("no data or no header");
  const uint64_t header_pages = info.pages - info.image_pages;
  // Newer kernels list zero pages too without storing them: the list may be longer, never shorter.
  if (header_pages < 1 + frame_list_pages(info.image_pages)) return bad("frame list too short");
  return StreamCounts{header_pages, info.image_pages};
}

}  // namespace nvresume
