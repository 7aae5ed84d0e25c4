// SPDX-License-Identifier: GPL-2.0-or-later
// direct_facts.h: what the EFI stage must know to enter the saved kernel without another one
// (docs/direct-resume.md, "What a save records").
#pragma once

#include <vector>

#include "image/metadata.h"
#include "image/superblock.h"

namespace nvresume {

struct PhysicalRange {
  uint64_t start;
  uint64_t bytes;
};

/// Adds this boot's fingerprint, DirectFacts and the raw ranges to a record being drafted. Before
/// the freeze. What cannot be read stays out: the image then resumes through the initramfs alone.
/// `stops_watchdog`: whether this process stops a hardware watchdog that the stage arms.
void add_direct_sections(MetadataWriter& writer, Nvm& area, const Superblock& superblock,
                         bool stops_watchdog);

/// Memory that firmware gave as RAM and the kernel keeps out of its own: what /sys/firmware/memmap
/// calls "System RAM" and the top level of /proc/iomem does not, without the first page.
std::vector<PhysicalRange> kernel_reserved_ranges();

}  // namespace nvresume
