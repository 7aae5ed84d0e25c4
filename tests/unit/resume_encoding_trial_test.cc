// SPDX-License-Identifier: GPL-2.0-or-later
// Raw or zstd, by what the NVM costs.
#include "resume/encoding_trial.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <thread>

#include "resume/save_pipeline.h"
#include "tests/fake_nvm.h"
#include "tests/unit/fake_snapshot.h"

namespace nvresume {
namespace {

constexpr Geometry kGeometry = {16 * 1024 * 1024, 2 * 1024 * 1024};
constexpr uint64_t kSampleBytes = kChunkPagesDefault * uint64_t{kPageBytes};

/// Every store takes as long as `cost` says: so much more than any codec that noise cannot matter.
class SlowNvm final : public Nvm {
 public:
  using Cost = std::function<std::chrono::microseconds(uint64_t bytes)>;
  SlowNvm(Nvm& below, Cost cost) : below_(&below), cost_(std::move(cost)) {}
  uint64_t size_bytes() const override { return below_->size_bytes(); }
  Status read(uint64_t offset_bytes, Bytes out) override { return below_->read(offset_bytes, out); }
  Status write(uint64_t offset_bytes, ConstBytes in) override {
    std::this_thread::sleep_for(cost_(in.size()));
    return below_->write(offset_bytes, in);
  }
  Status flush() override { return below_->flush(); }

 private:
  Nvm* below_;
  Cost cost_;
};

std::chrono::microseconds by_size(uint64_t bytes) { return std::chrono::microseconds(bytes / 4); }
/// What is smaller than a raw chunk costs most: only raw can win.
std::chrono::microseconds by_smallness(uint64_t bytes) {
  return std::chrono::milliseconds(bytes < kSampleBytes ? 50 : 0);
}

class EncodingTrialTest : public testing::Test {
 protected:
  EncodingTrialTest() : memory_(kGeometry.image_bytes) {
    superblock_ = make_superblock(0x100000000, kGeometry);
  }
  ImageSlot slot_on(Nvm& nvm) const { return {nvm, superblock_}; }

  /// Saves a stream of so many pages with the encoding left open; what it was stored as.
  Result<EncodingChoice> save(SlowNvm& nvm, uint64_t data_pages) {
    FakeSnapshot kernel(make_stream(data_pages));
    SaveSettings settings;
    settings.chunk_pages = 16;
    NVRESUME_ASSIGN(auto pipeline, SavePipeline::prepare(slot_on(nvm), settings));
    NVRESUME_TRY(pipeline->choose_encoding());
    NVRESUME_ASSIGN(FrozenUserspace frozen, FrozenUserspace::freeze(kernel));
    NVRESUME_TRY(kernel.create_image());
    NVRESUME_TRY(pipeline->store(kernel, frozen, nullptr));
    NVRESUME_TRY(pipeline->verify(frozen));
    return pipeline->encoding();
  }

  FakeNvm memory_;
  Superblock superblock_;
};

TEST_F(EncodingTrialTest, SlowStoresAreWorthCompressingFor) {
  SlowNvm nvm(memory_, by_size);
  const auto choice = faster_encoding(slot_on(nvm), 1);
  ASSERT_TRUE(choice.ok()) << choice.error().text();
  EXPECT_EQ(*choice, EncodingChoice::kZstd);
}

TEST_F(EncodingTrialTest, WhereRawIsFasterItIsRaw) {
  SlowNvm nvm(memory_, by_smallness);
  const auto choice = faster_encoding(slot_on(nvm), 1);
  ASSERT_TRUE(choice.ok()) << choice.error().text();
  EXPECT_EQ(*choice, EncodingChoice::kRaw);
}

TEST_F(EncodingTrialTest, AStoreThatFailsEndsTheSaveBeforeTheFreeze) {
  memory_.fail_write(1, FakeNvm::Landing::kNothing);
  EXPECT_FALSE(faster_encoding(slot_on(memory_), 1).ok());
}

TEST_F(EncodingTrialTest, RawGivesWayWhereTheSnapshotMightNotFit) {
  SlowNvm nvm(memory_, [](uint64_t bytes) { return by_smallness(bytes) / 10; });
  const auto small = save(nvm, 200);
  ASSERT_TRUE(small.ok()) << small.error().text();
  EXPECT_EQ(*small, EncodingChoice::kRaw);
  // The slot holds 3763 pages, 1 MiB of them kept for the records.
  const auto large = save(nvm, 3700);
  ASSERT_TRUE(large.ok()) << large.error().text();
  EXPECT_EQ(*large, EncodingChoice::kZstd);
}

}  // namespace
}  // namespace nvresume
