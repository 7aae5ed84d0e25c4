// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/image_area.h"

#include <string.h>

#include "image/media.h"
#include "image/ticket.h"

namespace nvresume {
namespace {

static constexpr Block kZeroBlock{};

struct Copy {
  Superblock superblock;
  CopyState state = CopyState::kCorrupt;
  bool readable = true;
};

CopyState copy_state_of(const Superblock& superblock, uint64_t area_bytes) {
  const Status status = check(superblock);
  if (!status.ok()) {
    switch (status.error().reason()) {
      case Reason::kNotFormatted:
        return CopyState::kNotFormatted;
      case Reason::kUnsupportedVersion:
        return CopyState::kUnsupported;
      default:
        return CopyState::kCorrupt;
    }
  }
  return superblock.image_bytes <= area_bytes ? CopyState::kGood : CopyState::kCorrupt;
}

/// A copy that cannot be read is a damaged copy: two exist for exactly that.
void read_copy(Nvm& area, uint64_t offset_bytes, Copy& copy) {
  Block block;
  const Status status = area.read(offset_bytes, block.bytes);
  copy.readable = status.ok();
  if (!copy.readable) return;
  memcpy(&copy.superblock, block.bytes, sizeof(copy.superblock));
  copy.state = copy_state_of(copy.superblock, area.size_bytes());
}

Status write_copy(Nvm& area, uint64_t offset_bytes, const Superblock& superblock) {
  Block block;
  memcpy(block.bytes, &superblock, sizeof(superblock));
  NVRESUME_TRY(area.write(offset_bytes, block.bytes));
  return area.flush();
}

Status write_zeros(Nvm& area, uint64_t offset_bytes, uint64_t length_bytes) {
  for (uint64_t done = 0; done < length_bytes; done += kBlockBytes)
    NVRESUME_TRY(area.write(offset_bytes + done, kZeroBlock.bytes));
  return area.flush();
}

bool equal(const Superblock& a, const Superblock& b) { return memcmp(&a, &b, sizeof(a)) == 0; }

/// Two good copies: true when `a` counts. Equal generations with different contents do not come
/// from this code; the copy that would not resume is taken, because doubt boots normally.
bool counts_over(const Superblock& a, const Superblock& b) {
  if (a.generation != b.generation) return a.generation > b.generation;
  return a.state != static_cast<uint32_t>(State::kCommitted);
}

/// Neither copy is good: the error that says most.
Error no_good_copy(const Copy& a, const Copy& b) {
  if (!a.readable && !b.readable)
    return Error(Reason::kIoError, "neither superblock copy can be read");
  if (a.state == CopyState::kNotFormatted && b.state == CopyState::kNotFormatted)
    return Error(Reason::kNotFormatted);
  return Error(Reason::kSuperblockCorrupt);
}

Error wrong_state(std::string_view what) { return Error(Reason::kInternal, what); }

bool is(const Superblock& superblock, State state) {
  return superblock.state == static_cast<uint32_t>(state);
}

void set(Superblock& superblock, State state) { superblock.state = static_cast<uint32_t>(state); }

/// All but image_id.
void clear_image(Superblock& superblock) {
  superblock.reason = 0;
  superblock.saved_boot_count = 0;
  superblock.attempt_count = 0;
  superblock.metadata = Extent{};
  superblock.index = Extent{};
  superblock.attempt_boot_count = 0;
}

/// Two increments and the note, one content: no cut can leave the boot counted without its attempt.
void add_boot_and_attempt(Superblock& superblock) {
  superblock.boot_count++;
  superblock.attempt_count++;
  superblock.attempt_boot_count = superblock.boot_count;
}

}  // namespace

Result<ImageArea> ImageArea::peek(Nvm& area) {
  if (area.size_bytes() < kSlotOffset)
    return Error(Reason::kNotFormatted, "a range of ").with(area.size_bytes()).with(" bytes");
  Copy a, b;
  read_copy(area, kSuperblockAOffset, a);
  read_copy(area, kSuperblockBOffset, b);
  // A valid copy of another version may be the newer one of an interrupted change by that version:
  // its twin, though readable, could bring an old state back.
  if (a.state == CopyState::kUnsupported) return check(a.superblock).error();
  if (b.state == CopyState::kUnsupported) return check(b.superblock).error();
  const bool a_good = a.state == CopyState::kGood;
  const bool b_good = b.state == CopyState::kGood;
  if (!a_good && !b_good) return no_good_copy(a, b);

  const bool a_counts = a_good && (!b_good || counts_over(a.superblock, b.superblock));
  if (a_good && b_good && !equal(a.superblock, b.superblock))
    (a_counts ? b : a).state = CopyState::kOlder;
  ImageArea result(area);
  result.current_ = a_counts ? a.superblock : b.superblock;
  result.generation_ = result.current_.generation;
  result.copy_a_ = a.state;
  result.copy_b_ = b.state;
  return result;
}

Result<ImageArea> ImageArea::open(Nvm& area) {
  NVRESUME_ASSIGN(ImageArea result, peek(area));
  // Before anything else: while an older COMMITTED copy lies beside a newer CONSUMED one, damage of
  // the newer brings the old session back. A cut inside the repair leaves the copy that counts.
  if (result.copy_a_ != CopyState::kGood)
    NVRESUME_TRY(write_copy(area, kSuperblockAOffset, result.current_));
  if (result.copy_b_ != CopyState::kGood)
    NVRESUME_TRY(write_copy(area, kSuperblockBOffset, result.current_));
  return result;
}

Result<ImageArea> ImageArea::format(Nvm& area, uint64_t range_base, const Geometry& geometry) {
  NVRESUME_TRY(check_geometry(geometry, UINT64_MAX - range_base));
  if (range_base % kRangeAlignment != 0)
    return Error(Reason::kBadArgument, "range base ").with_hex(range_base).with(" is not aligned");
  if (geometry.image_bytes > area.size_bytes())
    return Error(Reason::kBadArgument, "an image area of ")
        .with_hex(geometry.image_bytes)
        .with(" bytes on a device of ")
        .with_hex(area.size_bytes());
  // Old superblocks go first, both: left beside generation 1 the older format would count.
  NVRESUME_TRY(write_zeros(area, kSuperblockAOffset, kBlockBytes));
  NVRESUME_TRY(write_zeros(area, kSuperblockBOffset, kBlockBytes));
  NVRESUME_TRY(write_zeros(area, kAttemptLogOffset, kAttemptLogBytes));
  NVRESUME_TRY(write_zeros(area, geometry.image_bytes - kTailZeroBytes, kTailZeroBytes));
  ImageArea result(area);
  result.current_ = make_superblock(range_base, geometry);
  result.generation_ = result.current_.generation;
  seal(result.current_);
  NVRESUME_TRY(write_copy(area, kSuperblockAOffset, result.current_));
  NVRESUME_TRY(write_copy(area, kSuperblockBOffset, result.current_));
  return result;
}

Status ImageArea::write_both(Superblock next) {
  next.generation = ++generation_;
  // A program of an older minor version takes fields it does not know for damage otherwise.
  if (next.minor < kFormatMinor) next.minor = kFormatMinor;
  seal(next);
  // The copy that holds the current state is overwritten last: whatever a cut does to the first
  // store, one whole copy is left.
  const bool b_first = copy_b_ != CopyState::kGood;
  NVRESUME_TRY(write_one(b_first, next));
  NVRESUME_TRY(write_one(!b_first, next));
  return ok_status();
}

Status ImageArea::write_one(bool to_b, const Superblock& next) {
  CopyState& copy = to_b ? copy_b_ : copy_a_;
  CopyState& other = to_b ? copy_a_ : copy_b_;
  // Until the flush returns nobody knows what lies there; after an error nobody ever does.
  copy = CopyState::kCorrupt;
  NVRESUME_TRY(write_copy(*nvm_, to_b ? kSuperblockBOffset : kSuperblockAOffset, next));
  copy = CopyState::kGood;
  // The first certain copy makes `next` the state of the medium, and its twin an old one.
  if (current_.generation != next.generation && other == CopyState::kGood)
    other = CopyState::kOlder;
  current_ = next;
  return ok_status();
}

Status ImageArea::count_boot() {
  Superblock next = current_;
  next.boot_count++;
  return write_both(next);
}

Status ImageArea::count_boot_and_attempt() {
  if (!is(current_, State::kCommitted)) return wrong_state("an attempt without an image");
  Superblock next = current_;
  add_boot_and_attempt(next);
  return write_both(next);
}

Status ImageArea::take_back_boot() {
  if (!is(current_, State::kCommitted) || !is_attempt_counted(current_))
    return wrong_state("no boot to take back");
  Superblock next = current_;
  next.boot_count--;
  next.attempt_count--;
  next.attempt_boot_count = 0;
  return write_both(next);
}

Status ImageArea::begin_save(const uint8_t image_id[16]) {
  if (is(current_, State::kCommitted)) return wrong_state("a committed image is in the way");
  Superblock next = current_;
  clear_image(next);
  set(next, State::kWriting);
  memcpy(next.image_id, image_id, sizeof(next.image_id));
  return write_both(next);
}

Status ImageArea::commit(const Extent& metadata, const Extent& index) {
  if (!is(current_, State::kWriting)) return wrong_state("commit without a save");
  Superblock next = current_;
  set(next, State::kCommitted);
  next.metadata = metadata;
  next.index = index;
  next.saved_boot_count = next.boot_count;
  // Never store what the next open() would call damaged.
  seal(next);
  NVRESUME_TRY(check(next));
  return write_both(next);
}

Status ImageArea::begin_attempt() {
  if (!is(current_, State::kCommitted)) return wrong_state("an attempt without an image");
  if (is_attempt_counted(current_)) return ok_status();
  Superblock next = current_;
  next.attempt_count++;
  next.attempt_boot_count = next.boot_count;
  return write_both(next);
}

Status ImageArea::lower_attempt() {
  if (!is(current_, State::kCommitted) || current_.attempt_count == 0)
    return wrong_state("no attempt to take back");
  Superblock next = current_;
  next.attempt_count--;
  next.attempt_boot_count = 0;
  return write_both(next);
}

Status ImageArea::consume() {
  if (!is(current_, State::kCommitted)) return wrong_state("nothing to consume");
  Superblock next = current_;
  set(next, State::kConsumed);
  return write_both(next);
}

Status ImageArea::unconsume() {
  if (!is(current_, State::kConsumed)) return wrong_state("nothing was consumed");
  Superblock next = current_;
  set(next, State::kCommitted);
  return write_both(next);
}

Status ImageArea::fail(Reason reason) {
  Superblock next = current_;
  set(next, State::kFailed);
  next.reason = static_cast<uint32_t>(reason);
  return write_both(next);
}

Status ImageArea::clear() {
  if (is(current_, State::kCommitted)) return wrong_state("a committed image is dropped by name");
  Superblock next = current_;
  clear_image(next);
  set(next, State::kEmpty);
  return write_both(next);
}

bool ImageArea::may_hold_bytes() const { return !is_zero(current_.image_id); }

Status ImageArea::forget_image() {
  if (!is(current_, State::kEmpty) && !is(current_, State::kFailed))
    return wrong_state("an image, or a part of one, is forgotten only when it is none");
  Superblock next = current_;
  next.metadata = Extent{};
  next.index = Extent{};
  memset(next.image_id, 0, sizeof(next.image_id));
  return write_both(next);
}

Status ImageArea::set_log_sequence(uint64_t sequence) {
  Superblock next = current_;
  next.log_sequence = sequence;
  return write_both(next);
}

}  // namespace nvresume
