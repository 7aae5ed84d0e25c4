// SPDX-License-Identifier: GPL-2.0-or-later
// metadata.h: what an image is and what must still hold when it is restored (docs/format.md,
// "Metadata"). A block-sized header with the identity, then sections named by a table, so that a
// reader skips what it does not know.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "image/nvm.h"
#include "image/result.h"

namespace nvresume {

inline constexpr char kMetadataMagic[8] = {'N', 'V', 'R', 'M', 'E', 'T', 'A', '1'};
inline constexpr uint64_t kMetadataBytesMaximum = 1024 * 1024;
inline constexpr uint32_t kSectionCountMaximum = 32;

/// 0 is never valid.
enum class SectionType : uint32_t {
  kFirmwareMap = 1,  ///< MapRange[]: /sys/firmware/memmap at the save
  kRuntimeMap = 2,   ///< MapRange[]: /sys/firmware/efi/runtime-map, with virtual addresses
  kWitness = 3,      ///< Witness[]
  kStatistics = 4,   ///< Statistics
  kMessages = 5,     ///< UTF-8 text: the saving world's messages
  kFingerprint = 6,  ///< Fingerprint (image/fingerprint.h): the machine, as the stage saw it
  kDirectFacts = 7,  ///< DirectFacts
  kRawRanges = 8,    ///< RawRange, its bytes; again and again: memory the snapshot leaves out
  kInitramfs = 9,    ///< BootInitramfs; none where the default boot entry loads several files
};

struct Section {
  uint32_t type;
  uint32_t zero;
  uint64_t offset_bytes;  ///< from the record's start, 8-byte aligned
  uint64_t length_bytes;
};
static_assert(sizeof(Section) == 24);

/// Strings are UTF-8, zero-terminated, zero-padded.
struct MetadataHeader {
  char magic[8];
  uint32_t header_bytes;  ///< 4096
  uint32_t section_count;
  uint64_t length_bytes;  ///< whole record
  uint8_t image_id[16];   ///< must equal the superblock's
  uint64_t saved_unix_s;  ///< seconds since 1970 UTC
  uint64_t memory_bytes;  ///< MemTotal at the save
  uint64_t snapshot_pages;
  uint32_t cpu_count;
  uint32_t page_bytes;
  char host[64];
  char kernel_release[65];
  char kernel_version[65];  ///< uname -v: the build id a person can compare
  char machine_id[33];
  char boot_id[37];
  char product[72];  ///< DMI product name, or empty
  uint8_t zero1[8];
  Section sections[kSectionCountMaximum];
  uint8_t zero2[4096 - 416 - 24 * kSectionCountMaximum];
};
static_assert(sizeof(MetadataHeader) == 4096);
static_assert(offsetof(MetadataHeader, sections) % 8 == 0);

/// One range of a firmware map. type: E820/EFI number as the source file gives it by name.
struct MapRange {
  uint64_t start;
  uint64_t end;  ///< inclusive, as /sys/firmware/memmap gives it
  uint64_t virtual_start;
  uint64_t attributes;
  char type[32];
};
static_assert(sizeof(MapRange) == 64);

inline constexpr uint32_t kWitnessExtentMaximum = 8;
/// One mounted block-backed file system at the save. The hash is XXH3-64 over the extents in order,
/// read O_DIRECT from the lowest linear device.
struct Witness {
  char fs_type[16];
  char mount_point[128];       ///< the first one; cut if longer
  char fs_uuid[40];            ///< as blkid prints it
  uint8_t partition_guid[16];  ///< GPT, in the byte order of the partition table; zero if none
  char device[64];             ///< name at the save, for messages only
  char serial[64];             ///< whole disk's serial or WWID where there is no partition table
  uint64_t hash;
  uint32_t extent_count;
  uint32_t flags;  ///< bit 0: unreadable or non-linear at the save: refuse, by name
  struct {
    uint64_t offset_bytes;  ///< on the partition (or whole device); multiple of 512
    uint64_t length_bytes;
  } extents[kWitnessExtentMaximum];
};
static_assert(sizeof(Witness) == 472);
inline constexpr uint32_t kWitnessUnprovable = 1;

/// All times in nanoseconds, sizes in bytes.
struct Statistics {
  uint64_t freeze_ns;
  uint64_t snapshot_ns;
  uint64_t store_ns;   ///< first page read -> last frame flushed
  uint64_t verify_ns;  ///< read-back
  uint64_t raw_bytes;
  uint64_t stored_bytes;
  uint64_t same_filled_pages;
  uint32_t worker_count;
  uint32_t
      platform_mode;  ///< 1: saved with platform support (ACPI S4): the restore asks for it too
};
static_assert(sizeof(Statistics) == 64);

/// What the stage must know of the saved kernel to enter it.
struct DirectFacts {
  uint32_t version;             ///< 1
  uint32_t paging_levels;       ///< 4 or 5
  uint64_t pat;                 ///< IA32_PAT; 0: could not be read
  uint64_t raw_bytes_left_out;  ///< of RAM the snapshot leaves out and kRawRanges could not hold
  uint32_t
      stops_watchdog;  ///< 1: the saved program stops a hardware watchdog (WDAT) the stage arms
  uint8_t zero[36];
};
static_assert(sizeof(DirectFacts) == 64);

/// RAM the kernel reserved for itself from firmware tables (ESRT, BGRT, MOK): used after the boot,
/// yet in no snapshot. `bytes` bytes follow.
struct RawRange {
  uint64_t start;  ///< physical, page-aligned
  uint64_t bytes;  ///< whole pages
};
static_assert(sizeof(RawRange) == 16);

/// The initramfs that the default boot entry loads: it restores or drops the image before anything
/// is mounted, and by it the stage knows such a boot.
struct BootInitramfs {
  uint64_t bytes;
  uint64_t checksum;  ///< XXH3-64 of the file
};
static_assert(sizeof(BootInitramfs) == 16);

/// Header fields, section table and bounds; contents of known sections are checked by their
/// readers. Error: kMetadataCorrupt with what is wrong.
Status check_metadata(ConstBytes record);
/// The bytes of a section, empty where there is none. `record` has passed check_metadata().
ConstBytes section_of(ConstBytes record, SectionType type);

/// Builds a record in a caller's buffer. No heap.
class MetadataWriter {
 public:
  /// `record` is zeroed; kBlockBytes-aligned, at most kMetadataBytesMaximum.
  explicit MetadataWriter(Bytes record);
  MetadataHeader& header() { return *reinterpret_cast<MetadataHeader*>(record_.data()); }
  /// kNoRoom when the record is full.
  Status add(SectionType type, ConstBytes content);
  /// Sets lengths; returns the record's exact length.
  uint64_t finish();

 private:
  Bytes record_;
  uint64_t length_;
};

}  // namespace nvresume
