// SPDX-License-Identifier: GPL-2.0-or-later
// make_golden.cc DIRECTORY: writes the golden ranges of this format version. Run once when a
// version is born (`make golden-images`); the files are then history and never written again.
#include <cstdio>
#include <functional>

#include "image/codec.h"
#include "image/metadata.h"
#include "tests/golden/golden_file.h"

using namespace nvresume;

namespace {

/// A range with one committed image, and the verbs that spoil it.
struct Subject : TestRange {
  Subject() : TestRange(make_formatted_range()) {
    area_of([this](ImageArea& pair) { return save_image(pair, swap, make_golden_stream(), 0x42); });
  }
  void area_of(const std::function<Status(ImageArea&)>& change) {
    auto pair = ImageArea::open(area);
    if (!pair.ok() || !change(*pair).ok()) abort();
  }
  Superblock superblock() {
    Superblock result;
    memcpy(&result, area.block(kSuperblockAOffset), sizeof(result));
    return result;
  }
  void put_superblock(uint64_t offset, Superblock changed) {
    seal(changed);
    area.put(offset, bytes_of(changed));
  }
  void rewrite(const std::function<void(Superblock&)>& change) {
    Superblock changed = superblock();
    change(changed);
    put_superblock(kSuperblockAOffset, changed);
    put_superblock(kSuperblockBOffset, changed);
  }
  /// Changes bytes inside an extent and makes its checksum fit again.
  void rewrite_extent(Extent Superblock::*field, uint64_t at, uint64_t value) {
    Superblock changed = superblock();
    Extent& extent = changed.*field;
    const uint64_t start = kSlotOffset + extent.offset_bytes;
    area.put(start + at, bytes_of(value));
    std::vector<uint8_t> content;
    for (uint64_t i = 0; i < extent.length_bytes; i++)
      content.push_back(area.block(start + i)[(start + i) % kBlockBytes]);
    extent.checksum = checksum_of(content);
    put_superblock(kSuperblockAOffset, changed);
    put_superblock(kSuperblockBOffset, changed);
  }
  ChunkEntry entry(uint64_t chunk) {
    const uint64_t at = kSlotOffset + superblock().index.offset_bytes + sizeof(ChunkIndexHeader) +
                        chunk * sizeof(ChunkEntry);
    ChunkEntry result;
    memcpy(&result, area.block(at) + at % kBlockBytes, sizeof(result));
    return result;
  }
};

struct Golden {
  const char* name;
  std::function<void(Subject&)> spoil;
};

const Golden kGolden[] = {
    {"none--committed", [](Subject&) {}},
    {"none--copy-a-damaged", [](Subject& s) { s.area.corrupt_block(kSuperblockAOffset); }},
    {"none--copy-b-older",
     [](Subject& s) {
       const Superblock older = s.superblock();
       s.area_of([](ImageArea& pair) { return pair.count_boot(); });
       s.put_superblock(kSuperblockBOffset, older);
     }},
    {"none--higher-minor-version",
     [](Subject& s) { s.rewrite([](Superblock& b) { b.minor++, b.zero[0] = 1; }); }},
    {"no-image--empty", [](Subject& s) { static_cast<TestRange&>(s) = make_formatted_range(); }},
    {"save-cut-short--writing",
     [](Subject& s) {
       s.rewrite([](Superblock& b) { b.state = static_cast<uint32_t>(State::kWriting); });
     }},
    {"consumed--both-copies",
     [](Subject& s) { s.area_of([](ImageArea& pair) { return pair.consume(); }); }},
    {"consumed--cut-between-copies",
     [](Subject& s) {
       const Superblock committed = s.superblock();
       s.area_of([](ImageArea& pair) { return pair.consume(); });
       s.put_superblock(kSuperblockBOffset, committed);
     }},
    {"wake-event--taken-back",
     [](Subject& s) {
       s.area_of([&s](ImageArea& p) { return take_back_image(p, s.swap, Reason::kWakeEvent); });
     }},
    {"not-formatted--blank", [](Subject& s) { s.area = FakeNvm(s.area.size_bytes()); }},
    {"superblock-corrupt--both-copies",
     [](Subject& s) {
       s.area.corrupt_byte(kSuperblockAOffset + 40);
       s.area.corrupt_byte(kSuperblockBOffset + 4090);
     }},
    {"superblock-corrupt--extent-outside-slot",
     [](Subject& s) { s.rewrite([](Superblock& b) { b.index.offset_bytes = b.slot_bytes; }); }},
    {"unsupported-version--next-major",
     [](Subject& s) { s.rewrite([](Superblock& b) { b.major++; }); }},
    {"unsupported-version--unknown-flag",
     [](Subject& s) { s.rewrite([](Superblock& b) { b.incompatible_flags = 1; }); }},
    {"stale-swap-signature--swapped-since",
     [](Subject& s) {
       if (!write_swap_signature(s.swap, SwapSignature::kSwap).ok()) abort();
     }},
    {"attempt-limit--two-attempts",
     [](Subject& s) {
       for (int boot = 0; boot < 2; boot++) {
         s.area_of([](ImageArea& pair) { return pair.begin_attempt(); });
         s.area_of([](ImageArea& pair) { return pair.count_boot(); });
       }
     }},
    {"metadata-corrupt--one-byte",
     [](Subject& s) {
       s.area.corrupt_byte(kSlotOffset + s.superblock().metadata.offset_bytes + 90);
     }},
    {"metadata-corrupt--section-outside-record",
     [](Subject& s) {
       s.rewrite_extent(&Superblock::metadata,
                        offsetof(MetadataHeader, sections) + offsetof(Section, length_bytes),
                        1 << 20);
     }},
    {"index-corrupt--one-byte",
     [](Subject& s) {
       s.area.corrupt_byte(kSlotOffset + s.superblock().index.offset_bytes + 4100);
     }},
    {"index-corrupt--chunk-outside-slot",
     [](Subject& s) {
       s.rewrite_extent(&Superblock::index, sizeof(ChunkIndexHeader), uint64_t{1} << 62);
     }},
    {"chunk-corrupt--first-byte-of-header-chunk",
     [](Subject& s) { s.area.corrupt_byte(kSlotOffset + s.entry(0).offset_bytes); }},
    {"chunk-corrupt--last-byte-of-last-chunk",
     [](Subject& s) {
       const ChunkEntry last = s.entry(3);
       s.area.corrupt_byte(kSlotOffset + last.offset_bytes + last.stored_bytes - 1, 1);
     }},
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: make_golden DIRECTORY\n");
    return 2;
  }
  for (const Golden& golden : kGolden) {
    Subject subject;
    golden.spoil(subject);
    write_golden(std::string(argv[1]) + "/" + golden.name + ".nvm.zst", subject);
  }
  return 0;
}
