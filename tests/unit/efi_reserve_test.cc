// SPDX-License-Identifier: GPL-2.0-or-later
// The DXE services and page allocation are faked with EDK2's rules: adding what is known is access
// denied, allocating needs added space, removing needs freed space.
#include "efi/reserve.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace nvresume::efi {
namespace {

constexpr uint64_t kBase = 0x100000000;
constexpr uint64_t kBytes = 64 << 20;

struct FakeFirmware {
  EFI_GCD_MEMORY_TYPE type = EfiGcdMemoryTypeNonExistent;
  uint64_t space_bytes = 1 << 30;  ///< length of the descriptor around kBase
  uint64_t attributes = 0;
  bool allocated = false;
  std::vector<std::string> calls;
  std::string failing;

  EFI_STATUS call(const std::string& name, EFI_STATUS status = EFI_SUCCESS) {
    calls.push_back(name);
    return name == failing ? EFI_OUT_OF_RESOURCES : status;
  }
};
FakeFirmware* firmware;

EFI_STATUS EFIAPI fake_get(EFI_PHYSICAL_ADDRESS, EFI_GCD_MEMORY_SPACE_DESCRIPTOR* descriptor) {
  *descriptor = {
      kBase,  firmware->space_bytes, EFI_MEMORY_WB, firmware->attributes, firmware->type, nullptr,
      nullptr};
  return EFI_SUCCESS;
}
EFI_STATUS EFIAPI fake_add(EFI_GCD_MEMORY_TYPE type, EFI_PHYSICAL_ADDRESS base, UINT64 length,
                           UINT64) {
  EXPECT_EQ(base, kBase);
  EXPECT_EQ(length, kBytes);
  if (firmware->type != EfiGcdMemoryTypeNonExistent)
    return firmware->call("add", EFI_ACCESS_DENIED);
  EFI_STATUS status = firmware->call("add");
  if (!EFI_ERROR(status)) firmware->type = type;
  return status;
}
EFI_STATUS EFIAPI fake_allocate(EFI_GCD_ALLOCATE_TYPE, EFI_GCD_MEMORY_TYPE type, UINTN, UINT64,
                                EFI_PHYSICAL_ADDRESS* base, EFI_HANDLE image, EFI_HANDLE) {
  EXPECT_EQ(*base, kBase);
  EXPECT_NE(image, nullptr);
  EXPECT_EQ(firmware->type, type);
  EFI_STATUS status = firmware->call("allocate");
  if (!EFI_ERROR(status)) firmware->allocated = true;
  return status;
}
EFI_STATUS EFIAPI fake_free(EFI_PHYSICAL_ADDRESS, UINT64) {
  EXPECT_TRUE(firmware->allocated);
  firmware->allocated = false;
  return firmware->call("free");
}
EFI_STATUS EFIAPI fake_remove(EFI_PHYSICAL_ADDRESS, UINT64) {
  if (firmware->allocated) return firmware->call("remove", EFI_ACCESS_DENIED);
  firmware->type = EfiGcdMemoryTypeNonExistent;
  return firmware->call("remove");
}
EFI_STATUS EFIAPI fake_set_attributes(EFI_PHYSICAL_ADDRESS, UINT64, UINT64 attributes) {
  EFI_STATUS status = firmware->call("set");
  if (!EFI_ERROR(status)) firmware->attributes = attributes;
  return status;
}
EFI_STATUS EFIAPI fake_allocate_pages(EFI_ALLOCATE_TYPE type, EFI_MEMORY_TYPE memory, UINTN pages,
                                      EFI_PHYSICAL_ADDRESS* base) {
  EXPECT_EQ(type, AllocateAddress);
  EXPECT_EQ(memory, EfiReservedMemoryType);
  EXPECT_EQ(pages, kBytes / 4096);
  EXPECT_EQ(*base, kBase);
  return firmware->call("allocate-pages");
}
EFI_STATUS EFIAPI fake_free_pages(EFI_PHYSICAL_ADDRESS base, UINTN pages) {
  EXPECT_EQ(base, kBase);
  EXPECT_EQ(pages, kBytes / 4096);
  return firmware->call("free-pages");
}

class ReserveTest : public testing::Test {
 protected:
  ReserveTest() {
    firmware = &fake_;
    dxe_.GetMemorySpaceDescriptor = fake_get;
    dxe_.AddMemorySpace = fake_add;
    dxe_.AllocateMemorySpace = fake_allocate;
    dxe_.FreeMemorySpace = fake_free;
    dxe_.RemoveMemorySpace = fake_remove;
    dxe_.SetMemorySpaceAttributes = fake_set_attributes;
    boot_.AllocatePages = fake_allocate_pages;
    boot_.FreePages = fake_free_pages;
  }

  void map_range_as(uint32_t type, uint64_t attributes = 0) {
    entry_.Type = type;
    entry_.PhysicalStart = kBase;
    entry_.NumberOfPages = (1 << 30) / 4096;
    entry_.Attribute = attributes;
    map_ = {reinterpret_cast<const uint8_t*>(&entry_), 1, sizeof entry_};
  }
  Result<Reservation> reserve_range() { return reserve(services_, map_, kBase, kBytes); }
  using Calls = std::vector<std::string>;

