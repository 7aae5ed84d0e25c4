// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/power_off.h"

#include <sys/reboot.h>
#include <unistd.h>

#include "resume/system_error.h"

namespace nvresume {

Error power_off(SnapshotDevice& device, PowerMode mode, const FrozenUserspace&) {
  // No sync on any of these ways: the disks must stay as the snapshot saw them.
  if (wants_platform(mode)) {
    Error refused = device.power_off();
    if (mode == PowerMode::kPlatform || refused.reason() == Reason::kWakeEvent) return refused;
  }
  (void)reboot(RB_POWER_OFF);  // whatever it returns, the machine is still on
  return system_error(Reason::kPowerOffRefused, "reboot", "RB_POWER_OFF");
}

void stop_machine() {
  (void)reboot(RB_POWER_OFF);
  (void)reboot(RB_HALT_SYSTEM);
  for (;;) (void)pause();
}

void restart_machine() { (void)reboot(RB_AUTOBOOT); }

}  // namespace nvresume
