// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/setup_plan.h"

#include "image/image_area.h"
#include "kernel-cmdline/boot_entry.h"
#include "kernel-cmdline/esp.h"
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

/// Once the stage reserves the range, the kernel no longer lists it as it did: what was chosen then
/// stays chosen, and a range never moves by itself.
Result<NvmRange> find_range(const SetupOptions& options, std::string_view iomem) {
  const auto configured = configured_range();
  if (configured && options.range && *options.range != *configured)
    return Error(Reason::kBadArgument, "the range is set up as ")
        .with(format_range(*configured))
        .with(" already; to move it, run nvresume remove first");
  if (configured) return *configured;
  auto candidates = persistent_ranges(iomem);
  // Right after remove the stage still has it, until the restart.
  if (const auto published = read_published_range(); candidates.empty() && published.ok())
    candidates.push_back({published->range_base, published->available_bytes});
  if (candidates.empty() && file_exists("/sys/firmware/acpi/tables/NFIT"))
    return Error(Reason::kNoNvm,
                 "the firmware describes NVM, but no driver shows it; modprobe nfit and try again");
  NVRESUME_ASSIGN(const NvmRange range, choose_range(candidates, options.range));
  NVRESUME_TRY(check_range_unused(range));
  return range;
}

/// Asked of the range itself: in the boot that formatted it, the stage had found it blank.
bool is_formatted(const NvmRange& range) {
  const auto published = read_published_range();
  if (!published.ok() || published.value().range_base != range.base) return false;
  auto disk = ImageDisk::open(kImageDiskPath, ImageDisk::Access::kReadOnly);
  return disk.ok() && ImageArea::peek(disk.value()).ok();
}

Status check_contents(const RangeContents& contents, const NvmRange& range, bool erase) {
  if (contents.found.empty() || erase) return ok_status();
  return Error(Reason::kNotBlank, "the range holds somebody's data: ")
      .with(contents.found)
      .with("; if all of it may be lost, say --erase ")
      .with(format_range(range));
}

Status check_erase(const SetupOptions& options, const NvmRange& range) {
  if (!options.erase || *options.erase == range) return ok_status();
  return Error(Reason::kBadArgument, "--erase ")
      .with(format_range(*options.erase))
      .with(" is not the range that is set up: ")
      .with(format_range(range));
}

}  // namespace

Result<SetupPlan> make_setup_plan(const SetupOptions& options) {
  const std::string iomem = read_text_or_empty("/proc/iomem");
  SetupPlan plan;
  plan.ordinary_bytes = ordinary_memory_bytes(iomem);
  NVRESUME_ASSIGN(const NvmRange range, find_range(options, iomem));
  NVRESUME_TRY(check_erase(options, range));
  NVRESUME_ASSIGN(plan.geometry,
                  plan_geometry(plan.ordinary_bytes, options.factor_percent, range.bytes));
  plan.formatted = is_formatted(range);
  plan.erase = options.erase.has_value();
  if (!plan.formatted) {
    NVRESUME_ASSIGN(plan.contents, look_at_range(range));
    NVRESUME_TRY(check_contents(plan.contents, range, plan.erase));
  }
  NVRESUME_ASSIGN(plan.esp, find_esp(/*mounted=*/true));
  NVRESUME_ASSIGN(const std::string loader, find_next_loader(plan.esp));
  plan.stage = {range, options.factor_percent, loader, options.direct, options.skip_key};
  return plan;
}

}  // namespace nvresume
