// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "image/image_area.h"
#include "resume/attach.h"
#include "resume/check_list.h"
#include "resume/range_holder.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr char kRangeVariable[] = "EFI variable NvresumeRange";
constexpr char kStageNext[] = "restart; if it stays so, run nvresume setup";

std::string hex(uint64_t number) {
  char text[32];
  ::snprintf(text, sizeof(text), "0x%llx", static_cast<unsigned long long>(number));
  return text;
}
std::string mib(uint64_t bytes) { return std::to_string(bytes >> 20) + " MiB"; }

uint64_t bytes_of_range(const NvresumeRange& range) { return range.image_bytes + range.swap_bytes; }

bool is_same_place(const NvresumeRange& range, const Superblock& superblock) {
  return range.range_base == superblock.range_base && range.image_bytes == superblock.image_bytes &&
         range.swap_bytes == superblock.swap_bytes;
}

/// What a boot that published nothing lacks.
const char* how_to_publish(const CheckedMachine& machine) {
  if (!file_exists("/sys/firmware/efi")) return "start this machine in UEFI mode";
  return machine.boot_entry ? kStageNext : "run nvresume setup, then restart";
}

/// The count starts at 0 with the formatting, and the stage raises it in every boot after that one.
bool is_formatted_since(const Fact<Superblock>& superblock) {
  return superblock && superblock->boot_count == 0;
}

std::optional<Finding> compare_disk(const char* path, const Fact<uint64_t>& found, uint64_t want) {
  if (!found) return fail(found.error, path, "run nvresume attach");
  if (*found == want) return std::nullopt;
  return fail(Reason::kRangeMoved, path,
              std::string(path) + " has " + std::to_string(*found) +
                  " bytes, the superblock says " + std::to_string(want),
              kStageNext);
}

}  // namespace

/// The stage counts a boot in the superblock and publishes the number: both agree only in a boot
/// that came through it.
std::optional<Finding> check_range(const CheckedMachine& machine) {
  if (!machine.range) return fail(machine.range.error, kRangeVariable, how_to_publish(machine));
  const NvresumeRange& range = *machine.range;
  if (range.formatted == 0 && !is_formatted_since(machine.superblock))
    return fail(Reason::kNoRange, kRangeVariable, "the stage found no superblock in this boot",
                kStageNext);
  if (!machine.superblock)
    return fail(machine.superblock.error, kImageDisk, "run nvresume attach, then nvresume inspect");
  const Superblock& superblock = *machine.superblock;
  if (!is_same_place(range, superblock))
    return fail(Reason::kRangeMoved, kRangeVariable,
                "the superblock names the range at " + hex(superblock.range_base) +
                    ", the stage published " + hex(range.range_base) + " or other sizes",
                kStageNext);
  if (range.boot_count != superblock.boot_count)
    return fail(Reason::kNoRange, kRangeVariable,
                "the stage published boot " + std::to_string(range.boot_count) +
                    ", the superblock counts " + std::to_string(superblock.boot_count),
                kStageNext);
  const std::string boot =
      range.formatted == 0
          ? ", published by the stage and formatted in this boot"
          : ", published by the stage in this boot, number " + std::to_string(range.boot_count);
  return pass(kRangeVariable, mib(bytes_of_range(range)) + " at " + hex(range.range_base) + boot);
}

std::optional<Finding> check_range_owner(const CheckedMachine& machine) {
  if (!machine.range) return std::nullopt;
  const NvresumeRange& range = *machine.range;
  if (machine.driver_range && machine.driver_range->range_base == range.range_base &&
      bytes_of_range(*machine.driver_range) == bytes_of_range(range))
    return pass("/proc/iomem", "our driver nvm_swap has it");
  if (machine.driver_range)
    return fail(Reason::kRangeTaken, "/sys/module/nvm_swap",
                "nvm_swap has another range, at " + hex(machine.driver_range->range_base),
                "restart");
  const std::string who = describe_range_holders(read_text_or_empty("/proc/iomem"),
                                                 range.range_base, bytes_of_range(range));
  if (who.empty())
    return fail(Reason::kDriverMissing, "/sys/module/nvm_swap", "the driver nvm_swap is not loaded",
                "run nvresume attach");
  return fail(Reason::kRangeTaken, "/proc/iomem", "the range belongs to " + who,
              "release it (ndctl disable-namespace), then run nvresume attach");
}

std::optional<Finding> check_disks(const CheckedMachine& machine) {
  if (!machine.superblock) return std::nullopt;
  const Superblock& superblock = *machine.superblock;
  if (auto wrong = compare_disk(kImageDisk, machine.image_disk_bytes, superblock.image_bytes))
    return wrong;
  if (auto wrong = compare_disk(kSwapDisk, machine.swap_disk_bytes, superblock.swap_bytes))
    return wrong;
  return pass(
      std::string(kImageDisk) + ", " + kSwapDisk,
      mib(superblock.image_bytes) + " for the image, " + mib(superblock.swap_bytes) + " for swap");
}

std::optional<Finding> check_swap_area(const CheckedMachine& machine) {
  if (!machine.swap_disk_bytes) return std::nullopt;
  if (!machine.swap_signature)
    return fail(machine.swap_signature.error, kSwapDisk, "run nvresume inspect");
  switch (*machine.swap_signature) {
    case SwapSignature::kSwap:
      return pass(kSwapDisk, "carries a swap signature");
    case SwapSignature::kKernel:
      return fail(Reason::kNoSwap, kSwapDisk, "an in-kernel hibernation image lies in it",
                  "run swapon /dev/NVM_SWAP, which gives that image up");
    case SwapSignature::kUser:
      return fail(Reason::kNoSwap, kSwapDisk, "it still carries the mark of a saved image",
                  "run systemctl restart nvresume-boot.service");
    case SwapSignature::kNone:
      break;
  }
  return fail(Reason::kNoSwap, kSwapDisk, "it carries no swap signature",
              "run mkswap /dev/NVM_SWAP and swapon /dev/NVM_SWAP");
}

std::optional<Finding> check_pending_image(const CheckedMachine& machine) {
  if (!machine.superblock) return std::nullopt;
  if (machine.superblock->state != static_cast<uint32_t>(State::kCommitted))
    return pass(kImageDisk, "no image of an earlier save waits");
  return fail(Reason::kNotDropped, kImageDisk, "an image of an earlier save is still pending",
              "run systemctl restart nvresume-boot.service, which drops it");
}

}  // namespace nvresume
