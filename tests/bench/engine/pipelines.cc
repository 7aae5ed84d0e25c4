// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/bench/engine/pipelines.h"

#include "image/layout.h"

namespace nvresume::bench {
namespace {

constexpr uint64_t kRangeBase = uint64_t{4} << 30;
constexpr uint8_t kImageId[16] = {1};

}  // namespace

uint64_t image_area_bytes(uint64_t stream_bytes) {
  // Superblocks, log, tail and metadata take 2.5 MiB; the index 1/2000 of the smallest chunks.
  const uint64_t wanted = stream_bytes + stream_bytes / 512 + (uint64_t{4} << 20);
  return (wanted + kRangeAlignment - 1) / kRangeAlignment * kRangeAlignment;
}

Pipelines::Pipelines(Bytes nvm, const SaveSettings& settings)
    : nvm_(nvm),
      settings_(settings),
      superblock_(make_superblock(kRangeBase, {nvm.size(), kRangeAlignment})) {
  memcpy(superblock_.image_id, kImageId, sizeof(kImageId));
}

Status Pipelines::prepare_save() {
  NVRESUME_ASSIGN(save_, SavePipeline::prepare(ImageSlot(nvm_, superblock_), settings_));
  return ok_status();
}

Status Pipelines::save(ConstBytes stream) {
  StreamDevice device(stream, {});
  NVRESUME_ASSIGN(FrozenUserspace frozen, FrozenUserspace::freeze(device));
  NVRESUME_TRY(save_->store(device, frozen, nullptr));
  return save_->verify(frozen);
}

Status Pipelines::finish_save() {
  NVRESUME_ASSIGN(superblock_.index, save_->store_index(save_->frames_end_bytes(), kImageId));
  return ok_status();
}

Status Pipelines::prepare_load() {
  NVRESUME_ASSIGN(load_, RestorePipeline::prepare(ImageSlot(nvm_, superblock_), superblock_,
                                                  settings_.worker_count));
  return ok_status();
}

Status Pipelines::load(Bytes sink) {
  StreamDevice device({}, sink);
  return load_->load(device, nullptr);
}

}  // namespace nvresume::bench
