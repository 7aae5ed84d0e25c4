// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/witness_record.h"

#include <string.h>

#include <algorithm>

namespace nvresume {
namespace {

template <size_t kSize>
std::string text_of(const char (&field)[kSize]) {
  return std::string(field, ::strnlen(field, kSize));
}

}  // namespace

std::string describe_witness(const Witness& witness) {
  return text_of(witness.fs_type) + " on " + text_of(witness.mount_point) + " (" +
         text_of(witness.device) + ")";
}

bool is_provable(const Witness& witness) {
  return (witness.flags & kWitnessUnprovable) == 0 && witness.extent_count > 0;
}

bool add_extent(Witness& witness, const ByteRange& range) {
  if (witness.extent_count > 0) {
    auto& last = witness.extents[witness.extent_count - 1];
    if (last.offset_bytes + last.length_bytes == range.offset_bytes) {
      last.length_bytes += range.length_bytes;
      return true;
    }
  }
  if (witness.extent_count == kWitnessExtentMaximum) return false;
  witness.extents[witness.extent_count++] = {range.offset_bytes, range.length_bytes};
  return true;
}

Result<uint64_t> hash_of(const Witness& witness, DirectFile& disk) {
  ByteRange ranges[kWitnessExtentMaximum];
  const uint32_t count = std::min(witness.extent_count, kWitnessExtentMaximum);
  for (uint32_t i = 0; i < count; i++)
    ranges[i] = {witness.extents[i].offset_bytes, witness.extents[i].length_bytes};
  return disk.hash(std::span(ranges, count));
}

Status compare_on(const Witness& witness, const std::string& path) {
  auto disk = DirectFile::open(path);
  if (!disk.ok())
    return Error(Reason::kWitnessUnreadable, describe_witness(witness))
        .with(": ")
        .with(disk.error().text());
  const auto hash = hash_of(witness, disk.value());
  if (!hash.ok())
    return Error(Reason::kWitnessUnreadable, describe_witness(witness))
        .with(": ")
        .with(hash.error().text());
  if (hash.value() == witness.hash) return ok_status();
  return Error(Reason::kWitnessChanged, describe_witness(witness))
      .with(", now ")
      .with(path)
      .with(", changed after the save");
}

}  // namespace nvresume
