// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/setup_plan.h"

#include <inttypes.h>
#include <stdio.h>

#include "image/image_area.h"
#include "kernel-cmdline/boot_entry.h"
#include "kernel-cmdline/esp.h"
#include "kernel-cmdline/range_use.h"
#include "kernel-cmdline/stage_config.h"
#include "resume/image_disk.h"
#include "resume/published_range.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr uint64_t kMiB = 1024 * 1024;

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
        .with(" already; it does not move");
  if (configured) return *configured;
  NVRESUME_ASSIGN(const NvmRange range, choose_range(persistent_ranges(iomem), options.range));
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

}  // namespace

Result<SetupPlan> make_setup_plan(const SetupOptions& options) {
  const std::string iomem = read_text_or_empty("/proc/iomem");
  SetupPlan plan;
  plan.factor_percent = options.factor_percent;
  plan.ordinary_bytes = ordinary_memory_bytes(iomem);
  NVRESUME_ASSIGN(plan.range, find_range(options, iomem));
  NVRESUME_ASSIGN(plan.geometry,
                  plan_geometry(plan.ordinary_bytes, options.factor_percent, plan.range.bytes));
  NVRESUME_ASSIGN(plan.esp, find_esp(/*mounted=*/true));
  NVRESUME_ASSIGN(plan.next_loader, find_next_loader(plan.esp));
  plan.formatted = is_formatted(plan.range);
  return plan;
}

void print_setup_plan(const SetupPlan& plan) {
  ::printf("NVM range     %s\n", format_range(plan.range).c_str());
  ::printf("memory        %" PRIu64 " MiB; image area %" PRIu64 " MiB, swap area %" PRIu64 " MiB\n",
           plan.ordinary_bytes / kMiB, plan.geometry.image_bytes / kMiB,
           plan.geometry.swap_bytes / kMiB);
  if (plan.geometry.swap_bytes < plan.ordinary_bytes / 2)
    ::printf(
        "              the swap area is small: in-kernel hibernation, and saving with more than "
        "half of memory in use, work only as far as it reaches\n");
  ::printf("boot chain    firmware, %s on %s, %s\n", "\\EFI\\nvresume\\nvresume.efi",
           plan.esp.c_str(), plan.next_loader.c_str());
}

}  // namespace nvresume
