// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/attempt_json.h"

#include <algorithm>

#include "resume/image_report.h"
#include "resume/replay.h"

namespace nvresume {

void add_attempt(JsonWriter& json, std::string_view key, const AttemptRecord& record) {
  json.open_object(key);
  json.add("sequence", record.sequence);
  json.add("kind", attempt_kind_name(record));
  json.add("path", field_text(record.path));
  json.add("outcome", attempt_outcome_name(record));
  json.add("reason", reason_name(static_cast<Reason>(record.reason)));
  json.add("unix_s", record.unix_s);
  json.add("boot_count", record.boot_count);
  json.add("image_id", hex_of(record.image_id));
  json.open_object("phases_s");
  const uint32_t phase_count = std::min(record.phase_count, kAttemptPhaseMaximum);
  for (uint32_t i = 0; i < phase_count; i++)
    json.add(field_text(record.phases[i].name),
             static_cast<double>(record.phases[i].duration_ns) / 1e9);
  json.close_object();
  json.add("text", std::string_view(record.text, std::min(record.text_bytes, kAttemptTextBytes)));
  json.close_object();
}

}  // namespace nvresume
