// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/room_plan.h"

#include <algorithm>

#include "image/codec.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

/// PAGES_FOR_IO, and twice the megabyte drivers may take meanwhile (kernel/power/snapshot.c).
constexpr uint64_t kIoPages = 1024;
constexpr uint64_t kDriverPages = 2 * 256;
/// The kernel's bitmaps: two, a bit a page each, in pages of 32768 bits, and their trees.
constexpr uint64_t kPagesPerBitmapPage = 16384;
constexpr uint64_t kBitmapTreePages = 64;  // chosen: a handful a zone

/// What programs and the kernel allocate between the reclaim and the snapshot: chosen.
constexpr uint64_t kMarginBytes = uint64_t{16} << 20;
constexpr uint64_t kMarginShare = 128;

/// The stream has more than the snapshot's pages: before them a page with their number, and a list
/// of their page frames, 8 bytes each (docs/format.md).
constexpr uint64_t kStreamHeaderPages = 1;
constexpr uint64_t kFramesPerListPage = kPageBytes / 8;

uint64_t less(uint64_t from, uint64_t what) { return from - std::min(from, what); }

/// The largest snapshot of which the whole stream has room.
uint64_t snapshot_bytes_in(uint64_t room_bytes) {
  const uint64_t pages = less(room_bytes / kPageBytes, kStreamHeaderPages);
  return pages * kFramesPerListPage / (kFramesPerListPage + 1) * kPageBytes;
}

struct Zone {
  uint64_t free = 0, high = 0, present = 0, managed = 0, protection = 0;
};

uint64_t number_at(const std::vector<std::string_view>& words, size_t index) {
  return index < words.size() ? parse_number(words[index]).value_or(0) : 0;
}

/// "protection: (0, 2907, 23930)".
uint64_t largest_of(std::string_view list) {
  uint64_t largest = 0, number = 0;
  for (const char c : list) {
    number = c >= '0' && c <= '9' ? number * 10 + static_cast<uint64_t>(c - '0') : 0;
    largest = std::max(largest, number);
  }
  return largest;
}

void read_line(Zone& zone, std::string_view line) {
  const auto words = split_words(line);
  if (words.size() < 2) return;
  if (words[0] == "pages" && words[1] == "free") zone.free = number_at(words, 2);
  // The processors' own lists have a "high:", with a colon.
  if (words[0] == "high") zone.high = number_at(words, 1);
  if (words[0] == "present") zone.present = number_at(words, 1);
  if (words[0] == "managed") zone.managed = number_at(words, 1);
  if (words[0] == "protection:") zone.protection = largest_of(line);
}

void add(ZoneMemory& all, const Zone& zone) {
  all.present_pages += zone.present;
  all.free_pages += zone.free;
  all.reserve_pages += std::min(zone.protection + zone.high, zone.managed);
}

}  // namespace

uint64_t ZoneMemory::saveable_bytes() const { return less(present_pages, free_pages) * kPageBytes; }

uint64_t ZoneMemory::snapshot_limit_bytes() const {
  const uint64_t kept_pages =
      reserve_pages + present_pages / kPagesPerBitmapPage + kBitmapTreePages + kIoPages;
  return less(less(present_pages, kept_pages) / 2, kDriverPages) * kPageBytes;
}

ZoneMemory sum_zones(std::string_view zoneinfo) {
  ZoneMemory all;
  Zone zone;
  for (const std::string_view line : split_lines(zoneinfo)) {
    if (line.starts_with("Node ")) {
      add(all, zone);
      zone = {};
    }
    read_line(zone, line);
  }
  add(all, zone);
  return all;
}

ZoneMemory read_zone_memory() { return sum_zones(read_text_or_empty("/proc/zoneinfo")); }

uint64_t preferred_image_bytes(const ZoneMemory& zones, const ImageWish& wish) {
  const uint64_t largest_bytes =
      std::min(snapshot_bytes_in(wish.room_bytes), zones.snapshot_limit_bytes());
  // Half the default: the kernel takes it before the initramfs is freed, which a small machine
  // notices (a third of 1 GiB found).
  const bool somebody_wants_less = wish.asked_bytes < wish.memory_bytes / 5;
  return somebody_wants_less ? std::min(largest_bytes, wish.asked_bytes) : largest_bytes;
}

uint64_t bytes_to_reclaim(const ZoneMemory& zones, uint64_t preferred_bytes, uint64_t own_bytes) {
  const uint64_t margin_bytes =
      own_bytes + kMarginBytes + zones.present_pages * kPageBytes / kMarginShare;
  return less(zones.saveable_bytes() + margin_bytes, preferred_bytes);
}

}  // namespace nvresume
