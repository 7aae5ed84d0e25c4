// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/report_failure.h"

#include <stdio.h>

namespace nvresume {

int report_failure(std::string_view what, const Error& error) {
  const std::string_view name = reason_name(error.reason());
  (void)fprintf(stderr, "nvresume: %.*s: %.*s: %.*s\n", static_cast<int>(what.size()), what.data(),
                static_cast<int>(name.size()), name.data(), static_cast<int>(error.text().size()),
                error.text().data());
  return static_cast<int>(error.kind());
}

}  // namespace nvresume
