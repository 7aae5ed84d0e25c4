// SPDX-License-Identifier: GPL-2.0-or-later
// undo.h: the way back of every kind of change in the journal. Each may be done twice: a remove
// that was cut off does its last one again.
#pragma once

#include <string>

#include "image/result.h"
#include "kernel-cmdline/journal.h"
#include "kernel-cmdline/setup_state.h"

namespace nvresume {

struct UndoOptions {
  bool leave_range = false;    ///< what lies in the NVM stays there
  bool discard_image = false;  ///< a saved session may be lost
};

/// "boot entry 0005", for the person who is asked.
std::string describe_change(const JournalEntry& entry);
Status undo_change(const JournalEntry& entry, const SetupState& state, const UndoOptions& options);
/// The range can be reached and no session waits in it that may not be lost; looked at before
/// anything is undone. Errors: kNoRange, kRefused.
Status check_range_undoable(const JournalEntry& entry, const UndoOptions& options);

}  // namespace nvresume
