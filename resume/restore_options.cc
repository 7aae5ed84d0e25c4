// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/restore_options.h"

#include <getopt.h>
#include <stdlib.h>

namespace nvresume {
namespace {

constexpr long kTimeoutMaximumS = 600;
constexpr int kHelp = 'h', kWitnessTimeout = 256, kEarly = 257;

constexpr option kOptions[] = {
    {"early", no_argument, nullptr, kEarly},
    {"help", no_argument, nullptr, kHelp},
    {"witness-timeout", required_argument, nullptr, kWitnessTimeout},
    {nullptr, 0, nullptr, 0},
};

Status set_timeout(RestoreOptions& options, const char* value) {
  char* end = nullptr;
  const long seconds = strtol(value, &end, 10);
  if (end == value || *end != '\0' || seconds < 0 || seconds > kTimeoutMaximumS)
    return Error(Reason::kBadArgument, "--witness-timeout ")
        .with(value)
        .with(": must be 0 to 600 seconds");
  options.witness_timeout_ms = static_cast<uint32_t>(seconds) * 1000;
  return ok_status();
}

}  // namespace

const char kRestoreUsage[] =
    "usage: nvresume restore [--early] [--witness-timeout SECONDS]\n"
    "Brings the saved system back, from the initramfs, before any file system is mounted. Returns\n"
    "only where it does not: exit status 3 without an image, else by the kind of refusal.\n"
    "  --early            before the disks are there: exit status 10, and nothing decided, counted "
    "or\n"
    "                     changed, where one must be read that the EFI stage could not read\n"
    "  --witness-timeout  how long to wait for the disks mounted at the save; default 60\n";

Result<RestoreOptions> parse_restore_options(std::span<char* const> args) {
  RestoreOptions options;
  optind = 0;  // glibc: start over
  opterr = 0;  // the caller prints, once
  const int count = static_cast<int>(args.size());
  for (;;) {
    const int option = getopt_long(count, args.data(), "+h", kOptions, nullptr);
    if (option < 0) break;
    if (option == kHelp)
      options.help = true;
    else if (option == kEarly)
      options.early = true;
    else if (option == kWitnessTimeout)
      NVRESUME_TRY(set_timeout(options, optarg));
    else
      return Error(Reason::kBadArgument,
                   "unknown option or missing value; see nvresume restore --help");
  }
  if (optind == count) return options;
  return Error(Reason::kBadArgument, "restore takes no argument: ").with(args[optind]);
}

}  // namespace nvresume
