// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/sleep_actions.h"

#include <map>
#include <string_view>

#include "resume/system_files.h"

namespace nvresume {
namespace {

using Settings = std::map<std::string, std::string>;

void read_settings(const std::string& path, Settings& settings) {
  const std::string text = read_text_or_empty(path);
  for (const std::string_view line : split_lines(text)) {
    const size_t equals = line.find('=');
    if (equals == std::string_view::npos || line.starts_with('#') || line.starts_with(';'))
      continue;
    const auto words = split_words(line.substr(equals + 1));
    settings[std::string(line.substr(0, equals))] = words.empty() ? "" : std::string(words[0]);
  }
}

/// systemd's own order: drop-ins by name over all directories, a name in /etc hiding the others.
Settings logind_settings() {
  std::map<std::string, std::string> drop_ins;
  for (const char* directory : {"/usr/lib/systemd/logind.conf.d", "/run/systemd/logind.conf.d",
                                "/etc/systemd/logind.conf.d"})
    for (const std::string& name : list_directory(directory))
      if (name.ends_with(".conf")) drop_ins[name] = std::string(directory) + "/" + name;
  Settings settings;
  read_settings("/etc/systemd/logind.conf", settings);
  for (const auto& [name, path] : drop_ins) read_settings(path, settings);
  return settings;
}

}  // namespace

std::vector<std::string> sleep_warnings() {
  std::vector<std::string> warnings;
  for (const auto& [key, value] : logind_settings())
    if (value == "hybrid-sleep" || value == "suspend-then-hibernate")
      warnings.push_back("logind.conf says " + key + "=" + value +
                         ", which nvresume switches off: logind will suspend instead; set it to "
                         "hibernate");
  return warnings;
}

}  // namespace nvresume
