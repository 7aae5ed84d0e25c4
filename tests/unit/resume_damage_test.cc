// SPDX-License-Identifier: GPL-2.0-or-later
// The restore's own pipeline over an image with one damaged byte: the kernel gets the whole stream,
// or the restore is refused before it ends.
#include <gtest/gtest.h>

#include <random>

#include "image/image_area.h"
#include "image/metadata.h"
#include "resume/image_records.h"
#include "resume/restore_pipeline.h"
#include "tests/fake_nvm.h"
#include "tests/seed.h"
#include "tests/unit/fake_snapshot.h"

namespace nvresume {
namespace {

constexpr Geometry kGeometry{2 * kRangeAlignment, kRangeAlignment};

class PipelineDamage : public testing::Test {
 protected:
  PipelineDamage() : random_(test_seed()), area_(save()) {}

  ImageArea save() {
    const uint8_t image_id[16] = {9};
    auto area = ImageArea::format(nvm_, uint64_t{4} << 30, kGeometry);
    EXPECT_TRUE(area->begin_save(image_id).ok());
    SaveSettings settings;
    settings.chunk_pages = 4;
    settings.encoding = EncodingChoice::kZstd;
    auto pipeline = SavePipeline::prepare(ImageSlot(nvm_, area->superblock()), settings);
    FakeSnapshot device(stream_);
    auto frozen = FrozenUserspace::freeze(device);
    EXPECT_TRUE(device.create_image().ok());
    EXPECT_TRUE(pipeline.value()->store(device, *frozen, nullptr).ok());
    AlignedBuffer record(2 * kBlockBytes);
    MetadataWriter writer(record.bytes());
    auto records = store_image_records(nvm_, *pipeline.value(),
                                       record.bytes().first(writer.finish()), image_id);
    EXPECT_TRUE(records.ok());
    EXPECT_TRUE(area->commit(records->metadata, records->index).ok());
    return std::move(area.value());
  }
  Status restore(FakeNvm& nvm, FakeSnapshot& kernel) {
    const ImageSlot slot(nvm, area_.superblock());
    NVRESUME_ASSIGN(auto pipeline, RestorePipeline::prepare(slot, area_.superblock(), 1));
    return pipeline->load(kernel, nullptr);
  }
  void expect_refused(uint64_t offset_bytes, Reason reason) {
    FakeNvm damaged = nvm_;
    damaged.corrupt_byte(area_.superblock().slot_offset_bytes + offset_bytes,
                         static_cast<uint8_t>(1 + random_() % 255));
    FakeSnapshot kernel;
    kernel.expected_bytes = stream_.size();
    const Status restored = restore(damaged, kernel);
    ASSERT_FALSE(restored.ok()) << "slot offset " << offset_bytes;
    EXPECT_EQ(reason_name(restored.error().reason()), reason_name(reason));
    EXPECT_LT(kernel.written.size(), stream_.size()) << "the kernel has a whole image to resume";
  }

  std::mt19937_64 random_;
  std::vector<uint8_t> stream_ = make_stream(20);
  FakeNvm nvm_{kGeometry.image_bytes};
  ImageArea area_;
};

TEST_F(PipelineDamage, UndamagedImageIsTheStream) {
  FakeSnapshot kernel;
  kernel.expected_bytes = stream_.size();
  ASSERT_TRUE(restore(nvm_, kernel).ok());
  EXPECT_EQ(kernel.written, stream_);
}

TEST_F(PipelineDamage, AnyByteOfTheIndexIsRefused) {
  const Extent& index = area_.superblock().index;
  for (int i = 0; i < 100 && !HasFailure(); i++)
    expect_refused(index.offset_bytes + random_() % index.length_bytes, Reason::kIndexCorrupt);
}

TEST_F(PipelineDamage, AnyByteOfAFrameIsRefused) {
  const Extent& index = area_.superblock().index;
  std::vector<ChunkEntry> entries((index.length_bytes - sizeof(ChunkIndexHeader)) /
                                  sizeof(ChunkEntry));
  for (size_t i = 0; i < entries.size(); i++) {
    const uint64_t at = area_.superblock().slot_offset_bytes + index.offset_bytes +
                        sizeof(ChunkIndexHeader) + i * sizeof(ChunkEntry);
    memcpy(&entries[i], nvm_.block(at) + at % kBlockBytes, sizeof(ChunkEntry));
  }
  for (int i = 0; i < 100 && !HasFailure(); i++) {
    const ChunkEntry& entry = entries[random_() % entries.size()];
    expect_refused(entry.offset_bytes + random_() % entry.stored_bytes, Reason::kChunkCorrupt);
  }
}

}  // namespace
}  // namespace nvresume
