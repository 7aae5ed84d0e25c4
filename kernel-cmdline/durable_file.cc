// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/durable_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <memory>
#include <optional>

#include "kernel-cmdline/change_gate.h"
#include "resume/system_error.h"
#include "resume/system_files.h"
#include "resume/unique_fd.h"

namespace nvresume {
namespace {

constexpr mode_t kDirectoryMode = 0755;
constexpr char kBesideSuffix[] = ".nvresume-new";

Status make_directories(const std::string& path) {
  if (path == "/" || file_exists(path)) return ok_status();
  NVRESUME_TRY(make_directories(directory_of(path)));
  return make_directory_durably(path);
}

Status sync_host_path(const std::string& path, int flags) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags));
  if (fd.get() < 0 || ::fsync(fd.get()) != 0) return system_error(Reason::kIoError, "fsync", path);
  return ok_status();
}

Status sync_directory(const std::string& path) {
  return sync_host_path(system_path(path), O_DIRECTORY);
}

/// Where a symbolic link leads, or the path itself: what is renamed over is a file, never a link.
std::string host_target(const std::string& path) {
  const std::string host = system_path(path);
  char* real = ::realpath(host.c_str(), nullptr);
  if (real == nullptr) return host;
  std::string target = real;
  ::free(real);
  return target;
}

/// The umask must not narrow what is asked for. FAT has neither modes nor owners: not an error.
void apply(const Ownership& ownership, int fd) {
  (void)!::fchown(fd, ownership.uid, ownership.gid);
  (void)::fchmod(fd, ownership.mode);
}

Status write_synced(const std::string& host, std::string_view contents,
                    const Ownership& ownership) {
  NVRESUME_TRY(before_change());
  const UniqueFd fd(::open(host.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
                           ownership.mode & 0600));
  if (fd.get() < 0) return system_error(Reason::kIoError, "open", host);
  while (!contents.empty()) {
    const ssize_t written = ::write(fd.get(), contents.data(), contents.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return system_error(Reason::kIoError, "write", host);
    contents.remove_prefix(static_cast<size_t>(written));
  }
  apply(ownership, fd.get());
  if (::fsync(fd.get()) != 0) return system_error(Reason::kIoError, "fsync", host);
  return ok_status();
}

std::optional<Ownership> ownership_of(const std::string& host) {
  struct stat status;
  if (::stat(host.c_str(), &status) != 0) return std::nullopt;
  return Ownership{status.st_mode & 07777, status.st_uid, status.st_gid};
}

Status unlink_host(const std::string& host) {
  if (::access(host.c_str(), F_OK) != 0 && errno == ENOENT) {
    struct stat status;
    if (::lstat(host.c_str(), &status) != 0) return ok_status();
  }
  NVRESUME_TRY(before_change());
  if (::unlink(host.c_str()) != 0 && errno != ENOENT)
    return system_error(Reason::kIoError, "unlink", host);
  return ok_status();
}

Status rename_synced(const std::string& from, const std::string& to) {
  NVRESUME_TRY(before_change());
  if (::rename(from.c_str(), to.c_str()) != 0) return system_error(Reason::kIoError, "rename", to);
  return sync_host_path(directory_of(to), O_DIRECTORY);
}

/// An error that is not a power cut leaves nothing beside the file.
Status or_unlink(Status done, const std::string& beside) {
  if (!done.ok()) (void)unlink_host(beside);  // the first error is the one to tell
  return done;
}

Status replace(const std::string& target, std::string_view contents, const Ownership& ownership) {
  const std::string beside = target + kBesideSuffix;
  NVRESUME_TRY(or_unlink(write_synced(beside, contents, ownership), beside));
  return or_unlink(rename_synced(beside, target), beside);
}

}  // namespace

std::string directory_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

Status write_durably(const std::string& path, std::string_view contents,
                     const Ownership& new_file) {
  NVRESUME_TRY(make_directories(directory_of(path)));
  const std::string target = host_target(path);
  return replace(target, contents, ownership_of(target).value_or(new_file));
}

Status write_durably_as(const std::string& path, std::string_view contents,
                        const Ownership& ownership) {
  NVRESUME_TRY(make_directories(directory_of(path)));
  return replace(system_path(path), contents, ownership);
}

Result<bool> ensure_contents(const std::string& path, std::string_view contents,
                             const Ownership& new_file) {
  const std::optional<std::string> now = read_bytes(path);
  if (now && *now == contents) return false;
  NVRESUME_TRY(write_durably(path, contents, new_file));
  return true;
}

Status link_durably(const std::string& path, const std::string& target) {
  NVRESUME_TRY(make_directories(directory_of(path)));
  const std::string host = system_path(path);
  const std::string beside = host + kBesideSuffix;
  NVRESUME_TRY(unlink_host(beside));
  NVRESUME_TRY(before_change());
  if (::symlink(target.c_str(), beside.c_str()) != 0)
    return system_error(Reason::kIoError, "symlink", path);
  return or_unlink(rename_synced(beside, host), beside);
}

std::string path_beside(const std::string& path) { return path + kBesideSuffix; }

Status adopt_durably(const std::string& path) {
  const std::string beside = system_path(path_beside(path));
  const std::string target = host_target(path);
  const auto before = ownership_of(target);
  const UniqueFd fd(::open(beside.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (fd.get() < 0) return system_error(Reason::kIoError, "open", beside);
  if (before) apply(*before, fd.get());
  if (::fsync(fd.get()) != 0) return system_error(Reason::kIoError, "fsync", beside);
  return or_unlink(rename_synced(beside, target), beside);
}

Status remove_durably(const std::string& path) {
  NVRESUME_TRY(discard_beside(path));
  NVRESUME_TRY(unlink_host(system_path(path)));
  if (!file_exists(directory_of(path))) return ok_status();
  return sync_directory(directory_of(path));
}

Status discard_beside(const std::string& path) {
  NVRESUME_TRY(unlink_host(system_path(path_beside(path))));
  return unlink_host(host_target(path) + kBesideSuffix);
}

Status make_directory_durably(const std::string& path) {
  if (file_exists(path)) return ok_status();
  NVRESUME_TRY(before_change());
  if (::mkdir(system_path(path).c_str(), kDirectoryMode) != 0 && errno != EEXIST)
    return system_error(Reason::kIoError, "mkdir", path);
  return sync_directory(directory_of(path));
}

Status remove_directory_durably(const std::string& path) {
  if (!file_exists(path)) return ok_status();
  NVRESUME_TRY(before_change());
  if (::rmdir(system_path(path).c_str()) != 0) {
    if (errno == ENOTEMPTY || errno == EEXIST) return ok_status();
    return system_error(Reason::kIoError, "rmdir", path);
  }
  return sync_directory(directory_of(path));
}

}  // namespace nvresume
