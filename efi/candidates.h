// SPDX-License-Identifier: GPL-2.0-or-later
// candidates.h: where NVM is, and which of it is ours. Calls no firmware.
#pragma once

#include <stdint.h>

#include "image/efi_variables.h"
#include "image/layout.h"
#include "image/result.h"

namespace nvresume::efi {

struct Candidate {
  uint64_t base;
  uint64_t bytes;
};

/// NVM ranges, ascending, not overlapping. Sources describe the same range more than once (NFIT and
/// memory map): overlapping ones become one. Ranges that only touch stay apart: two modules side by
/// side are two ranges, each with its own start to look at.
class CandidateList {
 public:
  /// Ignored: empty or wrapping ranges, and more than fit (the lowest addresses came first).
  void add(uint64_t base, uint64_t bytes);
  uint32_t count() const { return count_; }
  const Candidate& operator[](uint32_t i) const { return ranges_[i]; }
  /// The candidate holding `address`, or null.
  const Candidate* holding(uint64_t address) const;

 private:
  // More than any firmware lists today: interleave sets, not modules, are ranges.
  static constexpr uint32_t kCapacity = 64;
  Candidate ranges_[kCapacity] = {};
  uint32_t count_ = 0;
};

/// What lies at a candidate's start.
struct Finding {
  /// kNone: our valid superblock, made for this address. Otherwise what is wrong with it:
  /// kNotFormatted, kSuperblockCorrupt, kUnsupportedVersion, kRangeMoved, …
  Reason reason = Reason::kNotFormatted;
  Geometry geometry;  ///< only with kNone
  uint64_t home = 0;  ///< only with kRangeMoved: the address its superblock was made for
};

/// Looks at an address without writing; a test double answers from a table.
class RangeProbe {
 public:
  virtual Finding look(uint64_t base, uint64_t available_bytes) = 0;

 protected:
  ~RangeProbe() = default;
};

struct Choice {
  uint64_t base;
  uint64_t available_bytes;  ///< from base to the end of its NVM, or of the part setup named
  Finding finding;
};

/// The one rule about whose NVM is touched: a range that holds our superblock, else exactly the one
/// setup named. A superblock at the named address goes before others. A damaged superblock pair
/// still carries our magic: such a range is ours too, so that the damage is reported by name.
/// Errors: kNoNvm (no NVM at all, or the named address is none), kNotFormatted (NVM, but none is
/// ours), kRangeMoved (the range that was set up lies at another address now: neither it nor what
/// has its place is taken). What is wrong with a range that was taken is its finding, not an error.
Result<Choice> choose_range(const CandidateList& candidates, const NvresumeConfig& config,
                            RangeProbe& probe);

/// The areas' sizes: the superblock's where there is a valid one, else planned.
Result<Geometry> size_range(const Choice& choice, uint64_t ordinary_bytes, uint32_t factor_percent);

}  // namespace nvresume::efi
