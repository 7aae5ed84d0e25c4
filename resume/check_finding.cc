// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/check_finding.h"

#include <utility>

namespace nvresume {

Finding pass(std::string looked_at, std::string found) {
  return {Verdict::kPass, Reason::kNone, std::move(looked_at), std::move(found), {}};
}

Finding warn(std::string looked_at, std::string found, std::string remedy, Reason reason) {
  return {Verdict::kWarn, reason, std::move(looked_at), std::move(found), std::move(remedy)};
}

Finding fail(Reason reason, std::string looked_at, std::string found, std::string remedy) {
  return {Verdict::kFail, reason, std::move(looked_at), std::move(found), std::move(remedy)};
}

Finding fail(const Error& error, std::string looked_at, std::string remedy) {
  const std::string_view text = error.text();
  return fail(error.reason(), std::move(looked_at), std::string(text.substr(0, text.find("; "))),
              std::move(remedy));
}

Error error_of(const Finding& finding) {
  return Error(finding.reason, finding.found).with("; ").with(finding.remedy);
}

}  // namespace nvresume
