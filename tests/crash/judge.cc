// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/crash/judge.h"

#include <deque>

#include "image/commit.h"
#include "resume/settle.h"
#include "tests/test_image.h"

namespace nvresume {
namespace {

constexpr size_t kArea = Machine::kArea, kSwap = Machine::kSwap;

std::string text_of(const Error& error) {
  return std::string(reason_name(error.reason())) + ": " + std::string(error.text());
}

ImageNumber number_of(const Superblock& superblock) {
  ImageNumber number;
  memcpy(&number, superblock.image_id, sizeof(number));
  return number;
}

bool is_no_superblock(const Error& error) {
  return error.reason() == Reason::kNotFormatted || error.reason() == Reason::kSuperblockCorrupt;
}

/// One copy of the superblock damaged, for as long as this lives.
class Damage {
 public:
  enum Way { kFlip, kZero, kUnreadable, kWayCount };
  Damage(FakeNvm& area, uint64_t copy, int way, uint64_t bit)
      : area_(area), copy_(copy), before_(area.block_pointer(copy)) {
    if (way == kUnreadable) area_.make_unreadable(copy);
    if (way == kZero) area_.put_block(copy, nullptr);
    if (way == kFlip)
      area_.corrupt_byte(copy + bit / 8 % kBlockBytes, static_cast<uint8_t>(1 << bit % 8));
  }
  ~Damage() {
    area_.make_readable(copy_);
    area_.put_block(copy_, before_);
  }
  Damage(const Damage&) = delete;
  Damage& operator=(const Damage&) = delete;

