// SPDX-License-Identifier: GPL-2.0-or-later
// `nvresume status`: how the machine stands with saving and resuming, for a person in a hurry.
#include <stdio.h>
#include <string.h>

#include <algorithm>
#include <optional>

#include "resume/attach.h"
#include "resume/attempt_json.h"
#include "resume/command.h"
#include "resume/decision.h"
#include "resume/image_disk.h"
#include "resume/image_report.h"
#include "resume/json_writer.h"
#include "resume/published_range.h"
#include "resume/replay.h"
#include "resume/scrub_progress.h"
#include "resume/status_words.h"
#include "resume/swapin.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

struct SwapUse {
  uint64_t size_bytes;
  uint64_t used_bytes;
};

/// Our line of /proc/swaps; sizes there are in KiB. Nothing: it is not swapped on.
std::optional<SwapUse> find_swap_use() {
  const std::string swaps = read_text_or_empty("/proc/swaps");
  for (const std::string_view line : split_lines(swaps)) {
    const auto words = split_words(line);
    if (words.size() < 4 || words[0] != kSwapDisk) continue;
    return SwapUse{parse_number(words[2]).value_or(0) * 1024,
                   parse_number(words[3]).value_or(0) * 1024};
  }
  return std::nullopt;
}

struct StatusReport {
  Result<NvresumeRange> range = read_published_range();
  bool attached = attached_range().ok();
  std::optional<ImageReport> image;
  std::string image_error;
  std::optional<SwapUse> swap = find_swap_use();
  Decision decision = read_decision();

  const AttemptRecord* last(AttemptKind kind) const {
    if (!image) return nullptr;
    const auto& attempts = image->attempts;
    const auto found = std::find_if(attempts.rbegin(), attempts.rend(), [kind](const auto& record) {
      return record.kind == static_cast<uint32_t>(kind);
    });
    return found == attempts.rend() ? nullptr : &*found;
  }
};

void gather(StatusReport& status) {
  auto disk = ImageDisk::open(kImageDisk, ImageDisk::Access::kReadOnly);
  if (disk.ok())
    status.image.emplace(report_image(disk.value()));
  else
    status.image_error = disk.error().text();
}

/// By the stage's look, or since, in this very boot.
bool is_formatted(const StatusReport& status) {
  return status.range.value().formatted != 0 || (status.image && status.image->superblock);
}

void print_range(const StatusReport& status) {
  if (!status.range.ok()) {
    ::printf("range:        none: %s\n", std::string(status.range.error().text()).c_str());
    return;
  }
  const NvresumeRange& range = status.range.value();
  ::printf("range:        0x%llx, %llu MiB for the image, %llu MiB for swap, boot %llu%s\n",
           static_cast<unsigned long long>(range.range_base),
           static_cast<unsigned long long>(range.image_bytes >> 20),
           static_cast<unsigned long long>(range.swap_bytes >> 20),
           static_cast<unsigned long long>(range.boot_count),
           is_formatted(status) ? "" : ", not formatted yet (nvresume setup --finish)");
}

void print_swap(const StatusReport& status) {
  if (!status.attached)
    ::printf("disks:        not attached (nvresume attach)\n");
  else if (status.swap)
    ::printf("swap:         on, %llu of %llu MiB used\n",
             static_cast<unsigned long long>(status.swap->used_bytes >> 20),
             static_cast<unsigned long long>(status.swap->size_bytes >> 20));
  else
    ::printf("swap:         off\n");
}

void print_image(const StatusReport& status) {
  if (!status.image) {
    ::printf("image:        unknown: %s\n", status.image_error.c_str());
    return;
  }
  if (!status.image->superblock) {
    ::printf("image:        unknown: %s\n", status.image->superblock_error.c_str());
    return;
  }
  ::printf("image:        %s\n", image_words(*status.image->superblock).c_str());
}

/// Nothing where an image is, or may be: it is meant to be there.
std::optional<uint64_t> bytes_to_scrub(const StatusReport& status) {
  if (!status.image || !status.image->superblock) return std::nullopt;
  const Superblock& superblock = *status.image->superblock;
  const State state = static_cast<State>(superblock.state);
  if (state != State::kEmpty && state != State::kFailed) return std::nullopt;
  return unscrubbed_bytes(superblock);
}

