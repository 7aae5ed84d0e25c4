// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/settle.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "image/attempt_log.h"
#include "image/commit.h"
#include "resume/attach.h"
#include "resume/boot_maps.h"
#include "resume/command.h"
#include "resume/image_disk.h"
#include "resume/published_range.h"
#include "resume/replay.h"
#include "resume/report_failure.h"
#include "resume/switched_off.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

Reason reason_from_name(std::string_view name) {
#define NVRESUME_REASON_FROM_NAME(number, value, text_name, kind, sentence) \
  if (name == text_name) return Reason::value;
  NVRESUME_REASONS(NVRESUME_REASON_FROM_NAME)
#undef NVRESUME_REASON_FROM_NAME
  return Reason::kNone;
}

/// The image is dropped; the attempt log keeps why, for `nvresume status`.
Status log_normal_boot(ImageArea& area, Reason reason, std::string_view text) {
  NVRESUME_ASSIGN(AttemptLog log, AttemptLog::open(area.nvm()));
  AttemptRecord record = log.begin(AttemptKind::kBoot);
  record.outcome = static_cast<uint32_t>(AttemptOutcome::kRefused);
  record.reason = static_cast<uint32_t>(reason);
  record.unix_s = static_cast<uint64_t>(::time(nullptr));
  record.boot_count = area.superblock().boot_count;
  ::memcpy(record.image_id, area.superblock().image_id, sizeof(record.image_id));
  add_text(record, text);
  record.replayed = 1;  // said by this very program, in this world
  return log.store(record);
}

Status settle_committed(ImageArea& area, Nvm& swap, const Decision& decision, std::string& said) {
  NVRESUME_ASSIGN(const SwapSignature signature, read_swap_signature(swap));
  const Reason reason = signature == SwapSignature::kUser ? reason_of_normal_boot(decision)
                                                          : Reason::kStaleSwapSignature;
  const std::string text =
      decision.text[0] != 0 ? decision.text : std::string(reason_sentence(reason));
  // The log first: a power cut in between tells it once too often; the other order never. A log
  // that cannot be written must not keep the image.
  (void)log_normal_boot(area, reason, text);
  NVRESUME_TRY(drop_image(area, swap, reason));
  said += "the saved image was dropped: " + std::string(reason_name(reason)) + ": " + text + "\n";
  return ok_status();
}

/// Both end the same way; neither is an image any more.
Status settle_unfinished(ImageArea& area, Nvm& swap, std::string& said) {
  said += area.state() == State::kConsumed
              ? "an image was handed to the kernel and never reported back; it is gone\n"
              : "the last save was cut short before it was whole\n";
  return finish_resume(area, swap);
}

/// What is left when no image is pending: a signature that would make swapon or blkid think so.
Status settle_signature(Nvm& swap, std::string& said) {
  NVRESUME_ASSIGN(const SwapSignature before, read_swap_signature(swap));
  if (before == SwapSignature::kSwap) return ok_status();
  NVRESUME_TRY(withdraw_swap_signature(swap));
  NVRESUME_ASSIGN(const SwapSignature after, read_swap_signature(swap));
  if (after == SwapSignature::kSwap)
    said += "the swap area is an ordinary one again\n";
  else if (after == SwapSignature::kKernel)
    said += "a stale in-kernel hibernation image lies in the swap area; swapon drops it\n";
  else
    said += "/dev/NVM_SWAP carries no swap signature; mkswap /dev/NVM_SWAP makes one\n";
  return ok_status();
}

Status settle_disks(std::string& said) {
  NVRESUME_ASSIGN(ImageDisk image, ImageDisk::open(kImageDisk));
  NVRESUME_ASSIGN(ImageDisk swap, ImageDisk::open(kSwapDisk));
  // A save under way has a state that only looks like one that was cut short: its end comes first.
  NVRESUME_TRY(image.lock(DiskLock::kSave));
  auto area = ImageArea::open(image);
  if (!area.ok()) {
    // A range nobody formatted is setup's business. Damaged superblocks are no image either way,
    // and the swap area must not wait for them.
    if (area.error().reason() == Reason::kNotFormatted) return ok_status();
    (void)settle_signature(swap, said);  // the superblock's error is the one that matters
    return Error(area.error());
  }
  NVRESUME_TRY(settle_area(area.value(), swap, read_decision(), said));
  NVRESUME_ASSIGN(AttemptLog log, AttemptLog::open(image));
  return replay_attempts(log);
}

Status attach_and_settle(const NvresumeRange& range, std::string& said) {
  NVRESUME_TRY(attach_disks(range));
  return settle_disks(said);
}

int run_settle(std::span<char* const> args) {
  if (args.size() > 1) {
    const bool help = ::strcmp(args[1], "--help") == 0;
    (void)fputs("usage: nvresume settle\n", help ? stdout : stderr);
    return help ? 0 : static_cast<int>(ErrorKind::kUsage);
  }
  const auto range = read_published_range();
  if (!range.ok()) {
    ::printf("nvresume: nothing to settle: %s\n", std::string(range.error().text()).c_str());
    return 0;
  }
  // Of boots through the stage alone: one that bypasses it has another map and cannot be saved.
  (void)record_boot_map(range->boot_count);  // without it `nvresume check` knows less
  std::string said;
  const Status settled = attach_and_settle(range.value(), said);
  for (size_t at = 0; at < said.size();) {
    const size_t end = said.find('\n', at);
    ::printf("nvresume: %s\n", said.substr(at, end - at).c_str());
    at = end + 1;
  }
  return settled.ok() ? 0 : report_failure("settle", settled.error());
}

NVRESUME_COMMAND(settle, "end what a boot without resume left in the NVM", run_settle);

}  // namespace

Reason reason_of_normal_boot(const Decision& decision) {
  if (decision.decision[0] == 0)
    return word_that_switches_resume_off(read_text_or_empty("/proc/cmdline")).empty()
               ? Reason::kNotInInitramfs
               : Reason::kDisabled;
  const Reason reason = reason_from_name(decision.reason);
  // "No image" was said while one waits: the boot went its way without it, and why is not known.
  const bool says_nothing = reason == Reason::kNone || reason == Reason::kNoImage;
  return says_nothing ? Reason::kNotDropped : reason;
}

Status settle_area(ImageArea& area, Nvm& swap, const Decision& decision, std::string& said) {
  switch (area.state()) {
    case State::kCommitted:
      NVRESUME_TRY(settle_committed(area, swap, decision, said));
      break;
    case State::kWriting:
    case State::kConsumed:
      NVRESUME_TRY(settle_unfinished(area, swap, said));
      break;
    case State::kEmpty:
    case State::kFailed:
      break;
  }
  return settle_signature(swap, said);
}

}  // namespace nvresume
