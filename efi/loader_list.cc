// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/loader_list.h"

#include <string.h>

namespace nvresume::efi {
namespace {

/// shim before GRUB: with Secure Boot only shim starts. The removable path \EFI\BOOT\BOOTX64.EFI is
/// left out: it may be a copy of the stage, or shim's fallback program, which resets the machine.
constexpr const char* kUsualPlaces[] = {
    "\\EFI\\debian\\shimx64.efi",          "\\EFI\\debian\\grubx64.efi",
    "\\EFI\\ubuntu\\shimx64.efi",          "\\EFI\\ubuntu\\grubx64.efi",
    "\\EFI\\fedora\\shimx64.efi",          "\\EFI\\fedora\\grubx64.efi",
    "\\EFI\\opensuse\\shim.efi",           "\\EFI\\opensuse\\grubx64.efi",
    "\\EFI\\systemd\\systemd-bootx64.efi",
};

uint16_t folded(uint16_t character) {
  if (character >= 'A' && character <= 'Z') return static_cast<uint16_t>(character + 'a' - 'A');
  return character == '/' ? uint16_t{'\\'} : character;
}

bool ends_in_efi(const LoaderPath& path) {
  constexpr char kEnding[] = ".efi";
  uint32_t length = path.length();
  if (length < 5) return false;
  for (uint32_t i = 0; i < 4; ++i)
    if (folded(path.text[length - 4 + i]) != static_cast<uint16_t>(kEnding[i])) return false;
  return true;
}

LoaderPath from_ascii(const char* ascii) {
  LoaderPath path;
  for (uint32_t i = 0; ascii[i] != '\0' && i + 1 < LoaderPath::kCapacity; ++i)
    path.text[i] = static_cast<uint16_t>(ascii[i]);
  return path;
}

LoaderPath from_load_options(ConstBytes load_options) {
  uint16_t text[LoaderPath::kCapacity] = {};
  uint64_t bytes = load_options.size() / 2 * 2;
  if (bytes == 0 || bytes > sizeof text) return {};
  memcpy(text, load_options.data(), bytes);
  return make_path(std::span<const uint16_t>(text, bytes / 2));
}

}  // namespace

uint32_t LoaderPath::length() const {
  uint32_t length = 0;
  while (text[length] != 0) ++length;
  return length;
}

LoaderPath make_path(std::span<const uint16_t> ucs2) {
  LoaderPath path;
  uint32_t length = 0;
  while (length < ucs2.size() && ucs2[length] != 0) {
    if (length + 1 == LoaderPath::kCapacity) return {};
    path.text[length] = ucs2[length] == '/' ? uint16_t{'\\'} : ucs2[length];
    ++length;
  }
  return path.text[0] == '\\' && ends_in_efi(path) ? path : LoaderPath();
}

bool same_path(const LoaderPath& a, const LoaderPath& b) {
  for (uint32_t i = 0; i < LoaderPath::kCapacity; ++i) {
    if (folded(a.text[i]) != folded(b.text[i])) return false;
    if (a.text[i] == 0) return true;
  }
  return true;
}

LoaderList::LoaderList(const NvresumeConfig& config, ConstBytes load_options,
                       const LoaderPath& own) {
  add(make_path(config.next_loader), own);
  add(from_load_options(load_options), own);
  named_count_ = count_;
  for (const char* place : kUsualPlaces) add(from_ascii(place), own);
}

void LoaderList::add(const LoaderPath& path, const LoaderPath& own) {
  if (path.empty() || same_path(path, own) || count_ == kCapacity) return;
  for (uint32_t i = 0; i < count_; ++i)
    if (same_path(path, paths_[i])) return;
  paths_[count_++] = path;
}

}  // namespace nvresume::efi
