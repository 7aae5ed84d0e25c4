// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/attach.h"

#include <errno.h>
#include <fcntl.h>
#include <libkmod.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <memory>

#include "image/layout.h"
#include "resume/command.h"
#include "resume/console.h"
#include "resume/decision.h"
#include "resume/disk_signature.h"
#include "resume/published_range.h"
#include "resume/range_holder.h"
#include "resume/report_failure.h"
#include "resume/system_files.h"
#include "resume/unique_fd.h"

namespace nvresume {
namespace {

constexpr char kParameters[] = "/sys/module/nvm_swap/parameters/";
constexpr uint32_t kPollMs = 10;

struct KmodDeleter {
  void operator()(kmod_ctx* context) const { kmod_unref(context); }
  void operator()(kmod_module* module) const { kmod_module_unref(module); }
};

void sleep_ms(uint32_t milliseconds) {
  const struct timespec pause = {milliseconds / 1000,
                                 static_cast<long>(milliseconds % 1000) * 1000000};
  (void)::nanosleep(&pause, nullptr);
}

std::string module_options(const NvresumeRange& range) {
  char options[128];
  ::snprintf(options, sizeof(options), "base=0x%llx image_bytes=0x%llx swap_bytes=0x%llx",
             static_cast<unsigned long long>(range.range_base),
             static_cast<unsigned long long>(range.image_bytes),
             static_cast<unsigned long long>(range.swap_bytes));
  return options;
}

/// What the kernel's or kmod's refusal means for a person. `error` is an errno.
Error explain_load_failure(int error) {
  const Error failure(Reason::kDriverMissing, "loading nvm_swap: ");
  switch (error) {
    case EINVAL:
      return Error(Reason::kRangeTaken,
                   "nvm_swap refused the range; the kernel log has its reason (RAM, unaligned, "
                   "wrong size); run nvresume setup again");
    case EKEYREJECTED:
    case ENOKEY:
    case EPERM:
      return Error(failure).with(
          "the kernel accepts only signed modules (lockdown, Secure Boot): sign it, or switch "
          "Secure Boot off");
    case ENOEXEC:
      return Error(failure).with(
          "it was built for another kernel; run dkms autoinstall and nvresume setup");
    default:
      return Error(failure).with(::strerror(error));
  }
}

/// Returns 0 or an errno; ENOENT where no module of that name is known.
int load_module(const std::string& options) {
  const std::unique_ptr<kmod_ctx, KmodDeleter> context(kmod_new(nullptr, nullptr));
  if (!context) return ENOMEM;
  // kmod prints on its own by default; the one who called us prints, once.
  kmod_set_log_priority(context.get(), 0);
  kmod_list* list = nullptr;
  const int found = kmod_module_new_from_lookup(context.get(), "nvm_swap", &list);
  if (found < 0 || list == nullptr) return ENOENT;
  const std::unique_ptr<kmod_module, KmodDeleter> module(kmod_module_get_module(list));
  kmod_module_unref_list(list);
  const int loaded = kmod_module_probe_insert_module(module.get(), KMOD_PROBE_IGNORE_COMMAND,
                                                     options.c_str(), nullptr, nullptr, nullptr);
  return loaded < 0 ? -loaded : 0;
}

/// The initramfs has no other log that a person reads later, and libnvdimm's own lines are there.
void tell_kernel_log(const std::string& text) {
  const UniqueFd fd(::open(system_path("/dev/kmsg").c_str(), O_WRONLY | O_CLOEXEC));
  const std::string line = "<5>nvresume: " + text + "\n";
  if (fd.open())
    (void)!::write(fd.get(), line.data(), line.size());  // a log that is full is no reason
}

Status load_driver(const NvresumeRange& range) {
  const std::string options = module_options(range);
  int error = load_module(options);
  if (error == EBUSY) {
    NVRESUME_ASSIGN(const std::string released, release_range(range));
    tell_kernel_log(released);
    error = load_module(options);
    // Whoever came between: named as it is now, not fought with.
    if (error == EBUSY) {
      const std::string who =
          describe_range_holders(read_text_or_empty("/proc/iomem"), range.range_base,
                                 range.image_bytes + range.swap_bytes);
      return Error(Reason::kRangeTaken, "the range belongs to ")
          .with(who)
          .with("; release it and run nvresume attach");
    }
  }
  if (error == ENOENT)
    return Error(Reason::kDriverMissing,
                 "no module nvm_swap for this kernel; run dkms autoinstall and nvresume setup");
  if (error != 0) return explain_load_failure(error);
  return ok_status();
}

bool is_same_range(const NvresumeRange& a, const NvresumeRange& b) {
  return a.range_base == b.range_base && a.image_bytes == b.image_bytes &&
         a.swap_bytes == b.swap_bytes;
}

bool is_block_device(const char* path) {
  struct stat status;
  return ::stat(system_path(path).c_str(), &status) == 0 && S_ISBLK(status.st_mode);
}

Status wait_for_disk(const char* path, uint32_t& left_ms) {
  while (!is_block_device(path)) {
    if (left_ms < kPollMs)
      return Error(Reason::kIoError, path)
          .with(" did not appear within ")
          .with(kAttachTimeoutMs)
          .with(" ms");
    sleep_ms(kPollMs);
    left_ms -= kPollMs;
  }
  return ok_status();
}

/// Before coldplug nobody else makes the link; udev's rule makes the same one later.
void make_link(const char* target, const char* link) {
  struct stat status;
  if (::lstat(link, &status) == 0) return;
  (void)!::symlink(target, link);  // lost race with udev: the link is there
}

/// A range that carries no superblock is attached so that setup can finish. What lies in it is then
/// out of its owner's sight, and stays as it is.
void tell_foreign_data(const NvresumeRange& range) {
  const UniqueFd fd(::open(kImageDisk, O_RDONLY | O_CLOEXEC));
  const std::string found = fd.open() ? signature_on(fd.get(), 0) : "";
  if (found.empty()) return;
  Console console;
  console.print(
      "the NVM at 0x%llx holds %s and is not nvresume's; nothing is written to it. "
      "nvresume remove gives it back, nvresume setup --erase takes it",
      static_cast<unsigned long long>(range.range_base), found.c_str());
}

/// libnvdimm sees NVM without labels as one piece: what we do not use of it nobody else gets.
void tell_hidden_rest(const NvresumeRange& range) {
  const uint64_t ours = range.image_bytes + range.swap_bytes;
  if (range.available_bytes < ours + kRangeAlignment) return;  // less than anybody could use
  char text[160];
  ::snprintf(
      text, sizeof(text),
      "the other %llu MiB of the NVM, from 0x%llx on, cannot be used beside nvresume's range; "
      "namespace labels would keep them apart",
      static_cast<unsigned long long>((range.available_bytes - ours) >> 20),
      static_cast<unsigned long long>(range.range_base + ours));
  tell_kernel_log(text);
}

int run_attach(std::span<char* const> args) {
  if (args.size() > 1) {
    const bool help = ::strcmp(args[1], "--help") == 0;
    (void)fputs("usage: nvresume attach\n", help ? stdout : stderr);
    return help ? 0 : static_cast<int>(ErrorKind::kUsage);
  }
  const auto range = read_published_range();
  Status attached = range.ok() ? attach_disks(range.value()) : Status(Error(range.error()));
  if (attached.ok()) {
    tell_hidden_rest(range.value());
    if (range->formatted == 0) tell_foreign_data(range.value());
    return 0;
  }
  const Error& error = attached.error();
  const int status = report_failure("attach", error);
  // Without a published range nothing of ours is expected here; restore decides about that. With
  // one, an image may wait that this boot cannot reach: said and kept now, unless this boot's
  // decision is made already (attach by hand in the booted system).
  if (range.ok() && read_decision().decision[0] == 0) record_refusal(error);
  return status;
}

NVRESUME_COMMAND(attach, "make the disks over the NVM range appear", run_attach);

}  // namespace

Result<NvresumeRange> attached_range() {
  NvresumeRange range{};
  const std::string parameters = kParameters;
  const auto base = read_number(parameters + "base");
  const auto image_bytes = read_number(parameters + "image_bytes");
  const auto swap_bytes = read_number(parameters + "swap_bytes");
  if (!base || !image_bytes || !swap_bytes)
    return Error(Reason::kDriverMissing, "nvm_swap is not loaded");
  range.range_base = *base;
  range.image_bytes = *image_bytes;
  range.swap_bytes = *swap_bytes;
  return range;
}

Status attach_disks(const NvresumeRange& range) {
  const auto attached = attached_range();
  if (!attached.ok()) {
    NVRESUME_TRY(load_driver(range));
  } else if (!is_same_range(attached.value(), range)) {
    return Error(Reason::kRangeTaken, "nvm_swap already has another range, at ")
        .with_hex(attached.value().range_base)
        .with(", not ")
        .with_hex(range.range_base)
        .with("; restart, or swapoff /dev/NVM_SWAP and rmmod nvm_swap");
  }
  uint32_t left_ms = kAttachTimeoutMs;
  NVRESUME_TRY(wait_for_disk(kImageDisk, left_ms));
  NVRESUME_TRY(wait_for_disk(kSwapDisk, left_ms));
  make_link("nvm_swap0_image", "/dev/NVM_IMAGE");
  make_link("nvm_swap0", "/dev/NVM_SWAP");
  return ok_status();
}

}  // namespace nvresume
