// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/initramfs_content.h"

#include "resume/initramfs_content_files.h"
#include "tests/unit/resume_system_root.h"

namespace nvresume {
namespace {

constexpr char kRelease[] = "6.1.0-13-amd64";

class Initramfs : public testing::Test {
 protected:
  void SetUp() override {
    if (!have_tool("cpio")) GTEST_SKIP() << "cpio is not installed";
  }
  void add_file(const std::string& name, size_t bytes = 10) {
    const auto path = std::filesystem::path(tree_ / name);
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << std::string(bytes, 'x');
  }
  void add_program() { add_file("usr/sbin/nvresume", 70001); }
  void add_driver(const std::string& release = kRelease) {
    add_file("usr/lib/modules/" + release + "/updates/nvm_swap.ko.xz", 30003);
  }
  /// The tree as an archive through `filter`, behind whatever the archive file holds already.
  void pack(const std::string& filter) {
    ASSERT_TRUE(run_command("cd " + tree_.path() + " && find . | sort | cpio -o -H newc | " +
                            filter + " >>" + archive_));
  }
  Result<InitramfsContent> look() {
    std::ifstream file(archive_, std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(file), {});
    return read_initramfs_content(bytes_, kRelease);
  }
  void expect_complete() {
    const auto content = look();
    ASSERT_TRUE(content.ok()) << content.error().text();
    EXPECT_TRUE(content.value().program);
    EXPECT_TRUE(content.value().driver);
  }
  TemporaryDirectory tree_;
  TemporaryDirectory out_;
  std::string archive_ = out_ / "initrd";
  std::vector<uint8_t> bytes_;
};

TEST_F(Initramfs, PlainGzipAndZstdAreRead) {
  add_program();
  add_driver();
  for (const char* filter : {"cat", "gzip", "zstd -19"}) {
    std::filesystem::remove(archive_);
    pack(filter);
    expect_complete();
  }
}

TEST_F(Initramfs, MainArchiveBehindAnEarlyOneIsRead) {
  add_file("kernel/x86/microcode/GenuineIntel.bin", 5000);
  pack("cat");
  std::filesystem::remove_all(tree_ / "kernel");
  add_program();
  add_driver();
  pack("zstd");
  expect_complete();
}

TEST_F(Initramfs, DriverOfAnotherKernelDoesNotCount) {
  add_program();
  add_driver("6.1.0-99-amd64");
  pack("gzip");
  const auto content = look();
  ASSERT_TRUE(content.ok());
  EXPECT_TRUE(content.value().program);
  EXPECT_FALSE(content.value().driver);
}

TEST_F(Initramfs, CutArchiveIsAnError) {
  add_program();
  for (const char* filter : {"cat", "gzip", "zstd"}) {
    std::filesystem::remove(archive_);
    pack(filter);
    std::filesystem::resize_file(archive_, std::filesystem::file_size(archive_) / 2);
    const auto content = look();
    ASSERT_FALSE(content.ok() && content.value().driver);
    if (content.ok()) continue;
    EXPECT_EQ(content.error().reason(), Reason::kNotInInitramfs);
  }
}

TEST_F(Initramfs, UnknownCompressionIsSaid) {
  std::ofstream(archive_) << "\xfd"
                             "7zXZ";
  const auto content = look();
  ASSERT_FALSE(content.ok());
  EXPECT_NE(content.error().text().find("zstd"), std::string_view::npos);
}

TEST_F(Initramfs, IsFoundBesideTheKernelOfTheCommandLine) {
  SystemRoot root;
  root.write("/boot/initrd.img-6.1", "x");
  root.write("/boot/sub/initrd.img-6.1", "x");
  EXPECT_EQ(find_initramfs("BOOT_IMAGE=/boot/vmlinuz-6.1 quiet", "6.1").value(),
            "/boot/initrd.img-6.1");
  EXPECT_EQ(find_initramfs("BOOT_IMAGE=(hd0,gpt2)/sub/vmlinuz-6.1", "6.1").value(),
            "/boot/sub/initrd.img-6.1");
  EXPECT_EQ(find_initramfs("quiet", "6.1").value(), "/boot/initrd.img-6.1");
  EXPECT_EQ(find_initramfs("quiet", "6.2").error().reason(), Reason::kNotInInitramfs);
}

TEST_F(Initramfs, GoodResultIsRememberedUntilTheFileChanges) {
  add_program();
  add_driver();
  add_file("usr/lib/modules/6.1/kernel/drivers/gpu/drm/i915/i915.ko.xz");
  SystemRoot root;
  root.write("/run/x", "");
  pack("gzip");
  std::filesystem::create_directories(root.path("/boot"));
  std::filesystem::copy_file(archive_, root.path("/boot/initrd"));
  const std::string paths[] = {"/boot/initrd"};
  const std::vector<std::string> gpu_drivers = {"i915"};
  const auto first = look_into_initramfs(paths, kRelease);
  ASSERT_TRUE(first.ok()) << first.error().text();
  EXPECT_EQ(first->gpu_drivers, gpu_drivers);
  EXPECT_NE(root.read("/run/nvresume/initramfs-checked").find("/boot/initrd"), std::string::npos);
  const auto again = look_into_initramfs(paths, kRelease);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->gpu_drivers, gpu_drivers);
  EXPECT_FALSE(look_into_initramfs(paths, "6.2").ok()) << "remembered for its kernel only";
  root.write("/boot/initrd", "070701 but not really");
  const auto changed = look_into_initramfs(paths, kRelease);
  ASSERT_FALSE(changed.ok());
  EXPECT_EQ(changed.error().reason(), Reason::kNotInInitramfs);
}

}  // namespace
}  // namespace nvresume
