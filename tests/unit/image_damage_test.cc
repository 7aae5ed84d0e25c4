// SPDX-License-Identifier: GPL-2.0-or-later
// Every byte that says where an image lies and what it is, damaged in turn: the image comes back as
// it was, or is refused by name; nothing else is ever restored.
#include <gtest/gtest.h>

#include <random>

#include "image/codec.h"
#include "image/extent.h"
#include "image/metadata.h"
#include "tests/seed.h"
#include "tests/test_image.h"

namespace nvresume {
namespace {

/// Small, because it is read some ten thousand times; every kind of page is in it.
TestStream make_small_stream() {
  TestStream stream;
  stream.header_pages = 1;
  stream.chunk_pages = 2;
  stream.pages = make_pages(8, 3);
  return stream;
}

class Damage : public testing::Test {
 protected:
  Damage() : random_(test_seed()) {
    ImageArea area = std::move(ImageArea::open(range_.area).value());
    EXPECT_TRUE(save_image(area, range_.swap, stream_, 7).ok());
    superblock_ = area.superblock();
  }

  /// The reason of the refusal; kNone: the whole image came back. Anything else fails the test.
  Reason look(FakeNvm area) {
    FakeNvm swap = range_.swap;
    const auto found = look_for_image(area, swap);
    if (!found.ok()) return found.error().reason();
    EXPECT_TRUE(found.value() == stream_.pages) << "wrong data was restored";
    return Reason::kNone;
  }
  /// Each byte in turn: all its bits, then one.
  void for_each_byte(uint64_t offset_bytes, uint64_t length_bytes,
                     const std::function<void(FakeNvm&, uint64_t)>& check) {
    for (uint64_t at = offset_bytes; at < offset_bytes + length_bytes && !HasFailure(); at++) {
      for (const uint8_t mask : {uint8_t{0xff}, static_cast<uint8_t>(1 << random_() % 8)}) {
        FakeNvm damaged = range_.area;
        damaged.corrupt_byte(at, mask);
        check(damaged, at);
      }
    }
  }
  void expect_refused(uint64_t offset_bytes, uint64_t length_bytes, Reason reason) {
    for_each_byte(offset_bytes, length_bytes, [&](FakeNvm& damaged, uint64_t at) {
      EXPECT_EQ(reason_name(look(damaged)), reason_name(reason)) << "byte " << at;
    });
  }
  uint64_t slot(uint64_t offset_bytes) const {
    return superblock_.slot_offset_bytes + offset_bytes;
  }

  /// Both copies say what `change` makes of them, with a checksum that fits.
  FakeNvm with_superblock(const std::function<void(Superblock&)>& change) {
    Superblock changed = superblock_;
    change(changed);
    seal(changed);
    FakeNvm area = range_.area;
    area.put(kSuperblockAOffset, bytes_of(changed));
    area.put(kSuperblockBOffset, bytes_of(changed));
    return area;
  }
  std::vector<uint8_t> read_index() {
    AlignedBuffer buffer(extent_buffer_bytes(superblock_.index));
    const auto bytes =
        read_extent(range_.area, superblock_.index, buffer.bytes(), Reason::kIndexCorrupt);
    return {bytes->begin(), bytes->end()};
  }
  /// An index whose own checksum fits, whatever it says.
  FakeNvm with_index(std::vector<uint8_t> index) {
    const Extent extent{superblock_.index.offset_bytes, index.size(), checksum_of(index)};
    FakeNvm area = with_superblock([&](Superblock& superblock) { superblock.index = extent; });
    area.put(slot(extent.offset_bytes), index);
    return area;
  }
  std::span<const ChunkEntry> entries_of(const std::vector<uint8_t>& index) {
    return {reinterpret_cast<const ChunkEntry*>(index.data() + sizeof(ChunkIndexHeader)),
            (index.size() - sizeof(ChunkIndexHeader)) / sizeof(ChunkEntry)};
  }

