// SPDX-License-Identifier: GPL-2.0-or-later
// efi_variables.h: what setup tells the stage (NvresumeConfig) and what the stage tells the system
// it starts (NvresumeRange). docs/format.md, "EFI variables".
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "image/layout.h"
#include "image/nvm.h"
#include "image/result.h"

namespace nvresume {

/// Vendor GUID of both variables, in text and in the memory order of EFI_GUID.
inline constexpr char kVendorGuidText[] = "8d2e5c1a-6f0b-4b7e-9c3d-4e565245534d";
inline constexpr uint8_t kVendorGuid[16] = {0x1a, 0x5c, 0x2e, 0x8d, 0x0b, 0x6f, 0x7e, 0x4b,
                                            0x9c, 0x3d, 0x4e, 0x56, 0x52, 0x45, 0x53, 0x4d};
inline constexpr char kConfigName[] = "NvresumeConfig";
inline constexpr char kRangeName[] = "NvresumeRange";
/// UEFI 2.10, 8.2 GetVariable: attribute bits.
inline constexpr uint32_t kVariableNonVolatile = 1;
inline constexpr uint32_t kVariableBootService = 2;
inline constexpr uint32_t kVariableRuntime = 4;
inline constexpr uint32_t kConfigAttributes =
    kVariableNonVolatile | kVariableBootService | kVariableRuntime;
inline constexpr uint32_t kRangeAttributes = kVariableBootService | kVariableRuntime;

enum class RangeMode : uint32_t {
  kAuto = 1,      ///< only a range that already holds our superblock
  kExplicit = 2,  ///< range_base/range_bytes, named by setup
};
enum class DirectMode : uint32_t { kOff = 1, kTrial = 2, kAuto = 3 };

struct NvresumeConfig {
  uint32_t version;  ///< 1
  uint32_t size_bytes;
  uint32_t mode;  ///< RangeMode
  uint32_t factor_percent;
  uint64_t range_base;   ///< kExplicit: the range setup chose; the reservation starts here
  uint64_t range_bytes;  ///< kExplicit: how much of it there is (the reservation may be smaller)
  uint32_t direct;       ///< DirectMode
  uint32_t flags;        ///< zero
  uint16_t skip_key;     ///< EFI_INPUT_KEY UnicodeChar, 0 = none
  uint16_t zero[3];
  /// Next loader, path on the ESP the stage was loaded from ("\EFI\debian\shimx64.efi"), UCS-2,
  /// zero-terminated.
  uint16_t next_loader[256];
};
static_assert(sizeof(NvresumeConfig) == 560);

enum class RangeKind : uint32_t {
  kUnmapped = 1,    ///< in no memory-map entry: added and allocated through the DXE services
  kReserved = 2,    ///< already reserved by firmware: map left alone
  kPersistent = 3,  ///< EfiPersistentMemory: map left alone
  kMemoryNv = 4,    ///< conventional with EFI_MEMORY_NV: allocated as reserved
};
enum class StageDecision : uint32_t { kChain = 1, kDirect = 2 };

/// What the stage read of a file system that was mounted at the save.
enum class WitnessVerdict : uint8_t {
  kUnknown = 0,  ///< not looked at, or its partition was not found
  kSame = 1,     ///< all of its hash's bytes are as they were
  kChanged = 2,
  kUnreadable = 3,  ///< firmware cannot read it, or it has no GPT partition
};
inline constexpr uint32_t kVerdictMaximum = 64;

struct NvresumeRange {
  uint32_t version;  ///< 2
  uint32_t size_bytes;
  uint64_t range_base;
  uint64_t image_bytes;
  uint64_t swap_bytes;
  uint64_t available_bytes;  ///< of the NVM from range_base on
  uint64_t ordinary_bytes;   ///< memory that is not NVM, as the stage counted it
  uint32_t kind;             ///< RangeKind
  uint32_t formatted;        ///< 1: the superblock was found and counted this boot
  uint64_t boot_count;       ///< after counting this boot; 0 if not formatted
  uint32_t decision;         ///< StageDecision
  uint32_t reason;           ///< Reason; what the stage found about the image
  uint32_t store_mb_per_s;   ///< measured; 0 = not measured
  uint32_t load_mb_per_s;
  uint64_t firmware_ns;    ///< TSC at the stage's entry, in ns (0: TSC rate unknown)
  uint64_t stage_ns;       ///< in the stage until the next loader was started
  uint8_t image_id[16];    ///< the image the verdicts are about; zero if none waits
  uint32_t direct_reason;  ///< Reason; why the stage did not resume directly, 0 if no image waited
  uint32_t zero;
  uint8_t verdicts[kVerdictMaximum];  ///< WitnessVerdict, in the order of the metadata's witnesses
};
static_assert(sizeof(NvresumeRange) == 184);

/// Exact size, version, enums, next_loader terminated. Error: kBadArgument naming the field.
Status check_config(ConstBytes variable);
/// Exact size, version, geometry, kind. Error: kNoRange naming the field.
Status check_range(ConstBytes variable);

}  // namespace nvresume
