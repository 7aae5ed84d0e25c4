// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/image_metadata.h"

#include <string.h>
#include <sys/klog.h>
#include <time.h>

#include <algorithm>
#include <vector>

#include "image/extent.h"
#include "image/media.h"
#include "resume/initramfs_to_load.h"
#include "resume/machine.h"

namespace nvresume {
namespace {

/// Newest kernel messages kept with the image; chosen: a boot and a save fit.
constexpr uint64_t kMessageBytes = 64 * 1024;
constexpr int kReadAllMessages = 3;  // SYSLOG_ACTION_READ_ALL, syslog(2)

ConstBytes bytes_of_map(const std::vector<MapRange>& map) {
  return {reinterpret_cast<const uint8_t*>(map.data()), map.size() * sizeof(MapRange)};
}

Error describe_range(const char* what, const MapRange& range) {
  return Error(Reason::kMemoryMapChanged, what)
      .with_hex(range.start)
      .with("-")
      .with_hex(range.end)
      .with(" (")
      .with(std::string_view(range.type, strnlen(range.type, sizeof(range.type))))
      .with(")");
}

bool same_range(const MapRange& a, const MapRange& b) {
  return a.start == b.start && a.end == b.end && memcmp(a.type, b.type, sizeof(a.type)) == 0;
}

}  // namespace

MetadataDraft::MetadataDraft(LockedMemory memory, LockedMemory messages)
    : memory_(std::move(memory)), messages_(std::move(messages)), writer_(memory_.bytes()) {}

Result<MetadataDraft> MetadataDraft::prepare(const uint8_t image_id[16]) {
  NVRESUME_ASSIGN(LockedMemory memory, LockedMemory::map(kMetadataBytesMaximum));
  NVRESUME_ASSIGN(LockedMemory messages, LockedMemory::map(kMessageBytes));
  MetadataDraft draft(std::move(memory), std::move(messages));
  MetadataHeader& header = draft.writer_.header();
  describe_machine(header);
  memcpy(header.image_id, image_id, sizeof(header.image_id));
  header.page_bytes = kBlockBytes;
  NVRESUME_ASSIGN(const std::vector<MapRange> firmware_map, read_firmware_map());
  NVRESUME_TRY(draft.writer_.add(SectionType::kFirmwareMap, bytes_of_map(firmware_map)));
  NVRESUME_ASSIGN(const std::vector<MapRange> runtime_map, read_runtime_map());
  NVRESUME_TRY(draft.writer_.add(SectionType::kRuntimeMap, bytes_of_map(runtime_map)));
  add_initramfs_section(draft.writer_);
  return draft;
}

Status MetadataDraft::complete(uint64_t snapshot_pages, std::span<const Witness> witnesses,
                               const Statistics& statistics) {
  writer_.header().saved_unix_s = static_cast<uint64_t>(time(nullptr));
  writer_.header().snapshot_pages = snapshot_pages;
  NVRESUME_TRY(
      writer_.add(SectionType::kWitness,
                  {reinterpret_cast<const uint8_t*>(witnesses.data()), witnesses.size_bytes()}));
  NVRESUME_TRY(writer_.add(SectionType::kStatistics, bytes_of(statistics)));
  NVRESUME_TRY(add_messages());
  length_bytes_ = writer_.finish();
  return ok_status();
}

Status MetadataDraft::add_messages() {
  const Bytes buffer = messages_.bytes();
  const int length = klogctl(kReadAllMessages, reinterpret_cast<char*>(buffer.data()),
                             static_cast<int>(buffer.size()));
  if (length <= 0) return ok_status();  // messages are a courtesy: an image is whole without them
  return writer_.add(SectionType::kMessages, buffer.first(static_cast<size_t>(length)));
}

Result<ConstBytes> read_metadata(Nvm& area, const Superblock& superblock, Bytes buffer) {
  if (superblock.metadata.length_bytes > buffer.size())
    return Error(Reason::kMetadataCorrupt, "metadata: ")
        .with(superblock.metadata.length_bytes)
        .with(" bytes are too many");
  NVRESUME_ASSIGN(const ConstBytes record,
                  read_extent(area, superblock.metadata, buffer, Reason::kMetadataCorrupt));
  NVRESUME_TRY(check_metadata(record));
  const auto& header = *reinterpret_cast<const MetadataHeader*>(record.data());
  if (memcmp(header.image_id, superblock.image_id, sizeof(superblock.image_id)) != 0)
    return Error(Reason::kMetadataCorrupt, "metadata: belongs to another image");
  return record;
}

Status compare_memory_maps(std::span<const MapRange> saved, std::span<const MapRange> now) {
  const size_t count = std::min(saved.size(), now.size());
  for (size_t i = 0; i < count; ++i) {
    if (same_range(saved[i], now[i])) continue;
    Error error = describe_range("saved ", saved[i]);
    return error.with(", now ").with(describe_range("", now[i]).text());
  }
  if (saved.size() > count) return describe_range("no longer there: ", saved[count]);
  if (now.size() > count) return describe_range("new: ", now[count]);
  return ok_status();
}

Status check_memory_map(ConstBytes record) {
  NVRESUME_ASSIGN(const std::span<const MapRange> saved,
                  records_of<MapRange>(record, SectionType::kFirmwareMap));
  NVRESUME_ASSIGN(const std::vector<MapRange> now, read_firmware_map());
  return compare_memory_maps(saved, now);
}

}  // namespace nvresume
