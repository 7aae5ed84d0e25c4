// SPDX-License-Identifier: GPL-2.0-or-later
// config_file.h: /etc/nvresume.conf, what the administrator decided about saving. "key=value"
// lines, "#" comments; a missing file is the default everywhere.
//
//   store-memory-unencrypted=yes   save although a mounted file system is on dm-crypt (its keys
//                                  then lie in the NVM in clear)
//   swapin=no                      leave what a save swapped out where it is until it is used
//   scrub=no                       leave what an image left in the NVM: no scrub by itself
//   initramfs=PATH                 the initramfs the default boot entry loads, where it is not the
//                                  running kernel's initrd.img
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nvresume {

std::optional<std::string> read_setting(std::string_view key);

}  // namespace nvresume
