// SPDX-License-Identifier: GPL-2.0-or-later
// `nvresume scrub`: what an image left in the NVM goes, at leisure. It may run beside everything
// else: a save waits for the part that is being written, and the scrub waits for the save's end.
#include <stdio.h>
#include <string.h>

#include <vector>

#include "resume/command.h"
#include "resume/config_file.h"
#include "resume/image_disk.h"
#include "resume/report_failure.h"
#include "resume/scrub.h"
#include "resume/scrub_progress.h"

namespace nvresume {
namespace {

/// What a save may have to wait for; well under a second also where the scrub gets a hundredth of a
/// processor (chosen; 1 MiB takes 0.2 ms at 5 GB/s).
constexpr uint64_t kPartBytes = 1024 * 1024;
constexpr uint64_t kProgressBytes = 64 * kPartBytes;

constexpr char kUsage[] =
    "usage: nvresume scrub [--auto]\n"
    "Writes zeros over what a resumed or dropped image left in the NVM. nvresume-scrub.service "
    "does\n"
    "it by itself; one that was cut off goes on in the next boot.\n"
    "  --auto  as that service: nothing where /etc/nvresume.conf says scrub=no\n";

class Scrub {
 public:
  explicit Scrub(ImageDisk& disk) : disk_(disk) {}
  Status run();
  uint64_t done_bytes() const { return position_.done_bytes; }
  uint64_t written_bytes() const { return position_.written_bytes; }

 private:
  Result<bool> step();

  ImageDisk& disk_;
  ScrubPosition position_;
  std::vector<Block> buffer_ = std::vector<Block>(kPartBytes / kBlockBytes);
  const std::vector<Block> zeros_ = std::vector<Block>(kPartBytes / kBlockBytes);
};

/// With the lock for one part only: a save must not wait for a whole scrub.
Result<bool> Scrub::step() {
  NVRESUME_TRY(disk_.lock(DiskLock::kSlot));
  auto done = scrub_step(disk_, position_, Bytes(buffer_[0].bytes, kPartBytes),
                         ConstBytes(zeros_[0].bytes, kPartBytes));
  disk_.unlock(DiskLock::kSlot);
  return done;
}

Status Scrub::run() {
  for (;;) {
    NVRESUME_ASSIGN(const bool done, step());
    if (done) return ok_status();
    if (position_.done_bytes % kProgressBytes == 0) keep_progress(position_);
  }
}

Status scrub() {
  NVRESUME_ASSIGN(ImageDisk disk, ImageDisk::open(kImageDiskPath));
  Scrub scrub(disk);
  NVRESUME_TRY(scrub.run());
  if (scrub.done_bytes() == 0)
    (void)puts("nvresume: nothing of an image is left in the NVM");
  else
    (void)printf("nvresume: scrubbed: zeros over %lu of %lu MiB, the rest held nothing\n",
                 scrub.written_bytes() >> 20, scrub.done_bytes() >> 20);
  return ok_status();
}

int run_scrub(std::span<char* const> args) {
  const bool by_itself = args.size() == 2 && strcmp(args[1], "--auto") == 0;
  if (args.size() > 1 && !by_itself) {
    const bool help = args.size() == 2 && strcmp(args[1], "--help") == 0;
    (void)fputs(kUsage, help ? stdout : stderr);
    return help ? 0 : static_cast<int>(ErrorKind::kUsage);
  }
  if (by_itself && read_setting("scrub") == "no") {
    (void)puts("nvresume: not scrubbing: scrub=no in /etc/nvresume.conf");
    return 0;
  }
  const Status scrubbed = scrub();
  return scrubbed.ok() ? 0 : report_failure("scrub", scrubbed.error());
}

NVRESUME_COMMAND(scrub, "remove what an image left in the NVM", run_scrub);

}  // namespace
}  // namespace nvresume
