// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/watchdog_table.h"

namespace nvresume {
namespace {

struct [[gnu::packed]] WdatHeader {
  char signature[4];
  uint32_t length;
  uint8_t acpi_header_rest[28];
  uint32_t header_bytes;  ///< of the fields from here to the instructions
  uint16_t pci_segment;
  uint8_t pci_bus, pci_device, pci_function;
  uint8_t zero1[3];
  uint32_t count_ms;
  uint32_t maximum_count;
  uint32_t minimum_count;
  uint8_t flags;
  uint8_t zero2[3];
  uint32_t instruction_count;
};
static_assert(sizeof(WdatHeader) == 68);

constexpr uint8_t kEnabled = 1;
constexpr uint64_t kPortEnd = 0x10000;

Error unusable(std::string_view why) {
  return Error(Reason::kUnsupportedFirmware, "the WDAT table ").with(why);
}

}  // namespace

uint32_t access_bytes(const WatchdogInstruction& instruction) {
  if (instruction.access != 0) return 1u << (instruction.access - 1);
  const uint32_t bits = instruction.bit_width + instruction.bit_offset;
  return bits <= 8 ? 1 : bits <= 16 ? 2 : 4;
}

bool WatchdogTable::accessible(const WatchdogInstruction& instruction) {
  if (instruction.access > 3 || instruction.bit_offset > 31) return false;
  const uint32_t bytes = access_bytes(instruction);
  switch (static_cast<RegisterSpace>(instruction.space)) {
    case RegisterSpace::kPort:
      return instruction.address <= kPortEnd - bytes;
    case RegisterSpace::kMemory:
      return instruction.address != 0 && instruction.address % bytes == 0;
  }
  return false;
}

Result<WatchdogTable> WatchdogTable::parse(ConstBytes table) {
  WdatHeader header;
  if (table.size() < sizeof header) return unusable("is too short");
  memcpy(&header, table.data(), sizeof header);
  if (memcmp(header.signature, "WDAT", 4) != 0) return unusable("is another one");
  if (!(header.flags & kEnabled)) return unusable("says that the watchdog is switched off");
  if (header.count_ms == 0 || header.maximum_count == 0) return unusable("has no countdown");
  if (header.instruction_count > (table.size() - sizeof header) / sizeof(WatchdogInstruction))
    return unusable("is shorter than its instructions");
  WatchdogTable found;
  found.instructions_ =
      table.subspan(sizeof header, header.instruction_count * sizeof(WatchdogInstruction));
  found.count_ms_ = header.count_ms;
  found.maximum_count_ = header.maximum_count;
  found.minimum_count_ = header.minimum_count;
  bool all_accessible = true;
  found.for_each([&](const WatchdogInstruction& step) { all_accessible &= accessible(step); });
  if (!all_accessible) return unusable("names a register that cannot be accessed");
  return found;
}

bool WatchdogTable::has(WatchdogAction action) const {
  bool found = false;
  for_each_register(action, [&](RegisterSpace, uint64_t, uint32_t) { found = true; });
  return found;
}

}  // namespace nvresume
