// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/decision.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <algorithm>
#include <string>

#include "resume/system_files.h"
#include "resume/unique_fd.h"

namespace nvresume {
namespace {

constexpr char kDecisionPath[] = "/run/nvresume/resume";

/// One line whatever the text holds: the file is read line by line, and so is a console log.
std::string one_line(std::string_view text) {
  std::string line(text);
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return line;
}

void append_to(const char* device, const std::string& line) {
  const UniqueFd fd(::open(system_path(device).c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
  // There may be no console at all; the boot goes on without the line.
  if (fd.open()) (void)!::write(fd.get(), line.data(), line.size());
}

/// The console gets the line from us, so the kernel log has it at a level its console never prints;
/// a plain "no image" goes to the kernel log alone.
void tell(const Error& error, const std::string& text) {
  const std::string reason(reason_name(error.reason()));
  if (error.kind() == ErrorKind::kNoImage) {
    append_to("/dev/kmsg", "<6>nvresume: " + text + "\n");
    return;
  }
  const std::string line = "nvresume: not resuming: " + reason + ": " + text + "; booting normally";
  append_to("/dev/console", line + "\r\n");
  append_to("/dev/kmsg", "<7>" + line + "\n");
}

template <size_t kSize>
void copy_value(std::string_view line, std::string_view key, char (&out)[kSize]) {
  if (!line.starts_with(key)) return;
  line.remove_prefix(key.size());
  const size_t length = std::min(line.size(), kSize - 1);
  ::memcpy(out, line.data(), length);
  out[length] = 0;
}

void keep(const std::string& record) {
  ::mkdir(system_path("/run").c_str(), 0755);
  if (!write_run_text(kDecisionPath, record, 0644))
    append_to("/dev/kmsg", std::string("<4>nvresume: cannot write ") + kDecisionPath + ": " +
                               ::strerror(errno) + "\n");
}

}  // namespace

void record_resumed() { keep("decision=resumed\nreason=none\ntext=the saved session goes on\n"); }

void record_refusal(const Error& error) {
  const std::string text = one_line(error.text());
  tell(error, text);
  // The first reason stays: what follows it (no device, no image) only follows from it.
  if (file_exists(kDecisionPath)) return;
  keep("decision=normal\nreason=" + std::string(reason_name(error.reason())) + "\ntext=" + text +
       "\n");
}

Decision read_decision() {
  Decision decision{};
  const std::string record = read_text_or_empty(kDecisionPath);
  for (const std::string_view line : split_lines(record)) {
    copy_value(line, "decision=", decision.decision);
    copy_value(line, "reason=", decision.reason);
    copy_value(line, "text=", decision.text);
  }
  return decision;
}

}  // namespace nvresume
