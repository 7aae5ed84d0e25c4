// SPDX-License-Identifier: GPL-2.0-or-later
// stream_device.h: a kernel that gives a stream out and takes one in, a page a call, at the cost of
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
  Result<bool> read_page(Bytes page) override {
    if (at_ == source_.size()) return false;
    memcpy(page.data(), source_.data() + at_, kPageBytes);
    at_ += kPageBytes;
    return true;
  }
  Result<bool> write_page(ConstBytes page) override {
    if (at_ == sink_.size()) return false;
    memcpy(sink_.data() + at_, page.data(), kPageBytes);
    at_ += kPageBytes;
    return true;
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
