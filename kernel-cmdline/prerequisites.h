// SPDX-License-Identifier: GPL-2.0-or-later
// prerequisites.h: what setup needs of a system before it changes anything on it. Each that is
// missing is one sentence.
#pragma once

#include "image/result.h"

namespace nvresume {

/// dracut is the initramfs generator, GRUB the loader (through its drop-in directory), systemd is
/// there, our own files are installed, a kernel with the driver exists.
Status check_system_files();
/// Also: started by UEFI, Secure Boot and lockdown off, the running kernel has the driver.
Status check_running_system();

}  // namespace nvresume
