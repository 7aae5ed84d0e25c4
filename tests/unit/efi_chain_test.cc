// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/chain.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "efi/device_path.h"
#include "efi/variables.h"

namespace nvresume::efi {
namespace {

const uint8_t kVolume[] = {2, 1, 12, 0, 0xd0, 0x41, 3, 0x0a, 0, 0, 0, 0, 0x7f, 0xff, 4, 0};

struct FakeFirmware {
  std::map<std::string, EFI_STATUS> files;  ///< what LoadImage answers; not found if absent
  std::vector<std::string> loaded;
  int unloaded = 0;
  EFI_STATUS start_status = EFI_SUCCESS;
  int freed = 0;
  std::string printed;
};
FakeFirmware* firmware;
int loaded_handle;
CHAR16 exit_data[4];

EFI_STATUS EFIAPI fake_load(BOOLEAN, EFI_HANDLE, EFI_DEVICE_PATH* path, VOID* buffer, UINTN,
                            EFI_HANDLE* image) {
  EXPECT_EQ(buffer, nullptr);
  EXPECT_EQ(memcmp(path, kVolume, 12), 0);
  std::string file(Line().path(file_of(path).text).view());
  firmware->loaded.push_back(file);
  auto found = firmware->files.find(file);
  if (found == firmware->files.end()) return EFI_NOT_FOUND;
  *image = &loaded_handle;
  return found->second;
}
EFI_STATUS EFIAPI fake_unload(EFI_HANDLE image) {
  EXPECT_EQ(image, &loaded_handle);
  ++firmware->unloaded;
  return EFI_SUCCESS;
}
EFI_STATUS EFIAPI fake_start(EFI_HANDLE, UINTN* bytes, CHAR16** data) {
  *bytes = sizeof exit_data;
  *data = exit_data;
  return firmware->start_status;
}
EFI_STATUS EFIAPI fake_free_pool(VOID* buffer) {
  EXPECT_EQ(buffer, exit_data);
  ++firmware->freed;
  return EFI_SUCCESS;
}
EFI_STATUS EFIAPI fake_print(SIMPLE_TEXT_OUTPUT_INTERFACE*, CHAR16* text) {
  firmware->printed += Line().path(text).view();
  return EFI_SUCCESS;
}

class ChainTest : public testing::Test {
 protected:
  ChainTest() {
    firmware = &fake_;
    boot_.LoadImage = fake_load;
    boot_.UnloadImage = fake_unload;
    boot_.StartImage = fake_start;
    boot_.FreePool = fake_free_pool;
    output_.OutputString = fake_print;
  }
  Result<Loader> load() {
    OwnImage own{&image_, &loaded_, reinterpret_cast<const EFI_DEVICE_PATH*>(kVolume)};
    return load_next(boot_, own, loaders_of(own, config_), console_);
  }
  void configure(const std::string& path) {
    for (size_t i = 0; i < path.size(); ++i)
      config_.next_loader[i] = static_cast<uint16_t>(path[i]);
  }

  FakeFirmware fake_;
  EFI_BOOT_SERVICES boot_{};
  SIMPLE_TEXT_OUTPUT_INTERFACE output_{};
  Console console_{&output_, boot_};
  EFI_LOADED_IMAGE loaded_{};
  NvresumeConfig config_ = default_config();
  int image_ = 0;
};

TEST_F(ChainTest, UsualPlacesAreTriedInOrderAndSilently) {
  fake_.files["\\EFI\\debian\\grubx64.efi"] = EFI_SUCCESS;
  Result<Loader> loader = load();
  ASSERT_TRUE(loader.ok());
  EXPECT_EQ(loader->image, &loaded_handle);
  EXPECT_EQ(fake_.loaded,
            (std::vector<std::string>{"\\EFI\\debian\\shimx64.efi", "\\EFI\\debian\\grubx64.efi"}));
  EXPECT_EQ(fake_.printed, "");
}

TEST_F(ChainTest, MissingConfiguredLoaderIsSaidAndTheNextOneStarts) {
  configure("\\EFI\\gone\\loader.efi");
  fake_.files["\\EFI\\debian\\shimx64.efi"] = EFI_SUCCESS;
  ASSERT_TRUE(load().ok());
  EXPECT_NE(fake_.printed.find("cannot load \\EFI\\gone\\loader.efi: LoadImage failed: not found"),
            std::string::npos);
}

TEST_F(ChainTest, LoaderRefusedBySecureBootIsUnloadedAndSaid) {
  fake_.files["\\EFI\\debian\\shimx64.efi"] = EFI_SECURITY_VIOLATION;
  EXPECT_EQ(load().error().reason(), Reason::kLoaderMissing);
  EXPECT_EQ(fake_.unloaded, 1);
  EXPECT_NE(fake_.printed.find("refused by Secure Boot"), std::string::npos);
}

TEST_F(ChainTest, ReturningLoaderGivesItsStatusAndItsExitDataIsFreed) {
  fake_.files["\\EFI\\debian\\shimx64.efi"] = EFI_SUCCESS;
  fake_.start_status = EFI_ABORTED;
  EXPECT_EQ(start(boot_, *load()), EFI_ABORTED);
  EXPECT_EQ(fake_.freed, 1);
}

TEST_F(ChainTest, LoadOptionsOfTheBootEntryAreUsed) {
  uint16_t options[] = {'\\', 'n', '.', 'e', 'f', 'i'};
  loaded_.LoadOptions = options;
  loaded_.LoadOptionsSize = sizeof options;
  fake_.files["\\n.efi"] = EFI_SUCCESS;
  EXPECT_TRUE(load().ok());
  EXPECT_EQ(fake_.loaded.front(), "\\n.efi");
}

}  // namespace
}  // namespace nvresume::efi
