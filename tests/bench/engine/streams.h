// SPDX-License-Identifier: GPL-2.0-or-later
// streams.h: the snapshot streams that are saved and loaded: one captured from a machine, and three
// that are each one extreme.
#pragma once

#include <stdint.h>

#include <string>
#include <vector>

#include "image/nvm.h"
#include "image/result.h"

namespace nvresume::bench {

struct Stream {
  std::string name;
  std::vector<uint8_t> bytes;
};

/// zero, incompressible and half (every second page, at random): `data_bytes` of data pages behind
/// the header pages a kernel would put there.
std::vector<Stream> synthetic_streams(uint64_t data_bytes);

/// What `nvresume inspect --extract` wrote, cut to `data_bytes` of data: evenly spread pieces, so
/// that the mix of pages stays that of the whole.
Result<Stream> captured_stream(const std::string& path, uint64_t data_bytes);

}  // namespace nvresume::bench
