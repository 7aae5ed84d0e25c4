// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/loader_list.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "efi/device_path.h"
#include "efi/line.h"
#include "efi/variables.h"

namespace nvresume::efi {
namespace {

std::vector<uint16_t> ucs2(const std::string& ascii) { return {ascii.begin(), ascii.end()}; }
LoaderPath path_of(const std::string& ascii) { return make_path(ucs2(ascii)); }
std::string text_of(const LoaderPath& path) { return std::string(Line().path(path.text).view()); }

class LoaderListTest : public testing::Test {
 protected:
  void configure(const std::string& path) {
    for (size_t i = 0; i < path.size(); ++i)
      config_.next_loader[i] = static_cast<uint16_t>(path[i]);
  }
  LoaderList list(const std::vector<uint16_t>& load_options = {}) {
    ConstBytes bytes(reinterpret_cast<const uint8_t*>(load_options.data()),
                     load_options.size() * 2);
    return LoaderList(config_, bytes, own_);
  }

  NvresumeConfig config_ = default_config();
  LoaderPath own_ = path_of("\\EFI\\nvresume\\nvresume.efi");
};

TEST_F(LoaderListTest, ConfiguredThenBootEntryThenUsualPlaces) {
  configure("\\EFI\\mine\\loader.efi");
  LoaderList loaders = list(ucs2("\\EFI\\entry\\loader.efi"));
  EXPECT_EQ(text_of(loaders[0]), "\\EFI\\mine\\loader.efi");
  EXPECT_EQ(text_of(loaders[1]), "\\EFI\\entry\\loader.efi");
  EXPECT_EQ(text_of(loaders[2]), "\\EFI\\debian\\shimx64.efi");
  EXPECT_TRUE(loaders.named(1));
  EXPECT_FALSE(loaders.named(2));
}

TEST_F(LoaderListTest, EachPathOnceWithoutCase) {
  configure("\\efi\\DEBIAN\\shimx64.efi");
  LoaderList loaders = list(ucs2("/EFI/debian/shimx64.efi"));
  EXPECT_EQ(text_of(loaders[0]), "\\efi\\DEBIAN\\shimx64.efi");
  EXPECT_EQ(text_of(loaders[1]), "\\EFI\\debian\\grubx64.efi");
}

TEST_F(LoaderListTest, TheStageNeverNamesItself) {
  configure("\\EFI\\NVRESUME\\NVRESUME.EFI");
  EXPECT_EQ(text_of(list(ucs2("\\EFI\\nvresume\\nvresume.efi"))[0]), "\\EFI\\debian\\shimx64.efi");
}

TEST_F(LoaderListTest, OtherOptionalDataIsIgnored) {
  std::vector<uint16_t> firmware_mark(8, 0x4eac);
  std::vector<uint16_t> too_long(400, 'a');
  for (const auto& options : {firmware_mark, too_long, ucs2("nvresume.efi -v"), ucs2("\\EFI\\x")})
    EXPECT_FALSE(list(options).named(0));
}

TEST_F(LoaderListTest, BootEntryPathMayLackOrHaveItsTerminator) {
  std::vector<uint16_t> terminated = ucs2("\\EFI\\entry\\loader.efi");
  terminated.push_back(0);
  EXPECT_EQ(text_of(list(terminated)[0]), "\\EFI\\entry\\loader.efi");
}

TEST(DevicePathTest, FullPathIsVolumeThenFileThenEnd) {
  const uint8_t volume[] = {2, 1, 12, 0, 0xd0, 0x41, 3, 0x0a, 0, 0, 0, 0, 0x7f, 0xff, 4, 0};
  FullPath full =
      make_full_path(reinterpret_cast<const EFI_DEVICE_PATH*>(volume), path_of("\\a.efi"));
  ASSERT_EQ(full.length_bytes, 12u + 4 + 14 + 4);
  EXPECT_EQ(memcmp(full.bytes, volume, 12), 0);
  const uint8_t file_header[] = {4, 4, 18, 0, '\\', 0, 'a', 0};
  EXPECT_EQ(memcmp(full.bytes + 12, file_header, sizeof file_header), 0);
  const uint8_t end[] = {0x7f, 0xff, 4, 0};
  EXPECT_EQ(memcmp(full.bytes + 30, end, sizeof end), 0);
  EXPECT_EQ(text_of(file_of(reinterpret_cast<const EFI_DEVICE_PATH*>(full.bytes))), "\\a.efi");
}

TEST(DevicePathTest, FileInSeveralNodesIsJoined) {
  const uint8_t path[] = {4,   4, 12,  0, '\\', 0, 'E',  0,    '\\', 0, 0,   0,
                          4,   4, 18,  0, '\\', 0, 'x',  0,    '.',  0, 'e', 0,
                          'f', 0, 'i', 0, 0,    0, 0x7f, 0xff, 4,    0};
  EXPECT_EQ(text_of(file_of(reinterpret_cast<const EFI_DEVICE_PATH*>(path))), "\\E\\x.efi");
}

TEST(DevicePathTest, NoFileIsEmpty) {
  EXPECT_TRUE(file_of(nullptr).empty());
  const uint8_t broken[] = {4, 4, 0, 0};
  EXPECT_TRUE(file_of(reinterpret_cast<const EFI_DEVICE_PATH*>(broken)).empty());
}

TEST(DevicePathTest, TooLongVolumeGivesNoPath) {
  std::vector<uint8_t> volume;
  for (int i = 0; i < 600; ++i) volume.insert(volume.end(), {1, 1, 4, 0});
  volume.insert(volume.end(), {0x7f, 0xff, 4, 0});
  FullPath full =
      make_full_path(reinterpret_cast<const EFI_DEVICE_PATH*>(volume.data()), path_of("\\a.efi"));
  EXPECT_EQ(full.length_bytes, 0u);
}

}  // namespace
}  // namespace nvresume::efi
