// SPDX-License-Identifier: GPL-2.0-or-later
// efi_fake_memory.h: a firmware's memory on the host: real memory at fixed low addresses, a memory
// map that every allocation changes, pool, and the DXE memory space, by EDK2's rules. Everything
// handed out is accounted for.
#pragma once

#include <stddef.h>

#include <map>
#include <set>
#include <vector>

#include "efi/dxe_services.h"
#include "efi/uefi.h"

namespace nvresume::efi {

class FakeMemory {
 public:
  struct Entry {
    uint32_t type;
    uint64_t start, end, attributes;
    bool operator==(const Entry&) const = default;
  };
  /// Added through the DXE services.
  struct Space {
    uint64_t start, end, attributes;
    bool allocated;
  };

  FakeMemory() = default;
  FakeMemory(const FakeMemory&) = delete;
  FakeMemory& operator=(const FakeMemory&) = delete;
  ~FakeMemory();

  /// Memory one can touch, in no map.
  void back(uint64_t start, uint64_t bytes);
  /// A line of the memory map. REQUIRES: backed.
  void enter(uint32_t type, uint64_t start, uint64_t bytes, uint64_t attributes = 0);

  EFI_STATUS allocate_pages(EFI_ALLOCATE_TYPE how, uint32_t type, uint64_t pages, uint64_t& start);
  EFI_STATUS free_pages(uint64_t start, uint64_t pages);
  void* allocate_pool(uint64_t bytes);
  EFI_STATUS free_pool(void* buffer);

  EFI_STATUS describe_space(uint64_t address, EFI_GCD_MEMORY_SPACE_DESCRIPTOR& descriptor) const;
  EFI_STATUS add_space(uint64_t start, uint64_t bytes);
  EFI_STATUS allocate_space(uint64_t start, uint64_t bytes);
  EFI_STATUS free_space(uint64_t start, uint64_t bytes);
  EFI_STATUS remove_space(uint64_t start, uint64_t bytes);
  EFI_STATUS set_space_attributes(uint64_t start, uint64_t attributes);

  /// As GetMemoryMap would list it, sorted and coalesced.
  std::vector<Entry> map() const;
  uint64_t map_key() const { return key_; }

  // Handed out and not given back.
  size_t pages_out() const { return pages_.size(); }
  size_t pool_out() const { return pool_.size(); }
  const std::vector<Space>& spaces() const { return spaces_; }

 private:
  struct Allocation {
    uint64_t pages;
    std::vector<Entry> before;  ///< what the map said there
  };
  bool is_conventional(uint64_t start, uint64_t end) const;
  /// Replaces what the map says about [start, end); returns that.
  std::vector<Entry> cut(uint64_t start, uint64_t end);
  void put(const Entry& entry);
  Space* space_at(uint64_t start, uint64_t bytes);

  std::vector<std::pair<uint64_t, uint64_t>> backed_;
  std::vector<Entry> map_;
  std::map<uint64_t, Allocation> pages_;
  std::set<void*> pool_;
  std::vector<Space> spaces_;
  uint64_t key_ = 1;
};

}  // namespace nvresume::efi
