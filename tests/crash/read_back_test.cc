// SPDX-License-Identifier: GPL-2.0-or-later
// The read-back of a save proves what the NVM keeps only if nothing of it is still on its way
// there.
#include <gtest/gtest.h>

#include "image/metadata.h"
#include "resume/image_records.h"
#include "tests/crash/machine.h"
#include "tests/unit/fake_snapshot.h"

namespace nvresume {
namespace {

/// Knows which blocks were stored since the last flush, and whether one of them was read.
class FlushWatch final : public Nvm {
 public:
  explicit FlushWatch(Nvm& nvm) : nvm_(nvm) {}
  uint64_t size_bytes() const override { return nvm_.size_bytes(); }
  Status read(uint64_t offset_bytes, Bytes out) override {
    for (uint64_t at = 0; at < out.size(); at += kBlockBytes)
      read_too_early |= unflushed_.contains(offset_bytes + at);
    return nvm_.read(offset_bytes, out);
  }
  Status write(uint64_t offset_bytes, ConstBytes in) override {
    for (uint64_t at = 0; at < in.size(); at += kBlockBytes) unflushed_.insert(offset_bytes + at);
    return nvm_.write(offset_bytes, in);
  }
  Status flush() override {
    unflushed_.clear();
    return nvm_.flush();
  }
  bool read_too_early = false;

 private:
  Nvm& nvm_;
  std::set<uint64_t> unflushed_;
};

class ReadBack : public testing::Test {
 protected:
  ReadBack() : watch_(machine_.area()), area_(machine_.open()), device_(Machine::stream_of(1)) {
    SaveSettings settings;
    settings.encoding = EncodingChoice::kZstd;
    auto pipeline = SavePipeline::prepare(ImageSlot(watch_, area_.superblock()), settings);
    EXPECT_TRUE(pipeline.ok()) << pipeline.error().text();
    pipeline_ = std::move(pipeline.value());
  }

  Machine machine_;
  FlushWatch watch_;
  ImageArea area_;
  FakeSnapshot device_;
  std::unique_ptr<SavePipeline> pipeline_;
};

TEST_F(ReadBack, FramesAreVerifiedOnceTheyAreFlushed) {
  auto frozen = FrozenUserspace::freeze(device_);
  ASSERT_TRUE(device_.create_image().ok());
  ASSERT_TRUE(pipeline_->store(device_, *frozen, nullptr).ok());
  ASSERT_TRUE(pipeline_->verify(*frozen).ok());
  EXPECT_FALSE(watch_.read_too_early);
}

TEST_F(ReadBack, RecordsAreVerifiedOnceTheyAreFlushed) {
  auto frozen = FrozenUserspace::freeze(device_);
  ASSERT_TRUE(device_.create_image().ok());
  ASSERT_TRUE(pipeline_->store(device_, *frozen, nullptr).ok());
  AlignedBuffer record(2 * kBlockBytes);
  MetadataWriter writer(record.bytes());
  const uint8_t image_id[16] = {1};
  const ConstBytes metadata = record.bytes().first(writer.finish());
  const auto records = store_image_records(watch_, *pipeline_, metadata, image_id);
  ASSERT_TRUE(records.ok()) << records.error().text();
  EXPECT_FALSE(watch_.read_too_early);
}

}  // namespace
}  // namespace nvresume
