// SPDX-License-Identifier: GPL-2.0-or-later
// installed_kernels.h: the kernels of /boot and their initramfs images.
#pragma once

#include <string>
#include <vector>

#include "image/result.h"
#include "kernel-cmdline/setup_state.h"

namespace nvresume {

/// Releases of /boot/vmlinuz-*, sorted by name.
std::vector<std::string> installed_kernels();
/// Whether nvm_swap is among a kernel's modules (built by DKMS or shipped).
bool has_driver(const std::string& kernel);
std::string initramfs_path(const std::string& kernel);

/// Rebuilds a kernel's initramfs with dracut unless everything of ours that goes into it, and the
/// image itself, is as the state remembers from the last build. True: it was rebuilt.
Result<bool> ensure_initramfs(const std::string& kernel, SetupState& state);

}  // namespace nvresume
