// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/setup_report.h"

#include <stdio.h>

#include "kernel-cmdline/installed_kernels.h"
#include "kernel-cmdline/loader_path.h"
#include "kernel-cmdline/prerequisites.h"
#include "kernel-cmdline/sleep_actions.h"
#include "resume/check_firmware.h"
#include "resume/json_writer.h"

namespace nvresume {
namespace {

constexpr uint64_t kMiB = 1024 * 1024;

std::string mib(uint64_t bytes) { return std::to_string(bytes / kMiB) + " MiB"; }

/// A namespace that is still to be made has no address yet.
std::string describe_place(const SetupPlan& plan) {
  if (!plan.new_namespace_in) return format_range(plan.stage.range);
  return "a raw namespace \"nvresume\" in " + plan.new_namespace_in->name;
}

std::string describe_contents(const SetupPlan& plan) {
  if (plan.new_namespace_in && !plan.contents.seen)
    return "will be made in what nobody uses; other namespaces stay as they are";
  if (plan.formatted || plan.contents.ours) return "nvresume's own";
  if (!plan.contents.found.empty()) return plan.contents.found + "; will be erased";
  if (plan.contents.seen) return "blank";
  return "not seen in this boot; formatted at the next only if it is blank";
}

std::string list_kernels(bool with_driver) {
  std::string list;
  for (const std::string& kernel : installed_kernels())
    if (has_driver(kernel) == with_driver) list += (list.empty() ? "" : ", ") + kernel;
  return list;
}

void add_found(JsonWriter& json, const SetupPlan& plan) {
  json.open_object("found");
  json.add("range", describe_place(plan));
  json.add("contents", describe_contents(plan));
  json.add("memory_bytes", plan.ordinary_bytes);
  json.add("image_bytes", plan.geometry.image_bytes);
  json.add("swap_bytes", plan.geometry.swap_bytes);
  json.add("esp", plan.esp);
  json.add("next_loader", plan.stage.next_loader);
  json.add("initramfs_generator", "dracut");
  json.add("kernels_with_driver", list_kernels(true));
  json.add("kernels_without_driver", list_kernels(false));
  json.add("secure_boot", is_secure_boot_on());
  json.close_object();
}

}  // namespace

void SetupReport::line(const std::string& text) const {
  if (!json_) ::printf("%s\n", text.c_str());
}

void SetupReport::found(const SetupPlan& plan) {
  plan_ = plan;
  line("Found:");
  line("  NVM           " + describe_place(plan) + " (" + mib(plan.stage.range.bytes) +
       (plan.contents.disk.empty() ? ")" : ", " + plan.contents.disk + ")") + ": " +
       describe_contents(plan));
  if (plan.hidden_bytes != 0)
    line("                its other " + mib(plan.hidden_bytes) +
         " cannot be used by anybody beside nvresume: it has no namespace labels");
  line("  memory        " + mib(plan.ordinary_bytes) + "; image area " +
       mib(plan.geometry.image_bytes) + ", swap area " + mib(plan.geometry.swap_bytes));
  if (plan.geometry.swap_bytes < plan.ordinary_bytes / 2)
    line(
        "                the swap area is small: in-kernel hibernation, and saving with more than "
        "half of memory in use, work only as far as it reaches");
  line("  boot loader   GRUB, " + plan.stage.next_loader + " on " + plan.esp);
  line("  initramfs     dracut, for kernel " + list_kernels(true));
  if (const std::string without = list_kernels(false); !without.empty())
    line("                no module nvm_swap: " + without + " will not be able to resume");
  line("  Secure Boot   off");
  for (const std::string& warning : sleep_warnings()) line("  note          " + warning);
}

void SetupReport::obstacle(const Error& error) {
  obstacles_.push_back(error);
  line("in the way: " + std::string(error.text()));
}

void SetupReport::will_change(const std::vector<SetupStep>& steps, const SetupPlan& plan) {
  line("\nSetup changes what is not so already (nvresume remove takes all of it back):");
  for (const SetupStep& step : steps) line("  " + step.what + " " + step.name);
  line(
      "nvresume becomes the first entry of the firmware's boot order: a boot that bypasses it "
      "cannot be saved.");
  line("hybrid-sleep and suspend-then-hibernate are switched off: they would bypass it, too.");
  if (plan.erase && !plan.formatted)
    line("EVERYTHING in the range " + format_range(plan.stage.range) +
         " is erased at the restart.");
}

void SetupReport::done(const SetupStep& step, bool changed) {
  done_.push_back({step.what, step.name, changed});
  line(step.what + " " + step.name + ": " + (changed ? "written" : "as it should be"));
}

void SetupReport::next(const std::string& what) {
  next_ = what;
  line(what);
}

void SetupReport::finish(bool set_up) {
  if (!json_) return;
  JsonWriter json;
  json.open_object();
  json.add("set_up", set_up);
  if (plan_) add_found(json, *plan_);
  json.open_array("obstacles");
  for (const Error& error : obstacles_) {
    json.open_object();
    json.add("reason", reason_name(error.reason()));
    json.add("text", error.text());
    json.close_object();
  }
  json.close_array();
  json.open_array("changes");
  for (const Done& one : done_) {
    json.open_object();
    json.add("what", one.what);
    json.add("name", one.name);
    json.add("changed", one.changed);
    json.close_object();
  }
  json.close_array();
  json.add("next", next_);
  json.close_object();
  ::printf("%s\n", json.text().c_str());
}

}  // namespace nvresume
