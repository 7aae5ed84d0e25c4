// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/inspect.h"

#include <stdio.h>
#include <string.h>

#include <optional>

#include "resume/attach.h"
#include "resume/command.h"
#include "resume/extract.h"
#include "resume/image_disk.h"

namespace nvresume {
namespace {

constexpr char kUsage[] =
    "usage: nvresume inspect [--json] [--verify] [--extract STREAM] [FILE]\n"
    "  FILE              a copy of the range or of its image area; default: the attached image "
    "disk\n"
    "  --json            for programs\n"
    "  --verify          read, check and decode every chunk\n"
    "  --extract STREAM  write the saved snapshot, decoded, to a new file\n";

struct InspectOptions {
  const char* path = kImageDisk;
  const char* stream = nullptr;  ///< where to extract to
  bool json = false;
  bool verify = false;
  bool help = false;
};

Result<InspectOptions> parse(std::span<char* const> args) {
  InspectOptions options;
  bool path_given = false;
  for (size_t i = 1; i < args.size(); ++i) {
    const char* argument = args[i];
    if (::strcmp(argument, "--json") == 0) {
      options.json = true;
    } else if (::strcmp(argument, "--verify") == 0) {
      options.verify = true;
    } else if (::strcmp(argument, "--extract") == 0) {
      if (++i == args.size()) return Error(Reason::kBadArgument, "inspect: --extract needs a file");
      options.stream = args[i];
    } else if (::strcmp(argument, "--help") == 0) {
      options.help = true;
    } else if (argument[0] == '-' || path_given) {
      return Error(Reason::kBadArgument, "inspect: ").with(argument).with(" makes no sense here");
    } else {
      options.path = argument;
      path_given = true;
    }
  }
  return options;
}

/// An image that is there but damaged shows in the exit status too; no image is no fault.
Status overall(const ImageReport& report) {
  if (!report.superblock_error.empty())
    return Error(report.superblock_reason, report.superblock_error);
  if (!report.metadata_error.empty()) return Error(Reason::kMetadataCorrupt, report.metadata_error);
  if (!report.index_error.empty()) return Error(Reason::kIndexCorrupt, report.index_error);
  return ok_status();
}

Status inspect(const InspectOptions& options) {
  NVRESUME_ASSIGN(ImageDisk disk, ImageDisk::open(options.path, ImageDisk::Access::kReadOnly));
  const ImageReport report = report_image(disk);
  std::optional<Status> verified;
  if (options.verify && report.superblock) verified.emplace(verify_chunks(disk, report));
  const Status* shown = verified ? &*verified : nullptr;
  const std::string text = options.json ? inspect_json(report, shown) : inspect_text(report, shown);
  (void)fputs(text.c_str(), stdout);
  if (shown != nullptr && !shown->ok()) return Error(shown->error());
  if (options.stream != nullptr) return extract_stream(disk, report, options.stream);
  return overall(report);
}

int run_inspect(std::span<char* const> args) {
  const auto options = parse(args);
  if (options.ok() && options.value().help) return fputs(kUsage, stdout), 0;
  const Status inspected = options.ok() ? inspect(options.value()) : Error(options.error());
  if (inspected.ok()) return 0;
  (void)fprintf(stderr, "nvresume: inspect: %s\n", std::string(inspected.error().text()).c_str());
  return static_cast<int>(inspected.error().kind());
}

NVRESUME_COMMAND(inspect, "show what lies in the NVM", run_inspect);

}  // namespace
}  // namespace nvresume
