// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/grub_config.h"

#include "image/codec.h"
#include "kernel-cmdline/changes.h"
#include "kernel-cmdline/durable_file.h"
#include "kernel-cmdline/file_before.h"
#include "kernel-cmdline/process.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr char kStateKey[] = "grub_config";

std::string checksum_of_config() {
  const std::string text = read_bytes(kGrubConfigPath).value_or("");
  return std::to_string(checksum_of({reinterpret_cast<const uint8_t*>(text.data()), text.size()}));
}

/// grub-mkconfig's own temporary file, should it have been cut off, and ours.
Status discard_leftovers() {
  NVRESUME_TRY(remove_durably(path_beside(kGrubConfigPath) + ".new"));
  return discard_beside(kGrubConfigPath);
}

}  // namespace

bool grub_config_has_resume() {
  const std::string config = read_text_or_empty(kGrubConfigPath);
  return config.find("resume=/dev/NVM_SWAP") != std::string::npos;
}

Result<bool> ensure_grub_config(Journal& journal, SetupState& state) {
  NVRESUME_TRY(discard_leftovers());
  if (grub_config_has_resume()) return false;
  NVRESUME_TRY(record_before(journal, Change::kGrub, kGrubConfigPath));
  NVRESUME_TRY(generate_grub_config());
  if (!grub_config_has_resume())
    return Error(Reason::kUnsupportedSetup, kGrubConfigPath)
        .with(
            " has no resume= although it was generated; does /etc/default/grub overwrite "
            "GRUB_CMDLINE_LINUX from /etc/default/grub.d?");
  state.set(kStateKey, checksum_of_config());
  NVRESUME_TRY(state.save());
  return true;
}

Status generate_grub_config() {
  NVRESUME_TRY(discard_leftovers());
  NVRESUME_TRY(run_program({"grub-mkconfig", "-o", path_beside(kGrubConfigPath)}));
  return adopt_durably(kGrubConfigPath);
}

Status undo_grub_config(std::string_view before, const SetupState& state) {
  NVRESUME_TRY(discard_leftovers());
  if (state.get(kStateKey) == checksum_of_config()) return restore_before(kGrubConfigPath, before);
  return grub_config_has_resume() ? generate_grub_config() : ok_status();
}

}  // namespace nvresume
