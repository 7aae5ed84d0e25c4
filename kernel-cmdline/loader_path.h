// SPDX-License-Identifier: GPL-2.0-or-later
// loader_path.h: the path of a boot loader on the EFI system partition, as text and as UCS-2.
#pragma once

#include <stdint.h>

#include <string>
#include <string_view>
#include <vector>

#include "image/nvm.h"
#include "image/result.h"

namespace nvresume {

inline constexpr std::string_view kStagePathOnEsp = "\\EFI\\nvresume\\nvresume.efi";

/// The file-path nodes of a device path, joined: "\EFI\debian\shimx64.efi"; "" where there is none
/// (the firmware's default loader was meant). kUnsupportedSetup: malformed, or not ASCII.
Result<std::string> file_of_device_path(ConstBytes device_path);
/// UCS-2 with its terminating zero. kBadArgument: not ASCII.
Result<std::vector<uint16_t>> to_ucs2(std::string_view path);
/// "\EFI\debian\shimx64.efi" below a mount point: "/boot/efi/EFI/debian/shimx64.efi".
std::string path_below(std::string_view mount_point, std::string_view path_on_esp);
/// FAT knows no case.
bool is_same_path(std::string_view a, std::string_view b);

}  // namespace nvresume
