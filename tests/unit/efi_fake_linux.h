// SPDX-License-Identifier: GPL-2.0-or-later
// efi_fake_linux.h: what a loader leaves in memory for a Linux kernel, in a fake machine: the file,
// the command line, and the page that names both.
#pragma once

#include <string.h>

#include <string>
#include <vector>

#include "image/nvm.h"
#include "tests/unit/efi_fake_memory.h"

namespace nvresume::efi {

/// A boot_params page by the offsets of Linux, Documentation/arch/x86/boot.rst.
class FakeLinux {
 public:
  explicit FakeLinux(FakeMemory& memory) : memory_(&memory) {}

  /// Loads both and fills the page; each lies in pages of its own.
  void load(const std::vector<uint8_t>& initramfs, const std::string& arguments) {
    initramfs_ = put(initramfs.data(), initramfs.size());
    line_ = put(arguments.c_str(), arguments.size() + 1);
    const std::vector<uint8_t> page(kEfiPageBytes);
    block_ = put(page.data(), page.size());
    memcpy(at(block_ + 0x202), "HdrS", 4);
    set_initramfs(initramfs_, initramfs.size());
    set(0x228, 0x0c8, line_);
  }
  void set_initramfs(uint64_t address, uint64_t bytes) {
    set(0x218, 0x0c0, address);
    set(0x21c, 0x0c4, bytes);
  }
  void set_command_line(uint64_t address) { set(0x228, 0x0c8, address); }
  /// As GRUB has it before it moves both: the line pages behind the block, its told address empty.
  void move_behind_block(const std::string& arguments, uint64_t offset) {
    std::vector<uint8_t> piece(at(block_), at(block_) + kEfiPageBytes);
    piece.resize(offset + arguments.size() + 1);
    memcpy(piece.data() + offset, arguments.c_str(), arguments.size());
    memset(at(block_), 0, kEfiPageBytes);
    block_ = put(piece.data(), piece.size());
    set_command_line(0);
  }
  void forget_magic() { memset(at(block_ + 0x202), 0, 4); }
  uint64_t initramfs() const { return initramfs_; }
  uint64_t block() const { return block_; }
  uint64_t command_line() const { return line_; }

  uint64_t put(const void* bytes, uint64_t count, uint32_t type = EfiLoaderData) {
    uint64_t address = 0;
    const uint64_t pages = count / kEfiPageBytes + 1;
    if (EFI_ERROR(memory_->allocate_pages(AllocateAnyPages, type, pages, address))) abort();
    memset(at(address), 0, pages * kEfiPageBytes);
    memcpy(at(address), bytes, count);
    taken_.push_back({address, pages});
    return address;
  }
  /// As a loader that gives up.
  void unload() {
    for (auto [address, pages] : taken_) (void)memory_->free_pages(address, pages);
    taken_.clear();
  }

  static uint8_t* at(uint64_t address) { return reinterpret_cast<uint8_t*>(address); }

 private:
  void set(uint64_t low, uint64_t high, uint64_t value) {
    const uint32_t halves[] = {static_cast<uint32_t>(value), static_cast<uint32_t>(value >> 32)};
    memcpy(at(block_ + low), &halves[0], 4);
    memcpy(at(block_ + high), &halves[1], 4);
  }

  FakeMemory* memory_;
  uint64_t initramfs_ = 0, block_ = 0, line_ = 0;
  std::vector<std::pair<uint64_t, uint64_t>> taken_;
};

}  // namespace nvresume::efi
