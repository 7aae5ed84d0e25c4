// SPDX-License-Identifier: GPL-2.0-or-later
// Pages of any content come back from their frame as they were.
#include "image/codec.h"
#include "tests/fuzz/fuzz_input.h"

using namespace nvresume;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  FuzzInput input(data, size);
  const auto choice = input.take<uint8_t>() & 1 ? EncodingChoice::kZstd : EncodingChoice::kRaw;
  std::vector<uint8_t> pages((1 + input.take<uint8_t>() % 16) * kPageBytes);
  // A short input repeated: some pages same-filled, some not.
  const ConstBytes pattern = input.rest();
  for (size_t i = 0; i < pages.size() && !pattern.empty(); i++)
    pages[i] = pattern[(i / kPageBytes * 8 + i % 8) % pattern.size()];
  if (!pattern.empty()) pages[pattern[0] * 97 % pages.size()] ^= pattern.back();

  static AlignedBuffer encoder_space(FrameEncoder::workspace_bytes(1));
  static AlignedBuffer decoder_space(FrameDecoder::workspace_bytes());
  static AlignedBuffer frame(kFrameBytesMaximum), scratch(kFrameBytesMaximum);
  auto encoder = FrameEncoder::create(encoder_space.bytes(), 1, choice);
  auto decoder = FrameDecoder::create(decoder_space.bytes());
  ChunkEntry entry{};
  require(encoder.ok() && decoder.ok());
  require(encoder->encode(pages, frame.bytes(), scratch.bytes(), entry).ok());
  std::vector<uint8_t> decoded(pages.size());
  require(decoder->decode(entry, frame.bytes(), decoded, scratch.bytes(), 0, 1).ok());
  require(decoded == pages);
  return 0;
}
