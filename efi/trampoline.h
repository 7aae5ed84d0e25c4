// SPDX-License-Identifier: GPL-2.0-or-later
// trampoline.h: the last code of the stage (trampoline.S), copied into a safe page below 4 GiB and
// run there: it overwrites everything else, the stage included, and enters the saved kernel.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace nvresume::efi {

/// Lies in a safe page of its own below 4 GiB; trampoline.S knows every offset.
struct TrampolineParameters {
  uint64_t late_first;    ///< 0: first LateLink, 0 if none
  uint64_t cr4;           ///< 8: for the kernel, LA57 as in the image
  uint64_t switched_cr3;  ///< 16: root of the depth firmware does not have; 0: no switch
  uint64_t pat;           ///< 24
  uint64_t image_cr3;     ///< 32
  uint64_t jump_address;  ///< 40
  uint64_t cr0;           ///< 48
  uint64_t reserved;      ///< 56
  uint64_t gdt[4];        ///< 64: null, 0x08 32-bit code, 0x10 64-bit code, 0x18 data
  uint16_t gdt_limit;     ///< 96: operand of lgdt
  uint16_t gdt_base[4];   ///< 98
  uint16_t no_idt[5];     ///< 106: operand of lidt, all zero
  uint32_t code32;        ///< 116: address of the 32-bit part
  uint32_t code64;        ///< 120: address where 64-bit code goes on
  uint32_t zero;
  uint8_t stack[4096 - 128];  ///< grows down from the page's end
};
static_assert(sizeof(TrampolineParameters) == 4096);
static_assert(offsetof(TrampolineParameters, gdt) == 64);
static_assert(offsetof(TrampolineParameters, gdt_limit) == 96);
static_assert(offsetof(TrampolineParameters, no_idt) == 106);
static_assert(offsetof(TrampolineParameters, code32) == 116);

extern "C" {
extern const uint8_t nvresume_trampoline_start[];
extern const uint8_t nvresume_trampoline_code32[];
extern const uint8_t nvresume_trampoline_code64[];
extern const uint8_t nvresume_trampoline_end[];
}

}  // namespace nvresume::efi
