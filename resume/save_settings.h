// SPDX-License-Identifier: GPL-2.0-or-later
// save_settings.h: what a person, or the measurement behind a default, decides about a save.
#pragma once

#include <stdint.h>

#include <optional>

#include "image/codec.h"

namespace nvresume {

/// Chosen. Measured beside it (docs/bench.md): 16 and 32 pages store more and load slower; 128 and
/// 256 store a twentieth less and are somewhat faster, for two and four times the memory in every
/// slot and worker.
inline constexpr uint32_t kChunkPagesDefault = 64;

struct SaveSettings {
  /// None: the faster one on this machine (encoding_trial.h), if it has room.
  std::optional<EncodingChoice> encoding;
  int level = 1;  ///< zstd's; measured against -5, -1 and 3 (docs/bench.md)
  uint32_t worker_count = 1;
  uint32_t chunk_pages = kChunkPagesDefault;
};

}  // namespace nvresume
