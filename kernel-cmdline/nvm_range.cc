// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/nvm_range.h"

#include <inttypes.h>
#include <stdio.h>

#include "image/layout.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

struct IomemEntry {
  NvmRange range;
  std::string_view name;
};

std::optional<uint64_t> parse_bare_hex(std::string_view text) {
  return parse_number("0x" + std::string(text));
}

/// "  140000000-1bfffffff : Persistent Memory", indented by nesting; the end is inclusive.
std::optional<IomemEntry> parse_iomem_line(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const size_t dash = line.find('-');
  const size_t colon = line.find(" : ");
  if (dash == std::string_view::npos || colon == std::string_view::npos || dash > colon)
    return std::nullopt;
  const auto first = parse_bare_hex(line.substr(0, dash));
  const auto last = parse_bare_hex(line.substr(dash + 1, colon - dash - 1));
  if (!first || !last || *last < *first) return std::nullopt;
  return IomemEntry{{*first, *last - *first + 1}, line.substr(colon + 3)};
}

std::optional<NvmRange> shrink_to_alignment(const NvmRange& range) {
  const uint64_t base = (range.base + kRangeAlignment - 1) / kRangeAlignment * kRangeAlignment;
  const uint64_t end = range.end() / kRangeAlignment * kRangeAlignment;
  if (end <= base) return std::nullopt;
  return NvmRange{base, end - base};
}

bool contains(const NvmRange& outer, const NvmRange& inner) {
  return inner.base >= outer.base && inner.end() <= outer.end();
}

std::optional<uint64_t> parse_size(std::string_view text) {
  constexpr std::string_view kSuffixes = "KMGT";
  uint32_t shift = 0;
  if (!text.empty()) {
    const size_t suffix = kSuffixes.find(text.back());
    if (suffix != std::string_view::npos) {
      shift = 10 * (static_cast<uint32_t>(suffix) + 1);
      text.remove_suffix(1);
    }
  }
  const auto number = parse_number(text);
  if (!number || *number > UINT64_MAX >> shift) return std::nullopt;
  return *number << shift;
}

std::string list_ranges(std::span<const NvmRange> ranges) {
  std::string list;
  for (const NvmRange& range : ranges) list += (list.empty() ? "" : ", ") + format_range(range);
  return list;
}

}  // namespace

std::vector<NvmRange> persistent_ranges(std::string_view iomem) {
  std::vector<NvmRange> ranges;
  for (const std::string_view line : split_lines(iomem)) {
    const auto entry = parse_iomem_line(line);
    // "Persistent Memory (legacy)" is memory a kernel parameter or an old firmware calls so.
    if (!entry || !entry->name.starts_with("Persistent Memory")) continue;
    const auto range = shrink_to_alignment(entry->range);
    if (!range) continue;
    // The same memory is listed twice where both the firmware's map and the NFIT name it.
    if (!ranges.empty() && contains(ranges.back(), *range)) continue;
    ranges.push_back(*range);
  }
  return ranges;
}

uint64_t ordinary_memory_bytes(std::string_view iomem) {
  uint64_t bytes = 0;
  for (const std::string_view line : split_lines(iomem)) {
    const auto entry = parse_iomem_line(line);
    // Exactly this name: "System RAM (kmem)" is persistent memory used as memory.
    if (entry && entry->name == "System RAM") bytes += entry->range.bytes;
  }
  return bytes;
}

std::optional<NvmRange> parse_range(std::string_view text) {
  const size_t plus = text.find('+');
  if (plus == std::string_view::npos) return std::nullopt;
  const auto base = parse_size(text.substr(0, plus));
  const auto bytes = parse_size(text.substr(plus + 1));
  if (!base || !bytes || *bytes == 0 || *base + *bytes < *base) return std::nullopt;
  return NvmRange{*base, *bytes};
}

std::string format_range(const NvmRange& range) {
  char text[64];
  ::snprintf(text, sizeof(text), "0x%" PRIx64 "+0x%" PRIx64, range.base, range.bytes);
  return text;
}

Result<NvmRange> choose_range(std::span<const NvmRange> candidates,
                              const std::optional<NvmRange>& requested) {
  if (candidates.empty())
    return Error(Reason::kNoNvm,
                 "no NVM found: /proc/iomem lists no \"Persistent Memory\"; is an NVDIMM plugged "
                 "in, and switched on in the firmware's setup?");
  if (!requested) {
    if (candidates.size() == 1) return candidates[0];
    return Error(Reason::kBadArgument, "several NVM ranges, name one with --range: ")
        .with(list_ranges(candidates));
  }
  if (requested->base % kRangeAlignment != 0 || requested->bytes % kRangeAlignment != 0)
    return Error(Reason::kBadArgument, "--range ")
        .with(format_range(*requested))
        .with(": base and size must be multiples of 2 MiB");
  for (const NvmRange& candidate : candidates)
    if (contains(candidate, *requested)) return *requested;
  return Error(Reason::kBadArgument, "--range ")
      .with(format_range(*requested))
      .with(" does not lie in an NVM range; there is ")
      .with(list_ranges(candidates));
}

}  // namespace nvresume
