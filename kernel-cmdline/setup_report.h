// SPDX-License-Identifier: GPL-2.0-or-later
// setup_report.h: what setup says: what it found, what it will change, what it did, what to do
// next.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "image/result.h"
#include "kernel-cmdline/setup_plan.h"
#include "kernel-cmdline/setup_steps.h"

namespace nvresume {

/// As text while it happens, or as one JSON object at the end.
class SetupReport {
 public:
  explicit SetupReport(bool json) : json_(json) {}

  void found(const SetupPlan& plan);
  void obstacle(const Error& error);
  void will_change(const std::vector<SetupStep>& steps, const SetupPlan& plan);
  void done(const SetupStep& step, bool changed);
  void next(const std::string& what);
  /// The JSON object; nothing where text was said all along.
  void finish(bool set_up);

 private:
  void line(const std::string& text) const;

  struct Done {
    std::string what;
    std::string name;
    bool changed;
  };
  bool json_;
  std::optional<SetupPlan> plan_;
  std::vector<Error> obstacles_;
  std::vector<Done> done_;
  std::string next_;
};

}  // namespace nvresume
