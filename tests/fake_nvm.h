// SPDX-License-Identifier: GPL-2.0-or-later
// fake_nvm.h: an NVM in ordinary memory that a test can damage, make fail, copy as it stands, and
// have its stores and flushes recorded (tests/power_cut.h replays them). Sparse: zero
// blocks cost nothing, so a copy per power cut is cheap.
#pragma once

#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "image/media.h"
#include "image/nvm.h"

namespace nvresume {

/// What reached the NVM, in order, of one or more devices that lose power together.
struct StoreLog {
  enum class Kind { kStore, kFlush, kMark };
  struct Event {
    Kind kind;
    size_t device;
    uint64_t offset_bytes;
    std::vector<uint8_t> bytes;
  };
  std::vector<Event> events;
  size_t mark_count = 0;

  /// "What was promised so far holds from here on": the return of a call.
  void mark() {
    events.push_back({Kind::kMark, 0, 0, {}});
    mark_count++;
  }
};

class FakeNvm final : public Nvm {
 public:
  /// What an injected failure leaves of the failing store.
  enum class Landing { kNothing, kHalf, kWhole };

  explicit FakeNvm(uint64_t size_bytes) : size_bytes_(size_bytes) {}

  uint64_t size_bytes() const override { return size_bytes_; }

  Status read(uint64_t offset_bytes, Bytes out) override {
    if (!is_legal(offset_bytes, out)) return Error(Reason::kIoError, "fake: illegal read");
    for (uint64_t at = 0; at < out.size(); at += kBlockBytes) {
      if (unreadable_.contains(offset_bytes + at)) return Error(Reason::kIoError, "fake: read");
      memcpy(out.data() + at, block(offset_bytes + at), kBlockBytes);
    }
    return ok_status();
  }

  Status write(uint64_t offset_bytes, ConstBytes in) override {
    if (!is_legal(offset_bytes, in)) return Error(Reason::kIoError, "fake: illegal write");
    if (failing_write_ != 0 && --failing_write_ == 0) {
      if (landing_ == Landing::kHalf) put(offset_bytes, in.first(in.size() / 2));
      if (landing_ == Landing::kWhole) put(offset_bytes, in);
      return Error(Reason::kIoError, "fake: write");
    }
    if (dropped_.contains(offset_bytes)) return ok_status();
    put(offset_bytes, in);
    if (log_ != nullptr)
      log_->events.push_back(
          {StoreLog::Kind::kStore, device_, offset_bytes, {in.begin(), in.end()}});
    return ok_status();
  }

  Status flush() override {
    if (failing_flush_ != 0 && --failing_flush_ == 0) return Error(Reason::kIoError, "fake: flush");
    if (log_ != nullptr) log_->events.push_back({StoreLog::Kind::kFlush, device_, 0, {}});
    return ok_status();
  }

  /// From now on every store and flush goes to `log` under the name `device`.
  void record_to(StoreLog& log, size_t device) {
    log_ = &log;
    device_ = device;
  }
  void stop_recording() { log_ = nullptr; }

  void corrupt_byte(uint64_t offset_bytes, uint8_t mask = 0xff) {
    const uint8_t byte = block(offset_bytes)[offset_bytes % kBlockBytes] ^ mask;
    put(offset_bytes, {&byte, 1});
  }
  void corrupt_block(uint64_t offset_bytes) {
    const std::vector<uint8_t> noise(kBlockBytes, 0xa5);
    put(offset_bytes, noise);
  }
  /// The next time write() (flush()) has been called `number` times, it fails.
  void fail_write(uint64_t number, Landing landing) {
    failing_write_ = number;
    landing_ = landing;
  }
  void fail_flush(uint64_t number) { failing_flush_ = number; }
  void make_unreadable(uint64_t offset_bytes) { unreadable_.insert(offset_bytes); }
  void make_readable(uint64_t offset_bytes) { unreadable_.erase(offset_bytes); }
  /// write() there says ok and stores nothing.
  void drop_writes_to(uint64_t offset_bytes) { dropped_.insert(offset_bytes); }

  /// Any bytes, any alignment, past recording and injected failures.
  void put(uint64_t offset_bytes, ConstBytes in) {
    while (!in.empty()) {
      const uint64_t inside = offset_bytes % kBlockBytes;
      const uint64_t count = std::min<uint64_t>(in.size(), kBlockBytes - inside);
      Block& changed = own_block(offset_bytes - inside);
      memcpy(changed.bytes + inside, in.data(), count);
      if (is_zero(in.first(count)) && is_zero(changed.bytes)) blocks_.erase(offset_bytes - inside);
      in = in.subspan(count);
      offset_bytes += count;
    }
  }
  /// The block that holds `offset_bytes`.
  const uint8_t* block(uint64_t offset_bytes) const {
    static const Block kZero{};
    const auto found = blocks_.find(offset_bytes / kBlockBytes * kBlockBytes);
    return found == blocks_.end() ? kZero.bytes : found->second->bytes;
  }
  /// Blocks are shared between copies of a device and never changed while they are: the same
  /// pointer is the same content as long as somebody keeps it. Null: zeros.
  using BlockPointer = std::shared_ptr<const Block>;
  BlockPointer block_pointer(uint64_t offset_bytes) const {
    const auto found = blocks_.find(offset_bytes);
    return found == blocks_.end() ? nullptr : found->second;
  }
  /// Puts `block` there, whatever was there before.
  void put_block(uint64_t offset_bytes, const BlockPointer& block) {
    if (block == nullptr)
      blocks_.erase(offset_bytes);
    else
      blocks_[offset_bytes] = std::const_pointer_cast<Block>(block);
  }
  /// Offsets of all blocks that are not zero.
  std::vector<uint64_t> written_blocks() const {
    std::vector<uint64_t> offsets;
    for (const auto& [offset, bytes] : blocks_) offsets.push_back(offset);
    return offsets;
  }

 private:
  /// The contract of image/nvm.h, which an O_DIRECT device enforces with EINVAL.
  template <typename Span>
  bool is_legal(uint64_t offset_bytes, const Span& buffer) const {
    return offset_bytes % kBlockBytes == 0 && buffer.size() % kBlockBytes == 0 &&
           reinterpret_cast<uintptr_t>(buffer.data()) % kBlockBytes == 0 &&
           offset_bytes <= size_bytes_ && buffer.size() <= size_bytes_ - offset_bytes;
  }

  /// This device's own, to be changed in place.
  Block& own_block(uint64_t offset_bytes) {
    std::shared_ptr<Block>& block = blocks_[offset_bytes];
    if (block == nullptr)
      block = std::make_shared<Block>();
    else if (block.use_count() > 1)
      block = std::make_shared<Block>(*block);
    return *block;
  }

  uint64_t size_bytes_;
  std::map<uint64_t, std::shared_ptr<Block>> blocks_;
  std::set<uint64_t> unreadable_;
  std::set<uint64_t> dropped_;
  uint64_t failing_write_ = 0;
  uint64_t failing_flush_ = 0;
  Landing landing_ = Landing::kNothing;
  StoreLog* log_ = nullptr;
  size_t device_ = 0;
};

/// A zeroed, block-aligned buffer.
class AlignedBuffer {
 public:
  explicit AlignedBuffer(uint64_t bytes)
      : blocks_((bytes + kBlockBytes - 1) / kBlockBytes), bytes_(bytes) {}
  Bytes bytes() { return {blocks_.empty() ? nullptr : blocks_[0].bytes, bytes_}; }

 private:
  std::vector<Block> blocks_;
  uint64_t bytes_;
};

}  // namespace nvresume
