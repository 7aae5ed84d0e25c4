// SPDX-License-Identifier: GPL-2.0-or-later
// The snapshot stream into an image file and back, and what happens when something on the way
// breaks.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>

#include "image/image_area.h"
#include "image/media.h"
#include "resume/image_disk.h"
#include "resume/restore_pipeline.h"
#include "resume/save_pipeline.h"
#include "tests/unit/fake_snapshot.h"

namespace nvresume {
namespace {

constexpr Geometry kGeometry = {16 * 1024 * 1024, 2 * 1024 * 1024};
constexpr uint8_t kImageId[16] = {1, 2, 3};

/// An image disk that can be made to misbehave.
class BrokenNvm final : public Nvm {
 public:
  explicit BrokenNvm(Nvm& below) : below_(&below) {}
  uint64_t size_bytes() const override { return below_->size_bytes(); }
  Status read(uint64_t offset_bytes, Bytes out) override {
    ++reads;
    NVRESUME_TRY(below_->read(offset_bytes, out));
    if (on_read) on_read(offset_bytes, out);
    return ok_status();
  }
  Status write(uint64_t offset_bytes, ConstBytes in) override {
    if (on_write) on_write();
    if (++writes == failing_write) return Error(Reason::kIoError, "write: no space");
    return below_->write(offset_bytes, in);
  }
  Status flush() override {
    if (flush_fails) return Error(Reason::kIoError, "flush: failed");
    return below_->flush();
  }

  std::function<void(uint64_t, Bytes)> on_read;
  std::function<void()> on_write;
  std::atomic<uint64_t> reads = 0;
  std::atomic<uint64_t> writes = 0;
  uint64_t failing_write = 0;
  bool flush_fails = false;

 private:
  Nvm* below_;
};

class PipelineTest : public testing::Test {
 protected:
  void SetUp() override {
    char path[] = "/tmp/nvresume-image-XXXXXX";
    const int fd = mkstemp(path);
    ASSERT_GE(fd, 0);
    ASSERT_EQ(ftruncate(fd, kGeometry.image_bytes), 0);
    close(fd);
    path_ = path;
    auto disk = ImageDisk::open(path);
    ASSERT_TRUE(disk.ok());
    disk_.emplace(std::move(*disk));
    nvm_.emplace(*disk_);
    auto area = ImageArea::format(*nvm_, 0x100000000, kGeometry);
    ASSERT_TRUE(area.ok()) << area.error().text();
    superblock_ = area->superblock();
    memcpy(superblock_.image_id, kImageId, sizeof(kImageId));
  }
  void TearDown() override { unlink(path_.c_str()); }

  SaveSettings settings(uint32_t workers = 2) const {
    SaveSettings settings;
    settings.worker_count = workers;
    settings.chunk_pages = 16;
    settings.encoding = EncodingChoice::kZstd;
    return settings;
  }

  /// What save.cc does between CREATE_IMAGE and the commit.
  Status save(FakeSnapshot& kernel, const SaveSettings& wanted) {
    const ImageSlot slot(*nvm_, superblock_);
    NVRESUME_ASSIGN(auto pipeline, SavePipeline::prepare(slot, wanted));
    NVRESUME_ASSIGN(FrozenUserspace frozen, FrozenUserspace::freeze(kernel));
    NVRESUME_TRY(kernel.create_image());
    NVRESUME_TRY(pipeline->store(kernel, frozen, nullptr));
    if (before_verify) before_verify();
    NVRESUME_TRY(pipeline->verify(frozen));
    NVRESUME_ASSIGN(superblock_.index,
                    pipeline->store_index(pipeline->frames_end_bytes(), kImageId));
    return nvm_->flush();
  }

  Status load(FakeSnapshot& kernel, uint32_t workers = 2) {
    const ImageSlot slot(*nvm_, superblock_);
    NVRESUME_ASSIGN(auto pipeline, RestorePipeline::prepare(slot, superblock_, workers));
    kernel.expected_bytes = pipeline->raw_bytes();
    return pipeline->load(kernel, nullptr);
  }

  void save_ok(FakeSnapshot& kernel) {
    const Status saved = save(kernel, settings());
    ASSERT_TRUE(saved.ok()) << saved.error().text();
  }

  void corrupt_byte(uint64_t slot_offset) {
    Block block;
    const uint64_t offset = kSlotOffset + slot_offset / kBlockBytes * kBlockBytes;
    ASSERT_TRUE(disk_->read(offset, block.bytes).ok());
    block.bytes[slot_offset % kBlockBytes] ^= 1;
    ASSERT_TRUE(disk_->write(offset, block.bytes).ok());
  }

