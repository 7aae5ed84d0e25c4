// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/save_options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include <optional>

namespace nvresume {
namespace {

constexpr int kLevelMinimum = -7;  // below, zstd hardly compresses pages
/// Above, zstd needs more than the memory a save may use, and is slower than any NVM.
constexpr int kLevelMaximum = 9;

enum Option : int { kHelp = 'h', kEncoding = 256, kWorkers, kLevel, kMode };

constexpr option kOptions[] = {
    {"help", no_argument, nullptr, kHelp},
    {"encoding", required_argument, nullptr, kEncoding},
    {"workers", required_argument, nullptr, kWorkers},
    {"level", required_argument, nullptr, kLevel},
    {"mode", required_argument, nullptr, kMode},
    {nullptr, 0, nullptr, 0},
};

Error bad(const char* name, const char* value, const char* wanted) {
  return Error(Reason::kBadArgument, "--")
      .with(name)
      .with(" ")
      .with(value)
      .with(": must be ")
      .with(wanted);
}

std::optional<long> number_of(const char* text, long minimum, long maximum) {
  char* end = nullptr;
  const long number = strtol(text, &end, 10);
  if (end == text || *end != '\0' || number < minimum || number > maximum) return std::nullopt;
  return number;
}

Status set_encoding(SaveOptions& options, const char* value) {
  if (strcmp(value, "auto") == 0)
    options.settings.encoding.reset();
  else if (strcmp(value, "zstd") == 0)
    options.settings.encoding = EncodingChoice::kZstd;
  else if (strcmp(value, "raw") == 0)
    options.settings.encoding = EncodingChoice::kRaw;
  else
    return bad("encoding", value, "auto, zstd or raw");
  return ok_status();
}

Status set_mode(SaveOptions& options, const char* value) {
  if (strcmp(value, "auto") == 0)
    options.mode = PowerMode::kAuto;
  else if (strcmp(value, "platform") == 0)
    options.mode = PowerMode::kPlatform;
  else if (strcmp(value, "shutdown") == 0)
    options.mode = PowerMode::kShutdown;
  else
    return bad("mode", value, "auto, platform or shutdown");
  return ok_status();
}

Status set_workers(SaveOptions& options, const char* value) {
  const auto number = number_of(value, 1, kWorkerCountMaximum);
  if (!number) return bad("workers", value, "1 to 8");
  options.settings.worker_count = static_cast<uint32_t>(*number);
  return ok_status();
}

Status set_level(SaveOptions& options, const char* value) {
  const auto number = number_of(value, kLevelMinimum, kLevelMaximum);
  if (!number || *number == 0) return bad("level", value, "-7 to -1 or 1 to 9");
  options.settings.level = static_cast<int>(*number);
  return ok_status();
}

Status set_option(SaveOptions& options, int option, const char* value) {
  switch (option) {
    case kHelp:
      options.help = true;
      return ok_status();
    case kEncoding:
      return set_encoding(options, value);
    case kWorkers:
      return set_workers(options, value);
    case kLevel:
      return set_level(options, value);
    case kMode:
      return set_mode(options, value);
    default:
      return Error(Reason::kBadArgument,
                   "unknown option or missing value; see nvresume save --help");
  }
}

}  // namespace

static_assert(kWorkerCountMaximum == 8, "named in set_workers() and in the usage");
const char kSaveUsage[] =
    "usage: nvresume save [--encoding auto|zstd|raw] [--level N] [--workers N]\n"
    "                     [--mode auto|platform|shutdown]\n"
    "Saves the running system into the NVM and powers off. After the next power-on the system\n"
    "goes on here, and this command prints the seconds of each phase.\n"
    "  --encoding  auto (default): zstd or raw, whichever a short measurement finds faster here,\n"
    "              and zstd where raw might not fit\n"
    "  --level     zstd's, -7 to -1 or 1 to 9; default 1\n"
    "  --workers   1 to 8; default: the CPUs online\n"
    "  --mode      auto (default): ACPI S4, or a plain power-off where that is refused\n";

Result<SaveOptions> parse_save_options(std::span<char* const> args) {
  SaveOptions options;
  options.settings.worker_count = default_worker_count();
  optind = 0;  // glibc: start over
  opterr = 0;  // the caller prints, once
  const int count = static_cast<int>(args.size());
  for (;;) {
    const int option = getopt_long(count, args.data(), "+h", kOptions, nullptr);
    if (option < 0) break;
    NVRESUME_TRY(set_option(options, option, optarg));
  }
  if (optind == count) return options;
  return Error(Reason::kBadArgument, "save takes no argument: ").with(args[optind]);
}

}  // namespace nvresume
