// SPDX-License-Identifier: GPL-2.0-or-later
// test_image.h: a small whole image in a FakeNvm, made and read the way save and restore do it,
// with none of their machinery.
#pragma once

#include <vector>

#include "image/chunk_index.h"
#include "image/commit.h"
#include "image/image_area.h"
#include "tests/fake_nvm.h"

namespace nvresume {

inline constexpr uint64_t kTestRangeBase = uint64_t{4} << 30;
inline constexpr Geometry kTestGeometry{kRangeAlignment, kRangeAlignment};

/// The image area and the swap area, the latter formatted as mkswap leaves it.
struct TestRange {
  FakeNvm area{kTestGeometry.image_bytes};
  FakeNvm swap{kTestGeometry.swap_bytes};
};
TestRange make_formatted_range();

/// Pages of every kind (zero, same-filled, text-like, incompressible), the same for the same seed.
std::vector<uint8_t> make_pages(uint64_t page_count, uint64_t seed);

/// One stream: `header_pages` in chunks of their own, then data, in chunks of `chunk_pages`.
struct TestStream {
  uint64_t header_pages = 2;
  uint32_t chunk_pages = 16;
  std::vector<uint8_t> pages;
};
TestStream make_stream(uint64_t seed);

struct StoredImage {
  Extent metadata{};
  Extent index{};
};
/// Stores chunks, index and metadata; nothing is flushed or committed. `area` is in kWriting.
Result<StoredImage> store_image(ImageArea& area, const TestStream& stream);

/// begin_save, store_image, commit_image.
Status save_image(ImageArea& area, Nvm& swap, const TestStream& stream, uint8_t id);

/// Metadata, index and every chunk checked and decoded: the stream, or the first thing wrong.
Result<std::vector<uint8_t>> load_image(ImageArea& area);

/// What a boot would do with the range: the pending image's stream, or why there is none.
Result<std::vector<uint8_t>> look_for_image(Nvm& area, Nvm& swap);

}  // namespace nvresume
