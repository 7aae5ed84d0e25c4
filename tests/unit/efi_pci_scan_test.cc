// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/pci_scan.h"

#include <gtest/gtest.h>

#include <map>
#include <tuple>

namespace nvresume::efi {
namespace {

class FakePci final : public PciSpace {
 public:
  void add(uint8_t bus, uint8_t device, uint32_t ids) {
    word(bus, device, 0, 0x00) = ids;
    word(bus, device, 0, 0x04) = 0x7;  // memory, I/O, bus master
  }
  void add_bridge(uint8_t bus, uint8_t device, uint8_t secondary, bool display = false) {
    add(bus, device, 0x12348086);
    word(bus, device, 0, 0x0c) = 0x00010000;
    word(bus, device, 0, 0x18) = uint32_t{secondary} << 8 | uint32_t{secondary} << 16;
    word(bus, device, 0, 0x3c) = display ? 0x00080000 : 0;
  }
  void add_display(uint8_t bus, uint8_t device) {
    add(bus, device, 0x11111234);
    word(bus, device, 0, 0x08) = 0x03800000;
  }
  bool is_master(uint8_t bus, uint8_t device) { return (word(bus, device, 0, 4) & 4) != 0; }

  uint32_t read(uint8_t bus, uint8_t device, uint8_t function, uint8_t offset) override {
    ++reads;
    const auto found = words_.find({bus, device, function, offset});
    if (found != words_.end()) return found->second;
    return words_.contains({bus, device, function, 0}) ? 0 : 0xffffffff;
  }
  void write(uint8_t bus, uint8_t device, uint8_t function, uint8_t offset,
             uint32_t value) override {
    word(bus, device, function, offset) = value;
  }

  uint64_t reads = 0;

 private:
  uint32_t& word(uint8_t bus, uint8_t device, uint8_t function, uint8_t offset) {
    return words_[{bus, device, function, offset}];
  }
  std::map<std::tuple<uint8_t, uint8_t, uint8_t, uint8_t>, uint32_t> words_;
};

TEST(PciScanTest, ADeviceBehindABridgeCounts) {
  FakePci before, after;
  for (FakePci* pci : {&before, &after}) pci->add_bridge(0, 2, 1);
  after.add(1, 0, 0x10001af4);
  EXPECT_NE(hash_pci_devices(before), hash_pci_devices(after));
}

TEST(PciScanTest, TheSameDevicesHashAlike) {
  FakePci a, b;
  a.add(0, 3, 0x10001af4);
  b.add(0, 3, 0x10001af4);
  EXPECT_EQ(hash_pci_devices(a), hash_pci_devices(b));
}

TEST(PciScanTest, BridgesStopExceptTheDisplays) {
  FakePci pci;
  pci.add(0, 1, 0x10001af4);
  pci.add_bridge(0, 2, 1);
  pci.add_bridge(0, 3, 2, true);
  stop_bus_mastering(pci);
  EXPECT_TRUE(pci.is_master(0, 1));
  EXPECT_FALSE(pci.is_master(0, 2));
  EXPECT_TRUE(pci.is_master(0, 3));
}

TEST(PciScanTest, BridgeOfADisplayWithoutVgaGoesOn) {
  FakePci pci;
  pci.add_bridge(0, 2, 1);
  pci.add_display(1, 0);
  pci.add_bridge(0, 3, 2);
  pci.add(2, 0, 0x10001af4);
  stop_bus_mastering(pci);
  EXPECT_TRUE(pci.is_master(0, 2));
  EXPECT_FALSE(pci.is_master(0, 3));
}

TEST(PciScanTest, ABridgeThatPointsUpwardsMakesNoLoop) {
  FakePci pci;
  pci.add_bridge(0, 2, 0);
  (void)hash_pci_devices(pci);
  EXPECT_LT(pci.reads, 1000u);
}

}  // namespace
}  // namespace nvresume::efi
