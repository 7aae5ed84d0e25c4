// SPDX-License-Identifier: GPL-2.0-or-later
// file_before.h: how a path was before setup changed it. Contents are kept beside the journal, the
// rest is one word list for the journal's line.
#pragma once

#include <string>
#include <string_view>

#include "image/result.h"

namespace nvresume {

inline constexpr char kKeptDirectory[] = "/var/lib/nvresume/before";

/// "absent", "link TARGET" or "file MODE UID GID NAME"; what it kept is on disk when it returns.
/// Error: kUnsupportedSetup where the path is something else.
Result<std::string> keep_before(const std::string& path);
/// The path as keep_before() found it: bytes, mode, owner. Doing it twice is doing it once.
Status restore_before(const std::string& path, std::string_view before);

}  // namespace nvresume
