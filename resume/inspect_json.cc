// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "resume/attempt_json.h"
#include "resume/inspect.h"
#include "resume/json_writer.h"

namespace nvresume {
namespace {

void add_hex(JsonWriter& json, std::string_view key, uint64_t number) {
  char text[24];
  ::snprintf(text, sizeof(text), "0x%llx", static_cast<unsigned long long>(number));
  json.add(key, text);
}

void add_copies(JsonWriter& json, const ImageReport& report) {
  json.open_array("copies");
  for (int i = 0; i < 2; i++) {
    const CopyReport& copy = report.copies[i];
    json.open_object();
    json.add("copy", i == 0 ? "A" : "B");
    json.add("condition", copy.condition);
    if (copy.condition == "good") {
      json.add("state", state_name(copy.superblock.state));
      json.add("generation", copy.superblock.generation);
    }
    json.close_object();
  }
  json.close_array();
}

void add_superblock(JsonWriter& json, const Superblock& superblock) {
  json.open_object("superblock");
  json.add("state", state_name(superblock.state));
  json.add("reason", reason_name(static_cast<Reason>(superblock.reason)));
  json.add("generation", superblock.generation);
  json.add("format", std::to_string(superblock.major) + "." + std::to_string(superblock.minor));
  add_hex(json, "range_base", superblock.range_base);
  json.add("image_bytes", superblock.image_bytes);
  json.add("swap_bytes", superblock.swap_bytes);
  json.add("slot_offset_bytes", superblock.slot_offset_bytes);
  json.add("slot_bytes", superblock.slot_bytes);
  json.add("boot_count", superblock.boot_count);
  json.add("saved_boot_count", superblock.saved_boot_count);
  json.add("attempt_count", superblock.attempt_count);
  json.add("attempt_limit", superblock.attempt_limit);
  json.add("image_id", hex_of(superblock.image_id));
  json.close_object();
}

void add_statistics(JsonWriter& json, const Statistics& statistics) {
  json.open_object("statistics");
  json.add("freeze_s", static_cast<double>(statistics.freeze_ns) / 1e9);
  json.add("snapshot_s", static_cast<double>(statistics.snapshot_ns) / 1e9);
  json.add("store_s", static_cast<double>(statistics.store_ns) / 1e9);
  json.add("verify_s", static_cast<double>(statistics.verify_ns) / 1e9);
  json.add("raw_bytes", statistics.raw_bytes);
  json.add("stored_bytes", statistics.stored_bytes);
  json.add("same_filled_pages", statistics.same_filled_pages);
  json.add("worker_count", statistics.worker_count);
  json.close_object();
}

void add_witnesses(JsonWriter& json, ConstBytes metadata) {
  json.open_array("witnesses");
  for (const Witness& witness : section_records<Witness>(metadata, SectionType::kWitness)) {
    json.open_object();
    json.add("fs_type", field_text(witness.fs_type));
    json.add("mount_point", field_text(witness.mount_point));
    json.add("fs_uuid", field_text(witness.fs_uuid));
    json.add("device", field_text(witness.device));
    json.add("provable", (witness.flags & kWitnessUnprovable) == 0);
    add_hex(json, "hash", witness.hash);
    json.open_array("extents");
    for (uint32_t i = 0; i < witness.extent_count && i < kWitnessExtentMaximum; i++) {
      json.open_object();
      json.add("offset_bytes", witness.extents[i].offset_bytes);
      json.add("length_bytes", witness.extents[i].length_bytes);
      json.close_object();
    }
    json.close_array();
    json.close_object();
  }
  json.close_array();
}

void add_metadata(JsonWriter& json, const ImageReport& report) {
  if (!report.metadata_error.empty()) json.add("metadata_error", report.metadata_error);
  const MetadataHeader* header = report.metadata_header();
  if (header == nullptr) return;
  json.open_object("metadata");
  json.add("host", field_text(header->host));
  json.add("kernel_release", field_text(header->kernel_release));
  json.add("kernel_version", field_text(header->kernel_version));
  json.add("machine_id", field_text(header->machine_id));
  json.add("boot_id", field_text(header->boot_id));
  json.add("product", field_text(header->product));
  json.add("saved_unix_s", header->saved_unix_s);
  json.add("memory_bytes", header->memory_bytes);
  json.add("snapshot_pages", header->snapshot_pages);
  json.add("cpu_count", header->cpu_count);
  json.open_array("sections");
  for (uint32_t i = 0; i < header->section_count; i++) {
    json.open_object();
    json.add("type", header->sections[i].type);
    json.add("length_bytes", header->sections[i].length_bytes);
    json.close_object();
  }
  json.close_array();
  const auto statistics = section_records<Statistics>(report.metadata, SectionType::kStatistics);
  if (!statistics.empty()) add_statistics(json, statistics[0]);
  add_witnesses(json, report.metadata);
  json.close_object();
}

void add_index(JsonWriter& json, const ImageReport& report) {
  if (!report.index_error.empty()) json.add("index_error", report.index_error);
  if (report.index == nullptr) return;
  const ChunkIndexHeader& index = *report.index;
  json.open_object("index");
  json.add("chunk_count", index.chunk_count);
  json.add("header_chunk_count", index.header_chunk_count);
  json.add("header_pages", index.header_pages);
  json.add("data_pages", index.data_pages);
  json.add("chunk_pages", index.chunk_pages);
  json.add("raw_bytes", report.raw_bytes());
  json.add("stored_bytes", index.stored_bytes);
  json.close_object();
}

void add_verified(JsonWriter& json, const Status* verified) {
  if (verified == nullptr) return;
  json.open_object("verify");
  json.add("ok", verified->ok());
  if (!verified->ok()) {
    json.add("reason", reason_name(verified->error().reason()));
    json.add("text", verified->error().text());
  }
  json.close_object();
}

}  // namespace

std::string inspect_json(const ImageReport& report, const Status* verified) {
  JsonWriter json;
  json.open_object();
  json.add("size_bytes", report.size_bytes);
  add_copies(json, report);
  if (!report.superblock_error.empty()) json.add("superblock_error", report.superblock_error);
  if (report.superblock) add_superblock(json, *report.superblock);
  add_metadata(json, report);
  add_index(json, report);
  json.open_array("attempts");
  for (const AttemptRecord& record : report.attempts) add_attempt(json, {}, record);
  json.close_array();
  add_verified(json, verified);
  json.close_object();
  return json.text() + "\n";
}

}  // namespace nvresume
