// SPDX-License-Identifier: GPL-2.0-or-later
// prerequisites.h: what setup needs of a system before it changes anything on it. Each that is
// missing is one sentence.
#pragma once

#include <vector>

#include "image/result.h"

namespace nvresume {

/// dracut is the initramfs generator, GRUB the loader (through its drop-in directory), systemd is
/// there, our own files are installed, a kernel with the driver exists. Everything that stands in
/// the way, not only the first.
std::vector<Error> system_obstacles();
/// Also: started by UEFI, Secure Boot and lockdown off, the running kernel has the driver.
std::vector<Error> running_obstacles();
/// The first of system_obstacles().
Status check_system_files();

}  // namespace nvresume
