// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/fingerprint.h"

#include <string.h>

#include "image/codec.h"
#include "image/media.h"

namespace nvresume {
namespace {

uint64_t checksum_of_fingerprint(const Fingerprint& fingerprint) {
  return checksum_of(bytes_of(fingerprint).first(offsetof(Fingerprint, checksum)));
}

struct Item {
  Reason reason;
  std::string_view text;
};
constexpr Item kItems[kFingerprintItemCount] = {
#define NVRESUME_FINGERPRINT_ROW(number, name, reason, text) {Reason::reason, text},
    NVRESUME_FINGERPRINT_ITEMS(NVRESUME_FINGERPRINT_ROW)
#undef NVRESUME_FINGERPRINT_ROW
};

void describe(Error& error, const FingerprintRegion& region) {
  error.with_hex(region.start)
      .with("-")
      .with_hex(region.start + region.bytes - 1)
      .with(" (type ")
      .with(uint64_t{region.kind})
      .with(")");
}

Error describe_map_change(const Fingerprint& saved, const Fingerprint& now) {
  Error error(Reason::kMemoryMapChanged, "the memory map differs from the saved one");
  for (uint32_t i = 0; i < saved.region_count || i < now.region_count; i++) {
    const bool in_saved = i < saved.region_count;
    const bool in_now = i < now.region_count;
    if (in_saved && in_now &&
        memcmp(&saved.regions[i], &now.regions[i], sizeof(FingerprintRegion)) == 0)
      continue;
    if (in_saved) describe(error.with(": saved "), saved.regions[i]);
    if (in_now) describe(error.with(in_saved ? ", now " : ": new "), now.regions[i]);
    break;
  }
  return error;
}

}  // namespace

uint64_t fingerprint_offset_bytes(const Geometry& geometry, uint64_t boot_count) {
  static_assert(kFingerprintCount * kFingerprintBytes == kTailZeroBytes / 4);
  return geometry.image_bytes - kTailZeroBytes + boot_count % kFingerprintCount * kFingerprintBytes;
}

void seal(Fingerprint& fingerprint) {
  memcpy(fingerprint.magic, kFingerprintMagic, sizeof(kFingerprintMagic));
  fingerprint.version = kFingerprintVersion;
  fingerprint.item_count = kFingerprintItemCount;
  fingerprint.checksum = checksum_of_fingerprint(fingerprint);
}

Status check_fingerprint(const Fingerprint& fingerprint) {
  const Error missing(Reason::kFingerprintMissing);
  if (memcmp(fingerprint.magic, kFingerprintMagic, sizeof(kFingerprintMagic)) != 0) return missing;
  if (fingerprint.checksum != checksum_of_fingerprint(fingerprint))
    return Error(Reason::kFingerprintMissing, "the machine's fingerprint is damaged");
  if (fingerprint.version != kFingerprintVersion || fingerprint.item_count != kFingerprintItemCount)
    return Error(Reason::kFingerprintMissing,
                 "the machine's fingerprint was taken by another version");
  if (fingerprint.region_count > kFingerprintRegionMaximum) return missing;
  return ok_status();
}

Status store_fingerprint(Nvm& area, const Geometry& geometry, const Fingerprint& fingerprint) {
  NVRESUME_TRY(area.write(fingerprint_offset_bytes(geometry, fingerprint.boot_count),
                          bytes_of(fingerprint)));
  return area.flush();
}

Result<const Fingerprint*> read_fingerprint(Nvm& area, const Geometry& geometry,
                                            uint64_t boot_count, Bytes buffer) {
  NVRESUME_TRY(
      area.read(fingerprint_offset_bytes(geometry, boot_count), buffer.first(kFingerprintBytes)));
  const auto* fingerprint = reinterpret_cast<const Fingerprint*>(buffer.data());
  NVRESUME_TRY(check_fingerprint(*fingerprint));
  if (fingerprint->boot_count != boot_count)
    return Error(Reason::kFingerprintMissing, "no fingerprint of boot ").with(boot_count);
  return fingerprint;
}

Status compare_fingerprints(const Fingerprint& saved, const Fingerprint& now) {
  for (uint32_t i = 0; i < kFingerprintItemCount; i++) {
    if (saved.items[i] == now.items[i]) continue;
    if (i == static_cast<uint32_t>(FingerprintItem::kMemoryMap))
      return describe_map_change(saved, now);
    return Error(kItems[i].reason, kItems[i].text).with(" changed since the save");
  }
  return ok_status();
}

}  // namespace nvresume
