// SPDX-License-Identifier: GPL-2.0-or-later
// journal.h: what setup is about to change and how it was before, on disk before each change. An
// interrupted setup is thereby completed by the next setup, which keeps what was recorded first, or
// undone by remove, which takes each entry off only when it is undone.
#pragma once

#include <stdint.h>

#include <string>
#include <string_view>
#include <vector>

#include "image/result.h"

namespace nvresume {

inline constexpr char kJournalPath[] = "/var/lib/nvresume/journal";

/// The order of undoing: the range while it can still be reached; then the firmware, from which
/// moment the machine boots as before; then files; then what is generated from them.
enum class Change : uint8_t {
  kRange,      ///< object: base+size; before: bytes of the image area
  kBootOrder,  ///< before: "absent" or "present"
  kBootEntry,  ///< object: its number
  kVariable,   ///< object: a variable of ours; before: "absent" or its bytes in hex
  kNamespace,  ///< object: uuid of the namespace that was made for the range; before: "absent"
  kFstab,      ///< before: "absent", "whole" or "completed" (the last line had no newline)
  kFile,       ///< object: path; before: file_before.h
  kDirectory,  ///< object: a directory that setup made
  kGrub,       ///< object: path; before: file_before.h
  kInitramfs,  ///< object: kernel; before: "absent" or "present"
};

struct JournalEntry {
  Change change;
  std::string object;
  std::string before;
};

class Journal {
 public:
  /// Empty where there is none. Error: kInternal where it cannot be understood.
  static Result<Journal> load();
  /// Whether setup ever began (and remove has not ended).
  static bool exists();

  const JournalEntry* find(Change change, std::string_view object) const;
  /// On disk when it returns. What is recorded of the same object already stays: it is older.
  Status record(const JournalEntry& entry);
  Status forget(const JournalEntry& entry);
  /// The newest first within each kind, kinds in the order above.
  std::vector<JournalEntry> undo_order() const;
  std::string to_text() const;

 private:
  std::vector<JournalEntry> entries_;
};

std::string_view change_name(Change change);

}  // namespace nvresume
