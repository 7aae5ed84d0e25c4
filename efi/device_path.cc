// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/device_path.h"

#include <string.h>

namespace nvresume::efi {
namespace {

constexpr uint32_t kNodeHeaderBytes = 4;
constexpr uint8_t kEndEntireSubtype = 0xff;

/// Steps over the nodes of a path; stops at its end or at a node that cannot be.
struct Walk {
  explicit Walk(const EFI_DEVICE_PATH* path) : node(reinterpret_cast<const uint8_t*>(path)) {}

  uint32_t length_bytes() const { return node[2] | static_cast<uint32_t>(node[3]) << 8; }
  bool at_end() const {
    return node == nullptr || (node[0] & 0x7f) == END_DEVICE_PATH_TYPE ||
           length_bytes() < kNodeHeaderBytes;
  }
  void next() { node += length_bytes(); }

  const uint8_t* node;
};

void put_header(uint8_t* node, uint8_t type, uint8_t subtype, uint32_t length_bytes) {
  node[0] = type;
  node[1] = subtype;
  node[2] = static_cast<uint8_t>(length_bytes);
  node[3] = static_cast<uint8_t>(length_bytes >> 8);
}

}  // namespace

FullPath make_full_path(const EFI_DEVICE_PATH* volume, const LoaderPath& file) {
  FullPath full;
  Walk walk(volume);
  while (!walk.at_end()) walk.next();
  const uint8_t* start = reinterpret_cast<const uint8_t*>(volume);
  const uint64_t volume_bytes = static_cast<uint64_t>(walk.node - start);
  const uint32_t file_bytes = kNodeHeaderBytes + (file.length() + 1) * 2;
  if (volume_bytes + file_bytes + kNodeHeaderBytes > FullPath::kCapacityBytes) return full;

  memcpy(full.bytes, start, volume_bytes);
  uint8_t* node = full.bytes + volume_bytes;
  put_header(node, MEDIA_DEVICE_PATH, MEDIA_FILEPATH_DP, file_bytes);
  memcpy(node + kNodeHeaderBytes, file.text, file_bytes - kNodeHeaderBytes);
  put_header(node + file_bytes, END_DEVICE_PATH_TYPE, kEndEntireSubtype, kNodeHeaderBytes);
  full.length_bytes = static_cast<uint32_t>(volume_bytes) + file_bytes + kNodeHeaderBytes;
  return full;
}

LoaderPath file_of(const EFI_DEVICE_PATH* path) {
  uint16_t text[LoaderPath::kCapacity] = {};
  uint32_t length = 0;
  for (Walk walk(path); !walk.at_end(); walk.next()) {
    if (walk.node[0] != MEDIA_DEVICE_PATH || walk.node[1] != MEDIA_FILEPATH_DP) continue;
    const uint32_t count = (walk.length_bytes() - kNodeHeaderBytes) / 2;
    for (uint32_t i = 0; i < count; ++i) {
      uint16_t character;
      memcpy(&character, walk.node + kNodeHeaderBytes + i * 2, sizeof character);
      if (character == 0) break;
      // A node may or may not bring its own separator.
      const bool doubled = character == '\\' && length > 0 && text[length - 1] == '\\';
      if (doubled) continue;
      if (length + 1 == LoaderPath::kCapacity) return {};
      text[length++] = character;
    }
  }
  return make_path(std::span<const uint16_t>(text, length));
}

}  // namespace nvresume::efi