 private:
  FakeNvm& area_;
  uint64_t copy_;
  FakeNvm::BlockPointer before_;
};

/// Calls look(peeked) for every way one copy can be damaged, until it has something to say.
template <typename Look>
std::string for_each_damage(FakeNvm& area, uint64_t random, Look look) {
  for (const uint64_t copy : {kSuperblockAOffset, kSuperblockBOffset}) {
    for (int way = 0; way < Damage::kWayCount; way++) {
      const Damage damage(area, copy, way, random);
      const std::string wrong = look(ImageArea::peek(area));
      if (!wrong.empty())
        return wrong + (copy == kSuperblockAOffset ? " (copy A damaged)" : " (copy B damaged)");
    }
  }
  return "";
}

/// The blocks of the slot, kept: the same pointers are the same contents.
struct SlotView {
  std::vector<std::pair<uint64_t, FakeNvm::BlockPointer>> blocks;
  Superblock superblock;
  bool operator==(const SlotView& other) const {
    return blocks == other.blocks && bytes_equal(superblock.metadata, other.superblock.metadata) &&
           bytes_equal(superblock.index, other.superblock.index);
  }
  static bool bytes_equal(const Extent& a, const Extent& b) {
    return memcmp(&a, &b, sizeof(a)) == 0;
  }
};

SlotView view_slot(FakeNvm& area, const Superblock& superblock) {
  SlotView view{{}, superblock};
  const uint64_t end = superblock.slot_offset_bytes + superblock.slot_bytes;
  for (const uint64_t offset : area.written_blocks()) {
    if (offset >= superblock.slot_offset_bytes && offset < end)
      view.blocks.emplace_back(offset, area.block_pointer(offset));
  }
  return view;
}

/// Half a signature of ours counts: every way back to a normal boot mends it.
bool is_swap_area(FakeNvm swap) {
  return withdraw_swap_signature(swap).ok() && *read_swap_signature(swap) == SwapSignature::kSwap;
}

std::string compare(Result<std::vector<uint8_t>> stream, ImageNumber image) {
  if (!stream.ok()) return "the image is damaged: " + text_of(stream.error());
  if (*stream != Machine::stream_of(image)) return "the image is not what was saved";
  return "";
}

}  // namespace

Judge::Finding Judge::examine(const Devices& devices, const Allowed& allowed) {
  Finding finding;
  Devices booted = devices;
  finding.wrong = damage_before_repair(booted, allowed);
  if (finding.wrong.empty()) finding.wrong = look(booted, allowed, finding);
  if (!finding.wrong.empty()) return finding;
  count_++;
  // States multiply: what starts from the repaired medium is nearly always the same.
  if (finding.formatted && count_ % 8 == 0) finding.wrong = boot_normally(booted);
  if (finding.wrong.empty() && finding.image != kNoImage && count_ % 8 == 4)
    finding.wrong = swap_since(booted);
  if (finding.wrong.empty() && finding.formatted && count_ % 16 == 2)
    finding.wrong = cut_the_repair(devices, finding.image);
  return finding;
}

/// No copy alone, were it the only one left, may bring back what is gone, or show an image whose
/// swap area invites the next swapon.
std::string Judge::damage_before_repair(Devices& devices, const Allowed& allowed) {
  const auto signature = read_swap_signature(devices[kSwap]);
  return for_each_damage(devices[kArea], random_(),
                         [&](const Result<ImageArea>& peeked) -> std::string {
                           if (!peeked.ok() || peeked->state() != State::kCommitted) return "";
                           if (*signature == SwapSignature::kSwap)
                             return "COMMITTED under SWAPSPACE2";
                           if (!check_image_pending(*peeked, devices[kSwap]).ok()) return "";
                           const ImageNumber image = number_of(peeked->superblock());
                           if (allowed.has(image) || image == allowed.if_damaged) return "";
                           return "image " + std::to_string(image) + " came back";
                         });
}

/// The next boot: opening repairs, then an image is there or it is not.
std::string Judge::look(Devices& devices, const Allowed& allowed, Finding& finding) {
  auto area = ImageArea::open(devices[kArea]);
  if (!area.ok()) {
    if (allowed.unformatted && is_no_superblock(area.error())) return "";
    return "the superblocks are lost: " + text_of(area.error());
  }
  const auto signature = read_swap_signature(devices[kSwap]);
  if (area->state() == State::kCommitted && *signature != SwapSignature::kUser)
    return "COMMITTED without ULSUSPEND";
  if (check_image_pending(*area, devices[kSwap]).ok())
    finding.image = number_of(area->superblock());
  if (!allowed.has(finding.image))
    return "found image " + std::to_string(finding.image) + " (0: none), expected " +
           std::to_string(allowed.one) + " or " + std::to_string(allowed.other);
  finding.formatted = is_swap_area(devices[kSwap]);
  if (!finding.formatted && !allowed.unformatted) return "the swap area is lost";
  if (finding.image != kNoImage) {
    const std::string wrong = load(*area, finding.image);
    if (!wrong.empty()) return wrong;
  }
  return damage_after_repair(devices);
}

/// Metadata, index and every chunk checked, decoded and compared; what was loaded a moment ago from
/// the same blocks is known.
std::string Judge::load(ImageArea& area, ImageNumber image) {
  static std::deque<SlotView> known;
  auto& nvm = static_cast<FakeNvm&>(area.nvm());
  SlotView view = view_slot(nvm, area.superblock());
  for (const SlotView& loaded : known)
    if (loaded == view && number_of(loaded.superblock) == image) return "";
  std::string wrong = compare(load_image(area), image);
  if (!wrong.empty()) return wrong;
  known.push_front(std::move(view));
  if (known.size() > 4) known.pop_back();
  return "";
}

/// After the repair both copies say the same: no single damage changes the state.
std::string Judge::damage_after_repair(Devices& devices) {
  const auto repaired = ImageArea::peek(devices[kArea]);
  return for_each_damage(devices[kArea], random_(),
                         [&](const Result<ImageArea>& peeked) -> std::string {
                           if (!peeked.ok()) return "one damaged copy is two";
                           if (peeked->state() == repaired->state()) return "";
                           return "the other copy says something else";
                         });
}

/// A boot that does not resume: the swap area is an ordinary one again, and the image gone from
/// both copies.
std::string Judge::boot_normally(Devices devices) {
  auto area = ImageArea::open(devices[kArea]);
  std::string said;
  const Status settled = settle_area(*area, devices[kSwap], Decision{}, said);
  if (!settled.ok()) return "a normal boot cannot settle: " + text_of(settled.error());
  if (*read_swap_signature(devices[kSwap]) != SwapSignature::kSwap) return "the swap area is lost";
  return for_each_damage(devices[kArea], random_(),
                         [](const Result<ImageArea>& peeked) -> std::string {
                           if (peeked.ok() && peeked->state() != State::kCommitted) return "";
                           return "COMMITTED after a normal boot";
                         });
}

std::string Judge::swap_since(Devices devices) {
  (void)write_swap_signature(devices[kSwap], SwapSignature::kSwap);
  const auto area = ImageArea::open(devices[kArea]);
  const Status pending = check_image_pending(*area, devices[kSwap]);
  if (!pending.ok() && pending.error().reason() == Reason::kStaleSwapSignature) return "";
  return "swapping does not end the image";
}

std::string Judge::cut_the_repair(const Devices& devices, ImageNumber found) {
  Devices booted = devices;
  StoreLog repair;
  booted[kArea].record_to(repair, kArea);
  (void)ImageArea::open(booted[kArea]);
  std::string wrong;
  PowerCuts cuts(devices, repair, random_(), {4, 8});
  (void)cuts.for_each([&](const CutState& cut) {
    const auto area = ImageArea::open(cut.devices[kArea]);
    const bool pending = area.ok() && check_image_pending(*area, cut.devices[kSwap]).ok();
    if ((pending ? number_of(area->superblock()) : kNoImage) != found)
      wrong = "a cut inside the repair changes the verdict";
  });
  return wrong;
}

}  // namespace nvresume
