// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/cache.h"

#include <cpuid.h>

namespace nvresume::efi {
namespace {

constexpr uint64_t kLineBytes = 64;  // every x86-64 processor so far
constexpr uint32_t kClwbBit = 1u << 24;
constexpr uint32_t kClflushoptBit = 1u << 23;

}  // namespace

FlushInstruction choose_flush(uint32_t leaf7_ebx) {
  if ((leaf7_ebx & kClwbBit) != 0) return FlushInstruction::kClwb;
  if ((leaf7_ebx & kClflushoptBit) != 0) return FlushInstruction::kClflushopt;
  return FlushInstruction::kClflush;
}

FlushInstruction detect_flush() {
  uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0) ebx = 0;
  return choose_flush(ebx);
}

void write_back(const void* address, uint64_t bytes, FlushInstruction instruction) {
  uint64_t line = reinterpret_cast<uint64_t>(address) & ~(kLineBytes - 1);
  uint64_t end = reinterpret_cast<uint64_t>(address) + bytes;
  for (; line < end; line += kLineBytes) {
    volatile char* target = reinterpret_cast<volatile char*>(line);
    if (instruction == FlushInstruction::kClwb)
      asm volatile("clwb %0" : "+m"(*target));
    else if (instruction == FlushInstruction::kClflushopt)
      asm volatile("clflushopt %0" : "+m"(*target));
    else
      asm volatile("clflush %0" : "+m"(*target));
  }
}

void store_fence() { asm volatile("sfence" ::: "memory"); }

}  // namespace nvresume::efi
