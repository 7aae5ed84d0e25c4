// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/probe.h"

#include "efi/physical_nvm.h"
#include "image/image_area.h"

namespace nvresume::efi {

Finding PhysicalProbe::look(uint64_t base, uint64_t available_bytes) {
  if (!is_identity_mapped(page_tables_, base, available_bytes))
    return {Reason::kUnsupportedFirmware, {}};
  PhysicalNvm nvm(base, available_bytes);
  Result<ImageArea> area = ImageArea::peek(nvm);
  if (!area.ok()) return {area.error().reason(), {}};
  const Superblock& superblock = area->superblock();
  // A copy of another range (a module moved to another slot, a cloned disk image) is not ours to
  // use: its swap area may reach behind this one's end.
  if (superblock.range_base != base) return {Reason::kRangeMoved, {}, superblock.range_base};
  Geometry geometry = geometry_of(superblock);
  if (!check_geometry(geometry, available_bytes).ok()) return {Reason::kSuperblockCorrupt, {}};
  return {Reason::kNone, geometry};
}

}  // namespace nvresume::efi
