// SPDX-License-Identifier: GPL-2.0-or-later
// durable_file.h: files that decide how the machine boots are replaced whole and on disk before the
// next step: a power cut leaves the old file or the new one. Paths go through system_path().
#pragma once

#include <string>
#include <string_view>

#include "image/result.h"

namespace nvresume {

/// Writes beside, syncs, renames, syncs the directory; makes missing directories. An existing
/// file's mode is kept, a new one gets 0644.
Status write_durably(const std::string& path, std::string_view contents);
/// write_durably() unless the file already holds exactly that. True: it was written.
Result<bool> ensure_contents(const std::string& path, std::string_view contents);
/// Copies and compares what arrived. True: the target was not already the same.
Result<bool> copy_verified(const std::string& source, const std::string& target);
/// Ok where there is none.
Status remove_durably(const std::string& path);

}  // namespace nvresume
