// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdio.h>

#include "resume/inspect.h"
#include "resume/replay.h"

namespace nvresume {
namespace {

[[gnu::format(printf, 2, 3)]] void add_line(std::string& text, const char* format, ...) {
  char line[1024];
  va_list arguments;
  va_start(arguments, format);
  ::vsnprintf(line, sizeof(line), format, arguments);
  va_end(arguments);
  text += line;
  text += '\n';
}

double mebibytes(uint64_t bytes) { return static_cast<double>(bytes) / (1024.0 * 1024.0); }

void add_copies(std::string& text, const ImageReport& report) {
  for (int i = 0; i < 2; i++) {
    const CopyReport& copy = report.copies[i];
    if (copy.condition == "good")
      add_line(text, "superblock %c:  %s, generation %llu", 'A' + i,
               state_name(copy.superblock.state),
               static_cast<unsigned long long>(copy.superblock.generation));
    else
      add_line(text, "superblock %c:  does not count: %s", 'A' + i, copy.condition.c_str());
  }
}

void add_superblock(std::string& text, const Superblock& superblock) {
  add_line(text, "range:         0x%llx, image area %.0f MiB, swap area %.0f MiB",
           static_cast<unsigned long long>(superblock.range_base),
           mebibytes(superblock.image_bytes), mebibytes(superblock.swap_bytes));
  add_line(text, "boots:         %llu counted, %llu at the save",
           static_cast<unsigned long long>(superblock.boot_count),
           static_cast<unsigned long long>(superblock.saved_boot_count));
  const Reason reason = static_cast<Reason>(superblock.reason);
  if (static_cast<State>(superblock.state) == State::kFailed)
    add_line(text, "state:         failed: %s: %s", std::string(reason_name(reason)).c_str(),
             std::string(reason_sentence(reason)).c_str());
  else
    add_line(text, "state:         %s", state_name(superblock.state));
}

void add_metadata(std::string& text, const ImageReport& report) {
  if (!report.metadata_error.empty())
    add_line(text, "metadata:      damaged: %s", report.metadata_error.c_str());
  const MetadataHeader* header = report.metadata_header();
  if (header == nullptr) return;
  add_line(text, "image:         %s", hex_of(header->image_id).c_str());
  add_line(text, "saved:         %s, host %s, kernel %s", time_text(header->saved_unix_s).c_str(),
           field_text(header->host).c_str(), field_text(header->kernel_release).c_str());
  add_line(text, "kernel build:  %s", field_text(header->kernel_version).c_str());
  add_line(text, "machine:       %s, %.0f MiB memory, %u CPUs, machine id %s, boot id %s",
           field_text(header->product).c_str(), mebibytes(header->memory_bytes), header->cpu_count,
           field_text(header->machine_id).c_str(), field_text(header->boot_id).c_str());
  add_line(text, "sections:      %u", header->section_count);
  for (uint32_t i = 0; i < header->section_count; i++)
    add_line(text, "  type %u, %llu bytes", header->sections[i].type,
             static_cast<unsigned long long>(header->sections[i].length_bytes));
  for (const Witness& witness : section_records<Witness>(report.metadata, SectionType::kWitness))
    add_line(text, "witness:       %s on %s (%s), UUID %s, %u extents, hash %016llx%s",
             field_text(witness.fs_type).c_str(), field_text(witness.mount_point).c_str(),
             field_text(witness.device).c_str(), field_text(witness.fs_uuid).c_str(),
             witness.extent_count, static_cast<unsigned long long>(witness.hash),
             (witness.flags & kWitnessUnprovable) != 0 ? ", cannot be proven" : "");
}

void add_index(std::string& text, const ImageReport& report) {
  if (!report.index_error.empty())
    add_line(text, "chunk index:   damaged: %s", report.index_error.c_str());
  if (report.index == nullptr) return;
  const ChunkIndexHeader& index = *report.index;
  const double ratio = index.stored_bytes == 0 ? 0
                                               : static_cast<double>(report.raw_bytes()) /
                                                     static_cast<double>(index.stored_bytes);
  add_line(text, "chunks:        %u (%u of header pages), %u pages each", index.chunk_count,
           index.header_chunk_count, index.chunk_pages);
  add_line(text, "size:          %.1f MiB stored for %.1f MiB (ratio %.2f)",
           mebibytes(index.stored_bytes), mebibytes(report.raw_bytes()), ratio);
}

void add_attempts(std::string& text, const ImageReport& report) {
  for (const AttemptRecord& record : report.attempts) {
    add_line(text, "attempt %llu:     %s, %s", static_cast<unsigned long long>(record.sequence),
             time_text(record.unix_s).c_str(), describe_attempt(record).c_str());
    const std::string phases = describe_phases(record);
    if (!phases.empty()) add_line(text, "  %s", phases.c_str());
  }
}

void add_verified(std::string& text, const ImageReport& report, const Status* verified) {
  if (verified == nullptr) return;
  if (verified->ok())
    add_line(text, "verify:        all %zu chunks are whole", report.entries.size());
  else
    add_line(text, "verify:        %s: %s",
             std::string(reason_name(verified->error().reason())).c_str(),
             std::string(verified->error().text()).c_str());
}

}  // namespace

std::string inspect_text(const ImageReport& report, const Status* verified) {
  std::string text;
  add_copies(text, report);
  if (!report.superblock_error.empty())
    add_line(text, "state:         %s", report.superblock_error.c_str());
  if (report.superblock) add_superblock(text, *report.superblock);
  add_metadata(text, report);
  add_index(text, report);
  add_attempts(text, report);
  add_verified(text, report, verified);
  return text;
}

}  // namespace nvresume
