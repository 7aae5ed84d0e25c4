// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/witness_check.h"

#include <gtest/gtest.h>
#include <string.h>

#include <cstdlib>
#include <vector>

#include "image/codec.h"

namespace nvresume::efi {
namespace {

constexpr uint8_t kGuid[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

/// One partition behind one controller.
struct FakeFirmware {
  std::vector<uint8_t> disk = std::vector<uint8_t>(64 * 1024);
  uint8_t path[46] = {};
  EFI_BLOCK_IO_MEDIA media{};
  EFI_BLOCK_IO block_io{};
  bool present = true;  ///< the partition has its handle
  bool readable = true;
  int connects = 0;
};
FakeFirmware* firmware;
int disk_handle, controller_handle;

bool is_guid(EFI_GUID* guid, EFI_GUID wanted) { return memcmp(guid, &wanted, sizeof wanted) == 0; }

EFI_STATUS EFIAPI fake_locate(EFI_LOCATE_SEARCH_TYPE, EFI_GUID* guid, VOID*, UINTN* count,
                              EFI_HANDLE** handles) {
  const bool disks = is_guid(guid, EFI_BLOCK_IO_PROTOCOL_GUID);
  *count = disks && !firmware->present ? 0 : 1;
  *handles = static_cast<EFI_HANDLE*>(malloc(sizeof(EFI_HANDLE)));
  **handles = disks ? &disk_handle : &controller_handle;
  return *count == 0 ? EFI_NOT_FOUND : EFI_SUCCESS;
}
EFI_STATUS EFIAPI fake_handle(EFI_HANDLE, EFI_GUID* guid, VOID** interface) {
  *interface = is_guid(guid, EFI_BLOCK_IO_PROTOCOL_GUID) ? static_cast<void*>(&firmware->block_io)
                                                         : firmware->path;
  return EFI_SUCCESS;
}
EFI_STATUS EFIAPI fake_connect(EFI_HANDLE, EFI_HANDLE*, EFI_DEVICE_PATH*, BOOLEAN) {
  ++firmware->connects;
  firmware->present = true;
  return EFI_SUCCESS;
}
EFI_STATUS EFIAPI fake_free_pool(VOID* buffer) {
  free(buffer);
  return EFI_SUCCESS;
}
EFI_STATUS EFIAPI fake_pages(EFI_ALLOCATE_TYPE, EFI_MEMORY_TYPE, UINTN pages,
                             EFI_PHYSICAL_ADDRESS* address) {
  *address = reinterpret_cast<EFI_PHYSICAL_ADDRESS>(aligned_alloc(4096, pages * 4096));
  return EFI_SUCCESS;
}
EFI_STATUS EFIAPI fake_free_pages(EFI_PHYSICAL_ADDRESS address, UINTN) {
  free(reinterpret_cast<void*>(address));
  return EFI_SUCCESS;
}
EFI_STATUS EFIAPI fake_read(EFI_BLOCK_IO*, UINT32, EFI_LBA lba, UINTN bytes, VOID* buffer) {
  if (!firmware->readable) return EFI_DEVICE_ERROR;
  memcpy(buffer, firmware->disk.data() + lba * 512, bytes);
  return EFI_SUCCESS;
}
EFI_STATUS EFIAPI read_4k(EFI_BLOCK_IO*, UINT32, EFI_LBA lba, UINTN bytes, VOID* buffer) {
  memcpy(buffer, firmware->disk.data() + lba * 4096, bytes);
  return EFI_SUCCESS;
}

class WitnessCheckTest : public ::testing::Test {
 protected:
  WitnessCheckTest() {
    firmware = &fake_;
    for (size_t i = 0; i < fake_.disk.size(); ++i) fake_.disk[i] = static_cast<uint8_t>(i * 7);
    const uint8_t node[] = {4, 1, 42, 0};
    memcpy(fake_.path, node, sizeof node);
    memcpy(fake_.path + 24, kGuid, sizeof kGuid);
    fake_.path[41] = SIGNATURE_TYPE_GUID;
    fake_.path[42] = 0x7f;
    fake_.path[43] = 0xff;
    fake_.path[44] = 4;
    fake_.media.BlockSize = 512;
    fake_.media.MediaPresent = TRUE;
    fake_.media.LastBlock = fake_.disk.size() / 512 - 1;
    fake_.block_io.Media = &fake_.media;
    fake_.block_io.ReadBlocks = fake_read;
    services_.LocateHandleBuffer = fake_locate;
    services_.HandleProtocol = fake_handle;
    services_.ConnectController = fake_connect;
    services_.FreePool = fake_free_pool;
    services_.AllocatePages = fake_pages;
    services_.FreePages = fake_free_pages;
    memcpy(witness_.partition_guid, kGuid, sizeof kGuid);
    witness_.extent_count = 2;
    witness_.extents[0] = {1024, 1024};
    witness_.extents[1] = {8192, 4096};
    std::vector<uint8_t> bytes(fake_.disk.begin() + 1024, fake_.disk.begin() + 2048);
    bytes.insert(bytes.end(), fake_.disk.begin() + 8192, fake_.disk.begin() + 8192 + 4096);
    witness_.hash = checksum_of(bytes);
  }
  WitnessVerdict check() {
    OwnedMemory memory(services_);
    check_witnesses(services_, memory, std::span<const Witness>(&witness_, 1), verdicts_);
    return static_cast<WitnessVerdict>(verdicts_[0]);
  }

  FakeFirmware fake_;
  EFI_BOOT_SERVICES services_{};
  Witness witness_{};
  uint8_t verdicts_[kVerdictMaximum] = {};
};

TEST_F(WitnessCheckTest, AnUnchangedFileSystemIsTheSame) {
  EXPECT_EQ(check(), WitnessVerdict::kSame);
  EXPECT_TRUE(require_same(std::span<const Witness>(&witness_, 1), verdicts_).ok());
  EXPECT_EQ(fake_.connects, 0);
}

TEST_F(WitnessCheckTest, OneByteInOneExtentIsAChange) {
  fake_.disk[8192 + 100] ^= 1;
  EXPECT_EQ(check(), WitnessVerdict::kChanged);
  const Status status = require_same(std::span<const Witness>(&witness_, 1), verdicts_);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().reason(), Reason::kWitnessChanged);
}

TEST_F(WitnessCheckTest, BytesBetweenTheExtentsMayChange) {
  fake_.disk[4096] ^= 1;
  EXPECT_EQ(check(), WitnessVerdict::kSame);
}

TEST_F(WitnessCheckTest, LargeBlocksAreReadAroundTheExtents) {
  fake_.media.BlockSize = 4096;
  fake_.media.LastBlock = 15;
  fake_.block_io.ReadBlocks = read_4k;
  EXPECT_EQ(check(), WitnessVerdict::kSame);
}

TEST_F(WitnessCheckTest, ADiskNobodyConnectedIsConnectedOnce) {
  fake_.present = false;
  EXPECT_EQ(check(), WitnessVerdict::kSame);
  EXPECT_EQ(fake_.connects, 1);
}

TEST_F(WitnessCheckTest, ADiskThatCannotBeReadIsUnreadable) {
  fake_.readable = false;
  EXPECT_EQ(check(), WitnessVerdict::kUnreadable);
}

TEST_F(WitnessCheckTest, AnotherPartitionIsNotOurs) {
  fake_.path[30] ^= 1;
  EXPECT_EQ(check(), WitnessVerdict::kUnknown);
  EXPECT_FALSE(require_same(std::span<const Witness>(&witness_, 1), verdicts_).ok());
}

TEST_F(WitnessCheckTest, AnExtentBehindTheDisksEndIsUnreadable) {
  witness_.extents[1].offset_bytes = fake_.disk.size();
  EXPECT_EQ(check(), WitnessVerdict::kUnreadable);
}

TEST_F(WitnessCheckTest, AFileSystemWithoutAPartitionIsLeftToTheInitramfs) {
  memset(witness_.partition_guid, 0, sizeof witness_.partition_guid);
  EXPECT_EQ(check(), WitnessVerdict::kUnreadable);
}

}  // namespace
}  // namespace nvresume::efi
