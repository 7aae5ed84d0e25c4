// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/candidates.h"

namespace nvresume::efi {

void CandidateList::add(uint64_t base, uint64_t bytes) {
  uint64_t end = base + bytes;
  if (bytes == 0 || end < base) return;
  // Everything that overlaps the new range is taken out and grows it.
  uint32_t kept = 0;
  for (uint32_t i = 0; i < count_; ++i) {
    const Candidate old = ranges_[i];
    if (old.base + old.bytes <= base || end <= old.base) {
      ranges_[kept++] = old;
      continue;
    }
    if (old.base < base) base = old.base;
    if (old.base + old.bytes > end) end = old.base + old.bytes;
  }
  count_ = kept;
  if (count_ == kCapacity) return;
  uint32_t at = count_++;
  for (; at > 0 && ranges_[at - 1].base > base; --at) ranges_[at] = ranges_[at - 1];
  ranges_[at] = {base, end - base};
}

const Candidate* CandidateList::holding(uint64_t address) const {
  for (uint32_t i = 0; i < count_; ++i)
    if (address >= ranges_[i].base && address - ranges_[i].base < ranges_[i].bytes)
      return &ranges_[i];
  return nullptr;
}

namespace {

/// Lower is better; kForeign is never taken unless setup named it.
enum class Claim : uint32_t { kOurs, kOursDamaged, kForeign };

Claim claim_of(const Finding& finding) {
  switch (finding.reason) {
    case Reason::kNone:
      return Claim::kOurs;
    case Reason::kSuperblockCorrupt:
    case Reason::kUnsupportedVersion:
      return Claim::kOursDamaged;
    default:
      return Claim::kForeign;
  }
}

Choice look_at_named(const Candidate& home, const NvresumeConfig& config, RangeProbe& probe) {
  // Setup may have named a part only: a namespace beside others in the same range.
  uint64_t available_bytes = home.base + home.bytes - config.range_base;
  if (config.range_bytes < available_bytes) available_bytes = config.range_bytes;
  return {config.range_base, available_bytes, probe.look(config.range_base, available_bytes)};
}

Choice look_at_start(const Candidate& candidate, RangeProbe& probe) {
  return {candidate.base, candidate.bytes, probe.look(candidate.base, candidate.bytes)};
}

/// Ours, moved away from where it was set up: a module was plugged in before it, or memory grew. An
/// older range that setup has left for another one is not.
bool is_moved_home(const Finding& finding, const NvresumeConfig& config, bool named) {
  return finding.reason == Reason::kRangeMoved && (!named || finding.home == config.range_base);
}

Error range_moved(const Choice& moved) {
  return std::move(Error(Reason::kRangeMoved, "the range set up at ")
                       .with_hex(moved.finding.home)
                       .with(" lies at ")
                       .with_hex(moved.base)
                       .with(" now; put its module back, or wipe its start to set up another"));
}

}  // namespace

Result<Choice> choose_range(const CandidateList& candidates, const NvresumeConfig& config,
                            RangeProbe& probe) {
  if (candidates.count() == 0) return Error(Reason::kNoNvm);
  const bool named = static_cast<RangeMode>(config.mode) == RangeMode::kExplicit;
  const Candidate* home = named ? candidates.holding(config.range_base) : nullptr;

  Choice best{};
  Claim best_claim = Claim::kForeign;
  if (home != nullptr) {
    best = look_at_named(*home, config, probe);
    best_claim = claim_of(best.finding);
  }
  Choice moved{};
  for (uint32_t i = 0; i < candidates.count() && best_claim != Claim::kOurs; ++i) {
    Choice choice = look_at_start(candidates[i], probe);
    if (is_moved_home(choice.finding, config, named)) moved = choice;
    if (claim_of(choice.finding) >= best_claim) continue;
    best = choice;
    best_claim = claim_of(choice.finding);
  }
  // Before a blank named address: what has taken that place is not what setup named.
  if (best_claim == Claim::kForeign && moved.finding.reason == Reason::kRangeMoved)
    return range_moved(moved);
  if (best_claim != Claim::kForeign || home != nullptr) return best;
  if (named)
    return std::move(
        Error(Reason::kNoNvm, "no NVM at the configured address ").with_hex(config.range_base));
  return Error(Reason::kNotFormatted, "NVM is there, but none of it is set up for nvresume");
}

Result<Geometry> size_range(const Choice& choice, uint64_t ordinary_bytes,
                            uint32_t factor_percent) {
  if (choice.finding.reason == Reason::kNone) return choice.finding.geometry;
  return plan_geometry(ordinary_bytes, factor_percent, choice.available_bytes);
}

}  // namespace nvresume::efi