  FakeFirmware fake_;
  EFI_BOOT_SERVICES boot_{};
  DXE_SERVICES dxe_{};
  int image_ = 0;
  MemoryServices services_{&boot_, &dxe_, &image_};
  EFI_MEMORY_DESCRIPTOR entry_{};
  MemoryMapView map_;
};

TEST_F(ReserveTest, UnmappedRangeIsAddedAllocatedAndGivenBackWhole) {
  Result<Reservation> reservation = reserve_range();
  ASSERT_TRUE(reservation.ok());
  EXPECT_EQ(reservation->kind, RangeKind::kUnmapped);
  EXPECT_TRUE(release(services_, *reservation).ok());
  EXPECT_EQ(fake_.calls, (Calls{"add", "allocate", "free", "remove"}));
  EXPECT_EQ(fake_.type, EfiGcdMemoryTypeNonExistent);
}

TEST_F(ReserveTest, FailedAllocationTakesTheAdditionBack) {
  fake_.failing = "allocate";
  Result<Reservation> reservation = reserve_range();
  ASSERT_FALSE(reservation.ok());
  EXPECT_EQ(reservation.error().text(),
            "AllocateMemorySpace failed: out of resources (0x8000000000000009)");
  EXPECT_EQ(fake_.calls, (Calls{"add", "allocate", "remove"}));
}

TEST_F(ReserveTest, SpaceFirmwareUsesOutsideTheMapIsLeftAlone) {
  fake_.type = EfiGcdMemoryTypeMemoryMappedIo;
  Result<Reservation> reservation = reserve_range();
  ASSERT_FALSE(reservation.ok());
  EXPECT_EQ(reservation.error().reason(), Reason::kRangeTaken);
  EXPECT_TRUE(fake_.calls.empty());
}

TEST_F(ReserveTest, SpaceThatEndsInsideTheRangeIsRefused) {
  fake_.space_bytes = kBytes - 4096;
  EXPECT_FALSE(reserve_range().ok());
  EXPECT_TRUE(fake_.calls.empty());
}

TEST_F(ReserveTest, ReservedAndPersistentMapsAreLeftAlone) {
  for (auto [type, kind] : {std::pair{uint32_t{EfiReservedMemoryType}, RangeKind::kReserved},
                            std::pair{kEfiPersistentMemory, RangeKind::kPersistent}}) {
    map_range_as(type);
    Result<Reservation> reservation = reserve_range();
    ASSERT_TRUE(reservation.ok());
    EXPECT_EQ(reservation->kind, kind);
    EXPECT_TRUE(release(services_, *reservation).ok());
  }
  EXPECT_TRUE(fake_.calls.empty());
}

TEST_F(ReserveTest, NvConventionalMemoryIsAllocatedAndFreedAsPages) {
  map_range_as(EfiConventionalMemory, kEfiMemoryNv);
  Result<Reservation> reservation = reserve_range();
  ASSERT_TRUE(reservation.ok());
  EXPECT_EQ(reservation->kind, RangeKind::kMemoryNv);
  EXPECT_TRUE(release(services_, *reservation).ok());
  EXPECT_EQ(fake_.calls, (Calls{"allocate-pages", "free-pages"}));
}

TEST_F(ReserveTest, OrdinaryMemoryIsNeverReserved) {
  map_range_as(EfiConventionalMemory);
  EXPECT_EQ(reserve_range().error().reason(), Reason::kRangeTaken);
  EXPECT_TRUE(fake_.calls.empty());
}

TEST_F(ReserveTest, UnalignedRangeIsRefused) {
  EXPECT_EQ(reserve(services_, map_, kBase + 4096, kBytes).error().reason(), Reason::kBadArgument);
}

TEST_F(ReserveTest, FirmwareWithoutDxeServicesCanStillClaimWhatItKnows) {
  services_.dxe = nullptr;
  EXPECT_FALSE(reserve_range().ok());
  map_range_as(EfiReservedMemoryType);
  Result<Reservation> reservation = reserve_range();
  ASSERT_TRUE(reservation.ok());
  EXPECT_TRUE(ask_write_back(services_, *reservation).ok());
}

TEST_F(ReserveTest, WriteBackIsAskedForOnlyWhereItIsNotThere) {
  Reservation reservation{RangeKind::kUnmapped, kBase, kBytes};
  fake_.attributes = EFI_MEMORY_UC | EFI_MEMORY_RUNTIME;
  EXPECT_TRUE(ask_write_back(services_, reservation).ok());
  EXPECT_EQ(fake_.attributes, EFI_MEMORY_WB | EFI_MEMORY_RUNTIME);
  EXPECT_TRUE(ask_write_back(services_, reservation).ok());
  EXPECT_EQ(fake_.calls, (Calls{"set"}));
}

}  // namespace
}  // namespace nvresume::efi
