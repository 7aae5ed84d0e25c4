// SPDX-License-Identifier: GPL-2.0-or-later
// Every order that stores to the NVM, from every state it can meet, cut at every store.
#include <gtest/gtest.h>

#include "image/commit.h"
#include "tests/crash/cuts_of.h"
#include "tests/seed.h"

namespace nvresume {
namespace {

const Order& order_named(std::string_view name) {
  for (const Order& order : all_orders())
    if (name == order.name) return order;
  abort();
}

/// Orders that lead to a state; the last one ends with a power cut where `torn`.
struct Start {
  const char* name;
  std::vector<const char*> orders;
  bool torn = false;
};

const Start kStarts[] = {
    {"nothing saved", {}},
    {"an image waits", {"save"}},
    {"an image waits, booted", {"save", "boot through the stage"}},
    {"one attempt left", {"save", "boot through the stage", "hand-over refused"}},
    {"no attempt left", {"save", "hand-over refused", "hand-over refused"}},
    {"consumed", {"save", "restore"}},
    {"consumed and finished", {"save", "restore", "resumed"}},
    {"dropped", {"save", "restore refused"}},
    {"scrubbed", {"save", "restore refused", "scrub"}},
    {"a scrub cut short", {"save", "restore refused", "scrub"}, true},
    {"taken back", {"save", "power-off refused"}},
    {"a save cut short", {"save"}, true},
    {"a save over a consumed image cut short", {"save", "restore", "save"}, true},
    {"a consume cut short", {"save", "restore"}, true},
    {"a drop cut short", {"save", "settle"}, true},
    {"an undone consume cut short", {"save", "hand-over refused"}, true},
    {"a boot's count cut short", {"save", "boot through the stage"}, true},
    {"removed", {"remove"}},
    {"a removal cut short", {"save", "remove"}, true},
    {"a setup cut short", {"remove", "setup"}, true},
};

class EveryOrder : public testing::TestWithParam<Order> {
 protected:
  EveryOrder() : random_(test_seed()), judge_(random_()) {}

  /// False: the start itself is no longer reached from the state an earlier cut left.
  bool arrive_at(const Start& start, Machine& machine) {
    CutsOf quick(machine, judge_, {3, 4});
    for (size_t i = 0; i < start.orders.size(); i++) {
      const Order& order = order_named(start.orders[i]);
      if (!order.is_possible(machine)) return false;
      const std::string wrong = quick.run(order, random_);
      EXPECT_EQ(wrong, "") << "on the way to: " << start.name;
      if (start.torn && i + 1 == start.orders.size()) quick.cut_power();
    }
    return true;
  }

  std::mt19937_64 random_;
  Judge judge_;
};

TEST_P(EveryOrder, CutAnywhereIsTheOldStateNoImageOrTheWholeNewImage) {
  int starts = 0;
  for (const Start& start : kStarts) {
    // What a cut leaves is another state each time.
    for (int round = 0; round < (start.torn ? 3 : 1); round++) {
      Machine machine;
      if (!arrive_at(start, machine) || !GetParam().is_possible(machine)) continue;
      CutsOf cuts(machine, judge_, kCutDepth);
      ASSERT_EQ(cuts.run(GetParam(), random_), "") << "from: " << start.name;
      starts++;
    }
  }
  EXPECT_GT(starts, 0) << "an order that no start allows was not tested";
}

std::string test_name(const testing::TestParamInfo<Order>& order) {
  std::string name = order.param.name;
  std::erase_if(name, [](char c) { return !isalnum(c); });
  return name;
}
INSTANTIATE_TEST_SUITE_P(Orders, EveryOrder, testing::ValuesIn(all_orders()), test_name);

}  // namespace
}  // namespace nvresume
