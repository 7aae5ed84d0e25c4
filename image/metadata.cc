// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/metadata.h"

#include <string.h>

#include "image/media.h"

namespace nvresume {
namespace {

Error damaged(std::string_view what) { return Error(Reason::kMetadataCorrupt, what); }

const MetadataHeader& header_of(ConstBytes record) {
  return *reinterpret_cast<const MetadataHeader*>(record.data());
}

constexpr uint64_t round_up_8(uint64_t bytes) { return (bytes + 7) / 8 * 8; }

/// Printed by every inspect and refusal: a missing terminator would print what follows.
bool texts_are_terminated(const MetadataHeader& header) {
  return is_terminated(header.host) && is_terminated(header.kernel_release) &&
         is_terminated(header.kernel_version) && is_terminated(header.machine_id) &&
         is_terminated(header.boot_id) && is_terminated(header.product);
}

/// Sections lie in the table's order, behind the header and behind each other.
Status check_section(const Section& section, uint64_t from_bytes, uint64_t record_bytes) {
  if (section.type == 0 || section.zero != 0) return damaged("a section has no type");
  if (section.offset_bytes % 8 != 0 || section.offset_bytes < from_bytes)
    return damaged("section ").with(section.type).with(" overlaps what is before it");
  if (section.offset_bytes > record_bytes ||
      section.length_bytes > record_bytes - section.offset_bytes)
    return damaged("section ").with(section.type).with(" reaches past the record's end");
  return ok_status();
}

}  // namespace

Status check_metadata(ConstBytes record) {
  if (record.size() < sizeof(MetadataHeader) || record.size() > kMetadataBytesMaximum)
    return damaged("a record of ").with(record.size()).with(" bytes");
  const MetadataHeader& header = header_of(record);
  if (memcmp(header.magic, kMetadataMagic, sizeof(kMetadataMagic)) != 0)
    return damaged("no metadata magic");
  if (header.header_bytes != sizeof(MetadataHeader)) return damaged("another header size");
  if (header.length_bytes != record.size())
    return damaged("a length of ")
        .with(header.length_bytes)
        .with(" bytes, stored are ")
        .with(record.size());
  if (header.section_count > kSectionCountMaximum)
    return damaged("too many sections: ").with(header.section_count);
  if (header.page_bytes != kBlockBytes) return damaged("a page size of ").with(header.page_bytes);
  if (!texts_are_terminated(header)) return damaged("a text without an end");
  if (!is_zero(header.zero1) || !is_zero(header.zero2))
    return damaged("reserved bytes are not zero");

  uint64_t from_bytes = sizeof(MetadataHeader);
  for (uint32_t i = 0; i < header.section_count; i++) {
    const Section& section = header.sections[i];
    NVRESUME_TRY(check_section(section, from_bytes, record.size()));
    from_bytes = section.offset_bytes + section.length_bytes;
  }
  return ok_status();
}

ConstBytes section_of(ConstBytes record, SectionType type) {
  const MetadataHeader& header = header_of(record);
  for (uint32_t i = 0; i < header.section_count; i++) {
    const Section& section = header.sections[i];
    if (section.type == static_cast<uint32_t>(type))
      return record.subspan(section.offset_bytes, section.length_bytes);
  }
  return {};
}

MetadataWriter::MetadataWriter(Bytes record)
    : record_(record.size() < kMetadataBytesMaximum ? record : record.first(kMetadataBytesMaximum)),
      length_(sizeof(MetadataHeader)) {
  if (record.size() < sizeof(MetadataHeader)) __builtin_trap();
  memset(record_.data(), 0, record_.size());
  memcpy(header().magic, kMetadataMagic, sizeof(kMetadataMagic));
  header().header_bytes = sizeof(MetadataHeader);
  header().page_bytes = kBlockBytes;
}

Status MetadataWriter::add(SectionType type, ConstBytes content) {
  const uint64_t offset_bytes = round_up_8(length_);
  if (header().section_count == kSectionCountMaximum || offset_bytes > record_.size() ||
      content.size() > record_.size() - offset_bytes)
    return Error(Reason::kNoRoom, "the metadata record is full: section ")
        .with(static_cast<uint32_t>(type))
        .with(" of ")
        .with(content.size())
        .with(" bytes, ")
        .with(record_.size() - length_)
        .with(" are left");
  // An empty span may carry a null pointer, which memcpy must not be given.
  if (!content.empty()) memcpy(record_.data() + offset_bytes, content.data(), content.size());
  Section& section = header().sections[header().section_count++];
  section.type = static_cast<uint32_t>(type);
  section.offset_bytes = offset_bytes;
  section.length_bytes = content.size();
  length_ = offset_bytes + content.size();
  return ok_status();
}

uint64_t MetadataWriter::finish() {
  header().length_bytes = length_;
  return length_;
}

}  // namespace nvresume
