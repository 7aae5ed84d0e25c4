// SPDX-License-Identifier: GPL-2.0-or-later
// owned_files.h: the configuration files that are setup's alone: each a drop-in beside the
// distribution's own.
#pragma once

#include <sys/types.h>

#include <span>
#include <string_view>

namespace nvresume {

struct OwnedFile {
  std::string_view path;
  std::string_view contents;
  mode_t mode = 0644;
};

inline constexpr std::string_view kGrubDropIn = "/etc/default/grub.d/nvresume.cfg";
inline constexpr std::string_view kDracutConf = "/etc/dracut.conf.d/nvresume.conf";

// What `systemctl enable` makes of the unit's [Install]; made by setup, so that it is recorded.
inline constexpr char kUnitLink[] =
    "/etc/systemd/system/sysinit.target.wants/nvresume-boot.service";
inline constexpr char kUnit[] = "/usr/lib/systemd/system/nvresume-boot.service";

std::span<const OwnedFile> owned_files();

}  // namespace nvresume
