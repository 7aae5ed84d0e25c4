// SPDX-License-Identifier: GPL-2.0-or-later
// efi/privileged.h and efi/handover.h on the host: no PCI devices, no features beyond long mode,
// and a firmware that does not let go of the machine.
#include "tests/unit/efi_fake_processor.h"

#include "efi/privileged.h"

namespace nvresume::efi {

uint64_t fake_cr3 = 0;
FakeHandOver fake_hand_over;
std::map<uint16_t, uint32_t> fake_ports;

void disable_interrupts() {}
uint64_t read_cr3() { return fake_cr3; }
uint64_t read_cr4() { return 0; }
uint64_t read_msr(uint32_t) { return 0; }
uint32_t read_port(uint16_t port, uint32_t) {
  const auto found = fake_ports.find(port);
  return found == fake_ports.end() ? 0xffffffff : found->second;
}
void write_port(uint16_t port, uint32_t, uint32_t value) {
  const auto found = fake_ports.find(port);
  if (found != fake_ports.end()) found->second = value;
}

Error hand_over(const HandOver& way) {
  ++fake_hand_over.count;
  if (fake_hand_over.at_jump) fake_hand_over.at_jump(way);
  return Error(Reason::kHandOverFailed, "the fake keeps the machine");
}

}  // namespace nvresume::efi
