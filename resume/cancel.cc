// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/cancel.h"

#include <fcntl.h>
#include <linux/input.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>

#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr char kInputDirectory[] = "/dev/input";

/// One with an Escape key: a power button, a lid and most mice have none.
bool has_escape(int fd) {
  uint8_t keys[KEY_MAX / 8 + 1] = {};
  if (::ioctl(fd, EVIOCGBIT(EV_KEY, sizeof(keys)), keys) < 0) return false;
  return (keys[KEY_ESC / 8] & (1 << KEY_ESC % 8)) != 0;
}

/// SIGHUP is not among them: a connection that breaks takes no decision back.
constexpr int kCancelSignals[] = {SIGINT, SIGTERM};

/// Chosen with much room. A terminal sends Ctrl-C's signal first and throws away what waits to be
/// shown next (drivers/tty/n_tty.c: isig()): what is said in the same moment is never seen.
constexpr timespec kTerminalFlushes = {0, 50'000'000};

std::optional<int> take_signal() {
  sigset_t wanted;
  (void)sigemptyset(&wanted);  // neither call can fail with these arguments
  for (const int signal : kCancelSignals) (void)sigaddset(&wanted, signal);
  constexpr timespec kNoWait = {};
  const int signal = sigtimedwait(&wanted, nullptr, &kNoWait);
  return signal > 0 ? std::optional(signal) : std::nullopt;
}

bool is_escape(const input_event& event) {
  return event.type == EV_KEY && event.code == KEY_ESC && event.value == 1;
}

}  // namespace

bool cancel_is_pending() {
  sigset_t pending;
  (void)sigpending(&pending);  // cannot fail with this argument
  return std::any_of(std::begin(kCancelSignals), std::end(kCancelSignals),
                     [&pending](int signal) { return sigismember(&pending, signal) == 1; });
}

Cancel Cancel::watch() {
  Cancel cancel;
  for (const std::string& name : list_directory(kInputDirectory)) {
    if (!name.starts_with("event")) continue;
    const std::string path = system_path(std::string(kInputDirectory) + "/" + name);
    UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    if (fd.open() && has_escape(fd.get())) cancel.keyboards_.push_back(std::move(fd));
  }
  return cancel;
}

/// Reads all there is: the kernel keeps each reader's events until they are read.
bool Cancel::was_escape_pressed() {
  bool pressed = false;
  input_event event;
  for (const UniqueFd& keyboard : keyboards_)
    while (::read(keyboard.get(), &event, sizeof(event)) == static_cast<ssize_t>(sizeof(event)))
      pressed = pressed || is_escape(event);
  return pressed;
}

Status Cancel::check_signals() {
  const auto signal = take_signal();
  if (!signal) return ok_status();
  if (*signal == SIGINT) (void)::nanosleep(&kTerminalFlushes, nullptr);
  return Error(Reason::kCancelled, *signal == SIGINT ? "by Ctrl-C" : "by SIGTERM")
      .with("; the system goes on, and nothing was saved");
}

Status Cancel::check() {
  NVRESUME_TRY(check_signals());
  if (was_escape_pressed())
    return Error(Reason::kCancelled,
                 "by the Escape key; the system goes on, and nothing was saved");
  return ok_status();
}

}  // namespace nvresume
