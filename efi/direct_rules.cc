// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/direct_rules.h"

#include "efi/kernel_contract.h"
#include "efi/line.h"
#include "efi/processor.h"

namespace nvresume::efi {
namespace {

/// One record of a section that holds exactly one.
template <typename T>
const T* only_record(ConstBytes metadata, SectionType type) {
  const ConstBytes bytes = section_of(metadata, type);
  return bytes.size() == sizeof(T) ? reinterpret_cast<const T*>(bytes.data()) : nullptr;
}

}  // namespace

Result<DirectRecord> read_direct_record(ConstBytes metadata) {
  const DirectRecord record{reinterpret_cast<const MetadataHeader*>(metadata.data()),
                            only_record<DirectFacts>(metadata, SectionType::kDirectFacts),
                            only_record<Fingerprint>(metadata, SectionType::kFingerprint),
                            only_record<Statistics>(metadata, SectionType::kStatistics)};
  if (record.facts == nullptr || record.statistics == nullptr || record.facts->version != 1)
    return Error(Reason::kNoDirectFacts);
  if (record.fingerprint == nullptr) return Error(Reason::kFingerprintMissing);
  NVRESUME_TRY(check_fingerprint(*record.fingerprint));
  return record;
}

Status check_direct_record(const DirectRecord& record, const Fingerprint& now) {
  if (record.statistics->platform_mode == 0) return Error(Reason::kNoPlatformMode);
  NVRESUME_TRY(check_kernel_contract(field_text(record.header->kernel_release)));
  if (record.facts->raw_bytes_left_out != 0)
    return std::move(Error(Reason::kNoDirectFacts, "the save could not keep ")
                         .with(record.facts->raw_bytes_left_out)
                         .with(" bytes of firmware tables"));
  if (record.facts->pat == 0)
    return Error(Reason::kNoDirectFacts, "the save could not read IA32_PAT");
  return compare_fingerprints(*record.fingerprint, now);
}

Status check_direct_switch(const NvresumeConfig& config, const NvresumeRange& range) {
  if (config.direct == static_cast<uint32_t>(DirectMode::kOff)) return Error(Reason::kDirectOff);
  if (range.load_mb_per_s != 0 && range.load_mb_per_s < kLoadFloorMbPerS)
    return std::move(Error(Reason::kNvmSlow, "the NVM is read at ")
                         .with(uint64_t{range.load_mb_per_s})
                         .with(" MB/s before the kernel runs"));
  return ok_status();
}

Status check_paging(uint32_t paging_levels) {
  if (paging_levels != 4 && paging_levels != 5)
    return std::move(Error(Reason::kPagingUntried, "page tables of ")
                         .with(uint64_t{paging_levels})
                         .with(" levels"));
  if (paging_levels == 5 && !can_use_five_levels())
    return Error(Reason::kPagingUntried,
                 "the saved kernel uses 5-level paging, this processor cannot");
  return ok_status();
}

}  // namespace nvresume::efi
