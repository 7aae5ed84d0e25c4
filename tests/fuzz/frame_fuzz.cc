// SPDX-License-Identifier: GPL-2.0-or-later
// A frame and its entry of any content, with the checksum that fits.
#include "image/codec.h"
#include "tests/fuzz/fuzz_input.h"

using namespace nvresume;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  FuzzInput input(data, size);
  static AlignedBuffer workspace(FrameDecoder::workspace_bytes());
  static AlignedBuffer scratch(kFrameBytesMaximum), pages(kFrameBytesMaximum);
  ChunkEntry entry{};
  entry.raw_bytes = (1 + input.take<uint8_t>()) * kPageBytes;
  entry.encoding = input.take<uint8_t>() % 5;
  entry.same_pages = input.take<uint8_t>();
  entry.stored_bytes = static_cast<uint32_t>(input.rest().size());
  entry.checksum = checksum_of(input.rest());
  // A copy of the exact size: a read behind the frame's end is a read the sanitizer sees.
  const std::vector<uint8_t> frame(input.rest().begin(), input.rest().end());
  auto decoder = FrameDecoder::create(workspace.bytes());
  require(decoder.ok());
  (void)decoder->decode(entry, frame, pages.bytes().first(entry.raw_bytes), scratch.bytes(), 0, 1);
  return 0;
}