  std::string path_;
  std::optional<ImageDisk> disk_;
  std::optional<BrokenNvm> nvm_;
  Superblock superblock_{};
  std::function<void()> before_verify;
};

TEST_F(PipelineTest, WhatWasSavedIsLoaded) {
  for (const uint64_t data_pages : {1, 15, 16, 17, 700, 2000}) {
    for (const uint32_t workers : {1, 2, 8}) {
      FakeSnapshot saving(make_stream(data_pages));
      const Status saved = save(saving, settings(workers));
      ASSERT_TRUE(saved.ok()) << saved.error().text();
      FakeSnapshot restoring;
      const Status loaded = load(restoring, workers);
      ASSERT_TRUE(loaded.ok()) << loaded.error().text();
      EXPECT_EQ(restoring.written, saving.stream) << data_pages << " pages, " << workers;
      EXPECT_TRUE(restoring.wrote_behind_end);
    }
  }
}

TEST_F(PipelineTest, RawImageIsLoaded) {
  FakeSnapshot saving(make_stream(300));
  SaveSettings raw = settings();
  raw.encoding = EncodingChoice::kRaw;
  ASSERT_TRUE(save(saving, raw).ok());
  FakeSnapshot restoring;
  ASSERT_TRUE(load(restoring).ok());
  EXPECT_EQ(restoring.written, saving.stream);
}

TEST_F(PipelineTest, TimeInsideTheKernelIsToldApart) {
  FakeSnapshot saving(make_stream(200));
  const ImageSlot slot(*nvm_, superblock_);
  auto pipeline = SavePipeline::prepare(slot, settings());
  ASSERT_TRUE(pipeline.ok());
  auto frozen = FrozenUserspace::freeze(saving);
  ASSERT_TRUE(frozen.ok() && saving.create_image().ok());
  EXPECT_EQ((*pipeline)->device_ns(), 0u);
  ASSERT_TRUE((*pipeline)->store(saving, *frozen, nullptr).ok());
  EXPECT_GT((*pipeline)->device_ns(), 0u);
}

TEST_F(PipelineTest, NoThreadRunsBeforeTheSnapshot) {
  FakeSnapshot kernel(make_stream(100));
  const Status saved = save(kernel, settings(8));  // the fake refuses CREATE_IMAGE otherwise
  EXPECT_TRUE(saved.ok()) << saved.error().text();
}

TEST_F(PipelineTest, FailedStoreStopsTheSaveAndNamesTheChunk) {
  FakeSnapshot kernel(make_stream(1000));
  nvm_->failing_write = nvm_->writes + 20;
  const Status saved = save(kernel, settings(4));
  ASSERT_FALSE(saved.ok());
  EXPECT_EQ(saved.error().reason(), Reason::kStoreFailed);
  EXPECT_NE(saved.error().text().find("chunk "), std::string_view::npos);
  EXPECT_FALSE(kernel.frozen) << "an aborted save thaws";
}

TEST_F(PipelineTest, FailedFlushStopsTheSave) {
  FakeSnapshot kernel(make_stream(100));
  nvm_->flush_fails = true;
  EXPECT_FALSE(save(kernel, settings()).ok());
}

TEST_F(PipelineTest, NvmThatReturnsOtherBytesFailsTheReadBack) {
  FakeSnapshot kernel(make_stream(1000));
  before_verify = [this] { corrupt_byte(5 * kBlockBytes); };
  const Status saved = save(kernel, settings());
  ASSERT_FALSE(saved.ok());
  EXPECT_EQ(saved.error().reason(), Reason::kVerifyFailed);
  EXPECT_NE(saved.error().text().find("chunk "), std::string_view::npos);
}

TEST_F(PipelineTest, SnapshotThatEndsEarlyIsRefused) {
  FakeSnapshot kernel(make_stream(100));
  kernel.stream.resize(kernel.stream.size() - kPageBytes);
  const Status saved = save(kernel, settings());
  ASSERT_FALSE(saved.ok());
  EXPECT_EQ(saved.error().reason(), Reason::kStreamCorrupt);
}

TEST_F(PipelineTest, SnapshotThatGoesOnIsRefused) {
  FakeSnapshot kernel(make_stream(100));
  kernel.stream.resize(kernel.stream.size() + kPageBytes);
  const Status saved = save(kernel, settings());
  ASSERT_FALSE(saved.ok());
  EXPECT_EQ(saved.error().reason(), Reason::kStreamCorrupt);
}

TEST_F(PipelineTest, SnapshotLargerThanTheSlotIsRefusedWithNeedAndHave) {
  FakeSnapshot kernel(make_stream(6000));
  SaveSettings raw = settings();
  raw.encoding = EncodingChoice::kRaw;
  const Status saved = save(kernel, raw);
  ASSERT_FALSE(saved.ok());
  EXPECT_EQ(saved.error().reason(), Reason::kNoRoom);
  EXPECT_NE(saved.error().text().find("have"), std::string_view::npos);
}

TEST_F(PipelineTest, StreamWaitsForWorkersOnceTheSlotsAreFull) {
  FakeSnapshot kernel(make_stream(2000));
  uint64_t most_ahead = 0;
  std::mutex mutex;
  const uint64_t writes_before = nvm_->writes;
  nvm_->on_write = [&] {
    std::this_thread::sleep_for(std::chrono::microseconds(200));
    const std::lock_guard lock(mutex);
    const uint64_t read_chunks = kernel.read_bytes / (16 * kPageBytes);
    const uint64_t written_chunks = nvm_->writes - writes_before;
    if (read_chunks > written_chunks)
      most_ahead = std::max(most_ahead, read_chunks - written_chunks);
  };
  ASSERT_TRUE(save(kernel, settings(2)).ok());
  EXPECT_GT(most_ahead, 2u);
  EXPECT_LE(most_ahead, 8u + 2u);  // slots, and a frame in each worker's hands
}

TEST_F(PipelineTest, CorruptedChunkIsRefusedByNumberAndNothingBehindItIsHandedOver) {
  FakeSnapshot saving(make_stream(1000));
  save_ok(saving);
  corrupt_byte(superblock_.index.offset_bytes - 1 * kBlockBytes);
  FakeSnapshot restoring;
  const Status loaded = load(restoring);
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().reason(), Reason::kChunkCorrupt);
  EXPECT_TRUE(loaded.error().text().starts_with("chunk ")) << loaded.error().text();
  EXPECT_LT(restoring.written.size(), saving.stream.size());
  EXPECT_TRUE(
      std::equal(restoring.written.begin(), restoring.written.end(), saving.stream.begin()));
}

TEST_F(PipelineTest, CorruptedIndexIsRefused) {
  FakeSnapshot saving(make_stream(100));
  save_ok(saving);
  corrupt_byte(superblock_.index.offset_bytes + kBlockBytes + 3);
  FakeSnapshot restoring;
  const Status loaded = load(restoring);
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().reason(), Reason::kIndexCorrupt);
  EXPECT_TRUE(restoring.written.empty());
}

