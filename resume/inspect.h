// SPDX-License-Identifier: GPL-2.0-or-later
// inspect.h: the two forms in which `nvresume inspect` tells an ImageReport.
#pragma once

#include <string>

#include "image/result.h"
#include "resume/image_report.h"

namespace nvresume {

/// `verified` is the result of --verify; null where it was not asked for.
std::string inspect_text(const ImageReport& report, const Status* verified);
std::string inspect_json(const ImageReport& report, const Status* verified);

}  // namespace nvresume
