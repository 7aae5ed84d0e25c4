// SPDX-License-Identifier: GPL-2.0-or-later
// Random lives of a machine: any order a state allows, each cut at every store, and often enough
// the next order starts from what such a cut left.
#include <gtest/gtest.h>

#include "tests/crash/cuts_of.h"
#include "tests/seed.h"

namespace nvresume {
namespace {

/// As the whole program's count: NVRESUME_CRASH_STATES more, or three million, which is some ten
/// thousand orders; fewer under sanitizers, which look for something else.
uint64_t states_wanted(uint64_t before) {
  const char* text = std::getenv("NVRESUME_CRASH_STATES");
  if (text != nullptr) return before + std::strtoull(text, nullptr, 0);
  return before + (kSanitized ? 10'000 : 3'000'000);
}

class Histories : public testing::Test {
 protected:
  Histories() : random_(test_seed()), judge_(random_()) {}

  const Order& any_possible(Machine& machine) {
    std::vector<const Order*> possible;
    for (const Order& order : all_orders())
      if (order.is_possible(machine)) possible.push_back(&order);
    return *possible[random_() % possible.size()];
  }

  /// Some orders, one after the other. Returns what went wrong, with all that led there.
  std::string live(uint64_t states) {
    Machine machine;
    CutsOf cuts(machine, judge_, kCutDepth);
    std::string told;
    const uint64_t end = CutsOf::total_states() + states;
    while (CutsOf::total_states() < end) {
      const Order& order = any_possible(machine);
      told += std::string(order.name) + "; ";
      const std::string wrong = cuts.run(order, random_);
      if (!wrong.empty()) return told + wrong;
      if (random_() % 2 == 0) continue;
      cuts.cut_power();
      told += "power cut; ";
    }
    return "";
  }

  std::mt19937_64 random_;
  Judge judge_;
};

TEST_F(Histories, NoLifeHoweverOftenCutBringsAnImageBackOrLosesOne) {
  const uint64_t wanted = states_wanted(CutsOf::total_states());
  while (CutsOf::total_states() < wanted)
    ASSERT_EQ(live(std::min<uint64_t>(wanted - CutsOf::total_states(), 50'000)), "");
}

}  // namespace
}  // namespace nvresume
