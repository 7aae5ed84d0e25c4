// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/pci_scan.h"

#include "efi/hash.h"
#include "efi/privileged.h"

namespace nvresume::efi {
namespace {

// PCI Local Bus 3.0, 6.1 and 6.2; PCI-to-PCI Bridge 1.2, 3.2.
constexpr uint8_t kIds = 0x00;
constexpr uint8_t kCommand = 0x04;
constexpr uint8_t kClass = 0x08;
constexpr uint8_t kHeaderType = 0x0c;
constexpr uint8_t kBuses = 0x18;
constexpr uint8_t kBridgeControl = 0x3c;
constexpr uint32_t kDisplayClass = 0x03;  // PCI Code and ID Assignment 1.11, 1.4
constexpr uint32_t kBusMaster = 1u << 2;
constexpr uint32_t kVgaEnable = 1u << 19;  // bit 3 of the upper half
constexpr uint16_t kAddressPort = 0xcf8;
constexpr uint16_t kDataPort = 0xcfc;

uint32_t address_of(uint8_t bus, uint8_t device, uint8_t function, uint8_t offset) {
  return 0x80000000u | uint32_t{bus} << 16 | uint32_t{device} << 11 | uint32_t{function} << 8 |
         (offset & 0xfcu);
}

struct Function {
  uint8_t bus, device, function;
  uint32_t ids;
  uint32_t header;  ///< the word with the header type
  bool is_bridge() const { return ((header >> 16) & 0x7f) == 1; }
};

/// Calls visit(function) for all of a bus; the buses behind bridges are entered in `waiting`.
template <typename Visit>
void visit_bus(PciSpace& space, uint8_t bus, bool (&waiting)[256], Visit visit) {
  for (uint8_t device = 0; device < 32; ++device) {
    for (uint8_t function = 0; function < 8; ++function) {
      const uint32_t ids = space.read(bus, device, function, kIds);
      if ((ids & 0xffff) == 0xffff) {
        if (function == 0) break;
        continue;
      }
      const Function found{bus, device, function, ids,
                           space.read(bus, device, function, kHeaderType)};
      visit(found);
      if (found.is_bridge()) {
        const auto secondary = static_cast<uint8_t>(space.read(bus, device, function, kBuses) >> 8);
        // Downwards only: a bridge that firmware left without numbers must not make a loop.
        if (secondary > bus) waiting[secondary] = true;
      }
      if (function == 0 && (found.header & 0x00800000) == 0) break;  // one function only
    }
  }
}

template <typename Visit>
void visit_all(PciSpace& space, Visit visit) {
  bool waiting[256] = {true};
  for (uint32_t bus = 0; bus < 256; ++bus)
    if (waiting[bus]) visit_bus(space, static_cast<uint8_t>(bus), waiting, visit);
}

}  // namespace

uint32_t PciPorts::read(uint8_t bus, uint8_t device, uint8_t function, uint8_t offset) {
  write_port(kAddressPort, 4, address_of(bus, device, function, offset));
  return read_port(kDataPort, 4);
}

void PciPorts::write(uint8_t bus, uint8_t device, uint8_t function, uint8_t offset,
                     uint32_t value) {
  write_port(kAddressPort, 4, address_of(bus, device, function, offset));
  write_port(kDataPort, 4, value);
}

uint64_t hash_pci_devices(PciSpace& space) {
  Hash hash;
  visit_all(space, [&](const Function& f) {
    const uint32_t words[] = {address_of(f.bus, f.device, f.function, 0), f.ids,
                              space.read(f.bus, f.device, f.function, kClass),
                              f.header & 0x00ff0000};
    hash.add({reinterpret_cast<const uint8_t*>(words), sizeof words});
  });
  return hash.value();
}

void stop_bus_mastering(PciSpace& space) {
  // Firmware without VGA support shows its console through a display whose bridge has no VGA bit.
  bool has_display[256] = {};
  visit_all(space, [&](const Function& f) {
    if (space.read(f.bus, f.device, f.function, kClass) >> 24 == kDisplayClass)
      has_display[f.bus] = true;
  });
  visit_all(space, [&](const Function& f) {
    if (!f.is_bridge()) return;
    if ((space.read(f.bus, f.device, f.function, kBridgeControl) & kVgaEnable) != 0) return;
    const uint32_t buses = space.read(f.bus, f.device, f.function, kBuses);
    for (uint32_t bus = (buses >> 8) & 0xff; bus <= ((buses >> 16) & 0xff); ++bus)
      if (has_display[bus]) return;
    const uint32_t command = space.read(f.bus, f.device, f.function, kCommand);
    // The upper half is status: writing zeros there clears nothing.
    space.write(f.bus, f.device, f.function, kCommand, command & 0xffff & ~kBusMaster);
  });
}

}  // namespace nvresume::efi
