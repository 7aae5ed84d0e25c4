// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/smbios.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace nvresume::efi {
namespace {

std::vector<uint8_t> structure(uint8_t type, const std::string& text) {
  std::vector<uint8_t> bytes = {type, 6, 0, 0, 1, 0};
  bytes.insert(bytes.end(), text.begin(), text.end());
  bytes.insert(bytes.end(), {0, 0});
  return bytes;
}
std::vector<uint8_t> operator+(std::vector<uint8_t> a, const std::vector<uint8_t>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TEST(SmbiosTest, AnotherBoardIsAnotherIdentity) {
  EXPECT_NE(hash_smbios_identity(structure(2, "board A")),
            hash_smbios_identity(structure(2, "board B")));
}

TEST(SmbiosTest, AnEventLogThatGrowsIsNoIdentity) {
  EXPECT_EQ(hash_smbios_identity(structure(1, "machine") + structure(15, "one event")),
            hash_smbios_identity(structure(1, "machine") + structure(15, "two events")));
}

TEST(SmbiosTest, ATableWithoutAnEndIsWalkedNoFurther) {
  std::vector<uint8_t> table = structure(1, "machine");
  table.resize(table.size() - 1);
  EXPECT_EQ(hash_smbios_identity(table), hash_smbios_identity({}));
}

TEST(SmbiosTest, SomethingElseIsNoEntryPoint) {
  alignas(8) const uint8_t entry[32] = {'_', 'D', 'M', 'I'};
  EXPECT_TRUE(smbios_table(entry).empty());
  EXPECT_TRUE(smbios_table(nullptr).empty());
}

}  // namespace
}  // namespace nvresume::efi
