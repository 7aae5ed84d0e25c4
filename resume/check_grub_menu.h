// SPDX-License-Identifier: GPL-2.0-or-later
// check_grub_menu.h: GRUB's generated configuration, read for one question: what starts when nobody
// touches the keyboard.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nvresume {

struct GrubEntry {
  std::string title;
  std::string id;
  std::string kernel;  ///< path as GRUB sees it; empty for what starts no Linux
  std::string arguments;
  std::vector<std::string> initramfs;
  std::vector<GrubEntry> entries;  ///< of a submenu
};

struct GrubMenu {
  std::vector<GrubEntry> entries;
  /// "0", an id or a title, for submenus joined by '>'; empty where the script decides at boot.
  std::string default_entry;
};

/// `config` is grub.cfg, `environment` grubenv. Follows assignments and those conditions that only
/// ask whether a variable is set; whatever else decides about the default makes it unknown.
GrubMenu parse_grub_menu(std::string_view config, std::string_view environment);
/// The entry the menu's default names; null where there is none or it is a submenu.
const GrubEntry* find_default(const GrubMenu& menu);

}  // namespace nvresume
