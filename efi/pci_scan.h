// SPDX-License-Identifier: GPL-2.0-or-later
// pci_scan.h: PCI configuration space through the ports 0xCF8 and 0xCFC, which every x86 machine
// has and which work without firmware. Segment 0 only.
#pragma once

#include <stdint.h>

namespace nvresume::efi {

/// A test double answers from a table.
class PciSpace {
 public:
  virtual uint32_t read(uint8_t bus, uint8_t device, uint8_t function, uint8_t offset) = 0;
  virtual void write(uint8_t bus, uint8_t device, uint8_t function, uint8_t offset,
                     uint32_t value) = 0;

 protected:
  ~PciSpace() = default;
};

class PciPorts final : public PciSpace {
 public:
  uint32_t read(uint8_t bus, uint8_t device, uint8_t function, uint8_t offset) override;
  void write(uint8_t bus, uint8_t device, uint8_t function, uint8_t offset,
             uint32_t value) override;
};

/// Place, ids and class of every function, found from bus 0 down through bridges.
uint64_t hash_pci_devices(PciSpace& space);

/// No device behind a bridge reaches memory any more; what firmware left running there would write
/// into the resumed system. Bridges that lead to a display (VGA bit, or class) stay: it may be
/// scanning out.
void stop_bus_mastering(PciSpace& space);

}  // namespace nvresume::efi
