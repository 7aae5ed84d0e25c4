// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/acpi.h"

#include <gtest/gtest.h>
#include <string.h>

#include <vector>

namespace nvresume::efi {
namespace {

using Table = std::vector<uint8_t>;

void set_checksum(Table& table, size_t at) {
  uint8_t sum = 0;
  table[at] = 0;
  for (uint8_t byte : table) sum = static_cast<uint8_t>(sum + byte);
  table[at] = static_cast<uint8_t>(-sum);
}

Table make_table(const char* signature, const Table& content) {
  Table table(36 + content.size(), 0);
  memcpy(table.data(), signature, 4);
  memcpy(table.data() + 36, content.data(), content.size());
  uint32_t length = static_cast<uint32_t>(table.size());
  memcpy(&table[4], &length, 4);
  set_checksum(table, 9);
  return table;
}

void put_address(Table& table, size_t at, const void* address) { memcpy(&table[at], &address, 8); }

class AcpiTest : public testing::Test {
 protected:
  AcpiTest() : fadt_(make_table("FACP", {1})), nfit_(make_table("NFIT", {1, 2, 3})) {
    Table pointers(16, 0);
    put_address(pointers, 0, fadt_.data());
    put_address(pointers, 8, nfit_.data());
    xsdt_ = make_table("XSDT", pointers);
    rsdp_.resize(36);
    memcpy(rsdp_.data(), "RSD PTR ", 8);
    put_address(rsdp_, 24, xsdt_.data());
    set_checksum(rsdp_, 32);
  }

  Table fadt_, nfit_, xsdt_, rsdp_;
};

TEST_F(AcpiTest, TableIsFoundWithItsWholeLength) {
  ConstBytes found = find_acpi_table(rsdp_.data(), "NFIT");
  EXPECT_EQ(found.data(), nfit_.data());
  EXPECT_EQ(found.size(), 39u);
}

TEST_F(AcpiTest, MissingTableIsEmpty) {
  EXPECT_TRUE(find_acpi_table(rsdp_.data(), "SRAT").empty());
  EXPECT_TRUE(find_acpi_table(nullptr, "NFIT").empty());
}

TEST_F(AcpiTest, WrongChecksumAnywhereOnTheWayIsEmpty) {
  for (Table* table : {&nfit_, &xsdt_, &rsdp_}) {
    ++table->back();
    EXPECT_TRUE(find_acpi_table(rsdp_.data(), "NFIT").empty());
    --table->back();
  }
  EXPECT_FALSE(find_acpi_table(rsdp_.data(), "NFIT").empty());
}

TEST_F(AcpiTest, AbsurdLengthIsNotFollowed) {
  uint32_t length = 0x7fffffff;
  memcpy(&nfit_[4], &length, 4);
  EXPECT_TRUE(find_acpi_table(rsdp_.data(), "NFIT").empty());
}

TEST_F(AcpiTest, ConfigurationTableIsFoundByGuid) {
  EFI_GUID wanted = ACPI_20_TABLE_GUID;
  EFI_CONFIGURATION_TABLE tables[2] = {{{1, 2, 3, {}}, fadt_.data()}, {wanted, rsdp_.data()}};
  EFI_SYSTEM_TABLE system{};
  system.ConfigurationTable = tables;
  system.NumberOfTableEntries = 2;
  EXPECT_EQ(configuration_table(system, wanted), rsdp_.data());
  system.NumberOfTableEntries = 1;
  EXPECT_EQ(configuration_table(system, wanted), nullptr);
}

}  // namespace
}  // namespace nvresume::efi