TEST_F(PipelineTest, IndexOfAnotherImageIsRefused) {
  FakeSnapshot saving(make_stream(100));
  save_ok(saving);
  superblock_.image_id[0] ^= 1;
  FakeSnapshot restoring;
  const Status loaded = load(restoring);
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().reason(), Reason::kIndexCorrupt);
}

TEST_F(PipelineTest, HeaderAndFirstDataPageAreHandedOverBeforeOtherChunksAreRead) {
  FakeSnapshot saving(make_stream(2000));
  save_ok(saving);
  static uint64_t reads_at_first_data_page;
  static std::atomic<uint64_t>* reads;
  reads = &nvm_->reads;
  reads_at_first_data_page = 0;
  FakeSnapshot restoring;
  restoring.on_write = [](uint64_t page) {
    if (page == 5) reads_at_first_data_page = *reads;  // 1 info page, 4 of frame list
  };
  const uint64_t before = *reads;
  ASSERT_TRUE(load(restoring).ok());
  // The index, one header chunk, one data chunk.
  EXPECT_EQ(reads_at_first_data_page - before, 3u);
}

TEST_F(PipelineTest, KernelThatRefusesAHeaderPageIsNamed) {
  FakeSnapshot saving(make_stream(2000));
  save_ok(saving);
  FakeSnapshot restoring;
  restoring.refused_page = 2;
  const Status loaded = load(restoring);
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().reason(), Reason::kKernelRefused);
  EXPECT_TRUE(loaded.error().text().starts_with("header page 2 of ")) << loaded.error().text();
}

TEST_F(PipelineTest, KernelThatRefusesADataPageStopsTheWorkers) {
  FakeSnapshot saving(make_stream(2000));
  save_ok(saving);
  FakeSnapshot restoring;
  restoring.refused_page = 1000;
  const Status loaded = load(restoring, 8);
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().reason(), Reason::kKernelRefused);
  EXPECT_EQ(restoring.written.size(), 1000 * uint64_t{kPageBytes});
}

TEST_F(PipelineTest, KernelThatExpectsMoreIsAContradiction) {
  FakeSnapshot saving(make_stream(100));
  save_ok(saving);
  FakeSnapshot restoring;
  const ImageSlot slot(*nvm_, superblock_);
  auto pipeline = RestorePipeline::prepare(slot, superblock_, 2);
  ASSERT_TRUE(pipeline.ok());
  const Status loaded = (*pipeline)->load(restoring, nullptr);  // expects without an end
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().reason(), Reason::kStreamCorrupt);
}

}  // namespace
}  // namespace nvresume
