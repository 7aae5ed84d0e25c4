// SPDX-License-Identifier: GPL-2.0-or-later
// machine.h: one machine's NVM, what its programs stored to it since recording began, and what they
// promised about the image at each point.
#pragma once

#include <vector>

#include "image/image_area.h"
#include "tests/fake_nvm.h"

namespace nvresume {

/// Which save an image is of, counted from 1.
using ImageNumber = uint32_t;
inline constexpr ImageNumber kNoImage = 0;

/// What a boot may find after a power cut.
struct Allowed {
  ImageNumber one = kNoImage;
  ImageNumber other = kNoImage;  ///< as well as `one`
  /// Only if a copy is damaged too: the cut left both, and nobody has repaired them yet.
  ImageNumber if_damaged = kNoImage;
  bool unformatted = false;  ///< no superblock, and perhaps no swap area
  bool has(ImageNumber found) const { return found == one || found == other; }
};
constexpr Allowed only(ImageNumber image) { return {image, image, kNoImage, false}; }
constexpr Allowed either(ImageNumber one, ImageNumber other) {
  return {one, other, kNoImage, false};
}

class Machine {
 public:
  static constexpr size_t kArea = 0, kSwap = 1;
  /// Freshly set up: formatted, nothing saved.
  Machine();

  FakeNvm& area() { return devices_[kArea]; }
  FakeNvm& swap() { return devices_[kSwap]; }
  /// As every program begins: both copies read, the other one repaired. From here on one damaged
  /// copy brings nothing back.
  ImageArea open();
  State state();
  /// Whether a restore would find an image to try.
  bool has_image();
  /// mkswap: not ours, but on this medium too.
  void make_swap();

  /// The last promise, and the image it names.
  const Allowed& known() const { return promises_.back(); }
  ImageNumber image() const { return known().one; }
  /// Whether the range is formatted for certain.
  bool is_formatted() const { return !known().unformatted; }
  ImageNumber number_next_image() { return ++image_count_; }
  /// The stream of that save, the same for the same number.
  static const std::vector<uint8_t>& stream_of(ImageNumber image);

  void begin_recording();
  void end_recording();
  /// What holds from here on, wherever power is cut.
  void promise(const Allowed& allowed);

  const std::vector<FakeNvm>& before() const { return before_; }
  const StoreLog& log() const { return log_; }
  const Allowed& allowed_after(size_t mark_count) const { return promises_[mark_count]; }

  /// Power was cut; this is left, and `allowed` is what was known of it.
  void restart_from(std::vector<FakeNvm> devices, const Allowed& allowed);

 private:
  std::vector<FakeNvm> devices_;
  std::vector<FakeNvm> before_;
  StoreLog log_;
  std::vector<Allowed> promises_{Allowed{}};
  bool recording_ = false;
  ImageNumber image_count_ = 0;
};

inline constexpr Geometry kMachineGeometry{2 * kRangeAlignment, kRangeAlignment};
inline constexpr uint64_t kMachineRangeBase = uint64_t{4} << 30;

}  // namespace nvresume
