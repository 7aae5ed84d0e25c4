// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/early_pass.h"

#include <string.h>

#include <algorithm>

#include "image/image_area.h"
#include "image/swap_signature.h"
#include "resume/image_disk.h"
#include "resume/image_metadata.h"
#include "resume/published_range.h"
#include "resume/witness_record.h"

namespace nvresume {
namespace {

WitnessVerdict verdict_of(std::span<const uint8_t> verdicts, size_t number) {
  if (number >= verdicts.size()) return WitnessVerdict::kUnknown;
  return static_cast<WitnessVerdict>(verdicts[number]);
}

/// This boot's verdicts, if they are about this image.
std::span<const uint8_t> verdicts_on(const Superblock& superblock, const NvresumeRange& range) {
  if (memcmp(range.image_id, superblock.image_id, sizeof(range.image_id)) != 0) return {};
  return range.verdicts;
}

Result<std::optional<std::string>> look(Nvm& image, Nvm& swap) {
  NVRESUME_ASSIGN(const ImageArea area, ImageArea::peek(image));
  NVRESUME_ASSIGN(const SwapSignature signature, read_swap_signature(swap));
  // Any other signature means an in-kernel image, or that somebody swapped since the save.
  if (area.state() != State::kCommitted || signature != SwapSignature::kUser)
    return std::optional<std::string>();
  NVRESUME_ASSIGN(const NvresumeRange range, read_published_range());
  NVRESUME_ASSIGN(LockedMemory memory, LockedMemory::map(kMetadataBytesMaximum));
  NVRESUME_ASSIGN(const ConstBytes record, read_metadata(image, area.superblock(), memory.bytes()));
  NVRESUME_ASSIGN(const std::span<const Witness> witnesses,
                  records_of<Witness>(record, SectionType::kWitness));
  return disk_to_wait_for(witnesses, verdicts_on(area.superblock(), range));
}

Result<std::optional<std::string>> look_at_disks() {
  NVRESUME_ASSIGN(ImageDisk image, ImageDisk::open(kImageDiskPath, ImageDisk::Access::kReadOnly));
  NVRESUME_ASSIGN(ImageDisk swap, ImageDisk::open(kSwapDiskPath, ImageDisk::Access::kReadOnly));
  return look(image, swap);
}

/// An error is not told here: the restore meets it again, tells it and keeps it.
std::optional<std::string> found(const Result<std::optional<std::string>>& looked) {
  return looked.ok() ? looked.value() : std::nullopt;
}

}  // namespace

std::optional<std::string> disk_to_wait_for(std::span<const Witness> witnesses,
                                            std::span<const uint8_t> verdicts) {
  const Witness* unread = nullptr;
  for (size_t i = 0; i < witnesses.size(); i++) {
    const WitnessVerdict verdict = verdict_of(verdicts, i);
    // Refused for certain, whatever the other disks hold.
    if (!is_provable(witnesses[i]) || verdict == WitnessVerdict::kChanged) return std::nullopt;
    if (verdict != WitnessVerdict::kSame && unread == nullptr) unread = &witnesses[i];
  }
  if (unread == nullptr) return std::nullopt;
  return describe_witness(*unread);
}

std::optional<std::string> disk_to_wait_for(Nvm& image, Nvm& swap) {
  return found(look(image, swap));
}

std::optional<std::string> disk_to_wait_for() { return found(look_at_disks()); }

}  // namespace nvresume
