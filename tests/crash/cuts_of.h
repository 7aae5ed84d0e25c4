// SPDX-License-Identifier: GPL-2.0-or-later
// cuts_of.h: one order run on a machine, and every state a power cut inside it can leave, judged.
// What was tried is counted and printed at the program's end, where tests/crash/report reads it.
#pragma once

#include <map>
#include <string>

#include "tests/crash/judge.h"
#include "tests/crash/orders.h"

namespace nvresume {

struct CutCount {
  uint64_t orders = 0;  ///< how often it was run
  uint64_t cuts = 0;
  uint64_t states = 0;
};

class CutsOf {
 public:
  CutsOf(Machine& machine, Judge& judge, CutDepth depth)
      : machine_(machine), judge_(judge), depth_(depth) {}

  /// Empty, or what one of the states got wrong.
  std::string run(const Order& order, std::mt19937_64& random);
  /// After run(): the machine goes on from one of the states, each as likely as any other.
  void cut_power();

  /// Over the whole program, by the order's name.
  static std::map<std::string, CutCount>& counts();
  static uint64_t total_states();

 private:
  struct Survivor {
    std::vector<FakeNvm> devices;
    Allowed allowed;
  };
  void keep(const CutState& cut, const Allowed& allowed, const Judge::Finding& finding);

  Machine& machine_;
  Judge& judge_;
  CutDepth depth_;
  Survivor survivor_;
};

}  // namespace nvresume
