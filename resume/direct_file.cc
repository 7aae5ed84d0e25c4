// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/direct_file.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>

#include "resume/system_error.h"

namespace nvresume {

Result<DirectFile> DirectFile::open(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECT | O_CLOEXEC));
  // tmpfs knows no O_DIRECT; only test files lie there.
  if (!fd.open() && errno == EINVAL) fd = UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.open()) return system_error(Reason::kIoError, "open", path);
  const off_t end = ::lseek(fd.get(), 0, SEEK_END);
  if (end < 0) return system_error(Reason::kIoError, "lseek", path);
  DirectFile file(std::move(fd), path);
  file.size_bytes_ = static_cast<uint64_t>(end);
  return file;
}

Result<ConstBytes> DirectFile::read_piece(uint64_t offset_bytes, uint64_t length_bytes) {
  const uint64_t start = offset_bytes / kBlockBytes * kBlockBytes;
  const uint64_t lead = offset_bytes - start;
  const uint64_t wanted = std::min<uint64_t>(lead + length_bytes, kBufferBytes);
  const uint64_t aligned =
      std::min<uint64_t>((wanted + kBlockBytes - 1) / kBlockBytes * kBlockBytes, kBufferBytes);
  uint64_t got = 0;
  while (got < wanted) {
    const ssize_t count =
        ::pread(fd_.get(), buffer_->bytes + got, aligned - got, static_cast<off_t>(start + got));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0)
      return system_error(Reason::kIoError, "read", path_).with(" at ").with(start + got);
    if (count == 0) break;
    got += static_cast<uint64_t>(count);
    // Short of a block is the end of the disk: a further O_DIRECT read there would be unaligned.
    if (got % kBlockBytes != 0) break;
  }
  if (got < wanted)
    return Error(Reason::kIoError, "read ")
        .with(path_)
        .with(" at ")
        .with(offset_bytes)
        .with(": ends early");
  return ConstBytes(buffer_->bytes + lead, wanted - lead);
}

Status DirectFile::read(uint64_t offset_bytes, Bytes out) {
  while (!out.empty()) {
    NVRESUME_ASSIGN(const ConstBytes piece, read_piece(offset_bytes, out.size()));
    ::memcpy(out.data(), piece.data(), piece.size());
    offset_bytes += piece.size();
    out = out.subspan(piece.size());
  }
  return ok_status();
}

Result<uint64_t> DirectFile::hash(std::span<const ByteRange> ranges) {
  XXH3_state_t state;
  XXH3_INITSTATE(&state);
  XXH3_64bits_reset(&state);
  for (ByteRange range : ranges) {
    while (range.length_bytes > 0) {
      NVRESUME_ASSIGN(const ConstBytes piece, read_piece(range.offset_bytes, range.length_bytes));
      XXH3_64bits_update(&state, piece.data(), piece.size());
      range.offset_bytes += piece.size();
      range.length_bytes -= piece.size();
    }
  }
  return XXH3_64bits_digest(&state);
}

}  // namespace nvresume
