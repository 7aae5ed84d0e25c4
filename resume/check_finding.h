// SPDX-License-Identifier: GPL-2.0-or-later
// check_finding.h: what one check found out.
#pragma once

#include <stdint.h>

#include <string>

#include "image/result.h"

namespace nvresume {

enum class Verdict : uint8_t {
  kPass,
  kWarn,  ///< a save goes on; something is worth knowing or mending
  kFail,  ///< a save started now could not be resumed: it is refused
};

struct Finding {
  Verdict verdict = Verdict::kPass;
  Reason reason = Reason::kNone;  ///< what a refused save says; kNone where no code fits a warning
  std::string looked_at;          ///< file, variable or device
  std::string found;              ///< a clause without a full stop
  std::string remedy;             ///< what to do next; empty where all is well
};

Finding pass(std::string looked_at, std::string found);
Finding warn(std::string looked_at, std::string found, std::string remedy,
             Reason reason = Reason::kNone);
Finding fail(Reason reason, std::string looked_at, std::string found, std::string remedy);
/// An error as a failed check. Of "what; what to do" only the first part: `remedy` is the second.
Finding fail(const Error& error, std::string looked_at, std::string remedy);

/// A failed check as the error of a save: "found; remedy".
Error error_of(const Finding& finding);

}  // namespace nvresume
