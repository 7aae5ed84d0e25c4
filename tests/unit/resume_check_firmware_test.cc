// SPDX-License-Identifier: GPL-2.0-or-later
// libefivar's directory is the one resume_boot_next_test.cc gives the whole program.
#include "resume/check_firmware.h"

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace nvresume {
namespace {

class CheckFirmware : public testing::Test {
 protected:
  void SetUp() override {
    const char* path = ::getenv("EFIVARFS_PATH");
    if (path == nullptr) GTEST_SKIP() << "no /dev/shm to put EFI variables in";
    path_ = path;
    std::filesystem::create_directories(path_);
  }
  void TearDown() override {
    if (!path_.empty()) std::filesystem::remove_all(path_);
  }
  void put(const std::string& name, const std::string& value) {
    std::ofstream(path_ + name + "-8be4df61-93ca-11d2-aa0d-00e098032b8c", std::ios::binary)
        << std::string("\x07\0\0\0", 4) << value;
  }
  std::string path_;
};

TEST_F(CheckFirmware, OrderIsReadEntryByEntry) {
  EXPECT_TRUE(read_boot_order().empty());
  put("BootOrder", std::string("\x03\x00\x00\x01\x0a\x00", 6));
  EXPECT_EQ(read_boot_order(), (std::vector<uint16_t>{0x0003, 0x0100, 0x000a}));
}

TEST_F(CheckFirmware, SecureBootIsOnOnlyWhereItSaysOne) {
  EXPECT_FALSE(is_secure_boot_on());
  put("SecureBoot", std::string("\0", 1));
  EXPECT_FALSE(is_secure_boot_on());
  put("SecureBoot", "\x01");
  EXPECT_TRUE(is_secure_boot_on());
}

}  // namespace
}  // namespace nvresume
