// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/efi_fake_memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <algorithm>

namespace nvresume::efi {
namespace {

constexpr uint64_t kAddressEnd = uint64_t{1} << 47;

EFI_GCD_MEMORY_TYPE space_type_of(uint32_t type) {
  if (type == EfiReservedMemoryType) return EfiGcdMemoryTypeReserved;
  if (type == kEfiPersistentMemory) return EfiGcdMemoryTypePersistent;
  return EfiGcdMemoryTypeSystemMemory;
}

std::vector<FakeMemory::Entry> sorted(std::vector<FakeMemory::Entry> map) {
  std::sort(map.begin(), map.end(), [](auto& a, auto& b) { return a.start < b.start; });
  std::vector<FakeMemory::Entry> joined;
  for (const auto& entry : map) {
    if (!joined.empty() && joined.back().end == entry.start && joined.back().type == entry.type &&
        joined.back().attributes == entry.attributes)
      joined.back().end = entry.end;
    else
      joined.push_back(entry);
  }
  return joined;
}

}  // namespace

FakeMemory::~FakeMemory() {
  for (void* buffer : pool_) free(buffer);
  for (auto [start, bytes] : backed_) munmap(reinterpret_cast<void*>(start), bytes);
}

void FakeMemory::back(uint64_t start, uint64_t bytes) {
  void* const wanted = reinterpret_cast<void*>(start);
  void* const got = mmap(wanted, bytes, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
  if (got != wanted) abort();  // something of this process is there
  backed_.push_back({start, bytes});
}

void FakeMemory::enter(uint32_t type, uint64_t start, uint64_t bytes, uint64_t attributes) {
  map_.push_back({type, start, start + bytes, attributes});
}

bool FakeMemory::is_conventional(uint64_t start, uint64_t end) const {
  uint64_t covered_bytes = 0;
  for (const Entry& entry : map_) {
    if (entry.type != EfiConventionalMemory) continue;
    const uint64_t from = std::max(start, entry.start), to = std::min(end, entry.end);
    if (from < to) covered_bytes += to - from;
  }
  return covered_bytes == end - start;
}

std::vector<FakeMemory::Entry> FakeMemory::cut(uint64_t start, uint64_t end) {
  std::vector<Entry> taken, rest;
  for (const Entry& entry : map_) {
    const uint64_t from = std::max(start, entry.start), to = std::min(end, entry.end);
    if (from >= to) {
      rest.push_back(entry);
      continue;
    }
    if (entry.start < from) rest.push_back({entry.type, entry.start, from, entry.attributes});
    if (to < entry.end) rest.push_back({entry.type, to, entry.end, entry.attributes});
    taken.push_back({entry.type, from, to, entry.attributes});
  }
  map_ = rest;
  ++key_;
  return taken;
}

void FakeMemory::put(const Entry& entry) { map_.push_back(entry); }

EFI_STATUS FakeMemory::allocate_pages(EFI_ALLOCATE_TYPE how, uint32_t type, uint64_t pages,
                                      uint64_t& start) {
  const uint64_t bytes = pages * kEfiPageBytes;
  if (pages == 0) return EFI_NOT_FOUND;
  if (how == AllocateAnyPages) {
    // From the top, as EDK2; NVM is not handed out unasked here.
    start = 0;
    for (const Entry& entry : sorted(map_))
      if (entry.type == EfiConventionalMemory && (entry.attributes & kEfiMemoryNv) == 0 &&
          entry.end - entry.start >= bytes)
        start = entry.end - bytes;
    if (start == 0) return EFI_OUT_OF_RESOURCES;
  }
  if (!is_conventional(start, start + bytes)) return EFI_NOT_FOUND;
  std::vector<Entry> before = cut(start, start + bytes);
  put({type, start, start + bytes, before.front().attributes});
  // Nobody may count on zeros. Kept small: a claim of all memory touches every page.
  memset(reinterpret_cast<void*>(start), 0xaf, std::min<uint64_t>(bytes, kEfiPageBytes));
  pages_[start] = {pages, std::move(before)};
  return EFI_SUCCESS;
}

EFI_STATUS FakeMemory::free_pages(uint64_t start, uint64_t pages) {
  const auto found = pages_.find(start);
  if (found == pages_.end() || found->second.pages != pages) return EFI_NOT_FOUND;
  (void)cut(start, start + pages * kEfiPageBytes);
  for (const Entry& entry : found->second.before) put(entry);
  pages_.erase(found);
  return EFI_SUCCESS;
}

void* FakeMemory::allocate_pool(uint64_t bytes) {
  void* const buffer = malloc(bytes);
  memset(buffer, 0xaf, bytes);
  pool_.insert(buffer);
  return buffer;
}

EFI_STATUS FakeMemory::free_pool(void* buffer) {
  if (pool_.erase(buffer) == 0) return EFI_INVALID_PARAMETER;
  free(buffer);
  return EFI_SUCCESS;
}

EFI_STATUS FakeMemory::describe_space(uint64_t address,
                                      EFI_GCD_MEMORY_SPACE_DESCRIPTOR& descriptor) const {
  uint64_t gap_start = 0, gap_end = kAddressEnd;
  const auto look = [&](uint64_t start, uint64_t end, EFI_GCD_MEMORY_TYPE type,
                        uint64_t attributes) {
    if (end <= address) gap_start = std::max(gap_start, end);
    if (start > address) gap_end = std::min(gap_end, start);
    if (address < start || address >= end) return false;
    descriptor = {start, end - start, EFI_MEMORY_WB, attributes, type, nullptr, nullptr};
    return true;
  };
  for (const Space& space : spaces_)
    if (look(space.start, space.end, EfiGcdMemoryTypeReserved, space.attributes))
      return EFI_SUCCESS;
  for (const Entry& entry : sorted(map_))
    if (look(entry.start, entry.end, space_type_of(entry.type), EFI_MEMORY_WB)) return EFI_SUCCESS;
  descriptor = {gap_start, gap_end - gap_start, 0, 0, EfiGcdMemoryTypeNonExistent, nullptr,
                nullptr};
  return EFI_SUCCESS;
}

EFI_STATUS FakeMemory::add_space(uint64_t start, uint64_t bytes) {
  EFI_GCD_MEMORY_SPACE_DESCRIPTOR there;
  (void)describe_space(start, there);
  const bool is_free = there.GcdMemoryType == EfiGcdMemoryTypeNonExistent &&
                       there.BaseAddress + there.Length >= start + bytes;
  if (!is_free) return EFI_ACCESS_DENIED;
  spaces_.push_back({start, start + bytes, 0, false});
  return EFI_SUCCESS;
}

FakeMemory::Space* FakeMemory::space_at(uint64_t start, uint64_t bytes) {
  for (Space& space : spaces_)
    if (space.start == start && space.end == start + bytes) return &space;
  return nullptr;
}

EFI_STATUS FakeMemory::allocate_space(uint64_t start, uint64_t bytes) {
  Space* const space = space_at(start, bytes);
  if (space == nullptr || space->allocated) return EFI_NOT_FOUND;
  space->allocated = true;
  ++key_;
  return EFI_SUCCESS;
}

EFI_STATUS FakeMemory::free_space(uint64_t start, uint64_t bytes) {
  Space* const space = space_at(start, bytes);
  if (space == nullptr || !space->allocated) return EFI_NOT_FOUND;
  space->allocated = false;
  ++key_;
  return EFI_SUCCESS;
}

EFI_STATUS FakeMemory::remove_space(uint64_t start, uint64_t bytes) {
  const Space* const space = space_at(start, bytes);
  if (space == nullptr) return EFI_NOT_FOUND;
  if (space->allocated) return EFI_ACCESS_DENIED;
  spaces_.erase(spaces_.begin() + (space - spaces_.data()));
  return EFI_SUCCESS;
}

EFI_STATUS FakeMemory::set_space_attributes(uint64_t start, uint64_t attributes) {
  for (Space& space : spaces_) {
    if (start < space.start || start >= space.end) continue;
    space.attributes = attributes;
    return EFI_SUCCESS;
  }
  return EFI_UNSUPPORTED;
}

std::vector<FakeMemory::Entry> FakeMemory::map() const {
  std::vector<Entry> all = map_;
  for (const Space& space : spaces_)
    all.push_back({EfiReservedMemoryType, space.start, space.end, EFI_MEMORY_WB});
  return sorted(all);
}

}  // namespace nvresume::efi
