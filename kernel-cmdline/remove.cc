// SPDX-License-Identifier: GPL-2.0-or-later
// remove.cc: `nvresume remove`, the way back of setup.
//
// Order: the range while this boot can still reach it; then the firmware's boot menu, from which
// moment the machine boots as before setup, with at worst a bounded wait for a swap disk that is
// gone; then files; then what is generated from them. A power cut anywhere is mended by another
// remove, or by another setup.
#include <stdio.h>
#include <unistd.h>

#include "kernel-cmdline/confirm.h"
#include "kernel-cmdline/removal.h"
#include "kernel-cmdline/remove_options.h"
#include "resume/command.h"
#include "resume/json_writer.h"
#include "resume/report_failure.h"

namespace nvresume {
namespace {

constexpr char kUsage[] =
    "usage: nvresume remove [--yes] [--dry-run] [--json] [--leave-range] [--discard-image]\n"
    "Takes back everything nvresume setup did, and overwrites the range with zeros.\n"
    "  --leave-range    leave what lies in the NVM (memory that was saved is in it, in clear)\n"
    "  --discard-image  although a saved session waits there: it is lost\n";
constexpr char kNext[] = "restart: the NVM is free again from the next boot on";

std::string to_json(const std::vector<JournalEntry>& plan, bool removed) {
  JsonWriter json;
  json.open_object();
  json.add("removed", removed);
  json.open_array("changes");
  for (const JournalEntry& entry : plan) {
    json.open_object();
    json.add("kind", change_name(entry.change));
    json.add("object", entry.object);
    json.close_object();
  }
  json.close_array();
  if (removed && !plan.empty()) json.add("next", kNext);
  json.close_object();
  return json.text();
}

Status ask(const std::vector<JournalEntry>& plan) {
  if (plan.empty()) return ok_status();
  ::printf("This will be undone:\n");
  for (const JournalEntry& entry : plan) ::printf("  %s\n", describe_change(entry).c_str());
  return confirm("Remove nvresume from this machine's boot?");
}

void report_dry_run(const std::vector<JournalEntry>& plan, const RemoveOptions& options) {
  if (options.json) {
    ::printf("%s\n", to_json(plan, false).c_str());
    return;
  }
  for (const JournalEntry& entry : plan)
    ::printf("would undo %s\n", describe_change(entry).c_str());
}

Status undo(const std::vector<JournalEntry>& plan, const RemoveOptions& options) {
  NVRESUME_TRY(undo_everything(plan, options.undo, [&](const std::string& what) {
    if (!options.json) ::printf("%s\n", what.c_str());
  }));
  if (options.json)
    ::printf("%s\n", to_json(plan, true).c_str());
  else if (!plan.empty())
    ::printf("nvresume is removed; %s\n", kNext);
  return ok_status();
}

Status remove(const RemoveOptions& options) {
  if (::geteuid() != 0)
    return Error(Reason::kNotPermitted, "remove needs root; sudo nvresume remove");
  NVRESUME_ASSIGN(const auto plan, plan_removal());
  if (plan.empty() && !options.json) ::printf("nvresume is not set up here\n");
  NVRESUME_TRY(check_removal(plan, options.undo));
  if (options.dry_run) {
    report_dry_run(plan, options);
    return ok_status();
  }
  if (options.json && !options.yes)
    return Error(Reason::kBadArgument, "--json asks nothing: say --yes or --dry-run with it");
  if (!options.yes) NVRESUME_TRY(ask(plan));
  return undo(plan, options);
}

int run_remove(std::span<char* const> args) {
  const auto options = parse_remove_options(args);
  if (options.ok() && options.value().help) {
    ::printf("%s", kUsage);
    return 0;
  }
  const Status done = options.ok() ? remove(options.value()) : Status(Error(options.error()));
  if (done.ok()) return 0;
  const int status = report_failure("remove", done.error());
  if (!options.ok()) ::fprintf(stderr, "%s", kUsage);
  return status;
}

NVRESUME_COMMAND(remove, "take back everything setup did", run_remove);

}  // namespace
}  // namespace nvresume
