// SPDX-License-Identifier: GPL-2.0-or-later
// owned_files.h: the configuration files that are setup's alone: each a drop-in beside the
// distribution's own, so that taking nvresume back is deleting them.
#pragma once

#include <span>
#include <string_view>

namespace nvresume {

struct OwnedFile {
  std::string_view path;
  std::string_view contents;
};

inline constexpr std::string_view kGrubDropIn = "/etc/default/grub.d/nvresume.cfg";
inline constexpr std::string_view kDracutConf = "/etc/dracut.conf.d/nvresume.conf";

std::span<const OwnedFile> owned_files();

}  // namespace nvresume
