// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/initramfs_to_load.h"

#include <gtest/gtest.h>
#include <sys/utsname.h>

#include "image/codec.h"
#include "tests/test_image.h"
#include "tests/unit/resume_check_fixture.h"

namespace nvresume {
namespace {

class InitramfsToLoad : public testing::Test {
 protected:
  InitramfsToLoad() {
    struct utsname names = {};
    (void)::uname(&names);
    archive_ = make_archive({"usr/sbin/nvresume", std::string("usr/lib/modules/") + names.release +
                                                      "/updates/nvm_swap.ko"});
    root_.write("/run/nvresume/resume", "");
  }

  /// What a record drafted now says of it.
  std::optional<BootInitramfs> recorded() {
    AlignedBuffer record(64 * 1024);
    MetadataWriter writer(record.bytes());
    add_initramfs_section(writer);
    const uint64_t bytes = writer.finish();
    const ConstBytes section = section_of(record.bytes().first(bytes), SectionType::kInitramfs);
    if (section.empty()) return std::nullopt;
    EXPECT_EQ(section.size(), sizeof(BootInitramfs));
    return *reinterpret_cast<const BootInitramfs*>(section.data());
  }
  void expect_recorded(const std::string& archive) {
    const auto found = recorded();
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->bytes, archive.size());
    EXPECT_EQ(found->checksum,
              checksum_of({reinterpret_cast<const uint8_t*>(archive.data()), archive.size()}));
  }

  SystemRoot root_;
  std::string archive_;
};

TEST_F(InitramfsToLoad, SizeAndChecksumOfTheFileAreRecordedAlsoFromMemory) {
  root_.write("/etc/nvresume.conf", "initramfs=/boot/mine\n");
  root_.write("/boot/mine", archive_);
  expect_recorded(archive_);
  EXPECT_TRUE(file_exists("/run/nvresume/initramfs-checked"));
  expect_recorded(archive_);
}

TEST_F(InitramfsToLoad, AFileThatChangedIsReadAgain) {
  root_.write("/etc/nvresume.conf", "initramfs=/boot/mine\n");
  root_.write("/boot/mine", archive_);
  expect_recorded(archive_);
  const std::string longer = archive_ + std::string(4096, '\0');
  root_.write("/boot/mine", longer);
  expect_recorded(longer);
}

TEST_F(InitramfsToLoad, WhatWasRememberedByHalfIsReadAgain) {
  root_.write("/etc/nvresume.conf", "initramfs=/boot/mine\n");
  root_.write("/boot/mine", archive_);
  expect_recorded(archive_);
  const std::string remembered = *read_text("/run/nvresume/initramfs-checked");
  root_.write("/run/nvresume/initramfs-checked", remembered.substr(0, remembered.find('\n') + 1));
  expect_recorded(archive_);
}

TEST_F(InitramfsToLoad, SeveralFilesOrNoneAreNotRecorded) {
  EXPECT_FALSE(recorded().has_value()) << "none is found";
  struct utsname names = {};
  (void)::uname(&names);
  root_.write("/boot/early.img", make_archive({"early_cpio"}));
  root_.write("/boot/initrd.img", archive_);
  root_.write("/boot/grub/grub.cfg",
              std::string("set default=\"0\"\nmenuentry 'Debian' {\n  linux /boot/vmlinuz-") +
                  names.release + " quiet\n  initrd /boot/early.img /boot/initrd.img\n}\n");
  EXPECT_TRUE(find_default_entry().ok());
  EXPECT_FALSE(recorded().has_value()) << "the loader puts them together";
  root_.write("/boot/grub/grub.cfg",
              std::string("set default=\"0\"\nmenuentry 'Debian' {\n  linux /boot/vmlinuz-") +
                  names.release + " quiet\n  initrd /boot/initrd.img\n}\n");
  expect_recorded(archive_);
}

}  // namespace
}  // namespace nvresume
