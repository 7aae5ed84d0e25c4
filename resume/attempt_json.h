// SPDX-License-Identifier: GPL-2.0-or-later
// attempt_json.h: one attempt-log record as JSON, for inspect and status.
#pragma once

#include <string_view>

#include "image/attempt_log.h"
#include "resume/json_writer.h"

namespace nvresume {

void add_attempt(JsonWriter& json, std::string_view key, const AttemptRecord& record);

}  // namespace nvresume
