// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/privileged.h"

namespace nvresume::efi {

uint64_t read_cr3() {
  uint64_t value;
  asm volatile("mov %%cr3, %0" : "=r"(value));
  return value;
}

uint64_t read_cr4() {
  uint64_t value;
  asm volatile("mov %%cr4, %0" : "=r"(value));
  return value;
}

uint64_t read_msr(uint32_t index) {
  uint32_t low, high;
  asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(index));
  return uint64_t{high} << 32 | low;
}

uint32_t read_port32(uint16_t port) {
  uint32_t value;
  asm volatile("inl %w1, %0" : "=a"(value) : "Nd"(port) : "memory");
  return value;
}

void write_port32(uint16_t port, uint32_t value) {
  asm volatile("outl %0, %w1" : : "a"(value), "Nd"(port) : "memory");
}

}  // namespace nvresume::efi
