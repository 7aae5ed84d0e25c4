// SPDX-License-Identifier: GPL-2.0-or-later
// decode_watch.h: what the first processor does between two chunks: says how far it is, looks for
// the key that ends it, and keeps firmware's watchdog from ending it.
#pragma once

#include <stdint.h>

#include "efi/console.h"
#include "efi/decode_team.h"
#include "efi/uefi.h"

namespace nvresume::efi {

/// Whether Escape, or the configured character (0: none), is among the keys pressed since the last
/// look. What is read is lost to the loader: asked only where a direct resume is under way.
bool skip_key_pressed(SIMPLE_INPUT_INTERFACE* input, uint16_t configured);

/// As the boot manager arms it for every boot option (UEFI 2.10, 3.1.2): whoever comes next, loader
/// or decoding, has five minutes from now. A firmware without one returns an error nobody needs.
void arm_watchdog(EFI_BOOT_SERVICES& boot_services);

class DecodeWatch final : public DecodeTeam::Watcher {
 public:
  DecodeWatch(EFI_SYSTEM_TABLE& system, Console& console, uint16_t skip_key, uint64_t total_bytes,
              uint64_t ticks_per_ms);

  /// Error: kSkipKey.
  Status look(uint64_t chunks_done, uint64_t chunk_count) override;

 private:
  EFI_SYSTEM_TABLE* system_;
  Console* console_;
  uint16_t skip_key_;
  uint64_t total_mib_;
  uint64_t ticks_per_ms_;
  uint64_t last_ticks_;
};

}  // namespace nvresume::efi
