// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/setup_plan.h"

#include "image/image_area.h"
#include "kernel-cmdline/boot_entry.h"
#include "kernel-cmdline/esp.h"
#include "kernel-cmdline/namespace_disk.h"
#include "kernel-cmdline/range_use.h"
#include "resume/image_disk.h"
#include "resume/published_range.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

std::optional<NvmRange> configured_range() {
  const auto config = read_stage_config();
  if (!config || config->mode != static_cast<uint32_t>(RangeMode::kExplicit)) return std::nullopt;
  return NvmRange{config->range_base, config->range_bytes};
}

struct Place {
  NvmRange range;
  std::optional<LabelledRegion> new_namespace_in;
};

/// NVM that is divided into namespaces is not taken as a whole: the one that is nvresume's is the
/// range, or what nobody uses becomes one. Else it is as good as without labels.
Result<Place> place_in(NvmRange range) {
  if (const auto region = find_labelled_region(range)) {
    const auto own = find_own_namespace(*region);
    if (!own && region->free_bytes != 0) return Place{range, region};
    range = own.value_or(range);
  }
  NVRESUME_TRY(check_range_unused(range));
  return Place{range, std::nullopt};
}

/// Once the stage reserves the range, the kernel no longer lists it as it did: what was chosen then
/// stays chosen, and a range never moves by itself.
Result<Place> find_place(const SetupOptions& options, std::string_view iomem) {
  const auto configured = configured_range();
  if (configured && options.range && *options.range != *configured)
    return Error(Reason::kBadArgument, "the range is set up as ")
        .with(format_range(*configured))
        .with(" already; to move it, run nvresume remove first");
  if (configured) return Place{*configured, std::nullopt};
  auto candidates = persistent_ranges(iomem);
  // Right after remove the stage still has it, until the restart.
  if (const auto published = read_published_range(); candidates.empty() && published.ok())
    candidates.push_back({published->range_base, published->available_bytes});
  if (candidates.empty() && file_exists("/sys/firmware/acpi/tables/NFIT"))
    return Error(Reason::kNoNvm,
                 "the firmware describes NVM, but no driver shows it; modprobe nfit and try again");
  NVRESUME_ASSIGN(const NvmRange range, choose_range(candidates, options.range));
  return place_in(range);
}

/// Asked of the range itself: in the boot that formatted it, the stage had found it blank.
bool is_formatted(const NvmRange& range) {
  const auto published = read_published_range();
  if (!published.ok() || published.value().range_base != range.base) return false;
  auto disk = ImageDisk::open(kImageDiskPath, ImageDisk::Access::kReadOnly);
  return disk.ok() && ImageArea::peek(disk.value()).ok();
}

Status check_erase(const SetupOptions& options, const Place& place) {
  const NvmRange& range = place.range;
  if (!options.erase || (*options.erase == range && !place.new_namespace_in)) return ok_status();
  if (place.new_namespace_in)
    return Error(Reason::kBadArgument, "--erase ")
        .with(format_range(*options.erase))
        .with(
            ": nvresume makes a namespace of its own, and nothing is erased for it; leave it out");
  return Error(Reason::kBadArgument, "--erase ")
      .with(format_range(*options.erase))
      .with(" is not the range that is set up: ")
      .with(format_range(range));
}

/// Less is what this kernel's view of memory and firmware's, by which the stage reserves, may
/// differ by; chosen for machines of up to some hundred GiB.
constexpr uint64_t kWorthTellingBytes = uint64_t{256} << 20;

/// libnvdimm gives out a namespace without labels as a whole or not at all.
uint64_t hidden_beside(const NvmRange& range, const Geometry& geometry) {
  uint64_t bytes = 0;
  for (const Namespace& one : namespaces_over(range))
    if (one.label.empty()) bytes += one.range.bytes;
  const uint64_t ours = geometry.image_bytes + geometry.swap_bytes;
  return bytes < ours + kWorthTellingBytes ? 0 : bytes - ours;
}

/// What only a look at the range itself tells.
Status look_into_range(SetupPlan& plan) {
  const NvmRange& range = plan.stage.range;
  plan.formatted = is_formatted(range);
  if (plan.formatted) return ok_status();
  plan.hidden_bytes = hidden_beside(range, plan.geometry);
  NVRESUME_ASSIGN(plan.contents, look_at_range(range));
  return check_contents(plan.contents, range, plan.erase);
}

}  // namespace

Status check_contents(const RangeContents& contents, const NvmRange& range, bool erase) {
  if (contents.found.empty() || erase) return ok_status();
  return Error(Reason::kNotBlank, "the range holds somebody's data: ")
      .with(contents.found)
      .with("; if all of it may be lost, say --erase ")
      .with(format_range(range));
}

Result<SetupPlan> make_setup_plan(const SetupOptions& options) {
  const std::string iomem = read_text_or_empty("/proc/iomem");
  SetupPlan plan;
  plan.ordinary_bytes = ordinary_memory_bytes(iomem);
  NVRESUME_ASSIGN(const Place place, find_place(options, iomem));
  NVRESUME_TRY(check_erase(options, place));
  NvmRange range = place.range;
  plan.new_namespace_in = place.new_namespace_in;
  if (place.new_namespace_in)
    range = {0, own_namespace_bytes(*place.new_namespace_in, plan.ordinary_bytes,
                                    options.factor_percent)};
  NVRESUME_ASSIGN(plan.geometry,
                  plan_geometry(plan.ordinary_bytes, options.factor_percent, range.bytes));
  plan.erase = options.erase.has_value();
  NVRESUME_ASSIGN(plan.esp, find_esp(/*mounted=*/true));
  NVRESUME_ASSIGN(const std::string loader, find_next_loader(plan.esp));
  plan.stage = {range, options.factor_percent, loader, options.direct, options.skip_key};
  if (!place.new_namespace_in) NVRESUME_TRY(look_into_range(plan));
  return plan;
}

}  // namespace nvresume
