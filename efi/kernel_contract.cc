// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/kernel_contract.h"

namespace nvresume::efi {
namespace {

// By series: a stable series takes fixes only. Chosen against exact releases, which would refuse
// every security update.
constexpr KernelContract kContracts[] = {
    {"6.1.", "Debian 12, 6.1.0-*-amd64, QEMU q35 with OVMF, 4- and 5-level paging"},
};

}  // namespace

Status check_kernel_contract(std::string_view release) {
  for (const KernelContract& contract : kContracts)
    if (release.starts_with(contract.release_prefix)) return ok_status();
  return std::move(Error(Reason::kKernelUntried, "kernel ")
                       .with(release)
                       .with(" is not known to be restored directly"));
}

}  // namespace nvresume::efi
