// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/efi_fake_image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "efi/physical_nvm.h"
#include "efi/restore_record.h"
#include "image/codec.h"
#include "image/extent.h"
#include "image/fingerprint.h"
#include "image/metadata.h"
#include "image/snapshot_header.h"
#include "tests/test_image.h"

namespace nvresume::efi {
namespace {

/// Behind everything store_image() puts into the slot.
constexpr uint64_t kMetadataAt = 1 << 20;
constexpr uint64_t kLatePages = 5;
constexpr uint64_t kHeaderPages = 2;

template <typename T>
T must(Result<T> result) {
  if (result.ok()) return std::move(*result);
  fprintf(stderr, "fake image: %.*s\n", static_cast<int>(result.error().text().size()),
          result.error().text().data());
  abort();
}
void must_be_ok(Status status) { (void)must(std::move(status)); }

PhysicalNvm area_of(const NvresumeRange& range) {
  return PhysicalNvm(range.range_base, range.image_bytes);
}
PhysicalNvm swap_of(const NvresumeRange& range) {
  return PhysicalNvm(range.range_base + range.image_bytes, range.swap_bytes);
}

template <typename T>
void add_section(MetadataWriter& writer, SectionType type, const T& content) {
  must_be_ok(writer.add(type, {reinterpret_cast<const uint8_t*>(&content), sizeof content}));
}

/// The stream of a kernel whose memory is kFakeDataPages pages.
TestStream make_direct_stream() {
  TestStream stream;
  stream.header_pages = kHeaderPages;
  stream.pages.resize(kHeaderPages * kPageBytes);
  SnapshotInfo info{};
  info.image_pages = kFakeDataPages;
  info.pages = stream.header_pages + kFakeDataPages;
  info.size = info.pages * kPageBytes;
  const RestoreRecord record{0xffffffff81000000, 0x1000000, 0x2000000, kRestoreMagic, 0};
  memcpy(info.arch_record, &record, sizeof record);
  memcpy(stream.pages.data(), &info, sizeof info);
  auto* frames = reinterpret_cast<uint64_t*>(stream.pages.data() + kPageBytes);
  for (uint64_t i = 0; i < kFakeDataPages; ++i) frames[i] = fake_page_address(i) / kPageBytes;
  frames[kFakeDataPages] = ~uint64_t{0};
  const std::vector<uint8_t> data = fake_pages();
  stream.pages.insert(stream.pages.end(), data.begin(), data.end());
  return stream;
}

Extent store_direct_metadata(ImageArea& area, const NvresumeRange& range, Watchdog watchdog) {
  AlignedBuffer record(64 * 1024), buffer(kFingerprintBytes);
  MetadataWriter writer(record.bytes());
  memcpy(writer.header().image_id, area.superblock().image_id, 16);
  strcpy(writer.header().host, "fake");
  strcpy(writer.header().kernel_release, "6.1.0-test");
  Statistics statistics{};
  statistics.platform_mode = 1;
  add_section(writer, SectionType::kStatistics, statistics);
  DirectFacts facts{};
  facts.version = 1;
  facts.paging_levels = 4;
  facts.pat = 0x0407050600070106;
  facts.stops_watchdog = watchdog == Watchdog::kStopped ? 1 : 0;
  add_section(writer, SectionType::kDirectFacts, facts);
  MapRange runtime{0x7f000000, 0x7f000fff, 0xffffffff00000000, uint64_t{1} << 63, "5"};
  add_section(writer, SectionType::kRuntimeMap, runtime);
  const std::vector<uint8_t> file = fake_initramfs();
  add_section(writer, SectionType::kInitramfs, BootInitramfs{file.size(), checksum_of(file)});
  const Fingerprint* taken = must(read_fingerprint(
      area.nvm(), {range.image_bytes, range.swap_bytes}, range.boot_count, buffer.bytes()));
  add_section(writer, SectionType::kFingerprint, *taken);
  return must(store_extent(area.nvm(), kMetadataAt, record.bytes().first(writer.finish())));
}

}  // namespace

uint64_t fake_page_address(uint64_t page) {
  const uint64_t direct_pages = kFakeDataPages - kLatePages;
  if (page < direct_pages) return kFakeRam + (16 + page) * kPageBytes;
  return kFakeBootServices + (page - direct_pages) * kPageBytes;
}

std::vector<uint8_t> fake_initramfs() {
  std::vector<uint8_t> file = make_pages(3, 2);
  file.resize(file.size() - 101);  // no multiple of anything
  return file;
}

std::vector<uint8_t> fake_pages() { return make_pages(kFakeDataPages, 1); }

void format_range(const NvresumeRange& range) {
  PhysicalNvm area = area_of(range);
  (void)must(ImageArea::format(area, range.range_base, {range.image_bytes, range.swap_bytes}));
  memcpy(reinterpret_cast<uint8_t*>(range.range_base + range.image_bytes) + kBlockBytes - 10,
         "SWAPSPACE2", 10);
}

void save_direct_image(const NvresumeRange& range, Watchdog watchdog) {
  PhysicalNvm nvm = area_of(range), swap = swap_of(range);
  ImageArea area = must(ImageArea::open(nvm));
  must_be_ok(drop_image(area, swap, Reason::kNotDropped));  // as the boot before this save did
  static uint8_t saves = 0;
  const uint8_t image_id[16] = {++saves};  // as a real one: new at every save
  must_be_ok(area.begin_save(image_id));
  StoredImage stored = must(store_image(area, make_direct_stream()));
  stored.metadata = store_direct_metadata(area, range, watchdog);
  must_be_ok(commit_image(area, swap, stored.metadata, stored.index));
}

void corrupt_last_chunk(const NvresumeRange& range) {
  PhysicalNvm nvm = area_of(range);
  const ImageArea area = must(ImageArea::peek(nvm));
  const Superblock& superblock = area.superblock();
  auto* const slot = reinterpret_cast<uint8_t*>(range.range_base + superblock.slot_offset_bytes);
  const auto* const index = slot + superblock.index.offset_bytes;
  const auto count = reinterpret_cast<const ChunkIndexHeader*>(index)->chunk_count;
  const auto* const entries = reinterpret_cast<const ChunkEntry*>(index + sizeof(ChunkIndexHeader));
  slot[entries[count - 1].offset_bytes] ^= 1;
}

bool is_committed(const NvresumeRange& range) {
  PhysicalNvm nvm = area_of(range);
  return must(ImageArea::peek(nvm)).state() == State::kCommitted;
}

}  // namespace nvresume::efi
