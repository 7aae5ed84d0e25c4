// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/crash/machine.h"

#include <cstdlib>
#include <map>

#include "image/commit.h"
#include "tests/unit/fake_snapshot.h"

namespace nvresume {

Machine::Machine()
    : devices_{FakeNvm(kMachineGeometry.image_bytes), FakeNvm(kMachineGeometry.swap_bytes)} {
  if (!ImageArea::format(area(), kMachineRangeBase, kMachineGeometry).ok()) abort();
  make_swap();
}

ImageArea Machine::open() {
  auto opened = ImageArea::open(area());
  if (!opened.ok()) abort();  // an order that expects none does not come here
  if (recording_) {
    Allowed known = promises_.back();
    known.if_damaged = kNoImage;
    promise(known);
  }
  return std::move(opened.value());
}

State Machine::state() { return ImageArea::peek(area())->state(); }

bool Machine::has_image() {
  const auto peeked = ImageArea::peek(area());
  return peeked.ok() && check_image_pending(*peeked, swap()).ok();
}

void Machine::make_swap() {
  Block page{};
  memcpy(page.bytes + kBlockBytes - 10, "SWAPSPACE2", 10);
  if (!swap().write(0, page.bytes).ok() || !swap().flush().ok()) abort();
}

const std::vector<uint8_t>& Machine::stream_of(ImageNumber image) {
  static std::map<ImageNumber, std::vector<uint8_t>> streams;
  auto& stream = streams[image];
  if (stream.empty()) stream = make_stream(2, image);
  return stream;
}

void Machine::begin_recording() {
  before_ = devices_;
  log_ = StoreLog{};
  const Allowed known = promises_.back();
  promises_ = {known};
  for (size_t i = 0; i < devices_.size(); i++) devices_[i].record_to(log_, i);
  recording_ = true;
}

void Machine::end_recording() {
  for (FakeNvm& device : devices_) device.stop_recording();
  recording_ = false;
}

void Machine::promise(const Allowed& allowed) {
  promises_.push_back(allowed);
  log_.mark();
}

void Machine::restart_from(std::vector<FakeNvm> devices, const Allowed& allowed) {
  devices_ = std::move(devices);
  for (FakeNvm& device : devices_) device.stop_recording();
  promises_ = {allowed};
}

}  // namespace nvresume
