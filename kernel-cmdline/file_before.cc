// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/file_before.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include <vector>

#include "image/codec.h"
#include "kernel-cmdline/durable_file.h"
#include "resume/system_error.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr std::string_view kLinkPrefix = "link ";

std::string kept_name(const std::string& path) {
  char name[32];
  ::snprintf(name, sizeof(name), "%016" PRIx64,
             checksum_of({reinterpret_cast<const uint8_t*>(path.data()), path.size()}));
  return name;
}

Result<std::string> keep_link(const std::string& path) {
  const auto target = read_link(path);
  if (!target) return system_error(Reason::kIoError, "readlink", path);
  return std::string(kLinkPrefix) + *target;
}

Result<std::string> keep_file(const std::string& path, const struct stat& status) {
  const auto contents = read_bytes(path);
  if (!contents) return system_error(Reason::kIoError, "read", path);
  const std::string name = kept_name(path);
  // Only root reads the copies, whatever the original allowed.
  NVRESUME_TRY(
      write_durably(std::string(kKeptDirectory) + "/" + name, *contents, Ownership{0600, 0, 0}));
  char text[96];
  ::snprintf(text, sizeof(text), "file %" PRIu32 " %" PRIu32 " %" PRIu32 " %s",
             static_cast<uint32_t>(status.st_mode & 07777), static_cast<uint32_t>(status.st_uid),
             static_cast<uint32_t>(status.st_gid), name.c_str());
  return std::string(text);
}

Status restore_file(const std::string& path, const std::vector<std::string_view>& words) {
  const auto mode = parse_number(words[1]);
  const auto uid = parse_number(words[2]);
  const auto gid = parse_number(words[3]);
  const auto contents = read_bytes(std::string(kKeptDirectory) + "/" + std::string(words[4]));
  if (!mode || !uid || !gid || !contents)
    return Error(Reason::kInternal, "what was kept of ").with(path).with(" cannot be read");
  return write_durably_as(
      path, *contents,
      Ownership{static_cast<mode_t>(*mode), static_cast<uid_t>(*uid), static_cast<gid_t>(*gid)});
}

}  // namespace

Result<std::string> keep_before(const std::string& path) {
  struct stat status;
  if (::lstat(system_path(path).c_str(), &status) != 0) return std::string("absent");
  if (S_ISLNK(status.st_mode)) return keep_link(path);
  if (S_ISREG(status.st_mode)) return keep_file(path, status);
  return Error(Reason::kUnsupportedSetup, path).with(" is neither a file nor a link; move it away");
}

Status restore_before(const std::string& path, std::string_view before) {
  NVRESUME_TRY(discard_beside(path));
  const auto words = split_words(before);
  if (before == "absent") return remove_durably(path);
  if (before.starts_with(kLinkPrefix))
    return link_durably(path, std::string(before.substr(kLinkPrefix.size())));
  if (words.size() == 5 && words[0] == "file") return restore_file(path, words);
  return Error(Reason::kInternal, "the journal's line about ").with(path).with(" makes no sense");
}

}  // namespace nvresume
