// SPDX-License-Identifier: GPL-2.0-or-later
// The header pages' frame list over memory of any shape: no page is decoded to, copied to or taken
// from where it may not be.
#include <set>

#include "efi/placement.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/unit/page_arena.h"

using namespace nvresume;
using namespace nvresume::efi;

namespace {

constexpr uint64_t kPages = 64;

class Placing {
 public:
  explicit Placing(FuzzInput& input) : words_(FrameSet::words_for(arena().frame(kPages))) {
    take_runs(input, usable_);
    take_runs(input, claimed_);
    const auto entries = input.take<uint8_t>() % 64;
    for (int i = 0; i < entries; i++) {
      const auto page = input.take<uint8_t>();
      // The last bits: a page of zeros, or a frame that is nowhere.
      list_.push_back((page & 0x40 ? arena().frame(kPages + page) : arena().frame(page % 64)) |
                      (page & 0x80 ? kZeroFrameFlag : 0));
    }
    for (const uint64_t entry : list_) data_pages_ += !is_zero_frame(entry);
    list_.push_back(kFrameListEnd);
  }

  void run() {
    FrameSet wanted(words_);
    const auto entries = read_frame_list(list_, data_pages_, wanted);
    if (!entries.ok()) return;
    SafePages safe(claimed_.runs(), wanted);
    LateList late(safe);
    // The targets come where the list was: a plan of its own.
    std::vector<uint64_t> plan(entries->begin(), entries->end());
    const auto placement = place_pages(plan, usable_, claimed_, safe, late);
    if (!placement.ok()) return;
    check_targets(placement->targets);
    check_late(late, wanted);
  }

 private:
  static PageArena& arena() {
    static PageArena pages{kPages};
    return pages;
  }
  static void take_runs(FuzzInput& input, RunList& list) {
    for (int i = 0; i < 3; i++) {
      const uint64_t first = input.take<uint8_t>() % kPages;
      const uint64_t count = input.take<uint8_t>() % (kPages - first + 1);
      (void)list.add(arena().page(first), count * kEfiPageBytes);
    }
  }
  bool is_claimed(uint64_t address) const {
    uint32_t hint = 0;
    return claimed_.holds(address, kEfiPageBytes, hint);
  }
  void check_targets(std::span<const uint64_t> targets) const {
    std::set<uint64_t> seen;
    for (const uint64_t target : targets) require(is_claimed(target) && seen.insert(target).second);
  }
  void check_late(const LateList& late, const FrameSet& wanted) const {
    uint64_t count = 0;
    for (uint64_t at = late.first(); at != 0;) {
      require(is_claimed(at) && !wanted.has(at / kEfiPageBytes));
      const auto* link = reinterpret_cast<const LateLink*>(at);
      for (uint64_t i = 0; i < link->count; i++, count++) {
        uint32_t hint = 0;
        require(usable_.holds(link->copies[i].to, kEfiPageBytes, hint));
        require(!is_claimed(link->copies[i].to) && wanted.has(link->copies[i].to / kEfiPageBytes));
        require(is_claimed(link->copies[i].from) &&
                !wanted.has(link->copies[i].from / kEfiPageBytes));
      }
      at = link->next;
    }
    require(count == late.count());
  }

  std::vector<uint64_t> words_;
  Run usable_storage_[4], claimed_storage_[4];
  RunList usable_{usable_storage_}, claimed_{claimed_storage_};
  std::vector<uint64_t> list_;
  uint64_t data_pages_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  FuzzInput input(data, size);
  Placing(input).run();
  return 0;
}
