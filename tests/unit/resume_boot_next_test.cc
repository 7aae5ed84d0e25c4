// SPDX-License-Identifier: GPL-2.0-or-later
// libefivar takes another directory than efivarfs from EFIVARFS_PATH, if it lies on a tmpfs; it
// looks once, when it is loaded.
#include "resume/boot_next.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/unit/resume_system_root.h"

namespace nvresume {
namespace {

constexpr char kGlobal[] = "-8be4df61-93ca-11d2-aa0d-00e098032b8c";
constexpr uint32_t kActive = 1;

/// Starts the test program again with a directory of its own, before anything else of it runs.
[[gnu::constructor]] void restart_with_own_variables(int, char** argv, char**) {
  if (::getenv("EFIVARFS_PATH") != nullptr) {
    ::atexit([] { ::rmdir(::getenv("EFIVARFS_PATH")); });
    return;
  }
  char path[64];
  ::snprintf(path, sizeof(path), "/dev/shm/nvresume-efivars-%d/", ::getpid());
  if (::mkdir(path, 0700) != 0) return;
  ::setenv("EFIVARFS_PATH", path, 1);
  ::execv("/proc/self/exe", argv);
}

class BootEntries : public testing::Test {
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
  void put(const std::string& name, const std::string& data) {
    const uint32_t attributes = 7;
    std::ofstream file(path_ + name + kGlobal, std::ios::binary);
    file.write(reinterpret_cast<const char*>(&attributes), sizeof(attributes));
    file << data;
  }
  static std::string wide(const std::string& text) {
    std::string bytes;
    for (const char c : text) bytes += {c, '\0'};
    return bytes + std::string(2, '\0');
  }
  /// EFI_LOAD_OPTION: attributes, path length, label, path of one file node and its end.
  void put_entry(const std::string& name, const std::string& label, const std::string& file,
                 uint32_t attributes = kActive) {
    const std::string file_text = wide(file);
    const uint16_t node_bytes = static_cast<uint16_t>(4 + file_text.size());
    std::string path = {4, 4, static_cast<char>(node_bytes & 0xff),
                        static_cast<char>(node_bytes >> 8)};
    path += file_text;
    path += std::string("\x7f\xff\x04\x00", 4);
    const uint16_t path_bytes = static_cast<uint16_t>(path.size());
    std::string option(reinterpret_cast<const char*>(&attributes), 4);
    option += std::string(reinterpret_cast<const char*>(&path_bytes), 2);
    put(name, option + wide(label) + path);
  }
  std::string boot_next() const {
    std::ifstream file(path_ + "BootNext" + kGlobal, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    return bytes.size() == 6 ? bytes.substr(4) : "";
  }
  std::string path_;
};

TEST_F(BootEntries, OursIsFoundByLabelAndPath) {
  put_entry("Boot0000", "debian", "\\EFI\\debian\\shimx64.efi");
  put_entry("Boot0003", "nvresume", "\\EFI\\other\\nvresume.efi");
  put_entry("Boot001A", "nvresume", "\\efi\\NVRESUME\\nvresume.efi");
  const auto entry = find_boot_entry();
  ASSERT_TRUE(entry.ok()) << entry.error().text();
  EXPECT_EQ(entry.value(), 0x1A);
}

TEST_F(BootEntries, NoneIsAnErrorThatSaysWhatToDo) {
  put_entry("Boot0000", "debian", "\\EFI\\debian\\shimx64.efi");
  const auto entry = find_boot_entry();
  ASSERT_FALSE(entry.ok());
  EXPECT_EQ(entry.error().reason(), Reason::kNoBootEntry);
  EXPECT_NE(entry.error().text().find("setup"), std::string_view::npos);
}

TEST_F(BootEntries, SwitchedOffIsSaid) {
  put_entry("Boot0001", "nvresume", "\\EFI\\nvresume\\nvresume.efi", 0);
  EXPECT_NE(find_boot_entry().error().text().find("switched off"), std::string_view::npos);
}

TEST_F(BootEntries, GarbageIsNoEntry) {
  put("Boot0001", "garbage");
  put("Boot0002", std::string(4000, '\xff'));
  put("BootZZZZ", "x");
  EXPECT_FALSE(find_boot_entry().ok());
}

TEST_F(BootEntries, AbortedSaveTakesBootNextBack) {
  put_entry("Boot0001", "nvresume", "\\EFI\\nvresume\\nvresume.efi");
  {
    const auto guard = BootNext::set_to_nvresume();
    ASSERT_TRUE(guard.ok()) << guard.error().text();
    EXPECT_EQ(boot_next(), std::string("\x01\x00", 2));
  }
  EXPECT_EQ(boot_next(), "") << "there was none before";
}

TEST_F(BootEntries, AbortedSavePutsThePreviousOneBack) {
  put_entry("Boot0001", "nvresume", "\\EFI\\nvresume\\nvresume.efi");
  put("BootNext", std::string("\x05\x00", 2));
  { const auto guard = BootNext::set_to_nvresume(); }
  EXPECT_EQ(boot_next(), std::string("\x05\x00", 2));
}

}  // namespace
}  // namespace nvresume
