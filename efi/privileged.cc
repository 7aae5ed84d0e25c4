// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/privileged.h"

namespace nvresume::efi {

void disable_interrupts() { asm volatile("cli" ::: "memory"); }

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

uint32_t read_port(uint16_t port, uint32_t bytes) {
  uint8_t byte;
  uint16_t half;
  uint32_t word;
  switch (bytes) {
    case 1:
      asm volatile("inb %w1, %0" : "=a"(byte) : "Nd"(port) : "memory");
      return byte;
    case 2:
      asm volatile("inw %w1, %0" : "=a"(half) : "Nd"(port) : "memory");
      return half;
    default:
      asm volatile("inl %w1, %0" : "=a"(word) : "Nd"(port) : "memory");
      return word;
  }
}

void write_port(uint16_t port, uint32_t bytes, uint32_t value) {
  switch (bytes) {
    case 1:
      asm volatile("outb %0, %w1" : : "a"(static_cast<uint8_t>(value)), "Nd"(port) : "memory");
      return;
    case 2:
      asm volatile("outw %0, %w1" : : "a"(static_cast<uint16_t>(value)), "Nd"(port) : "memory");
      return;
    default:
      asm volatile("outl %0, %w1" : : "a"(value), "Nd"(port) : "memory");
  }
}

}  // namespace nvresume::efi
