// SPDX-License-Identifier: GPL-2.0-or-later
// efi/variables.h over a fake variable store with the specification's rules. (What the variables
// may contain is image/efi_variables.h's test.)
#include <gtest/gtest.h>
#include <string.h>

#include <map>
#include <string>
#include <vector>

#include "efi/variables.h"

namespace nvresume::efi {
namespace {

struct Stored {
  uint32_t attributes;
  std::vector<uint8_t> data;
};
struct FakeStore {
  std::map<std::string, Stored> variables;
  bool full = false;       ///< writing fails
  bool forgetful = false;  ///< what is read back differs
};
FakeStore* store;

std::string key_of(const CHAR16* name, const EFI_GUID* guid) {
  EXPECT_EQ(memcmp(guid, kVendorGuid, sizeof kVendorGuid), 0);
  std::string key;
  for (; *name != 0; ++name) key.push_back(static_cast<char>(*name));
  return key;
}

EFI_STATUS EFIAPI fake_get(CHAR16* name, EFI_GUID* guid, UINT32* attributes, UINTN* size_bytes,
                           VOID* data) {
  auto found = store->variables.find(key_of(name, guid));
  if (found == store->variables.end()) return EFI_NOT_FOUND;
  *attributes = found->second.attributes;
  const UINTN room_bytes = *size_bytes;
  *size_bytes = found->second.data.size();
  if (*size_bytes > room_bytes) return EFI_BUFFER_TOO_SMALL;
  memcpy(data, found->second.data.data(), *size_bytes);
  return EFI_SUCCESS;
}

EFI_STATUS EFIAPI fake_set(CHAR16* name, EFI_GUID* guid, UINT32 attributes, UINTN size_bytes,
                           VOID* data) {
  std::string key = key_of(name, guid);
  auto found = store->variables.find(key);
  if (size_bytes == 0) return store->variables.erase(key) != 0 ? EFI_SUCCESS : EFI_NOT_FOUND;
  if (store->full) return EFI_OUT_OF_RESOURCES;
  // UEFI 2.10, 8.2 SetVariable: attributes of an existing variable cannot change.
  if (found != store->variables.end() && found->second.attributes != attributes)
    return EFI_INVALID_PARAMETER;
  const uint8_t* bytes = static_cast<const uint8_t*>(data);
  store->variables[key] = {attributes, {bytes, bytes + size_bytes}};
  if (store->forgetful) store->variables[key].data[8] ^= 1;
  return EFI_SUCCESS;
}

class StageVariablesTest : public testing::Test {
 protected:
  StageVariablesTest() {
    store = &store_;
    runtime_.GetVariable = fake_get;
    runtime_.SetVariable = fake_set;
  }

  void put(const char* name, uint32_t attributes, const void* data, size_t bytes) {
    const uint8_t* first = static_cast<const uint8_t*>(data);
    store_.variables[name] = {attributes, {first, first + bytes}};
  }
  void put_config(const NvresumeConfig& config) {
    put(kConfigName, kConfigAttributes, &config, sizeof config);
  }
  static NvresumeRange some_range() {
    NvresumeRange range{};
    range.version = 2;
    range.size_bytes = sizeof range;
    range.range_base = 0x100000000;
    return range;
  }

  FakeStore store_;
  EFI_RUNTIME_SERVICES runtime_{};
  Variables variables_{runtime_};
};

TEST_F(StageVariablesTest, DefaultsPassTheirOwnCheck) {
  put_config(default_config());
  Result<NvresumeConfig> config = variables_.read_config();
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->factor_percent, 200u);
  EXPECT_EQ(config->mode, static_cast<uint32_t>(RangeMode::kAuto));
}

TEST_F(StageVariablesTest, MissingConfigurationIsSaid) {
  EXPECT_EQ(variables_.read_config().error().text(),
            "reading NvresumeConfig failed: not found (0x800000000000000e)");
}

TEST_F(StageVariablesTest, ConfigurationOfAnotherSizeIsRefused) {
  NvresumeConfig config = default_config();
  put(kConfigName, kConfigAttributes, &config, sizeof config - 2);
  EXPECT_FALSE(variables_.read_config().ok());
  std::vector<uint8_t> longer(sizeof config + 2);
  put(kConfigName, kConfigAttributes, longer.data(), longer.size());
  EXPECT_FALSE(variables_.read_config().ok());
}

TEST_F(StageVariablesTest, NonsenseInTheConfigurationIsRefused) {
  NvresumeConfig config = default_config();
  config.mode = 77;
  put_config(config);
  EXPECT_EQ(variables_.read_config().error().reason(), Reason::kBadArgument);
}

TEST_F(StageVariablesTest, PublishedRangeIsVolatileAndMarksThisBoot) {
  EXPECT_FALSE(variables_.published_in_this_boot());
  ASSERT_TRUE(variables_.publish(some_range()).ok());
  EXPECT_TRUE(variables_.published_in_this_boot());
  EXPECT_EQ(store_.variables[kRangeName].attributes, kRangeAttributes);
  EXPECT_EQ(store_.variables[kRangeName].data.size(), sizeof(NvresumeRange));
}

TEST_F(StageVariablesTest, NonVolatileLeftoverDoesNotCountAndIsReplaced) {
  NvresumeRange leftover{};
  put(kRangeName, kConfigAttributes, &leftover, sizeof leftover);
  EXPECT_FALSE(variables_.published_in_this_boot());
  ASSERT_TRUE(variables_.publish(some_range()).ok());
  EXPECT_EQ(store_.variables[kRangeName].attributes, kRangeAttributes);
}

TEST_F(StageVariablesTest, WithdrawnRangeIsGone) {
  ASSERT_TRUE(variables_.publish(some_range()).ok());
  variables_.withdraw();
  EXPECT_FALSE(variables_.published_in_this_boot());
  EXPECT_TRUE(store_.variables.empty());
}

TEST_F(StageVariablesTest, FullStoreOrWrongReadBackIsAnError) {
  store_.forgetful = true;
  EXPECT_EQ(variables_.publish(some_range()).error().text(),
            "NvresumeRange reads back differently");
  store_.full = true;
  EXPECT_FALSE(variables_.publish(some_range()).ok());
}

}  // namespace
}  // namespace nvresume::efi
