// SPDX-License-Identifier: GPL-2.0-or-later
// setup_debian.h: a Debian with GRUB, dracut and EFI variables, as far as setup and remove look,
// and everything in it that must be as before in the end.
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <map>
#include <string>

#include "kernel-cmdline/change_gate.h"
#include "kernel-cmdline/esp.h"
#include "kernel-cmdline/removal.h"
#include "kernel-cmdline/setup_steps.h"
#include "tests/unit/setup_fixture.h"

namespace nvresume {

inline constexpr char kKernel[] = "6.1.0-56-amd64";
inline constexpr char kGlobalVendor[] = "-8be4df61-93ca-11d2-aa0d-00e098032b8c";

/// Directory of the EFI variables; nullptr where there is no place for it.
const char* efi_variables_directory();

/// Path -> "mode owner contents" of every file, link, directory and EFI variable.
using Everything = std::map<std::string, std::string>;

class DebianMachine : public SetupMachine {
 protected:
  void SetUp() override;
  void TearDown() override;

  /// Sets up, or goes on setting up, until done or the power is cut.
  Status set_up(const SetupPlan& plan);
  Status set_up() { return set_up(plan()); }
  Status remove(const UndoOptions& options = {});
  static SetupPlan plan();

  void put_variable(const std::string& name, const std::string& data, uint32_t attributes = 7);
  /// A range that setup's second step formatted, 4 MiB and 4 MiB, swapped on.
  void format_range();
  Everything everything(bool with_own_state = true);
  /// The machine as SetUp() left it.
  void start_again();

 private:
  void install();
  void install_tools();
  std::string old_path_;
};

/// The first difference, for a message; "" where there is none.
std::string difference(const Everything& before, const Everything& after);

}  // namespace nvresume
