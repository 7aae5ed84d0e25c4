// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/efi_variables.h"

#include <string.h>

#include "image/media.h"

namespace nvresume {
namespace {

constexpr uint32_t kVersion = 1;
constexpr uint32_t kRangeVersion = 2;

template <typename Enum>
bool is_between(uint32_t value, Enum first, Enum last) {
  return value >= static_cast<uint32_t>(first) && value <= static_cast<uint32_t>(last);
}

Error bad_config(std::string_view field) {
  return Error(Reason::kBadArgument, "NvresumeConfig: ").with(field);
}

Error bad_range(std::string_view field) {
  return Error(Reason::kNoRange, "NvresumeRange: ").with(field);
}

/// The form without a range: the stage ran and found none it may use.
bool names_no_range(const NvresumeRange& range) {
  return range.range_base == 0 && range.image_bytes == 0 && range.swap_bytes == 0;
}

bool is_terminated_path(const uint16_t (&path)[256]) {
  for (const uint16_t unit : path) {
    if (unit == 0) return true;
  }
  return false;
}

/// A variable's bytes come in no particular alignment.
template <typename T>
T copy_of(ConstBytes variable) {
  T result;
  memcpy(&result, variable.data(), sizeof(result));
  return result;
}

bool range_is_sound(const NvresumeConfig& config) {
  if (config.mode == static_cast<uint32_t>(RangeMode::kAuto)) return true;
  return config.range_base % kRangeAlignment == 0 && config.range_bytes != 0 &&
         config.range_bytes <= UINT64_MAX - config.range_base;
}

}  // namespace

Status check_config(ConstBytes variable) {
  if (variable.size() != sizeof(NvresumeConfig))
    return bad_config("size ")
        .with(variable.size())
        .with(", expected ")
        .with(sizeof(NvresumeConfig));
  const auto config = copy_of<NvresumeConfig>(variable);
  if (config.version != kVersion) return bad_config("version ").with(config.version);
  if (config.size_bytes != sizeof(NvresumeConfig))
    return bad_config("size_bytes ").with(config.size_bytes);
  if (!is_between(config.mode, RangeMode::kAuto, RangeMode::kExplicit))
    return bad_config("mode ").with(config.mode);
  if (config.factor_percent < kFactorPercentMinimum ||
      config.factor_percent > kFactorPercentMaximum)
    return bad_config("factor_percent ").with(config.factor_percent);
  if (!range_is_sound(config))
    return bad_config("range ")
        .with_hex(config.range_base)
        .with(" + ")
        .with_hex(config.range_bytes);
  if (!is_between(config.direct, DirectMode::kOff, DirectMode::kAuto))
    return bad_config("direct ").with(config.direct);
  if (config.flags != 0) return bad_config("flags ").with_hex(config.flags);
  if (!is_zero(bytes_of(config.zero))) return bad_config("reserved bytes are not zero");
  if (!is_terminated_path(config.next_loader)) return bad_config("next_loader has no end");
  return ok_status();
}

Status check_range(ConstBytes variable) {
  if (variable.size() != sizeof(NvresumeRange))
    return bad_range("size ").with(variable.size()).with(", expected ").with(sizeof(NvresumeRange));
  const auto range = copy_of<NvresumeRange>(variable);
  if (range.version != kRangeVersion) return bad_range("version ").with(range.version);
  if (range.size_bytes != sizeof(NvresumeRange))
    return bad_range("size_bytes ").with(range.size_bytes);
  if (names_no_range(range)) {
    const auto why = static_cast<Reason>(range.reason);
    return reason_kind(why) == ErrorKind::kOk ? bad_range("no range, and no reason") : Error(why);
  }
  if (range.range_base % kRangeAlignment != 0 ||
      range.available_bytes > UINT64_MAX - range.range_base)
    return bad_range("range_base ").with_hex(range.range_base);
  const Geometry geometry{range.image_bytes, range.swap_bytes};
  if (auto status = check_geometry(geometry, range.available_bytes); !status.ok())
    return bad_range(status.error().text());
  if (!is_between(range.kind, RangeKind::kUnmapped, RangeKind::kMemoryNv))
    return bad_range("kind ").with(range.kind);
  if (range.formatted > 1) return bad_range("formatted ").with(range.formatted);
  if (range.formatted == 0 && range.boot_count != 0)
    return bad_range("boots counted in an unformatted range: ").with(range.boot_count);
  if (!is_between(range.decision, StageDecision::kChain, StageDecision::kDirect))
    return bad_range("decision ").with(range.decision);
  for (const uint8_t verdict : range.verdicts) {
    if (verdict > static_cast<uint8_t>(WitnessVerdict::kUnreadable))
      return bad_range("verdict ").with(uint64_t{verdict});
  }
  return ok_status();
}

}  // namespace nvresume
