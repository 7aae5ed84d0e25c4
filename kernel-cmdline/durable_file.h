// SPDX-License-Identifier: GPL-2.0-or-later
// durable_file.h: files that decide how the machine boots are replaced whole and on disk before the
// next step: a power cut leaves the old file or the new one, and perhaps a file beside it that the
// next write or removal of the same path takes away. Paths go through system_path().
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "image/result.h"

namespace nvresume {

struct Ownership {
  mode_t mode = 0644;
  uid_t uid = 0;
  gid_t gid = 0;
  bool operator==(const Ownership&) const = default;
};

/// Writes beside, syncs, renames, syncs the directory; makes missing directories. An existing
/// file's mode and owner are kept, a symbolic link is followed; a new file gets `new_file`.
Status write_durably(const std::string& path, std::string_view contents,
                     const Ownership& new_file = {});
/// A file with exactly this mode and owner, in place of whatever was there, a link included.
Status write_durably_as(const std::string& path, std::string_view contents,
                        const Ownership& ownership);
/// write_durably() unless the file already holds exactly that. True: it was written.
Result<bool> ensure_contents(const std::string& path, std::string_view contents,
                             const Ownership& new_file = {});
/// A symbolic link, in place of whatever was there.
Status link_durably(const std::string& path, const std::string& target);

/// What a tool is to write to instead of `path`, and the step that then puts it in place of `path`,
/// with that file's mode and owner, synced.
std::string path_beside(const std::string& path);
Status adopt_durably(const std::string& path);

/// Ok where there is none. Takes what a cut write left beside it, too.
Status remove_durably(const std::string& path);
/// Only what a cut write left beside the path.
Status discard_beside(const std::string& path);
/// Ok where it exists.
Status make_directory_durably(const std::string& path);
/// Ok where there is none, and where it is not empty: then somebody else uses it by now.
Status remove_directory_durably(const std::string& path);
/// "/etc" of "/etc/fstab".
std::string directory_of(const std::string& path);

}  // namespace nvresume
