// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/power_off.h"

#include <pthread.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "resume/system_error.h"

namespace nvresume {
namespace {

#ifdef __SANITIZE_THREAD__
constexpr size_t kStackBytes = 2 * 1024 * 1024;  // tsan keeps 0.9 MiB of its own there
#else
constexpr size_t kStackBytes = 256 * 1024;  // chosen with ample room for one system call
#endif
/// There before the freeze, when memory is still to be had; locked with the rest of the program.
alignas(4096) uint8_t stack[kStackBytes];

struct RebootCall {
  int command;
  bool returned = false;
  int error = 0;
};

void* call_reboot(void* argument) {
  auto* call = static_cast<RebootCall*>(argument);
  call->error = ::reboot(call->command) == 0 ? 0 : errno;
  call->returned = true;
  return nullptr;
}

/// From a thread of its own: where the machine stays on after its devices were shut down, the
/// kernel ends the caller (kernel/reboot.c: do_exit() behind kernel_power_off()). Were that the
/// process, /dev/snapshot would be closed and everything would thaw while the image lies there
/// committed.
RebootCall reboot_from_thread(int command) {
  RebootCall call{command};
  pthread_attr_t attributes;
  pthread_t thread;
  (void)pthread_attr_init(&attributes);  // cannot fail on Linux
  int error = pthread_attr_setstack(&attributes, stack, sizeof(stack));
  if (error == 0) error = pthread_create(&thread, &attributes, call_reboot, &call);
  (void)pthread_attr_destroy(&attributes);
  if (error == 0)
    (void)pthread_join(thread, nullptr);
  else
    call = {command, true, error};
  return call;
}

[[noreturn]] void wait_for_the_switch() {
  for (;;) (void)::pause();
}

}  // namespace

Error power_off(SnapshotDevice& device, PowerMode mode, const FrozenUserspace&, Console& console) {
  console.drain();
  // No sync on any of these ways: the disks must stay as the snapshot saw them.
  if (wants_platform(mode)) {
    Error refused = device.power_off();
    if (mode == PowerMode::kPlatform || refused.reason() == Reason::kWakeEvent) return refused;
  }
  const RebootCall call = reboot_from_thread(RB_POWER_OFF);
  if (!call.returned) {
    console.line("the machine stays on: switch it off; the session resumes at the next power-on");
    wait_for_the_switch();
  }
  return system_error(Reason::kPowerOffRefused, "reboot", "RB_POWER_OFF", call.error);
}

void stop_machine(Console& console) {
  console.drain();
  if (reboot_from_thread(RB_POWER_OFF).returned) (void)reboot_from_thread(RB_HALT_SYSTEM);
  wait_for_the_switch();
}

void restart_machine(Console& console) {
  console.drain();
  (void)reboot(RB_AUTOBOOT);
}

}  // namespace nvresume
