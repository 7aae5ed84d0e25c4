// SPDX-License-Identifier: GPL-2.0-or-later
// A metadata record of any content.
#include "image/metadata.h"
#include "tests/fuzz/fuzz_input.h"

using namespace nvresume;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  FuzzInput input(data, size);
  AlignedBuffer buffer(4 * kBlockBytes);
  MetadataWriter writer(buffer.bytes());
  const auto flags = input.take<uint8_t>();
  const uint64_t length = sizeof(MetadataHeader) + input.take<uint16_t>() % (3 * kBlockBytes);
  if (flags & 1) input.take_into(buffer.bytes().first(72));
  MetadataHeader& header = writer.header();
  header.length_bytes = flags & 2 ? input.take<uint64_t>() : length;
  header.section_count = flags & 4 ? input.take<uint32_t>() : input.take<uint8_t>() % 4;
  for (Section& section : header.sections) section = input.take<Section>();
  if ((flags & 8) != 0 && header.section_count != 0) {
    header.sections[0] = {input.take<uint8_t>() % 8u, 0, sizeof(MetadataHeader),
                          input.take<uint16_t>()};
  }
  const ConstBytes record = buffer.bytes().first(length);
  if (!check_metadata(record).ok()) return 0;
  for (uint32_t type = 0; type < 10; type++) {
    const ConstBytes section = section_of(record, static_cast<SectionType>(type));
    if (section.empty()) continue;
    require(section.data() >= record.data() &&
            section.data() + section.size() <= record.data() + record.size());
  }
  return 0;
}
