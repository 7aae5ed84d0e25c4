// SPDX-License-Identifier: GPL-2.0-or-later
// Which initramfs a kernel is about to start with, in the memory of a fake machine.
#include "efi/loaded_linux.h"

#include <gtest/gtest.h>

#include "image/codec.h"
#include "tests/unit/efi_fake_linux.h"

namespace nvresume::efi {
namespace {

constexpr uint64_t kRam = 0x10000000;
constexpr uint64_t kRamBytes = 4 << 20;

class LoadedLinuxTest : public testing::Test {
 protected:
  LoadedLinuxTest() {
    memory_.back(kRam, kRamBytes);
    memory_.enter(EfiConventionalMemory, kRam, kRamBytes);
  }

  bool starts() {
    std::vector<EFI_MEMORY_DESCRIPTOR> map;
    for (const FakeMemory::Entry& entry : memory_.map())
      map.push_back({entry.type, 0, entry.start, 0, (entry.end - entry.start) / kEfiPageBytes, 0});
    return starts_initramfs({reinterpret_cast<const uint8_t*>(map.data()), map.size()}, wanted_);
  }

  static std::vector<uint8_t> make_file() {
    std::vector<uint8_t> file(3 * kEfiPageBytes + 77);
    for (size_t i = 0; i < file.size(); ++i) file[i] = static_cast<uint8_t>(i * 7 + i / 256);
    return file;
  }

