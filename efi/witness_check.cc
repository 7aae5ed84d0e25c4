// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/witness_check.h"

#include <string.h>

#include "efi/line.h"
#include "image/codec.h"
#include "image/media.h"

namespace nvresume::efi {
namespace {

constexpr EFI_GUID kBlockIoGuid = EFI_BLOCK_IO_PROTOCOL_GUID;
constexpr EFI_GUID kDevicePathGuid = EFI_DEVICE_PATH_PROTOCOL_GUID;
constexpr EFI_GUID kPciIoGuid = {
    0x4cf5b200, 0x68b8, 0x4ca5, {0x9e, 0xec, 0xb2, 0x3e, 0x3f, 0x50, 0x02, 0x9a}};
/// The largest witness is a FAT's first table; chosen: more is not worth a boot's time here.
constexpr uint64_t kWitnessBytesMaximum = 32 * 1024 * 1024;

/// Handles with a protocol, in pool memory.
class Handles {
 public:
  Handles(EFI_BOOT_SERVICES& boot_services, EFI_GUID guid) : boot_services_(&boot_services) {
    if (EFI_ERROR(boot_services.LocateHandleBuffer(ByProtocol, &guid, nullptr, &count_, &handles_)))
      count_ = 0;
  }
  Handles(const Handles&) = delete;
  Handles& operator=(const Handles&) = delete;
  ~Handles() {
    if (handles_ != nullptr) (void)boot_services_->FreePool(handles_);  // nothing to do if it fails
  }
  std::span<const EFI_HANDLE> all() const { return {handles_, count_}; }

