// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/extract.h"

#include <fcntl.h>

#include "resume/system_error.h"
#include "resume/unique_fd.h"

namespace nvresume {
namespace {

Status write_all(const UniqueFd& fd, ConstBytes bytes, const char* path) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd.get(), bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return system_error(Reason::kIoError, "write", path);
    bytes = bytes.subspan(static_cast<size_t>(put));
  }
  return ok_status();
}

}  // namespace

Status extract_stream(Nvm& area, const ImageReport& report, const char* path) {
  const UniqueFd fd(::open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd.open()) return system_error(Reason::kIoError, "create", path);
  Status extracted =
      for_each_chunk(area, report, [&](ConstBytes pages) { return write_all(fd, pages, path); });
  if (!extracted.ok()) (void)::unlink(path);  // the first error is the one to tell
  return extracted;
}

}  // namespace nvresume
