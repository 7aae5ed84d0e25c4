// SPDX-License-Identifier: GPL-2.0-or-later
// witness_record.h: one witness by itself: its text, its extents, its hash.
#pragma once

#include <string>
#include <string_view>

#include "image/metadata.h"
#include "image/result.h"
#include "resume/direct_file.h"

namespace nvresume {

/// "ext4 on / (vda2)".
std::string describe_witness(const Witness& witness);
/// Whether its disk can say that nothing changed: it was readable and linear at the save.
bool is_provable(const Witness& witness);
/// Adds an extent; false where the record is full.
bool add_extent(Witness& witness, const ByteRange& range);
/// Hash over the witness's extents.
Result<uint64_t> hash_of(const Witness& witness, DirectFile& disk);
/// Reads the extents on `path` and compares. Errors: kWitnessChanged, kWitnessUnreadable.
Status compare_on(const Witness& witness, const std::string& path);

/// Copies text into a record's field, cut at its end, zero-terminated.
template <size_t kSize>
void put_text(char (&field)[kSize], std::string_view text) {
  const size_t length = text.size() < kSize ? text.size() : kSize - 1;
  for (size_t i = 0; i < kSize; i++) field[i] = i < length ? text[i] : '\0';
}

}  // namespace nvresume
