// SPDX-License-Identifier: GPL-2.0-or-later
// changes.h: the ways setup changes a file system, each recorded before it is done. Each answers
// whether it changed anything, and done twice it changes nothing the second time.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "image/result.h"
#include "kernel-cmdline/journal.h"

namespace nvresume {

Result<bool> put_file(Journal& journal, const std::string& path, std::string_view contents,
                      mode_t mode);
Result<bool> put_link(Journal& journal, const std::string& path, const std::string& target);
bool is_link_to(const std::string& path, const std::string& target);
/// Keeps what is there for the way back, unless that was done before.
Status record_before(Journal& journal, Change change, const std::string& path);
/// Directories above `path` that are missing, outermost first.
Status put_directories_above(Journal& journal, const std::string& path);

}  // namespace nvresume
