// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/durable_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include <optional>

#include "resume/system_error.h"
#include "resume/system_files.h"
#include "resume/unique_fd.h"

namespace nvresume {
namespace {

constexpr mode_t kFileMode = 0644;
constexpr mode_t kDirectoryMode = 0755;

std::string directory_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

Status make_directories(const std::string& path) {
  if (path == "/" || file_exists(path)) return ok_status();
  NVRESUME_TRY(make_directories(directory_of(path)));
  if (::mkdir(system_path(path).c_str(), kDirectoryMode) != 0 && errno != EEXIST)
    return system_error(Reason::kIoError, "mkdir", path);
  return ok_status();
}

Status sync_directory(const std::string& path) {
  const UniqueFd fd(::open(system_path(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0 || ::fsync(fd.get()) != 0) return system_error(Reason::kIoError, "fsync", path);
  return ok_status();
}

Status write_synced(const std::string& path, std::string_view contents, mode_t mode) {
  const UniqueFd fd(::open(system_path(path).c_str(),
                           O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode));
  if (fd.get() < 0) return system_error(Reason::kIoError, "open", path);
  while (!contents.empty()) {
    const ssize_t written = ::write(fd.get(), contents.data(), contents.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return system_error(Reason::kIoError, "write", path);
    contents.remove_prefix(static_cast<size_t>(written));
  }
  // The umask must not narrow what an existing file allowed. FAT has no modes: not an error.
  (void)::fchmod(fd.get(), mode);
  if (::fsync(fd.get()) != 0) return system_error(Reason::kIoError, "fsync", path);
  return ok_status();
}

mode_t mode_of(const std::string& path) {
  struct stat status;
  return ::stat(system_path(path).c_str(), &status) == 0 ? status.st_mode & 07777 : kFileMode;
}

Status replace(const std::string& path, const std::string& temporary, std::string_view contents) {
  NVRESUME_TRY(write_synced(temporary, contents, mode_of(path)));
  if (::rename(system_path(temporary).c_str(), system_path(path).c_str()) != 0)
    return system_error(Reason::kIoError, "rename", path);
  return ok_status();
}

}  // namespace

Status write_durably(const std::string& path, std::string_view contents) {
  NVRESUME_TRY(make_directories(directory_of(path)));
  const std::string temporary = path + ".nvresume-new";
  const Status replaced = replace(path, temporary, contents);
  if (!replaced.ok()) {
    (void)::unlink(system_path(temporary).c_str());  // the first error is the one to tell
    return Error(replaced.error());
  }
  return sync_directory(directory_of(path));
}

Result<bool> ensure_contents(const std::string& path, std::string_view contents) {
  const std::optional<std::string> now = read_bytes(path);
  if (now && *now == contents) return false;
  NVRESUME_TRY(write_durably(path, contents));
  return true;
}

Result<bool> copy_verified(const std::string& source, const std::string& target) {
  const std::optional<std::string> contents = read_bytes(source);
  if (!contents) return system_error(Reason::kIoError, "read", source);
  NVRESUME_ASSIGN(const bool changed, ensure_contents(target, *contents));
  const std::optional<std::string> arrived = read_bytes(target);
  if (!arrived || *arrived != *contents)
    return Error(Reason::kIoError, target).with(" reads back differently from ").with(source);
  return changed;
}

Status remove_durably(const std::string& path) {
  if (::unlink(system_path(path).c_str()) != 0) {
    if (errno == ENOENT) return ok_status();
    return system_error(Reason::kIoError, "unlink", path);
  }
  return sync_directory(directory_of(path));
}

}  // namespace nvresume
