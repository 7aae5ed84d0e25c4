// SPDX-License-Identifier: GPL-2.0-or-later
// removal.h: everything setup did, taken back. What the command `nvresume remove` decides is in
// remove.cc; this is what it then does.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "image/result.h"
#include "kernel-cmdline/undo.h"

namespace nvresume {

/// What undo_everything() is going to do, in order.
Result<std::vector<JournalEntry>> plan_removal();
/// Looks whether all of it can be reached: range, EFI variables, ESP. Changes nothing. Errors as
/// check_range_undoable(), and kUnsupportedSetup.
Status check_removal(const std::vector<JournalEntry>& plan, const UndoOptions& options);
/// Done(what) is called after each. An error leaves the rest in the journal: the next remove goes
/// on there, and the next setup completes it again. Ends with /var/lib/nvresume gone.
Status undo_everything(const std::vector<JournalEntry>& plan, const UndoOptions& options,
                       const std::function<void(const std::string&)>& done);

}  // namespace nvresume