 private:
  EFI_BOOT_SERVICES* boot_services_;
  UINTN count_ = 0;
  EFI_HANDLE* handles_ = nullptr;
};

template <typename T>
T* protocol_of(EFI_BOOT_SERVICES& boot_services, EFI_HANDLE handle, EFI_GUID guid) {
  void* interface = nullptr;
  if (EFI_ERROR(boot_services.HandleProtocol(handle, &guid, &interface))) return nullptr;
  return static_cast<T*>(interface);
}

/// Whether a device path ends in the GPT partition (UEFI 2.10, 10.3.5.1).
bool is_partition(const EFI_DEVICE_PATH* path, const uint8_t (&guid)[16]) {
  if (path == nullptr) return false;
  const uint8_t* node = reinterpret_cast<const uint8_t*>(path);
  const uint8_t* last = nullptr;
  for (uint32_t nodes = 0; nodes < 64 && node[0] != 0x7f; ++nodes) {
    const uint32_t length = node[2] | uint32_t{node[3]} << 8;
    if (length < 4) return false;
    last = node;
    node += length;
  }
  if (last == nullptr || last[0] != MEDIA_DEVICE_PATH || last[1] != MEDIA_HARDDRIVE_DP)
    return false;
  // Offsets of Signature and SignatureType; the node is packed.
  return memcmp(last + 24, guid, sizeof guid) == 0 && last[41] == SIGNATURE_TYPE_GUID;
}

uint64_t bytes_of_witness(const Witness& witness) {
  uint64_t bytes = 0;
  for (uint32_t i = 0; i < witness.extent_count && i < kWitnessExtentMaximum; ++i) {
    if (witness.extents[i].length_bytes > kWitnessBytesMaximum) return UINT64_MAX;
    bytes += witness.extents[i].length_bytes;
  }
  return bytes;
}

/// Whole blocks around the wanted bytes into `out`, the wanted ones then moved to its start.
bool read_bytes(EFI_BLOCK_IO& disk, uint64_t offset_bytes, uint64_t length_bytes, Bytes out) {
  const uint64_t block_bytes = disk.Media->BlockSize;
  if (block_bytes == 0 || !disk.Media->MediaPresent) return false;
  const uint64_t first = offset_bytes / block_bytes;
  const uint64_t end = (offset_bytes + length_bytes + block_bytes - 1) / block_bytes;
  const uint64_t read_bytes = (end - first) * block_bytes;
  if (end - 1 > disk.Media->LastBlock || read_bytes > out.size()) return false;
  if (EFI_ERROR(disk.ReadBlocks(&disk, disk.Media->MediaId, first, read_bytes, out.data())))
    return false;
  memmove(out.data(), out.data() + (offset_bytes - first * block_bytes), length_bytes);
  return true;
}

WitnessVerdict compare(EFI_BLOCK_IO& disk, const Witness& witness, Bytes buffer) {
  uint64_t done = 0;
  for (uint32_t i = 0; i < witness.extent_count; ++i) {
    const auto& extent = witness.extents[i];
    if (!read_bytes(disk, extent.offset_bytes, extent.length_bytes, buffer.subspan(done)))
      return WitnessVerdict::kUnreadable;
    done += extent.length_bytes;
  }
  return checksum_of(buffer.first(done)) == witness.hash ? WitnessVerdict::kSame
                                                         : WitnessVerdict::kChanged;
}

/// All partitions of that GUID: a cloned disk must be unchanged like the original.
WitnessVerdict compare_all(EFI_BOOT_SERVICES& boot_services, const Witness& witness, Bytes buffer) {
  WitnessVerdict verdict = WitnessVerdict::kUnknown;
  const Handles disks(boot_services, kBlockIoGuid);
  for (const EFI_HANDLE handle : disks.all()) {
    if (!is_partition(protocol_of<EFI_DEVICE_PATH>(boot_services, handle, kDevicePathGuid),
                      witness.partition_guid))
      continue;
    auto* disk = protocol_of<EFI_BLOCK_IO>(boot_services, handle, kBlockIoGuid);
    if (disk == nullptr) continue;
    const WitnessVerdict one = compare(*disk, witness, buffer);
    if (one != WitnessVerdict::kSame) return one;
    verdict = one;
  }
  return verdict;
}

void connect_controllers(EFI_BOOT_SERVICES& boot_services) {
  const Handles controllers(boot_services, kPciIoGuid);
  for (const EFI_HANDLE handle : controllers.all())
    (void)boot_services.ConnectController(handle, nullptr, nullptr, TRUE);  // some have no driver
}

WitnessVerdict check(EFI_BOOT_SERVICES& boot_services, OwnedMemory& memory, const Witness& witness,
                     bool& connected) {
  if ((witness.flags & kWitnessUnprovable) != 0 || witness.extent_count == 0 ||
      witness.extent_count > kWitnessExtentMaximum || is_zero(witness.partition_guid))
    return WitnessVerdict::kUnreadable;
  const uint64_t bytes = bytes_of_witness(witness);
  if (bytes > kWitnessBytesMaximum) return WitnessVerdict::kUnreadable;
  // Two blocks more: reads are of whole blocks, and no disk's are larger than a page.
  Result<Bytes> buffer = memory.allocate(bytes + 2 * kEfiPageBytes);
  if (!buffer.ok()) return WitnessVerdict::kUnreadable;
  WitnessVerdict verdict = compare_all(boot_services, witness, *buffer);
  if (verdict != WitnessVerdict::kUnknown || connected) return verdict;
  connected = true;
  connect_controllers(boot_services);
  return compare_all(boot_services, witness, *buffer);
}

}  // namespace

void check_witnesses(EFI_BOOT_SERVICES& boot_services, OwnedMemory& memory,
                     std::span<const Witness> witnesses,
                     std::span<uint8_t, kVerdictMaximum> verdicts) {
  bool connected = false;
  for (uint32_t i = 0; i < verdicts.size(); ++i) {
    WitnessVerdict verdict = WitnessVerdict::kUnknown;
    if (i < witnesses.size()) verdict = check(boot_services, memory, witnesses[i], connected);
    verdicts[i] = static_cast<uint8_t>(verdict);
  }
}

Status require_same(std::span<const Witness> witnesses,
                    std::span<const uint8_t, kVerdictMaximum> verdicts) {
  if (witnesses.size() > verdicts.size())
    return Error(Reason::kWitnessUnreadable, "more file systems than the stage checks");
  for (uint32_t i = 0; i < witnesses.size(); ++i) {
    const auto verdict = static_cast<WitnessVerdict>(verdicts[i]);
    if (verdict == WitnessVerdict::kSame) continue;
    const bool changed = verdict == WitnessVerdict::kChanged;
    return std::move(
        Error(changed ? Reason::kWitnessChanged : Reason::kWitnessUnreadable,
              field_text(witnesses[i].fs_type))
            .with(" on ")
            .with(field_text(witnesses[i].mount_point))
            .with(changed ? " changed after the save" : " cannot be read by firmware"));
  }
  return ok_status();
}

}  // namespace nvresume::efi
