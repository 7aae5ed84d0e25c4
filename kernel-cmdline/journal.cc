// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/journal.h"

#include <algorithm>
#include <array>
#include <optional>

#include "kernel-cmdline/durable_file.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr std::array<std::string_view, 10> kNames = {
    "range", "boot-order", "boot-entry", "variable", "namespace",
    "fstab", "file",       "directory",  "grub",     "initramfs"};

std::optional<Change> change_of(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Change>(found - kNames.begin());
}

/// "kind TAB object TAB before".
std::optional<JournalEntry> parse_line(std::string_view line) {
  const size_t first = line.find('\t');
  const size_t second = first == std::string_view::npos ? first : line.find('\t', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto change = change_of(line.substr(0, first));
  if (!change) return std::nullopt;
  return JournalEntry{*change, std::string(line.substr(first + 1, second - first - 1)),
                      std::string(line.substr(second + 1))};
}

bool is_same(const JournalEntry& entry, Change change, std::string_view object) {
  return entry.change == change && entry.object == object;
}

}  // namespace

std::string_view change_name(Change change) { return kNames[static_cast<size_t>(change)]; }

bool Journal::exists() { return file_exists(kJournalPath); }

Result<Journal> Journal::load() {
  Journal journal;
  const std::string text = read_text_or_empty(kJournalPath);
  for (const std::string_view line : split_lines(text)) {
    auto entry = parse_line(line);
    if (!entry)
      return Error(Reason::kInternal, kJournalPath)
          .with(": this version of nvresume does not understand \"")
          .with(line)
          .with("\"");
    journal.entries_.push_back(std::move(*entry));
  }
  return journal;
}

const JournalEntry* Journal::find(Change change, std::string_view object) const {
  const auto found = std::ranges::find_if(
      entries_, [&](const JournalEntry& entry) { return is_same(entry, change, object); });
  return found == entries_.end() ? nullptr : &*found;
}

Status Journal::record(const JournalEntry& entry) {
  if (find(entry.change, entry.object) != nullptr) return ok_status();
  entries_.push_back(entry);
  return write_durably(kJournalPath, to_text(), Ownership{0600, 0, 0});
}

Status Journal::forget(const JournalEntry& entry) {
  std::erase_if(entries_, [&](const JournalEntry& other) {
    return is_same(other, entry.change, entry.object);
  });
  return write_durably(kJournalPath, to_text(), Ownership{0600, 0, 0});
}

std::vector<JournalEntry> Journal::undo_order() const {
  std::vector<JournalEntry> order(entries_.rbegin(), entries_.rend());
  std::ranges::stable_sort(order, {}, &JournalEntry::change);
  return order;
}

std::string Journal::to_text() const {
  std::string text;
  for (const JournalEntry& entry : entries_)
    text.append(change_name(entry.change))
        .append("\t")
        .append(entry.object)
        .append("\t")
        .append(entry.before)
        .append("\n");
  return text;
}

}  // namespace nvresume
