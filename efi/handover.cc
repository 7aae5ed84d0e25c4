// SPDX-License-Identifier: GPL-2.0-or-later
// The order is the whole point of this file; sources: docs/direct-resume.md, "The hand-over".
#include "efi/handover.h"

#include <string.h>

#include "efi/leave_firmware.h"
#include "efi/pci_scan.h"
#include "efi/privileged.h"
#include "efi/processor.h"
#include "efi/trampoline.h"

namespace nvresume::efi {
namespace {

// Intel SDM volume 3, 2.5.
constexpr uint64_t kCr4Pge = 1 << 7;
constexpr uint64_t kCr4Pcide = 1 << 17;
constexpr uint64_t kCr4Smep = 1 << 20;
constexpr uint64_t kCr4Smap = 1 << 21;
constexpr uint64_t kCr4Pke = 1 << 22;
constexpr uint64_t kCr4Cet = 1 << 23;
constexpr uint64_t kCr4Pks = 1 << 24;
constexpr uint64_t kCr4Off =
    kCr4Pge | kCr4Pcide | kCr4Smep | kCr4Smap | kCr4Pke | kCr4Cet | kCr4Pks;
constexpr uint64_t kKernelCr0 = 0x80050033;  // PG AM WP NE ET MP PE: Linux, arch/x86: CR0_STATE
constexpr uint32_t kMsrEfer = 0xc0000080;
constexpr uint64_t kEferNxe = 1 << 11;

// Linux's GDT at these selectors (arch/x86/include/asm/segment.h), accessed bits set.
constexpr uint64_t kCode32 = 0x00cf9b000000ffff;
constexpr uint64_t kCode64 = 0x00af9b000000ffff;
constexpr uint64_t kData = 0x00cf93000000ffff;

void write_msr(uint32_t index, uint64_t value) {
  asm volatile("wrmsr"
               :
               : "c"(index), "a"(static_cast<uint32_t>(value)),
                 "d"(static_cast<uint32_t>(value >> 32))
               : "memory");
}
void write_cr4(uint64_t value) { asm volatile("mov %0, %%cr4" : : "r"(value) : "memory"); }
void write_cr3(uint64_t value) { asm volatile("mov %0, %%cr3" : : "r"(value) : "memory"); }

bool has_five_levels_now() { return (read_cr4() & kCr4La57) != 0; }

TrampolineParameters& parameters_of(const HandOver& way) {
  return *reinterpret_cast<TrampolineParameters*>(way.parameters_page);
}

void write_trampoline(const HandOver& way) {
  uint8_t* code = reinterpret_cast<uint8_t*>(way.code_page);
  memcpy(code, nvresume_trampoline_start,
         static_cast<size_t>(nvresume_trampoline_end - nvresume_trampoline_start));
  const auto low = [&](const uint8_t* label) {
    return static_cast<uint32_t>(way.code_page) +
           static_cast<uint32_t>(label - nvresume_trampoline_start);
  };
  TrampolineParameters& parameters = parameters_of(way);
  memset(&parameters, 0, sizeof parameters);
  const bool five_now = has_five_levels_now(), five_wanted = way.paging_levels == 5;
  parameters.late_first = way.late_first;
  parameters.cr4 = (read_cr4() & ~(kCr4Off | kCr4La57)) | (five_wanted ? kCr4La57 : 0);
  if (five_now != five_wanted)
    parameters.switched_cr3 = five_wanted ? way.tables.root_5_level : way.tables.root_4_level;
  parameters.pat = way.pat;
  parameters.image_cr3 = way.record.cr3;
  parameters.jump_address = way.record.jump_address;
  parameters.cr0 = kKernelCr0;
  parameters.gdt[1] = kCode32;
  parameters.gdt[2] = kCode64;
  parameters.gdt[3] = kData;
  parameters.gdt_limit = sizeof parameters.gdt - 1;
  const uint64_t gdt = reinterpret_cast<uint64_t>(parameters.gdt);
  memcpy(parameters.gdt_base, &gdt, sizeof gdt);
  parameters.code32 = low(nvresume_trampoline_code32);
  parameters.code64 = low(nvresume_trampoline_code64);
}

}  // namespace

Error hand_over(const HandOver& way) {
  write_trampoline(way);
  if (Status left = leave_firmware(way); !left.ok()) return std::move(left.error());
  // Nothing may interrupt the kernel before it has set up its own controllers.
  write_port(0x21, 1, 0xff);
  write_port(0xa1, 1, 0xff);
  PciPorts ports;
  stop_bus_mastering(ports);
  write_msr(kMsrEfer, read_msr(kMsrEfer) | kEferNxe);
  // Firmware's global and tagged translations must not outlive its tables.
  write_cr4(read_cr4() & ~kCr4Off);
  // Here, in the stage's own code: firmware's tables may not allow the trampoline's page to run.
  write_cr3(has_five_levels_now() ? way.tables.root_5_level : way.tables.root_4_level);
  const uint64_t code = way.code_page;
  asm volatile("jmp *%0" : : "r"(code), "D"(way.parameters_page) : "memory");
  __builtin_unreachable();
}

}  // namespace nvresume::efi
