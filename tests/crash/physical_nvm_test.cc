// SPDX-License-Identifier: GPL-2.0-or-later
// The stage's NVM behind a processor cache: a store is kept once its line was written back and a
// fence came behind it. What the instructions themselves do, no test on a host can see.
#include "efi/physical_nvm.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/fake_nvm.h"

namespace nvresume::efi {
namespace {

/// What would be left without the cache.
std::map<const uint8_t*, uint8_t> on_its_way;
std::map<const uint8_t*, uint8_t> kept;

}  // namespace

FlushInstruction detect_flush() { return FlushInstruction::kClwb; }

void write_back(const void* address, uint64_t bytes, FlushInstruction) {
  const auto* first = static_cast<const uint8_t*>(address);
  for (uint64_t i = 0; i < bytes; i++) on_its_way[first + i] = first[i];
}

void store_fence() {
  for (const auto& [address, byte] : on_its_way) kept[address] = byte;
  on_its_way.clear();
}

namespace {

TEST(PhysicalNvm, FlushKeepsEveryByteThatWasWritten) {
  AlignedBuffer range(4 * kBlockBytes), stored(2 * kBlockBytes);
  for (size_t i = 0; i < stored.bytes().size(); i++)
    stored.bytes()[i] = static_cast<uint8_t>(1 + i % 251);
  PhysicalNvm nvm(reinterpret_cast<uint64_t>(range.bytes().data()), range.bytes().size());
  ASSERT_TRUE(nvm.write(kBlockBytes, stored.bytes()).ok());
  ASSERT_TRUE(nvm.flush().ok());
  for (size_t i = 0; i < stored.bytes().size(); i++)
    ASSERT_EQ(kept[range.bytes().data() + kBlockBytes + i], stored.bytes()[i]) << "byte " << i;
}

}  // namespace
}  // namespace nvresume::efi
