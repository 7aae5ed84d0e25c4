// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/setup_state.h"

#include "kernel-cmdline/durable_file.h"
#include "resume/system_files.h"

namespace nvresume {

SetupState SetupState::load(std::string_view path) {
  SetupState state;
  const std::string text = read_text_or_empty(path);
  for (const std::string_view line : split_lines(text)) {
    const size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    state.set(std::string(line.substr(0, equals)), std::string(line.substr(equals + 1)));
  }
  return state;
}

std::string SetupState::get(const std::string& key) const {
  const auto found = values_.find(key);
  return found == values_.end() ? "" : found->second;
}

std::string SetupState::to_text() const {
  std::string text;
  for (const auto& [key, value] : values_) text.append(key).append("=").append(value).append("\n");
  return text;
}

Status SetupState::save(const std::string& path) const {
  NVRESUME_TRY(ensure_contents(path, to_text()));
  return ok_status();
}

}  // namespace nvresume
