// SPDX-License-Identifier: GPL-2.0-or-later
// cache.h: stores out of the processor's caches and into persistence.
#pragma once

#include <stdint.h>

namespace nvresume::efi {

/// Best first: CLWB keeps the line, CLFLUSHOPT is unordered, CLFLUSH is in every x86-64 processor.
enum class FlushInstruction : uint8_t { kClwb, kClflushopt, kClflush };

/// From CPUID leaf 7 subleaf 0, EBX (0 where the leaf does not exist).
FlushInstruction choose_flush(uint32_t leaf7_ebx);
FlushInstruction detect_flush();

/// Starts writing back every line of [address, address + bytes). Certain only after store_fence().
void write_back(const void* address, uint64_t bytes, FlushInstruction instruction);
void store_fence();

}  // namespace nvresume::efi
