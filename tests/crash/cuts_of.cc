// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/crash/cuts_of.h"

#include <gtest/gtest.h>

namespace nvresume {
namespace {

std::string where(const Order& order, const CutState& cut, size_t state) {
  return std::string(order.name) + ", cut after event " + std::to_string(cut.event_count) +
         ", state " + std::to_string(state) + ": ";
}

/// Prints what was tried, once all tests have run.
class Told : public testing::Environment {
  void TearDown() override {
    for (const auto& [name, count] : CutsOf::counts())
      std::printf("order: %s: run %llu times, %llu cuts, %llu states\n", name.c_str(),
                  static_cast<unsigned long long>(count.orders),
                  static_cast<unsigned long long>(count.cuts),
                  static_cast<unsigned long long>(count.states));
    std::printf("states: %llu judged after power cuts\n",
                static_cast<unsigned long long>(CutsOf::total_states()));
  }
};
const auto* const told = testing::AddGlobalTestEnvironment(new Told);

}  // namespace

std::string CutsOf::run(const Order& order, std::mt19937_64& random) {
  machine_.begin_recording();
  order.run(machine_);
  machine_.end_recording();

  std::string wrong;
  size_t state = 0;
  PowerCuts cuts(machine_.before(), machine_.log(), random(), depth_);
  const size_t states = cuts.for_each([&](const CutState& cut) {
    state++;
    if (!wrong.empty()) return;  // the first broken state says all; thousands would hide it
    const Allowed& allowed = machine_.allowed_after(cut.marks_passed);
    const Judge::Finding finding = judge_.examine(cut.devices, allowed);
    if (!finding.wrong.empty()) wrong = where(order, cut, state) + finding.wrong;
    if (random() % state == 0) keep(cut, allowed, finding);
  });
  CutCount& count = counts()[order.name];
  count.orders++;
  count.cuts += cuts.cut_count();
  count.states += states;
  return wrong;
}

void CutsOf::cut_power() { machine_.restart_from(survivor_.devices, survivor_.allowed); }

/// What was found is found again by the next boot; what else was allowed only lies in a copy that
/// the boot has yet to repair.
void CutsOf::keep(const CutState& cut, const Allowed& allowed, const Judge::Finding& finding) {
  Allowed known = only(finding.image);
  known.if_damaged = allowed.if_damaged;
  for (const ImageNumber image : {allowed.one, allowed.other})
    if (image != finding.image && image != kNoImage) known.if_damaged = image;
  known.unformatted = !finding.formatted;
  survivor_ = {cut.devices, known};
}

std::map<std::string, CutCount>& CutsOf::counts() {
  static std::map<std::string, CutCount> all;
  return all;
}

uint64_t CutsOf::total_states() {
  uint64_t states = 0;
  for (const auto& [name, count] : counts()) states += count.states;
  return states;
}

}  // namespace nvresume
