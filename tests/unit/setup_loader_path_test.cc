// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/loader_path.h"

#include "kernel-cmdline/boot_entry.h"
#include "kernel-cmdline/stage_config.h"
#include "tests/unit/setup_fixture.h"

namespace nvresume {
namespace {

void append_node(std::vector<uint8_t>& path, uint8_t type, uint8_t subtype,
                 const std::vector<uint8_t>& body) {
  const size_t length = 4 + body.size();
  path.insert(path.end(),
              {type, subtype, static_cast<uint8_t>(length), static_cast<uint8_t>(length >> 8)});
  path.insert(path.end(), body.begin(), body.end());
}

void append_file(std::vector<uint8_t>& path, std::string_view name) {
  std::vector<uint8_t> body;
  for (const char c : name) body.insert(body.end(), {static_cast<uint8_t>(c), 0});
  body.insert(body.end(), {0, 0});
  append_node(path, 4, 4, body);
}

std::vector<uint8_t> hard_drive() {
  std::vector<uint8_t> path;
  append_node(path, 4, 1, std::vector<uint8_t>(38));
  return path;
}

TEST(LoaderPath, FileBehindAHardDriveNode) {
  auto path = hard_drive();
  append_file(path, "\\EFI\\debian\\shimx64.efi");
  append_node(path, 0x7f, 0xff, {});
  const auto file = file_of_device_path(path);
  ASSERT_EQ(told(file), "ok");
  EXPECT_EQ(file.value(), "\\EFI\\debian\\shimx64.efi");
}

TEST(LoaderPath, PathInTwoNodesIsJoined) {
  auto path = hard_drive();
  append_file(path, "\\EFI\\debian");
  append_file(path, "grubx64.efi");
  append_node(path, 0x7f, 0xff, {});
  EXPECT_EQ(file_of_device_path(path).value(), "\\EFI\\debian\\grubx64.efi");
}

TEST(LoaderPath, DiskAloneNamesNoFile) {
  auto path = hard_drive();
  append_node(path, 0x7f, 0xff, {});
  EXPECT_EQ(file_of_device_path(path).value(), "");
}

TEST(LoaderPath, TruncatedAndOverlongNodesAreRefused) {
  auto path = hard_drive();
  EXPECT_EQ(told(file_of_device_path(path)),
            "unsupported-setup: the boot entry's device path has no end");
  path[2] = 200;
  EXPECT_EQ(told(file_of_device_path(path)),
            "unsupported-setup: the boot entry's device path is malformed");
  path[2] = 3;
  EXPECT_EQ(told(file_of_device_path(path)),
            "unsupported-setup: the boot entry's device path is malformed");
}

TEST(LoaderPath, BelowAMountPoint) {
  EXPECT_EQ(path_below("/boot/efi", "\\EFI\\debian\\shimx64.efi"),
            "/boot/efi/EFI/debian/shimx64.efi");
  EXPECT_EQ(path_below("/efi", "EFI\\x.efi"), "/efi/EFI/x.efi");
  EXPECT_TRUE(is_same_path("\\EFI\\NVRESUME\\nvresume.EFI", kStagePathOnEsp));
  EXPECT_FALSE(is_same_path("\\EFI\\NVRESUME\\nvresume.ef", kStagePathOnEsp));
}

TEST(BootOrder, EntryMovesToTheFrontOnce) {
  const std::vector<uint8_t> order = {3, 0, 0, 0, 1, 0};
  EXPECT_EQ(put_first(order, 4), (std::vector<uint8_t>{4, 0, 3, 0, 0, 0, 1, 0}));
  EXPECT_EQ(put_first(order, 1), (std::vector<uint8_t>{1, 0, 3, 0, 0, 0}));
  EXPECT_EQ(put_first(order, 3), order);
  EXPECT_EQ(put_first({}, 0x12ab), (std::vector<uint8_t>{0xab, 0x12}));
  EXPECT_EQ(take_out(order, 0), (std::vector<uint8_t>{3, 0, 1, 0}));
  EXPECT_EQ(take_out(order, 7), order);
}

StageChoices choices(uint32_t factor_percent, const std::string& loader) {
  return {{0x100000000, 0x80000000}, factor_percent, loader, {}, {}};
}

TEST(StageConfig, BytesAreTheFormatsAndPassItsCheck) {
  const auto config = make_stage_config(choices(150, "\\EFI\\a.efi"));
  ASSERT_EQ(told(config), "ok");
  const auto* bytes = reinterpret_cast<const uint8_t*>(&config.value());
  EXPECT_EQ(told(check_config({bytes, sizeof(NvresumeConfig)})), "ok");
  EXPECT_EQ(config.value().mode, 2u);
  EXPECT_EQ(config.value().range_base, 0x100000000u);
  EXPECT_EQ(config.value().factor_percent, 150u);
  EXPECT_EQ(bytes[48], '\\');
  EXPECT_EQ(bytes[49], 0);
  EXPECT_EQ(bytes[50], 'E');
  EXPECT_EQ(next_loader_of(config.value()), "\\EFI\\a.efi");
}

TEST(StageConfig, LoaderPathThatDoesNotFitIsRefused) {
  EXPECT_EQ(told(make_stage_config(choices(200, std::string(255, 'a')))), "ok");
  EXPECT_EQ(told(make_stage_config(choices(200, std::string(256, 'a')))).substr(0, 40),
            "bad-argument: the boot loader's path is ");
  EXPECT_EQ(told(make_stage_config(choices(200, "\\EFI\\\xc3\xa4.efi"))).substr(0, 13),
            "bad-argument:");
}

}  // namespace
}  // namespace nvresume