  FakeMemory memory_;
  FakeLinux linux_{memory_};
  std::vector<uint8_t> file_ = make_file();
  const BootInitramfs wanted_{file_.size(), checksum_of(file_)};
};

TEST_F(LoadedLinuxTest, TheSavesInitramfsIsKnownAgain) {
  linux_.load(file_, "root=UUID=1 quiet");
  EXPECT_TRUE(starts());
}

TEST_F(LoadedLinuxTest, SizeRoundedUpByTheLoaderIsTheSame) {
  linux_.load(file_, "quiet");
  linux_.set_initramfs(linux_.initramfs(), (file_.size() + 3) / 4 * 4);
  EXPECT_TRUE(starts());
}

TEST_F(LoadedLinuxTest, StubThatLeavesTheMagicOutIsKnownAgain) {
  linux_.load(file_, "quiet");
  linux_.forget_magic();
  EXPECT_TRUE(starts());
}

TEST_F(LoadedLinuxTest, NothingLoadedIsNo) { EXPECT_FALSE(starts()); }

TEST_F(LoadedLinuxTest, OneOtherByteIsNo) {
  file_[2 * kEfiPageBytes] ^= 1;
  linux_.load(file_, "quiet");
  EXPECT_FALSE(starts());
}

TEST_F(LoadedLinuxTest, SecondInitramfsBehindItIsNo) {
  std::vector<uint8_t> both = file_;
  both.resize((file_.size() + 3) / 4 * 4 + 512, 1);
  linux_.load(both, "quiet");
  EXPECT_FALSE(starts());
}

TEST_F(LoadedLinuxTest, ShorterOneIsNo) {
  linux_.load(file_, "quiet");
  linux_.set_initramfs(linux_.initramfs(), file_.size() - 4);
  EXPECT_FALSE(starts());
}

TEST_F(LoadedLinuxTest, FileThatLiesThereButIsNotStartedIsNo) {
  linux_.load(file_, "quiet");
  linux_.set_initramfs(0, 0);
  EXPECT_FALSE(starts());
}

TEST_F(LoadedLinuxTest, BlockThatDoesNotStartAPageIsNo) {
  linux_.load(file_, "quiet");
  memmove(FakeLinux::at(linux_.block() + 16), FakeLinux::at(linux_.block()), kEfiPageBytes);
  memset(FakeLinux::at(linux_.block()), 0, 0x240);
  EXPECT_FALSE(starts());
}

TEST_F(LoadedLinuxTest, FileThatDoesNotStartAPageIsReadWhereTheKernelReadsIt) {
  std::vector<uint8_t> shifted(40);
  shifted.insert(shifted.end(), file_.begin(), file_.end());
  linux_.load(shifted, "quiet");
  linux_.set_initramfs(linux_.initramfs() + 40, file_.size());
  EXPECT_TRUE(starts());
}

TEST_F(LoadedLinuxTest, AddressOutsideOfLoaderMemoryIsNo) {
  linux_.load(file_, "quiet");
  for (const uint64_t address :
       {uint64_t{0}, kRam, kRam + kRamBytes - kEfiPageBytes, ~uint64_t{0}}) {
    linux_.set_initramfs(address, file_.size());
    EXPECT_FALSE(starts()) << std::hex << address;
  }
}

TEST_F(LoadedLinuxTest, FileThatWouldReachPastItsMemoryIsNo) {
  linux_.load(file_, "quiet");
  // The allocation's last page holds 77 bytes of the file and nothing follows.
  linux_.set_initramfs(linux_.initramfs() + 2 * kEfiPageBytes, file_.size());
  EXPECT_FALSE(starts());
}

TEST_F(LoadedLinuxTest, FirmwaresOwnMemoryIsNotSearched) {
  linux_.load(file_, "quiet");
  const uint64_t copy =
      linux_.put(FakeLinux::at(linux_.block()), kEfiPageBytes, EfiBootServicesData);
  linux_.set_initramfs(0, 0);
  EXPECT_NE(copy, 0u);
  EXPECT_FALSE(starts());
}

TEST_F(LoadedLinuxTest, AnotherKernelsBlockBesideItIsNo) {
  linux_.load(file_, "quiet");
  FakeLinux other(memory_);
  other.load({1, 2, 3}, "quiet");
  EXPECT_FALSE(starts());
  other.set_initramfs(0, 0);
  EXPECT_TRUE(starts()) << "a kernel file's own header names none";
}

TEST_F(LoadedLinuxTest, ArgumentThatStartsSomethingElseInItIsNo) {
  for (const char* arguments : {"rdinit=/bin/sh", "quiet rd.break=pre-mount",
                                "rd.systemd.unit=emergency.target", "noinitrd"}) {
    linux_.load(file_, arguments);
    EXPECT_FALSE(starts()) << arguments;
    linux_.unload();
  }
  linux_.load(file_, "init=/bin/sh rd.nvresume=0 rd.lvm.lv=a/b");
  EXPECT_TRUE(starts()) << "these come after the image's fate is decided, or decide it";
}

TEST_F(LoadedLinuxTest, LineThatGrubHasNotMovedYetIsReadBehindItsBlock) {
  for (const auto& [arguments, expected] :
       {std::pair("BOOT_IMAGE=/vmlinuz quiet", true),
        std::pair("BOOT_IMAGE=/vmlinuz rdinit=/bin/sh", false), std::pair("quiet", false)}) {
    linux_.load(file_, "quiet");
    linux_.move_behind_block(arguments, 5 * kEfiPageBytes);
    EXPECT_EQ(starts(), expected) << arguments;
    linux_.unload();
  }
}

TEST_F(LoadedLinuxTest, LineBehindTheBlockDoesNotHideTheOneThatIsTold) {
  linux_.load(file_, "rdinit=/bin/sh");
  const uint64_t told = linux_.command_line();
  linux_.move_behind_block("BOOT_IMAGE=/vmlinuz quiet", kEfiPageBytes);
  EXPECT_TRUE(starts());
  linux_.set_command_line(told);
  EXPECT_FALSE(starts());
}

TEST_F(LoadedLinuxTest, CommandLineThatCannotBeReadIsNo) {
  // The first allocation: its memory ends with the machine's.
  const std::vector<uint8_t> endless(kEfiPageBytes - 1, 'a');
  const uint64_t line = linux_.put(endless.data(), endless.size());
  linux_.load(file_, "quiet");
  EXPECT_TRUE(starts());
  linux_.set_command_line(line);
  EXPECT_TRUE(starts());
  FakeLinux::at(line)[kEfiPageBytes - 1] = 'a';
  EXPECT_FALSE(starts()) << "it does not end";
  linux_.set_command_line(0);
  EXPECT_FALSE(starts());
}

}  // namespace
}  // namespace nvresume::efi