  std::mt19937_64 random_;
  TestStream stream_ = make_small_stream();
  TestRange range_ = make_formatted_range();
  Superblock superblock_{};
};

TEST_F(Damage, OneSuperblockCopyIsAsGoodAsTwo) {
  for (const uint64_t copy : {kSuperblockAOffset, kSuperblockBOffset})
    for_each_byte(copy, kBlockBytes, [&](FakeNvm& damaged, uint64_t at) {
      EXPECT_EQ(reason_name(look(damaged)), "none") << "byte " << at;
      auto peeked = ImageArea::peek(damaged);
      EXPECT_TRUE(peeked.ok() && peeked->state() == State::kCommitted);
    });
}

TEST_F(Damage, TheSameByteOfBothSuperblockCopiesIsNoImage) {
  for_each_byte(kSuperblockAOffset, kBlockBytes, [&](FakeNvm& damaged, uint64_t at) {
    damaged.corrupt_byte(at + kSuperblockBOffset, 0x10);
    const Reason reason = look(damaged);
    EXPECT_TRUE(reason == Reason::kSuperblockCorrupt || reason == Reason::kNotFormatted)
        << "byte " << at << ": " << reason_name(reason);
  });
}

TEST_F(Damage, AnyByteOfTheMetadataRefusesTheImage) {
  const Extent& extent = superblock_.metadata;
  expect_refused(slot(extent.offset_bytes), extent.length_bytes, Reason::kMetadataCorrupt);
}

TEST_F(Damage, AnyByteOfTheIndexRefusesTheImage) {
  const Extent& extent = superblock_.index;
  expect_refused(slot(extent.offset_bytes), extent.length_bytes, Reason::kIndexCorrupt);
}

TEST_F(Damage, AnyByteOfAFrameRefusesTheImage) {
  const auto index = read_index();
  for (const ChunkEntry& entry : entries_of(index)) {
    // Where a frame ends its padding begins, which nobody reads.
    for (int i = 0; i < 400 && !HasFailure(); i++) {
      FakeNvm damaged = range_.area;
      damaged.corrupt_byte(slot(entry.offset_bytes) + random_() % entry.stored_bytes,
                           static_cast<uint8_t>(1 + random_() % 255));
      EXPECT_EQ(reason_name(look(damaged)), "chunk-corrupt");
    }
  }
}

TEST_F(Damage, RangeThatLostItsEndIsNoImage) {
  for (uint64_t size = 0; size < range_.area.size_bytes(); size += kBlockBytes) {
    FakeNvm truncated(size);
    for (const uint64_t offset : range_.area.written_blocks())
      if (offset < size) truncated.put_block(offset, range_.area.block_pointer(offset));
    EXPECT_NE(look(truncated), Reason::kNone) << size;
  }
}

TEST_F(Damage, LengthsThatFitTheirChecksumButNotTheirRecordAreRefused) {
  for (Extent Superblock::*extent : {&Superblock::metadata, &Superblock::index}) {
    const uint64_t length = (superblock_.*extent).length_bytes;
    for (const uint64_t wrong : {uint64_t{0}, uint64_t{1}, length - 1, length + 1, length + 4096,
                                 superblock_.slot_bytes, ~uint64_t{0}, ~uint64_t{0} - 4095}) {
      EXPECT_NE(look(with_superblock(
                    [&](Superblock& superblock) { (superblock.*extent).length_bytes = wrong; })),
                Reason::kNone);
    }
    for (const uint64_t moved : {uint64_t{1}, kBlockBytes, superblock_.slot_bytes, ~uint64_t{0}}) {
      EXPECT_NE(look(with_superblock(
                    [&](Superblock& superblock) { (superblock.*extent).offset_bytes += moved; })),
                Reason::kNone);
    }
  }
}

TEST_F(Damage, IndexOfAnyLengthIsRefused) {
  const auto index = read_index();
  for (size_t length = 0; length < index.size() && !HasFailure(); length += 1 + length % 37) {
    const Reason reason = look(with_index({index.begin(), index.begin() + ptrdiff_t(length)}));
    // The superblock knows that none is so short, the index which lengths there can be.
    EXPECT_TRUE(reason == Reason::kSuperblockCorrupt || reason == Reason::kIndexCorrupt)
        << length << ": " << reason_name(reason);
  }
}

/// The index's checksum fits, so its fields are all that stands between it and the pages.
TEST_F(Damage, EntryWithAWrongLengthIsRefused) {
  const auto index = read_index();
  for (size_t chunk = 0; chunk < entries_of(index).size(); chunk++) {
    for (const uint64_t field :
         {offsetof(ChunkEntry, stored_bytes), offsetof(ChunkEntry, raw_bytes),
          offsetof(ChunkEntry, same_pages)}) {
      for (int i = 0; i < 200 && !HasFailure(); i++) {
        auto changed = index;
        const size_t at = sizeof(ChunkIndexHeader) + chunk * sizeof(ChunkEntry) + field;
        changed[at + random_() % 2] ^= static_cast<uint8_t>(1 + random_() % 255);
        EXPECT_NE(look(with_index(changed)), Reason::kNone);
      }
    }
  }
}

}  // namespace
}  // namespace nvresume
