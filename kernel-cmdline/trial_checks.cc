// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/trial_checks.h"

#include <sys/klog.h>
#include <time.h>

#include <algorithm>
#include <memory>

#include "resume/direct_file.h"
#include "resume/published_range.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr uint32_t kProbeBytes = 1024 * 1024;
/// Both clocks have a resolution of a second, and RTC reads wait for its next tick.
constexpr int64_t kClockToleranceS = 3;

Error failed(std::string_view what) { return Error(Reason::kDirectUntried, what); }

/// "     3  EN     enabled  unmasked": switched on in the hardware, and a driver handles it.
/// Without a driver there is nothing to lose, and waking up switches the hardware on.
bool power_button_works() {
  const std::string text = read_text_or_empty("/sys/firmware/acpi/interrupts/ff_pwr_btn");
  const auto words = split_words(text);
  const auto has = [&](std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  return has("EN") && has("enabled");
}

/// Disks with a driver of their own; the rest (loop, ram, our NVM) is made of memory.
std::vector<std::string> real_disks() {
  std::vector<std::string> disks;
  for (const std::string& name : list_directory("/sys/block"))
    if (file_exists("/sys/block/" + name + "/device") &&
        read_number("/sys/block/" + name + "/size").value_or(0) * 512 >= kProbeBytes)
      disks.push_back(name);
  return disks;
}

bool is_readable(const std::string& disk) {
  auto file = DirectFile::open("/dev/" + disk);
  if (!file.ok()) return false;
  const auto buffer = std::make_unique<uint8_t[]>(kProbeBytes);
  return file->read(0, Bytes(buffer.get(), kProbeBytes)).ok();
}

std::string kernel_log() {
  std::string text(1 << 20, '\0');
  const int length = ::klogctl(3, text.data(), static_cast<int>(text.size()));  // READ_ALL
  text.resize(length > 0 ? static_cast<size_t>(length) : 0);
  return text;
}

std::optional<int64_t> clock_offset_s() {
  const auto rtc = read_number("/sys/class/rtc/rtc0/since_epoch");
  if (!rtc) return std::nullopt;
  return static_cast<int64_t>(::time(nullptr)) - static_cast<int64_t>(*rtc);
}

}  // namespace

uint64_t count_warnings(std::string_view kernel_log) {
  uint64_t count = 0;
  for (const std::string_view line : split_lines(kernel_log))
    for (const std::string_view mark :
         {"WARNING: ", "BUG: ", "Oops", "Call Trace:", "Hardware changed"})
      if (line.find(mark) != std::string_view::npos) {
        count++;
        break;
      }
  return count;
}

TrialChecks TrialChecks::observe() {
  TrialChecks checks;
  checks.cpus_ = read_text_or_empty("/sys/devices/system/cpu/online");
  checks.power_button_works_ = power_button_works();
  for (const std::string& disk : real_disks())
    if (is_readable(disk)) checks.disks_.push_back(disk);
  const auto offset = clock_offset_s();
  checks.has_rtc_ = offset.has_value();
  checks.clock_offset_s_ = offset.value_or(0);
  checks.warnings_ = count_warnings(kernel_log());
  return checks;
}

Status TrialChecks::compare() const {
  const std::string cpus = read_text_or_empty("/sys/devices/system/cpu/online");
  if (cpus != cpus_)
    return failed("CPUs online: ").with(cpus).with(", before the save: ").with(cpus_);
  for (const std::string& disk : disks_)
    if (!is_readable(disk)) return failed("this disk cannot be read: ").with(disk);
  if (power_button_works_ && !power_button_works())
    return failed("the ACPI power button is dead (/sys/firmware/acpi/interrupts/ff_pwr_btn)");
  const auto offset = clock_offset_s();
  if (has_rtc_ && (!offset || std::abs(*offset - clock_offset_s_) > kClockToleranceS))
    return failed("the system clock does not follow the hardware clock");
  if (auto range = read_published_range(); !range.ok())
    return failed("EFI variables: ").with(range.error().text());
  if (count_warnings(kernel_log()) > warnings_)
    return failed("the kernel log has new warnings (dmesg)");
  return ok_status();
}

}  // namespace nvresume
