// SPDX-License-Identifier: GPL-2.0-or-later
// arrays NAME MIB [GENERATIONS]: memory that is walked, changed and checked without an end, or for
// so many generations.
//
// In each generation every page is visited once, in an order without a pattern, must hold what it
// was given last, and is given its next contents. A page that does not is counted and named; what
// was wrong once stays told:
//   generation=12 pages=4096 wrong=0

#include <sys/mman.h>

#include <string>
#include <vector>

#include "report.h"

namespace {

constexpr size_t kPageWords = 4096 / sizeof(uint64_t);
// Between two rests, where it runs beside others: about a millisecond's work in an emulated guest.
constexpr size_t kPagesAtOnce = 64;
constexpr int kRestUs = 5000;

class Arrays {
 public:
  Arrays(std::string name, uint64_t bytes)
      : name_(std::move(name)),
        owner_(std::hash<std::string>()(name_)),
        generations_(bytes / 4096) {
    void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) soak::fail("mmap");
    words_ = static_cast<uint64_t*>(memory);
    for (size_t page = 0; page < generations_.size(); ++page) renew(page);
  }

  /// REQUIRES: the steps' length has no factor in common with the number of pages.
  void walk(uint64_t generation, int rest_us) {
    const size_t step = step_of(generation);
    for (size_t i = 0, page = generation % generations_.size(); i < generations_.size(); ++i) {
      check(page);
      renew(page);
      page = (page + step) % generations_.size();
      if (rest_us != 0 && i % kPagesAtOnce == 0) usleep(static_cast<useconds_t>(rest_us));
    }
  }

  void tell(uint64_t generation) const {
    soak::report(name_, "generation=" + std::to_string(generation) +
                            " pages=" + std::to_string(generations_.size()) +
                            " wrong=" + std::to_string(wrong_) + first_wrong_);
  }

  bool intact() const { return wrong_ == 0; }

 private:
  std::span<uint64_t> page_words(size_t page) { return {words_ + page * kPageWords, kPageWords}; }

  void check(size_t page) {
    if (soak::holds(page_words(page), owner_ + page, generations_[page])) return;
    if (wrong_++ == 0)
      first_wrong_ = " first: page " + std::to_string(page) + " of generation " +
                     std::to_string(generations_[page]);
  }

  void renew(size_t page) { soak::fill(page_words(page), owner_ + page, ++generations_[page]); }

  /// A prime that does not divide the number of pages, another one from generation to generation.
  size_t step_of(uint64_t generation) const {
    static constexpr size_t kPrimes[] = {7919, 104729, 15485863, 32452843};
    for (size_t i = generation;; ++i)
      if (generations_.size() % kPrimes[i % 4] != 0) return kPrimes[i % 4];
  }

  std::string name_;
  uint64_t owner_;
  std::vector<uint32_t> generations_;
  uint64_t* words_;
  uint64_t wrong_ = 0;
  std::string first_wrong_;
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 3 && count != 4) {
    (void)std::fputs("usage: arrays NAME MIB [GENERATIONS]\n", stderr);
    return 2;
  }
  const uint64_t last = count == 4 ? std::strtoull(arguments[3], nullptr, 10) : UINT64_MAX;
  Arrays arrays(arguments[1], std::strtoull(arguments[2], nullptr, 10) << 20);
  for (uint64_t generation = 1; generation <= last; ++generation) {
    arrays.walk(generation, count == 4 ? 0 : kRestUs);
    arrays.tell(generation);
  }
  return arrays.intact() ? 0 : 1;
}
