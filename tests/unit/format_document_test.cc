// SPDX-License-Identifier: GPL-2.0-or-later
// docs/format.md is normative: its tables, reasons and example are compared with the structures.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "image/attempt_log.h"
#include "image/chunk_index.h"
#include "image/efi_variables.h"
#include "image/metadata.h"
#include "image/superblock.h"
#include "image/trial_record.h"

namespace nvresume {
namespace {

using Row = std::vector<std::string>;

std::string trim(const std::string& text) {
  const size_t first = text.find_first_not_of(" `");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" `") - first + 1);
}

/// The page as its tables (rows of trimmed cells) and code blocks, by what they begin with.
class FormatDocument : public ::testing::Test {
 protected:
  FormatDocument() {
    std::ifstream file("docs/format.md");
    EXPECT_TRUE(file.good()) << "the tests run in the tree's top folder";
    for (std::string line; std::getline(file, line);) lines_.push_back(line);
  }
  /// The rows of the first table after a line that begins with `start`, header and rule left out.
  std::vector<Row> table_after(const std::string& start) {
    size_t i = 0;
    while (i < lines_.size() && !lines_[i].starts_with(start)) i++;
    while (i < lines_.size() && !lines_[i].starts_with('|')) i++;
    std::vector<Row> rows;
    for (; i < lines_.size() && lines_[i].starts_with('|'); i++) {
      Row& row = rows.emplace_back();
      std::istringstream cells(lines_[i].substr(1));
      for (std::string cell; std::getline(cells, cell, '|');) row.push_back(trim(cell));
    }
    if (rows.size() > 2) rows.erase(rows.begin(), rows.begin() + 2);
    return rows;
  }
  std::vector<std::string> lines_;
};

