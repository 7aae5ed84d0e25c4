// SPDX-License-Identifier: GPL-2.0-or-later
// fingerprint.h: the machine as the stage saw it in one boot (docs/format.md, "Fingerprint"). The
// stage stores one at every boot, before anything else runs; a save copies its own boot's into the
// metadata. Stage compares with stage: what a loader or a kernel adds later never disturbs.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "image/layout.h"
#include "image/nvm.h"
#include "image/result.h"

namespace nvresume {

inline constexpr char kFingerprintMagic[8] = {'N', 'V', 'R', 'F', 'I', 'N', 'G', 'R'};
inline constexpr uint32_t kFingerprintVersion = 1;
inline constexpr uint64_t kFingerprintBytes = 16384;
inline constexpr uint32_t kFingerprintCount = 16;
inline constexpr uint32_t kFingerprintItemMaximum = 32;
inline constexpr uint32_t kFingerprintRegionMaximum = 640;

// X(number, Name, Reason, "what a person reads"): one hash each. Order: what names the cause best
// goes first (an added DIMM changes the memory map and the SMBIOS tables).
#define NVRESUME_FINGERPRINT_ITEMS(X)                                                         \
  X(0, kFirmware, kFirmwareChanged, "firmware vendor or version")                             \
  X(1, kCpuid, kProcessorChanged, "the processor's model or features")                        \
  X(2, kProcessors, kProcessorChanged, "the number of processors or their APIC ids")          \
  X(3, kPaging, kProcessorChanged, "page-table depth, x2APIC mode or physical address width") \
  X(4, kHypervisor, kFirmwareChanged, "the hypervisor")                                       \
  X(5, kPciDevices, kDevicesChanged, "the PCI devices")                                       \
  X(6, kSmbios, kFirmwareChanged, "the SMBIOS identity")                                      \
  X(7, kMemoryMap, kMemoryMapChanged, "the memory map")                                       \
  X(8, kRuntimeMap, kRuntimeChanged, "the runtime services' memory")                          \
  X(9, kRuntimePointers, kRuntimeChanged, "the runtime services table")                       \
  X(10, kMemoryAttributes, kRuntimeChanged, "the memory attributes table")                    \
  X(11, kAcpiAddresses, kAcpiChanged, "the addresses of the ACPI tables")                     \
  X(12, kAcpiTables, kAcpiChanged, "the contents of the ACPI tables")                         \
  X(13, kFacsSignature, kAcpiChanged, "the FACS hardware signature")

enum class FingerprintItem : uint32_t {
#define NVRESUME_FINGERPRINT_ENUM(number, name, reason, text) name = number,
  NVRESUME_FINGERPRINT_ITEMS(NVRESUME_FINGERPRINT_ENUM)
#undef NVRESUME_FINGERPRINT_ENUM
};
inline constexpr uint32_t kFingerprintItemCount = 14;

/// A range of the memory map, sorted and coalesced: neighbours have different kinds. Kind is the
/// EFI type, except that all types the system may use as memory count as conventional (7).
struct FingerprintRegion {
  uint64_t start;
  uint64_t bytes;
  uint32_t kind;
  uint32_t zero;
};
static_assert(sizeof(FingerprintRegion) == 24);

struct Fingerprint {
  char magic[8];
  uint32_t version;  ///< another version is not comparable
  uint32_t item_count;
  uint64_t boot_count;  ///< the superblock's, in the boot it was taken
  uint32_t region_count;
  uint32_t regions_cut;  ///< regions that did not fit; their hash still counts
  uint64_t items[kFingerprintItemMaximum];
  FingerprintRegion regions[kFingerprintRegionMaximum];
  uint8_t zero[kFingerprintBytes - 32 - 8 * kFingerprintItemMaximum -
               24 * kFingerprintRegionMaximum - 8];
  uint64_t checksum;  ///< XXH3-64 of all bytes before it
};
static_assert(sizeof(Fingerprint) == kFingerprintBytes);
static_assert(offsetof(Fingerprint, checksum) == kFingerprintBytes - 8);

/// Where the boot's fingerprint lies, from the range's base: a ring in the first quarter of the
/// image area's last MiB.
uint64_t fingerprint_offset_bytes(const Geometry& geometry, uint64_t boot_count);

/// Sets magic, version and checksum. Call last.
void seal(Fingerprint& fingerprint);
/// Error: kFingerprintMissing.
Status check_fingerprint(const Fingerprint& fingerprint);

/// Writes it where its boot_count says, flushed.
Status store_fingerprint(Nvm& area, const Geometry& geometry, const Fingerprint& fingerprint);
/// Reads the boot's fingerprint into `buffer` (kFingerprintBytes, block-aligned). Error:
/// kFingerprintMissing where the ring holds another boot's or none.
Result<const Fingerprint*> read_fingerprint(Nvm& area, const Geometry& geometry,
                                            uint64_t boot_count, Bytes buffer);

/// Error: the first item that differs, by its reason; for the memory map the region that moved.
Status compare_fingerprints(const Fingerprint& saved, const Fingerprint& now);

}  // namespace nvresume
