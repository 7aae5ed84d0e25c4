// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/direct_facts.h"

#include <fcntl.h>
#include <libkmod.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>

#include "image/fingerprint.h"
#include "image/media.h"
#include "resume/locked_memory.h"
#include "resume/machine.h"
#include "resume/system_files.h"
#include "resume/unique_fd.h"

namespace nvresume {
namespace {

constexpr uint64_t kPage = 4096;
/// Half of a metadata record; real machines have a few pages (ESRT, BGRT, MOK).
constexpr uint64_t kRawBytesMaximum = kMetadataBytesMaximum / 2;
constexpr off_t kMsrPat = 0x277;  // Intel SDM volume 4: IA32_PAT
constexpr char kMsrDevice[] = "/dev/cpu/0/msr";
constexpr char kRam[] = "System RAM";

void load_msr_module() {
  kmod_ctx* context = kmod_new(nullptr, nullptr);
  if (context == nullptr) return;
  kmod_set_log_priority(context, 0);
  kmod_list* list = nullptr;
  if (kmod_module_new_from_lookup(context, "msr", &list) == 0 && list != nullptr) {
    kmod_module* module = kmod_module_get_module(list);
    (void)kmod_module_probe_insert_module(module, 0, nullptr, nullptr, nullptr, nullptr);
    kmod_module_unref(module);
    kmod_module_unref_list(list);
  }
  kmod_unref(context);
}

/// 0 where it cannot be read.
uint64_t read_pat() {
  UniqueFd fd(::open(kMsrDevice, O_RDONLY | O_CLOEXEC));
  if (!fd.open()) {
    load_msr_module();
    fd = UniqueFd(::open(kMsrDevice, O_RDONLY | O_CLOEXEC));
  }
  uint64_t value = 0;
  if (!fd.open() || ::pread(fd.get(), &value, sizeof(value), kMsrPat) != sizeof(value)) return 0;
  return value;
}

/// The kernel drops the la57 flag where it runs with four levels (early_identify_cpu()).
uint32_t paging_levels() {
  const std::string cpuinfo = read_text_or_empty("/proc/cpuinfo");
  for (const std::string_view line : split_lines(cpuinfo)) {
    if (!line.starts_with("flags")) continue;
    const auto words = split_words(line);
    return std::find(words.begin(), words.end(), "la57") != words.end() ? 5 : 4;
  }
  return 4;
}

/// Top-level "start-end : System RAM" lines; those of resources inside others are indented.
std::vector<PhysicalRange> kernel_ram() {
  std::vector<PhysicalRange> ram;
  const std::string iomem = read_text_or_empty("/proc/iomem");
  for (const std::string_view line : split_lines(iomem)) {
    if (!line.ends_with(kRam) || line.starts_with(' ')) continue;
    const size_t dash = line.find('-'), space = line.find(' ');
    if (dash == std::string_view::npos || space == std::string_view::npos || space < dash) continue;
    const auto start = parse_number("0x" + std::string(line.substr(0, dash)));
    const auto end = parse_number("0x" + std::string(line.substr(dash + 1, space - dash - 1)));
    if (start && end && *end >= *start) ram.push_back({*start, *end - *start + 1});
  }
  return ram;
}

/// `range` without what `kept` holds; both in whole pages, `kept` ascending.
void subtract(PhysicalRange range, const std::vector<PhysicalRange>& kept,
              std::vector<PhysicalRange>& out) {
  uint64_t start = range.start;
  const uint64_t end = range.start + range.bytes;
  for (const PhysicalRange& ram : kept) {
    if (ram.start + ram.bytes <= start) continue;
    if (ram.start >= end) break;
    if (ram.start > start) out.push_back({start, ram.start - start});
    start = ram.start + ram.bytes;
  }
  if (start < end) out.push_back({start, end - start});
}

bool read_physical(int fd, const PhysicalRange& range, uint8_t* out) {
  for (uint64_t offset = 0; offset < range.bytes; offset += kPage) {
    const auto at = static_cast<off_t>(range.start + offset);
    if (::pread(fd, out + offset, kPage, at) != static_cast<ssize_t>(kPage)) return false;
  }
  return true;
}

/// The section's bytes; what does not fit or cannot be read is counted in `left_out_bytes`.
std::vector<uint8_t> read_raw_ranges(uint64_t& left_out_bytes) {
  std::vector<uint8_t> section;
  const std::vector<PhysicalRange> ranges = kernel_reserved_ranges();
  if (ranges.empty()) return section;
  const UniqueFd fd(::open("/dev/mem", O_RDONLY | O_CLOEXEC));
  for (const PhysicalRange& range : ranges) {
    const RawRange record{range.start, range.bytes};
    const size_t at = section.size();
    const bool fits = range.bytes <= kRawBytesMaximum - std::min(kRawBytesMaximum, at + 16);
    if (fits) section.resize(at + sizeof(record) + range.bytes);
    if (fits && fd.open() && read_physical(fd.get(), range, section.data() + at + sizeof(record))) {
      ::memcpy(section.data() + at, &record, sizeof(record));
      continue;
    }
    section.resize(at);
    left_out_bytes += range.bytes;
  }
  return section;
}

void add_fingerprint(MetadataWriter& writer, Nvm& area, const Superblock& superblock) {
  auto memory = LockedMemory::map(kFingerprintBytes);
  if (!memory.ok()) return;
  const auto fingerprint =
      read_fingerprint(area, geometry_of(superblock), superblock.boot_count, memory->bytes());
  // The save marks this boot's fingerprint valid by taking it into the record.
  if (fingerprint.ok()) (void)writer.add(SectionType::kFingerprint, bytes_of(**fingerprint));
}

}  // namespace

std::vector<PhysicalRange> kernel_reserved_ranges() {
  std::vector<PhysicalRange> out;
  const auto firmware = read_firmware_map();
  const std::vector<PhysicalRange> kept = kernel_ram();
  if (!firmware.ok() || kept.empty()) return out;
  for (const MapRange& range : *firmware) {
    if (::strcmp(range.type, kRam) != 0 || range.end < kPage) continue;
    const uint64_t start = std::max(range.start, kPage) / kPage * kPage;
    subtract({start, (range.end + 1 - start) / kPage * kPage}, kept, out);
  }
  return out;
}

void add_direct_sections(MetadataWriter& writer, Nvm& area, const Superblock& superblock,
                         bool stops_watchdog) {
  add_fingerprint(writer, area, superblock);
  DirectFacts facts{};
  facts.version = 1;
  facts.paging_levels = paging_levels();
  facts.pat = read_pat();
  facts.stops_watchdog = stops_watchdog ? 1 : 0;
  const std::vector<uint8_t> raw = read_raw_ranges(facts.raw_bytes_left_out);
  // A record too full for the copies has no facts either: the stage refuses without them.
  if (!raw.empty() && !writer.add(SectionType::kRawRanges, raw).ok()) return;
  (void)writer.add(SectionType::kDirectFacts, bytes_of(facts));
}

}  // namespace nvresume
