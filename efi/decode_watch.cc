// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/decode_watch.h"

#include "efi/tsc.h"

namespace nvresume::efi {
namespace {

constexpr UINTN kWatchdogSeconds = 300;
constexpr UINT16 kScanEscape = 0x17;  // UEFI 2.10, appendix B
/// Often enough to look alive; a line takes 5 ms at 115200 baud.
constexpr uint64_t kProgressNs = 200'000'000;

}  // namespace

bool skip_key_pressed(SIMPLE_INPUT_INTERFACE* input, uint16_t configured) {
  EFI_INPUT_KEY key{};
  while (input != nullptr && input->ReadKeyStroke(input, &key) == EFI_SUCCESS) {
    if (key.ScanCode == kScanEscape) return true;
    if (configured != 0 && key.UnicodeChar == configured) return true;
  }
  return false;
}

void arm_watchdog(EFI_BOOT_SERVICES& boot_services) {
  (void)boot_services.SetWatchdogTimer(kWatchdogSeconds, 0, 0, nullptr);
}

DecodeWatch::DecodeWatch(EFI_SYSTEM_TABLE& system, Console& console, uint16_t skip_key,
                         uint64_t total_bytes, uint64_t ticks_per_ms)
    : system_(&system),
      console_(&console),
      skip_key_(skip_key),
      total_mib_(total_bytes >> 20),
      ticks_per_ms_(ticks_per_ms),
      last_ticks_(read_tsc()) {
  arm_watchdog(*system.BootServices);
}

Status DecodeWatch::look(uint64_t chunks_done, uint64_t chunk_count) {
  const uint64_t now_ticks = read_tsc();
  if (ticks_to_ns(now_ticks - last_ticks_, ticks_per_ms_) < kProgressNs) return ok_status();
  last_ticks_ = now_ticks;
  // Again and again: the largest image on the slowest NVM takes longer than any one period, and a
  // hang is over after one.
  arm_watchdog(*system_->BootServices);
  console_->progress(Line("nvresume: restoring ")
                         .number(chunks_done * 100 / chunk_count)
                         .text("% of ")
                         .number(total_mib_)
                         .text(" MiB"));
  return skip_key_pressed(system_->ConIn, skip_key_) ? Status(Error(Reason::kSkipKey))
                                                     : ok_status();
}

}  // namespace nvresume::efi
