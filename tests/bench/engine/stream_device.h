// SPDX-License-Identifier: GPL-2.0-or-later
// stream_device.h: a kernel that gives a stream out and takes one in, page by page, at the cost of
// the copy alone.
#pragma once

#include <string.h>

#include "image/chunk_index.h"
#include "resume/snapshot_device.h"

namespace nvresume::bench {

class StreamDevice final : public SnapshotDevice {
 public:
  /// `source` is what it gives, `sink` what it takes; either may be empty.
  StreamDevice(ConstBytes source, Bytes sink) : source_(source), sink_(sink) {}

  Status freeze() override { return ok_status(); }
  Status unfreeze() override { return ok_status(); }
  Status allow_swap_writes(dev_t) override { return ok_status(); }
  Status set_platform_support(bool) override { return ok_status(); }
  Status set_preferred_bytes(uint64_t) override { return ok_status(); }
  Result<World> create_image() override { return World::kSaving; }
  Result<uint32_t> read_pages(Bytes pages) override {
    uint32_t done = 0;
    for (; done < pages.size() / kPageBytes && at_ < source_.size(); ++done, at_ += kPageBytes)
      memcpy(pages.data() + done * kPageBytes, source_.data() + at_, kPageBytes);
    return done;
  }
  Result<uint32_t> write_pages(std::span<const uint8_t* const> pages) override {
    uint32_t done = 0;
    for (; done < pages.size() && at_ < sink_.size(); ++done, at_ += kPageBytes)
      memcpy(sink_.data() + at_, pages[done], kPageBytes);
    return done;
  }
  Status free_image() override { return ok_status(); }
  Error atomic_restore() override { return Error(Reason::kResumeReturned); }
  Error power_off() override { return Error(Reason::kPowerOffRefused); }

 private:
  ConstBytes source_;
  Bytes sink_;
  uint64_t at_ = 0;
};

}  // namespace nvresume::bench
