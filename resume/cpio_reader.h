// SPDX-License-Identifier: GPL-2.0-or-later
// cpio_reader.h: the names in a cpio archive, as the kernel unpacks an initramfs from it.
#pragma once

#include <stdint.h>

#include <span>
#include <string>
#include <vector>

#include "image/result.h"
#include "resume/byte_stream.h"

namespace nvresume {

/// Error: kNotInInitramfs, "the archive cannot be read: WHY".
Error unreadable_archive(std::string_view why);

/// One archive of a stream that may hold several.
class CpioReader {
 public:
  explicit CpioReader(ByteStream& stream) : stream_(stream) {}

  /// The next file's name, its data skipped; "" at the archive's end.
  Result<std::string> next_name();

 private:
  Result<size_t> take(std::span<uint8_t> out);
  Status skip(uint64_t bytes);

  ByteStream& stream_;
  uint64_t pending_ = 0;  ///< bytes of the last file still to be skipped
  std::vector<uint8_t> scratch_ = std::vector<uint8_t>(256 * 1024);
};

}  // namespace nvresume
