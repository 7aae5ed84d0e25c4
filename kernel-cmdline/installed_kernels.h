// SPDX-License-Identifier: GPL-2.0-or-later
// installed_kernels.h: the kernels of /boot and their initramfs images.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "image/result.h"
#include "kernel-cmdline/journal.h"
#include "kernel-cmdline/setup_state.h"

namespace nvresume {

/// Releases of /boot/vmlinuz-*, sorted by name.
std::vector<std::string> installed_kernels();
/// Whether nvm_swap is among a kernel's modules (built by DKMS or shipped).
bool has_driver(const std::string& kernel);
std::string initramfs_path(const std::string& kernel);

/// What dracut made for the kernel: program and driver found in it. False where it cannot be read.
bool initramfs_can_resume(const std::string& kernel);
/// Only setup's drop-in puts it there; the driver is in every initramfs that takes all block
/// drivers.
bool initramfs_has_program(const std::string& kernel);

/// Rebuilds a kernel's initramfs, recorded, unless everything of ours that goes into it, and the
/// image itself, is as the state remembers from the last build. True: it was rebuilt.
Result<bool> ensure_initramfs(const std::string& kernel, Journal& journal, SetupState& state);
/// The same for an image that another program (the distribution's kernel hook) may just have made:
/// it stays where program and driver are in it and what went into it has not changed since.
Result<bool> ensure_initramfs_follows(const std::string& kernel, Journal& journal,
                                      SetupState& state);
/// Without nvresume: what was before setup, made again. REQUIRES: dracut's configuration is as it
/// was.
Status undo_initramfs(const std::string& kernel, std::string_view before);

}  // namespace nvresume
