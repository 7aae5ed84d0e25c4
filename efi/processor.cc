// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/processor.h"

#include <cpuid.h>
#include <string.h>

#include "efi/hash.h"
#include "efi/privileged.h"

namespace nvresume::efi {
namespace {

struct Leaf {
  uint32_t eax, ebx, ecx, edx;
};

Leaf leaf(uint32_t function, uint32_t subleaf = 0) {
  Leaf result{};
  // Not __get_cpuid_count(): it refuses the hypervisor's range.
  __cpuid_count(function, subleaf, result.eax, result.ebx, result.ecx, result.edx);
  return result;
}

bool has_leaf(uint32_t function) { return leaf(function & 0xc0000000).eax >= function; }

void add(Hash& hash, const Leaf& value) { hash.add(bytes_of(value)); }

bool under_hypervisor() { return (leaf(1).ecx >> 31) != 0; }

}  // namespace

uint64_t hash_cpuid() {
  Hash hash;
  add(hash, leaf(0));
  Leaf features = leaf(1);
  features.ebx &= 0x0000ffff;   // above: logical processors and the own APIC id
  features.ecx &= ~(1u << 27);  // OSXSAVE follows CR4
  features.edx &=
      ~(1u << 28);  // HTT: whether there is more than one; their number is an item of its own
  add(hash, features);
  if (has_leaf(7)) {
    Leaf extended = leaf(7);
    extended.ecx &= ~(1u << 4);  // OSPKE follows CR4
    add(hash, extended);
    add(hash, leaf(7, 1));
  }
  if (has_leaf(13)) {
    Leaf state = leaf(13);
    state.ebx = 0;  // size for what is enabled now
    add(hash, state);
    Leaf more = leaf(13, 1);
    more.ebx = 0;
    add(hash, more);
  }
  for (uint32_t function : {0x80000001u, 0x80000002u, 0x80000003u, 0x80000004u, 0x80000008u}) {
    if (!has_leaf(function)) continue;
    Leaf value = leaf(function);
    // AMD APM volume 3, E.4: CmpLegacy, and the number of cores with the width of their ids.
    if (function == 0x80000001) value.ecx &= ~(1u << 1);
    if (function == 0x80000008) value.ecx = 0;
    add(hash, value);
  }
  return hash.value();
}

uint64_t hash_paging() {
  Hash hash;
  hash.add_number(read_cr4() & kCr4La57);
  hash.add_number(read_msr(kMsrApicBase) & 0xc00);  // SDM 10.12.1: EN and EXTD
  hash.add_number(has_leaf(0x80000008) ? leaf(0x80000008).eax & 0xff : 36);
  return hash.value();
}

uint64_t hash_hypervisor() {
  if (!under_hypervisor()) return 0;
  Hash hash;
  add(hash, leaf(0x40000000));
  add(hash, leaf(0x40000001));
  return hash.value();
}

bool has_encrypted_memory() {
  // AMD APM volume 2, 15.34.1: leaf 0x8000001f; SYSCFG says whether SME is on.
  if (has_leaf(0x8000001f) && (leaf(0x8000001f).eax & 3) != 0) {
    constexpr uint32_t kMsrSyscfg = 0xc0010010, kMsrSevStatus = 0xc0010131;
    if ((read_msr(kMsrSyscfg) & (1u << 23)) != 0) return true;
    if (under_hypervisor() && (leaf(0x8000001f).eax & 2) != 0 && (read_msr(kMsrSevStatus) & 1) != 0)
      return true;
  }
  // Intel TDX module specification: leaf 0x21 spells "IntelTDX".
  if (!has_leaf(0x21)) return false;
  const Leaf tdx = leaf(0x21);
  return tdx.ebx == 0x65746e49 && tdx.edx == 0x5844546c;
}

bool can_use_five_levels() { return has_leaf(7) && (leaf(7).ecx & (1u << 16)) != 0; }

}  // namespace nvresume::efi
