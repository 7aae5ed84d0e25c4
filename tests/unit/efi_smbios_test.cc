// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/smbios.h"

#include <gtest/gtest.h>

#include <string>

namespace nvresume::efi {
namespace {

ConstBytes bytes_in(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
/// A structure of six bytes with one text, as the table holds it.
std::string structure(char type, const std::string& text) {
  return std::string({type, 6, 0, 0, 1, 0}) + text + std::string(2, '\0');
}

TEST(SmbiosTest, AnotherBoardIsAnotherIdentity) {
  EXPECT_NE(hash_smbios_identity(bytes_in(structure(2, "board A"))),
            hash_smbios_identity(bytes_in(structure(2, "board B"))));
}

TEST(SmbiosTest, AnEventLogThatGrowsIsNoIdentity) {
  EXPECT_EQ(hash_smbios_identity(bytes_in(structure(1, "machine") + structure(15, "one event"))),
            hash_smbios_identity(bytes_in(structure(1, "machine") + structure(15, "two events"))));
}

TEST(SmbiosTest, ATableWithoutAnEndIsWalkedNoFurther) {
  std::string table = structure(1, "machine");
  table.pop_back();
  EXPECT_EQ(hash_smbios_identity(bytes_in(table)), hash_smbios_identity({}));
}

TEST(SmbiosTest, SomethingElseIsNoEntryPoint) {
  alignas(8) const uint8_t entry[32] = {'_', 'D', 'M', 'I'};
  EXPECT_TRUE(smbios_table(entry).empty());
  EXPECT_TRUE(smbios_table(nullptr).empty());
}

}  // namespace
}  // namespace nvresume::efi
