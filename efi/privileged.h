// SPDX-License-Identifier: GPL-2.0-or-later
// privileged.h: the instructions only firmware and kernels may run, one a function. The hosted
// tests link their own (tests/unit/efi_fake_processor.cc), so that everything above them runs
// there.
#pragma once

#include <stdint.h>

namespace nvresume::efi {

void disable_interrupts();
uint64_t read_cr3();
uint64_t read_cr4();
uint64_t read_msr(uint32_t index);
/// `bytes` is 1, 2 or 4: the width of the one access.
uint32_t read_port(uint16_t port, uint32_t bytes);
void write_port(uint16_t port, uint32_t bytes, uint32_t value);

}  // namespace nvresume::efi