struct Field {
  std::string name;
  size_t offset_bytes;
  size_t size_bytes;
};
#define FIELD(type, name) \
  Field { #name, offsetof(type, name), sizeof(type::name) }

struct Structure {
  const char* after;  ///< how the line above its table begins
  size_t size_bytes;
  std::vector<Field> fields;
};

const Structure kStructures[] = {
    {"## Superblock",
     sizeof(Superblock),
     {FIELD(Superblock, magic),
      FIELD(Superblock, major),
      FIELD(Superblock, minor),
      FIELD(Superblock, incompatible_flags),
      FIELD(Superblock, generation),
      FIELD(Superblock, state),
      FIELD(Superblock, reason),
      FIELD(Superblock, range_base),
      FIELD(Superblock, image_bytes),
      FIELD(Superblock, swap_bytes),
      FIELD(Superblock, slot_offset_bytes),
      FIELD(Superblock, slot_bytes),
      FIELD(Superblock, log_offset_bytes),
      FIELD(Superblock, log_bytes),
      FIELD(Superblock, boot_count),
      FIELD(Superblock, saved_boot_count),
      FIELD(Superblock, attempt_count),
      FIELD(Superblock, attempt_limit),
      FIELD(Superblock, metadata),
      FIELD(Superblock, index),
      FIELD(Superblock, image_id),
      FIELD(Superblock, log_sequence),
      FIELD(Superblock, attempt_boot_count),
      FIELD(Superblock, zero),
      FIELD(Superblock, checksum)}},
    {"An extent:",
     sizeof(Extent),
     {FIELD(Extent, offset_bytes), FIELD(Extent, length_bytes), FIELD(Extent, checksum)}},
    {"## Chunk index",
     sizeof(ChunkIndexHeader),
     {FIELD(ChunkIndexHeader, magic), FIELD(ChunkIndexHeader, chunk_count),
      FIELD(ChunkIndexHeader, header_chunk_count), FIELD(ChunkIndexHeader, header_pages),
      FIELD(ChunkIndexHeader, data_pages), FIELD(ChunkIndexHeader, stored_bytes),
      FIELD(ChunkIndexHeader, chunk_pages), FIELD(ChunkIndexHeader, zstd_level),
      FIELD(ChunkIndexHeader, image_id), FIELD(ChunkIndexHeader, zero)}},
    {"`chunk_count` entries",
     sizeof(ChunkEntry),
     {FIELD(ChunkEntry, offset_bytes), FIELD(ChunkEntry, stored_bytes),
      FIELD(ChunkEntry, raw_bytes), FIELD(ChunkEntry, encoding), FIELD(ChunkEntry, same_pages),
      FIELD(ChunkEntry, zero), FIELD(ChunkEntry, checksum)}},
    {"## Metadata",
     sizeof(MetadataHeader),
     {FIELD(MetadataHeader, magic), FIELD(MetadataHeader, header_bytes),
      FIELD(MetadataHeader, section_count), FIELD(MetadataHeader, length_bytes),
      FIELD(MetadataHeader, image_id), FIELD(MetadataHeader, saved_unix_s),
      FIELD(MetadataHeader, memory_bytes), FIELD(MetadataHeader, snapshot_pages),
      FIELD(MetadataHeader, cpu_count), FIELD(MetadataHeader, page_bytes),
      FIELD(MetadataHeader, host), FIELD(MetadataHeader, kernel_release),
      FIELD(MetadataHeader, kernel_version), FIELD(MetadataHeader, machine_id),
      FIELD(MetadataHeader, boot_id), FIELD(MetadataHeader, product), FIELD(MetadataHeader, zero1),
      FIELD(MetadataHeader, sections), FIELD(MetadataHeader, zero2)}},
    {"A section of the table",
     sizeof(Section),
     {FIELD(Section, type), FIELD(Section, zero), FIELD(Section, offset_bytes),
      FIELD(Section, length_bytes)}},
    {"MapRange:",
     sizeof(MapRange),
     {FIELD(MapRange, start), FIELD(MapRange, end), FIELD(MapRange, virtual_start),
      FIELD(MapRange, attributes), FIELD(MapRange, type)}},
    {"Witness:",
     sizeof(Witness),
     {FIELD(Witness, fs_type), FIELD(Witness, mount_point), FIELD(Witness, fs_uuid),
      FIELD(Witness, partition_guid), FIELD(Witness, device), FIELD(Witness, serial),
      FIELD(Witness, hash), FIELD(Witness, extent_count), FIELD(Witness, flags),
      FIELD(Witness, extents)}},
    {"Statistics (",
     sizeof(Statistics),
     {FIELD(Statistics, freeze_ns), FIELD(Statistics, snapshot_ns), FIELD(Statistics, store_ns),
      FIELD(Statistics, verify_ns), FIELD(Statistics, raw_bytes), FIELD(Statistics, stored_bytes),
      FIELD(Statistics, same_filled_pages), FIELD(Statistics, worker_count),
      FIELD(Statistics, platform_mode)}},
    {"## Attempt log",
     sizeof(AttemptRecord),
     {FIELD(AttemptRecord, magic), FIELD(AttemptRecord, sequence), FIELD(AttemptRecord, kind),
      FIELD(AttemptRecord, outcome), FIELD(AttemptRecord, reason),
      FIELD(AttemptRecord, phase_count), FIELD(AttemptRecord, unix_s),
      FIELD(AttemptRecord, boot_count), FIELD(AttemptRecord, image_id), FIELD(AttemptRecord, path),
      FIELD(AttemptRecord, phases), FIELD(AttemptRecord, text_bytes),
      FIELD(AttemptRecord, replayed), FIELD(AttemptRecord, zero), FIELD(AttemptRecord, text),
      FIELD(AttemptRecord, checksum)}},
    {"AttemptPhase:",
     sizeof(AttemptPhase),
     {FIELD(AttemptPhase, name), FIELD(AttemptPhase, duration_ns)}},
    {"NvresumeConfig,",
     sizeof(NvresumeConfig),
     {FIELD(NvresumeConfig, version), FIELD(NvresumeConfig, size_bytes),
      FIELD(NvresumeConfig, mode), FIELD(NvresumeConfig, factor_percent),
      FIELD(NvresumeConfig, range_base), FIELD(NvresumeConfig, range_bytes),
      FIELD(NvresumeConfig, direct), FIELD(NvresumeConfig, flags), FIELD(NvresumeConfig, skip_key),
      FIELD(NvresumeConfig, zero), FIELD(NvresumeConfig, next_loader)}},
    {"NvresumeRange,",
     sizeof(NvresumeRange),
     {FIELD(NvresumeRange, version),        FIELD(NvresumeRange, size_bytes),
      FIELD(NvresumeRange, range_base),     FIELD(NvresumeRange, image_bytes),
      FIELD(NvresumeRange, swap_bytes),     FIELD(NvresumeRange, available_bytes),
      FIELD(NvresumeRange, ordinary_bytes), FIELD(NvresumeRange, kind),
      FIELD(NvresumeRange, formatted),      FIELD(NvresumeRange, boot_count),
      FIELD(NvresumeRange, decision),       FIELD(NvresumeRange, reason),
      FIELD(NvresumeRange, store_mb_per_s), FIELD(NvresumeRange, load_mb_per_s),
      FIELD(NvresumeRange, firmware_ns),    FIELD(NvresumeRange, stage_ns),
      FIELD(NvresumeRange, image_id),       FIELD(NvresumeRange, direct_reason),
      FIELD(NvresumeRange, zero),           FIELD(NvresumeRange, verdicts)}},
    {"DirectFacts:",
     sizeof(DirectFacts),
     {FIELD(DirectFacts, version), FIELD(DirectFacts, paging_levels), FIELD(DirectFacts, pat),
      FIELD(DirectFacts, raw_bytes_left_out), FIELD(DirectFacts, stops_watchdog),
      FIELD(DirectFacts, zero)}},
    {"BootInitramfs:",
     sizeof(BootInitramfs),
     {FIELD(BootInitramfs, bytes), FIELD(BootInitramfs, checksum)}},
    {"RawRange:", sizeof(RawRange), {FIELD(RawRange, start), FIELD(RawRange, bytes)}},
    {"## Fingerprint",
     sizeof(Fingerprint),
     {FIELD(Fingerprint, magic), FIELD(Fingerprint, version), FIELD(Fingerprint, item_count),
      FIELD(Fingerprint, boot_count), FIELD(Fingerprint, region_count),
      FIELD(Fingerprint, regions_cut), FIELD(Fingerprint, items), FIELD(Fingerprint, regions),
      FIELD(Fingerprint, zero), FIELD(Fingerprint, checksum)}},
    {"FingerprintRegion:",
     sizeof(FingerprintRegion),
     {FIELD(FingerprintRegion, start), FIELD(FingerprintRegion, bytes),
      FIELD(FingerprintRegion, kind), FIELD(FingerprintRegion, zero)}},
    {"## Trial",
     sizeof(TrialRecord),
     {FIELD(TrialRecord, magic), FIELD(TrialRecord, version), FIELD(TrialRecord, outcome),
      FIELD(TrialRecord, unix_s), FIELD(TrialRecord, items), FIELD(TrialRecord, kernel_release),
      FIELD(TrialRecord, text), FIELD(TrialRecord, zero), FIELD(TrialRecord, checksum)}},
};

TEST_F(FormatDocument, EveryFieldTableIsTheStructure) {
  for (const Structure& structure : kStructures) {
    SCOPED_TRACE(structure.after);
    const std::vector<Row> rows = table_after(structure.after);
    ASSERT_EQ(rows.size(), structure.fields.size());
    size_t next_bytes = 0;
    for (size_t i = 0; i < rows.size(); i++) {
      const Field& field = structure.fields[i];
      EXPECT_EQ(rows[i][0], std::to_string(field.offset_bytes)) << field.name;
      EXPECT_EQ(rows[i][1], std::to_string(field.size_bytes)) << field.name;
      EXPECT_EQ(rows[i][2], field.name);
      EXPECT_EQ(field.offset_bytes, next_bytes) << "a hole before " << field.name;
      next_bytes = field.offset_bytes + field.size_bytes;
    }
    EXPECT_EQ(next_bytes, structure.size_bytes);
  }
}

TEST_F(FormatDocument, TheReasonTableIsTheProgramsOwn) {
  std::vector<Row> expected;
#define NVRESUME_REASON_ROW(number, name, text_name, kind, sentence) \
  expected.push_back(                                                \
      Row{#number, text_name, std::to_string(static_cast<int>(ErrorKind::kind)), sentence});
  NVRESUME_REASONS(NVRESUME_REASON_ROW)
#undef NVRESUME_REASON_ROW
  EXPECT_EQ(table_after("## Reasons"), expected);
}

TEST_F(FormatDocument, TheStateTableIsTheProgramsOwn) {
  const std::vector<Row> rows = table_after("## States");
  ASSERT_EQ(rows.size(), 5u);
  const State states[] = {State::kEmpty, State::kWriting, State::kCommitted, State::kConsumed,
                          State::kFailed};
  for (size_t i = 0; i < rows.size(); i++)
    EXPECT_EQ(rows[i][0], std::to_string(static_cast<uint32_t>(states[i])));
}

TEST_F(FormatDocument, TheExampleIsTheSuperblockItSaysItIs) {
  Superblock superblock{};
  auto* bytes = reinterpret_cast<uint8_t*>(&superblock);
  size_t line = 0;
  while (line < lines_.size() && lines_[line] != "```hex") line++;
  for (line++; line < lines_.size() && lines_[line] != "```"; line++) {
    if (lines_[line] == "*") continue;
    std::istringstream words(lines_[line]);
    size_t at;
    words >> std::hex >> at;
    for (unsigned byte; words >> byte;) bytes[at++] = static_cast<uint8_t>(byte);
  }
  const Status status = check(superblock);
  ASSERT_TRUE(status.ok()) << status.error().text();
  EXPECT_EQ(superblock.generation, 12u);
  EXPECT_EQ(static_cast<State>(superblock.state), State::kCommitted);
  EXPECT_EQ(superblock.boot_count, 5u);
  EXPECT_EQ(superblock.range_base, uint64_t{4} << 30);
  const auto planned = plan_geometry(uint64_t{1} << 30, 200, UINT64_MAX / 2);
  ASSERT_TRUE(planned.ok());
  EXPECT_EQ(superblock.image_bytes, planned->image_bytes);
  EXPECT_EQ(superblock.swap_bytes, planned->swap_bytes);
  EXPECT_EQ(superblock.metadata.length_bytes, 9048u);
  EXPECT_EQ(superblock.index.length_bytes, sizeof(ChunkIndexHeader) + 81 * sizeof(ChunkEntry));
}

}  // namespace
}  // namespace nvresume
