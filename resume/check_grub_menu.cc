// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/check_grub_menu.h"

#include <algorithm>
#include <map>

#include "resume/system_files.h"

namespace nvresume {
namespace {

/// A line's words as GRUB's shell cuts it, quotes taken off, ';' a word of its own.
std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  bool begun = false;
  char quote = 0;
  const auto end_word = [&] {
    if (begun) words.push_back(std::move(word));
    word.clear();
    begun = false;
  };
  for (size_t i = 0; i < line.size(); i++) {
    const char c = line[i];
    if (quote == 0 && c == '#' && !begun) break;
    if (c == '\\' && quote != '\'' && i + 1 < line.size()) {
      word += line[++i];
      begun = true;
    } else if (quote != 0 ? c == quote : c == '\'' || c == '"') {
      quote = quote != 0 ? '\0' : c;
      begun = true;
    } else if (quote == 0 && (c == ' ' || c == '\t')) {
      end_word();
    } else if (quote == 0 && c == ';') {
      end_word();
      words.emplace_back(";");
    } else {
      word += c;
      begun = true;
    }
  }
  end_word();
  return words;
}

enum class Branch : uint8_t { kTaken, kNotTaken, kUnknown };

class MenuReader {
 public:
  MenuReader(std::string_view config, std::string_view environment) : lines_(split_lines(config)) {
    for (const std::string_view line : split_lines(environment)) {
      const size_t equals = line.find('=');
      if (line.starts_with('#') || equals == std::string_view::npos) continue;
      variables_.insert_or_assign(std::string(line.substr(0, equals)), line.substr(equals + 1));
    }
  }

  GrubMenu read() {
    GrubMenu menu;
    read_menu(menu.entries);
    menu.default_entry = default_known_ ? variables_["default"] : "";
    if (default_known_ && menu.default_entry.empty()) menu.default_entry = "0";
    return menu;
  }

 private:
  using Words = std::vector<std::string>;

  bool next(Words& words) {
    while (at_ < lines_.size()) {
      words = words_of(lines_[at_++]);
      if (!words.empty()) return true;
    }
    return false;
  }

  /// Up to the brace that closes the menu, or the end.
  void read_menu(std::vector<GrubEntry>& entries) {
    Words words;
    while (next(words) && words[0] != "}") {
      if (words.back() != "{") {
        run(words);
      } else if (words[0] == "menuentry" || words[0] == "submenu") {
        GrubEntry entry = begin_entry(words);
        words[0] == "submenu" ? read_menu(entry.entries) : read_entry(&entry);
        entries.push_back(std::move(entry));
      } else {
        read_entry(nullptr);  // a function: only called by what an entry runs
      }
    }
  }

  /// Up to its closing brace; null skips the block.
  void read_entry(GrubEntry* entry) {
    Words words;
    while (next(words) && words[0] != "}") {
      if (words.back() == "{")
        read_entry(nullptr);
      else if (entry != nullptr)
        note_command(words, *entry);
    }
  }

  static void note_command(const Words& words, GrubEntry& entry) {
    if (words.size() > 1 && (words[0] == "linux" || words[0] == "linuxefi")) {
      entry.kernel = words[1];
      for (size_t i = 2; i < words.size(); i++) entry.arguments += (i > 2 ? " " : "") + words[i];
    }
    if (words[0] == "initrd" || words[0] == "initrdefi")
      entry.initramfs.assign(words.begin() + 1, words.end());
  }

  static GrubEntry begin_entry(const Words& words) {
    GrubEntry entry;
    if (words.size() > 2) entry.title = words[1];
    for (size_t i = 2; i + 1 < words.size(); i++) {
      if (words[i] == "--id" || words[i] == "$menuentry_id_option") entry.id = words[i + 1];
      if (words[i].starts_with("--id=")) entry.id = words[i].substr(5);
    }
    return entry;
  }

  void run(const Words& words) {
    if (words[0] == "if") {
      run_if(words);
    } else if (words[0] == "else" || words[0] == "elif") {
      if (!branches_.empty()) branches_.back() = other_branch(branches_.back(), words);
    } else if (words[0] == "fi") {
      if (!branches_.empty()) branches_.pop_back();
    } else {
      assign(words[0] == "set" && words.size() > 1 ? words[1] : words[0]);
    }
  }

  void run_if(const Words& words) {
    if (words.back() != "fi") {
      branches_.push_back(evaluate(words));
      return;
    }
    // All in one line: only whether it touches the default matters.
    for (const std::string& word : words)
      if (word.starts_with("default=")) default_known_ = false;
  }

  /// `if [ "${name}" ]` asks whether it is set; any other condition is the boot's to answer.
  Branch evaluate(const Words& words) const {
    if (words.size() < 4 || words[1] != "[" || words[3] != "]") return Branch::kUnknown;
    return expand(words[2]).empty() ? Branch::kNotTaken : Branch::kTaken;
  }

  static Branch other_branch(Branch before, const Words& words) {
    if (before == Branch::kNotTaken) return words[0] == "else" ? Branch::kTaken : Branch::kUnknown;
    return before == Branch::kTaken ? Branch::kNotTaken : Branch::kUnknown;
  }

  void assign(const std::string& word) {
    const size_t equals = word.find('=');
    if (equals == std::string::npos) return;
    const std::string name = word.substr(0, equals);
    const auto any = [this](Branch branch) {
      return std::find(branches_.begin(), branches_.end(), branch) != branches_.end();
    };
    if (any(Branch::kNotTaken)) return;
    if (name == "default") default_known_ = !any(Branch::kUnknown);
    if (!any(Branch::kUnknown)) variables_[name] = expand(word.substr(equals + 1));
  }

  std::string expand(std::string_view text) const {
    std::string result;
    while (!text.empty()) {
      const size_t dollar = std::min(text.find("${"), text.size());
      result += text.substr(0, dollar);
      const size_t end = text.find('}', dollar);
      if (end == std::string_view::npos) break;
      const auto found = variables_.find(std::string(text.substr(dollar + 2, end - dollar - 2)));
      if (found != variables_.end()) result += found->second;
      text.remove_prefix(end + 1);
    }
    return result;
  }

  std::vector<std::string_view> lines_;
  size_t at_ = 0;
  std::map<std::string, std::string> variables_;
  std::vector<Branch> branches_;
  bool default_known_ = true;
};

const GrubEntry* find_in(const std::vector<GrubEntry>& entries, const std::string& name) {
  if (const auto number = parse_number(name))
    return *number < entries.size() ? &entries[*number] : nullptr;
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const GrubEntry& entry) {
    return entry.title == name || entry.id == name;
  });
  return found == entries.end() ? nullptr : &*found;
}

}  // namespace

GrubMenu parse_grub_menu(std::string_view config, std::string_view environment) {
  return MenuReader(config, environment).read();
}

const GrubEntry* find_default(const GrubMenu& menu) {
  const std::vector<GrubEntry>* entries = &menu.entries;
  const GrubEntry* entry = nullptr;
  std::string_view path = menu.default_entry;
  while (!path.empty()) {
    const size_t end = std::min(path.find('>'), path.size());
    entry = find_in(*entries, std::string(path.substr(0, end)));
    if (entry == nullptr) return nullptr;
    entries = &entry->entries;
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return entry == nullptr || !entry->entries.empty() ? nullptr : entry;
}

}  // namespace nvresume
