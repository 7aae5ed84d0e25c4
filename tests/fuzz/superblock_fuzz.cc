// SPDX-License-Identifier: GPL-2.0-or-later
// Two superblock copies of any content, sealed so that the fuzzer gets past the checksum.
#include "image/commit.h"
#include "image/ticket.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/test_image.h"

using namespace nvresume;

namespace {

/// A valid superblock with the input's bytes over its front and middle.
Superblock take_superblock(FuzzInput& input) {
  Superblock superblock = make_superblock(kTestRangeBase, kTestGeometry);
  const auto flags = input.take<uint8_t>();
  // Bit by bit, a part is the input's or the valid one's: wholly random ones never pass.
  auto* bytes = reinterpret_cast<uint8_t*>(&superblock);
  if (flags & 1) input.take_into({bytes, 40});
  if (flags & 2) input.take_into({bytes + 40, 56});
  if (flags & 4) input.take_into({bytes + 96, 24});
  if (flags & 8) input.take_into({bytes + 120, 48});
  if (flags & 16) superblock.state = input.take<uint8_t>() % 8;
  if (flags & 32) superblock.zero[input.take<uint8_t>()] = input.take<uint8_t>();
  if ((flags & 64) == 0) seal(superblock);
  return superblock;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  FuzzInput input(data, size);
  static const TestRange formatted = make_formatted_range();
  TestRange range = formatted;
  range.area.put(kSuperblockAOffset, bytes_of(take_superblock(input)));
  range.area.put(kSuperblockBOffset, bytes_of(take_superblock(input)));
  auto area = ImageArea::open(range.area);
  if (!area.ok()) return 0;
  const Superblock& superblock = area->superblock();
  require(superblock.image_bytes <= range.area.size_bytes());
  for (const Extent& extent : {superblock.metadata, superblock.index})
    require(extent.length_bytes <= superblock.slot_bytes &&
            extent.offset_bytes <= superblock.slot_bytes - extent.length_bytes);
  (void)check_ticket(superblock);
  (void)check_image_pending(*area, range.swap);
  require(drop_image(*area, range.swap, Reason::kNotDropped).ok());
  const auto again = ImageArea::peek(range.area);
  require(again.ok() && again->state() != State::kCommitted);
  return 0;
}
