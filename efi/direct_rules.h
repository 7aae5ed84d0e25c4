// SPDX-License-Identifier: GPL-2.0-or-later
// direct_rules.h: when the stage does not even try (docs/direct-resume.md, "When it refuses").
// Rules over what is known without touching memory; each has its reason. Calls nothing.
#pragma once

#include <stdint.h>

#include "image/efi_variables.h"
#include "image/fingerprint.h"
#include "image/metadata.h"
#include "image/result.h"

namespace nvresume::efi {

/// What the metadata record says about a direct resume.
struct DirectRecord {
  const MetadataHeader* header;
  const DirectFacts* facts;
  const Fingerprint* fingerprint;
  const Statistics* statistics;
};

/// Takes the sections out of a checked record. Errors: kNoDirectFacts, kFingerprintMissing.
Result<DirectRecord> read_direct_record(ConstBytes metadata);

/// Slower than this an initramfs, whose kernel maps the NVM cached, is faster; chosen: an uncached
/// mapping reads 10 to 50 MB/s, the slowest NVDIMM and TCG's emulation above 200.
inline constexpr uint32_t kLoadFloorMbPerS = 100;

/// Errors: kNoPlatformMode, kKernelUntried, kPagingUntried, kNoDirectFacts, and what differs
/// between the fingerprints.
Status check_direct_record(const DirectRecord& record, const Fingerprint& now);

/// Switch and speed. Errors: kDirectOff, kNvmSlow.
Status check_direct_switch(const NvresumeConfig& config, const NvresumeRange& range);

/// Whether the saved kernel's page-table depth can be switched to here. Error: kPagingUntried.
Status check_paging(uint32_t paging_levels);

}  // namespace nvresume::efi
