// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/loaded_linux.h"

#include <string.h>

#include <string_view>

#include "image/codec.h"

namespace nvresume::efi {
namespace {

// Offsets in the block: Linux, Documentation/arch/x86/boot.rst.
constexpr uint64_t kInitramfsAddressHigh = 0x0c0;
constexpr uint64_t kInitramfsBytesHigh = 0x0c4;
constexpr uint64_t kCommandLineHigh = 0x0c8;
constexpr uint64_t kHeaderMagic = 0x202;
constexpr uint64_t kInitramfsAddress = 0x218;
constexpr uint64_t kInitramfsBytes = 0x21c;
constexpr uint64_t kCommandLine = 0x228;
/// Longer than any kernel's COMMAND_LINE_SIZE (2048 on x86).
constexpr uint64_t kCommandLineLimit = 64 * 1024;

/// With one of these our initramfs runs something else first, from which a person may write to the
/// disks. Looked for anywhere in the line: a no too many only makes the ticket strict.
constexpr std::string_view kOtherDeciders[] = {"rdinit=", "rd.break", "rdbreak", "rd.systemd.",
                                               "noinitrd"};

/// Loaders round what they hand over up to 4 bytes.
uint64_t rounded(uint64_t bytes) { return (bytes + 3) / 4 * 4; }

uint32_t word_at(const uint8_t* block, uint64_t offset) {
  uint32_t value;
  memcpy(&value, block + offset, sizeof value);
  return value;
}

uint64_t pair_at(const uint8_t* block, uint64_t high, uint64_t low) {
  return uint64_t{word_at(block, high)} << 32 | word_at(block, low);
}

bool is_loaders(const EFI_MEMORY_DESCRIPTOR& entry) {
  return entry.Type == EfiLoaderCode || entry.Type == EfiLoaderData;
}

/// Loader memory from `address` to its region's end; empty where it is none.
ConstBytes loaders_memory(const MemoryMapView& map, uint64_t address) {
  for (uint64_t i = 0; i < map.count; ++i) {
    const EFI_MEMORY_DESCRIPTOR& entry = map[i];
    const uint64_t bytes = entry.NumberOfPages * kEfiPageBytes;
    if (!is_loaders(entry) || address < entry.PhysicalStart ||
        address - entry.PhysicalStart >= bytes)
      continue;
    return {reinterpret_cast<const uint8_t*>(address), bytes - (address - entry.PhysicalStart)};
  }
  return {};
}

bool is_wanted(const MemoryMapView& map, uint64_t address, const BootInitramfs& wanted) {
  const ConstBytes there = loaders_memory(map, address);
  return there.size() >= wanted.bytes && checksum_of(there.first(wanted.bytes)) == wanted.checksum;
}

// By hand: the library's searches call memchr, which the stage has not.
bool contains(ConstBytes text, std::string_view word) {
  for (size_t at = 0; at + word.size() <= text.size(); ++at)
    if (memcmp(text.data() + at, word.data(), word.size()) == 0) return true;
  return false;
}

/// GRUB, where it does not run the kernel's stub, moves block and command line to the addresses it
/// tells only after boot services have ended. Until then they lie in one piece elsewhere, the line
/// at the start of a page; GRUB lets every line begin with this word.
constexpr std::string_view kGrubsFirstWord = "BOOT_IMAGE=";

ConstBytes line_behind(const MemoryMapView& map, uint64_t block) {
  ConstBytes there = loaders_memory(map, block);
  for (uint64_t at = kEfiPageBytes; at < kCommandLineLimit && at + kEfiPageBytes <= there.size();
       at += kEfiPageBytes)
    if (memcmp(there.data() + at, kGrubsFirstWord.data(), kGrubsFirstWord.size()) == 0)
      return there.subspan(at);
  return {};
}

/// Its text without the zero; empty where it has none, or no end.
ConstBytes line_in(ConstBytes there) {
  if (there.size() > kCommandLineLimit) there = there.first(kCommandLineLimit);
  for (size_t length = 0; length < there.size(); ++length)
    if (there[length] == 0) return there.first(length);
  return {};
}

/// Of both places, whichever is the line: one that nobody has written yet says nothing.
bool lets_it_decide(const MemoryMapView& map, uint64_t block, uint64_t address) {
  bool seen = false;
  for (const ConstBytes there : {line_behind(map, block), loaders_memory(map, address)}) {
    const ConstBytes line = line_in(there);
    for (const std::string_view word : kOtherDeciders)
      if (contains(line, word)) return false;
    seen |= !line.empty();
  }
  return seen;
}

enum class Block { kNone, kOurs, kAnothers };

Block judge(const MemoryMapView& map, const uint8_t* block, const BootInitramfs& wanted) {
  const uint64_t bytes = pair_at(block, kInitramfsBytesHigh, kInitramfsBytes);
  const bool fits =
      bytes != 0 && rounded(bytes) == rounded(wanted.bytes) &&
      is_wanted(map, pair_at(block, kInitramfsAddressHigh, kInitramfsAddress), wanted);
  if (fits)
    return lets_it_decide(map, reinterpret_cast<uint64_t>(block),
                          pair_at(block, kCommandLineHigh, kCommandLine))
               ? Block::kOurs
               : Block::kAnothers;
  // A kernel file's own header has the magic, and no initramfs yet. Stubs since Linux 6.6 leave the
  // magic out: a block without it counts only where it fits.
  const bool has_magic = memcmp(block + kHeaderMagic, "HdrS", 4) == 0;
  return has_magic && bytes != 0 ? Block::kAnothers : Block::kNone;
}

}  // namespace

bool starts_initramfs(const MemoryMapView& map, const BootInitramfs& wanted) {
  bool found = false;
  if (wanted.bytes == 0) return false;
  for (uint64_t i = 0; i < map.count; ++i) {
    if (!is_loaders(map[i])) continue;
    for (uint64_t page = 0; page < map[i].NumberOfPages; ++page) {
      const uint64_t address = map[i].PhysicalStart + page * kEfiPageBytes;
      if (address == 0) continue;  // firmware may not map it
      const Block block = judge(map, reinterpret_cast<const uint8_t*>(address), wanted);
      if (block == Block::kAnothers) return false;
      found |= block == Block::kOurs;
    }
  }
  return found;
}

}  // namespace nvresume::efi