void print_scrub(const StatusReport& status) {
  const std::optional<uint64_t> left_bytes = bytes_to_scrub(status);
  if (!left_bytes) return;
  if (*left_bytes == 0)
    ::printf("left behind:  nothing: the room for images is scrubbed\n");
  else
    ::printf(
        "left behind:  bytes of an image in up to %llu MiB of NVM, still to be scrubbed "
        "(nvresume scrub)\n",
        static_cast<unsigned long long>((*left_bytes >> 20) + 1));
}

void print_attempt(const char* label, const AttemptRecord* record) {
  if (record == nullptr) {
    ::printf("%-13s never\n", label);
    return;
  }
  ::printf("%-13s %s, %s\n", label, time_text(record->unix_s).c_str(),
           attempt_words(*record).c_str());
  const std::string phases = describe_phases(*record);
  if (!phases.empty()) ::printf("              %s\n", phases.c_str());
}

void print_text(const StatusReport& status) {
  print_range(status);
  print_swap(status);
  print_image(status);
  print_scrub(status);
  print_attempt("last save:", status.last(AttemptKind::kSave));
  print_attempt("last resume:", status.last(AttemptKind::kResume));
  if (const AttemptRecord* dropped = status.last(AttemptKind::kBoot))
    print_attempt("last drop:", dropped);
  if (const auto report = load_report())
    ::printf("back from swap: %s\n", describe(*report).c_str());
  ::printf("this boot:    %s\n", decision_words(status.decision).c_str());
}

void add_range(JsonWriter& json, const StatusReport& status) {
  if (!status.range.ok()) {
    json.add("range_error", status.range.error().text());
    return;
  }
  const NvresumeRange& range = status.range.value();
  json.open_object("range");
  json.add("base", range.range_base);
  json.add("image_bytes", range.image_bytes);
  json.add("swap_bytes", range.swap_bytes);
  json.add("formatted", is_formatted(status));
  json.add("boot_count", range.boot_count);
  json.add("store_mb_per_s", range.store_mb_per_s);
  json.add("load_mb_per_s", range.load_mb_per_s);
  json.add("firmware_s", static_cast<double>(range.firmware_ns) / 1e9);
  json.add("stage_s", static_cast<double>(range.stage_ns) / 1e9);
  json.close_object();
}

void print_json(const StatusReport& status) {
  JsonWriter json;
  json.open_object();
  add_range(json, status);
  json.add("attached", status.attached);
  json.add("swap_on", status.swap.has_value());
  if (status.swap) json.add("swap_used_bytes", status.swap->used_bytes);
  if (!status.image_error.empty()) json.add("image_error", status.image_error);
  if (status.image && status.image->superblock) {
    json.add("state", state_name(status.image->superblock->state));
    json.add("reason", reason_name(static_cast<Reason>(status.image->superblock->reason)));
  }
  if (const auto left_bytes = bytes_to_scrub(status)) json.add("bytes_to_scrub", *left_bytes);
  if (const auto* save = status.last(AttemptKind::kSave)) add_attempt(json, "last_save", *save);
  if (const auto* resume = status.last(AttemptKind::kResume))
    add_attempt(json, "last_resume", *resume);
  if (const auto* boot = status.last(AttemptKind::kBoot)) add_attempt(json, "last_drop", *boot);
  if (const auto report = load_report()) {
    json.open_object("back_from_swap");
    json.add("wanted_bytes", report->wanted_pages * kPageBytes);
    json.add("back_bytes", report->back_pages * kPageBytes);
    json.add("seconds", static_cast<double>(report->duration_ns) / 1e9);
    json.add("short_of_memory", report->short_of_memory);
    json.close_object();
  }
  json.open_object("this_boot");
  json.add("decision", status.decision.decision);
  json.add("reason", status.decision.reason);
  json.add("text", status.decision.text);
  json.close_object();
  json.close_object();
  ::printf("%s\n", json.text().c_str());
}

int run_status(std::span<char* const> args) {
  const bool as_json = args.size() == 2 && ::strcmp(args[1], "--json") == 0;
  if (args.size() > 1 && !as_json) {
    const bool help = args.size() == 2 && ::strcmp(args[1], "--help") == 0;
    (void)fprintf(help ? stdout : stderr, "usage: nvresume status [--json]\n");
    return help ? 0 : static_cast<int>(ErrorKind::kUsage);
  }
  StatusReport status;
  gather(status);
  if (as_json)
    print_json(status);
  else
    print_text(status);
  return 0;
}

NVRESUME_COMMAND(status, "how the last save and resume went", run_status);

}  // namespace
}  // namespace nvresume
