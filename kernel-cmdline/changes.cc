// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/changes.h"

#include <sys/stat.h>

#include "kernel-cmdline/durable_file.h"
#include "kernel-cmdline/file_before.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

/// FAT shows the mount's mode: only what must be executable is asked for.
bool is_file_with(const std::string& path, mode_t mode) {
  struct stat status;
  return ::lstat(system_path(path).c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         (~status.st_mode & mode & 0111) == 0;
}

}  // namespace

bool is_link_to(const std::string& path, const std::string& target) {
  return read_link(path) == target;
}

Result<bool> put_file(Journal& journal, const std::string& path, std::string_view contents,
                      mode_t mode) {
  NVRESUME_TRY(discard_beside(path));
  if (read_bytes(path) == contents && is_file_with(path, mode)) return false;
  NVRESUME_TRY(record_before(journal, Change::kFile, path));
  NVRESUME_TRY(put_directories_above(journal, path));
  NVRESUME_TRY(write_durably_as(path, contents, Ownership{mode, 0, 0}));
  return true;
}

Result<bool> put_link(Journal& journal, const std::string& path, const std::string& target) {
  NVRESUME_TRY(discard_beside(path));
  if (is_link_to(path, target)) return false;
  NVRESUME_TRY(record_before(journal, Change::kFile, path));
  NVRESUME_TRY(put_directories_above(journal, path));
  NVRESUME_TRY(link_durably(path, target));
  return true;
}

Status record_before(Journal& journal, Change change, const std::string& path) {
  if (journal.find(change, path) != nullptr) return ok_status();
  NVRESUME_ASSIGN(const std::string before, keep_before(path));
  return journal.record({change, path, before});
}

Status put_directories_above(Journal& journal, const std::string& path) {
  const std::string directory = directory_of(path);
  if (directory == "/" || file_exists(directory)) return ok_status();
  NVRESUME_TRY(put_directories_above(journal, directory));
  NVRESUME_TRY(journal.record({Change::kDirectory, directory, "absent"}));
  return make_directory_durably(directory);
}

}  // namespace nvresume
