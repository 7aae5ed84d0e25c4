// SPDX-License-Identifier: GPL-2.0-or-later
// pipelines.h: the program's own save and restore pipelines between a stream and an NVM in memory.
// What they allocate is allocated outside the measured calls, as save.cc does before the freeze.
#pragma once

#include <memory>

#include "resume/restore_pipeline.h"
#include "resume/save_pipeline.h"
#include "tests/bench/engine/memory_nvm.h"
#include "tests/bench/engine/stream_device.h"

namespace nvresume::bench {

class Pipelines {
 public:
  /// `nvm` becomes an image area.
  Pipelines(Bytes nvm, const SaveSettings& settings);

  Status prepare_save();
  /// Stores, flushes and reads back.
  Status save(ConstBytes stream);
  /// The index, and what a load finds it by; not measured, as it is not in a bare codec either.
  Status finish_save();
  Status prepare_load();
  Status load(Bytes sink);
  uint64_t stored_bytes() const { return save_->frames_end_bytes(); }

 private:
  MemoryNvm nvm_;
  SaveSettings settings_;
  Superblock superblock_;
  std::unique_ptr<SavePipeline> save_;
  std::unique_ptr<RestorePipeline> load_;
};

/// Of an image area that holds the raw stream, its index and its metadata.
uint64_t image_area_bytes(uint64_t stream_bytes);

}  // namespace nvresume::bench
