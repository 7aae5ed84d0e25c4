// SPDX-License-Identifier: GPL-2.0-or-later
// initramfs_to_load.h: which initramfs the next power-on loads, and what the stage knows it by.
#pragma once

#include <string>
#include <vector>

#include "image/metadata.h"
#include "resume/check_machine.h"

namespace nvresume {

/// initramfs= in /etc/nvresume.conf, else the default boot entry's, else the running kernel's.
/// Error: kNotInInitramfs.
Result<std::vector<std::string>> initramfs_to_load(const Fact<DefaultEntry>& entry,
                                                   const std::string& running_release);

/// The release whose modules must be in there: without a readable boot menu the running kernel's.
const std::string& release_to_load(const Fact<DefaultEntry>& entry,
                                   const std::string& running_release);

/// Adds BootInitramfs to a record being drafted. Nothing where the loader puts several files
/// together or none can be read: the ticket is strict then.
void add_initramfs_section(MetadataWriter& writer);

}  // namespace nvresume
