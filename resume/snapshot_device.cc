// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/snapshot_device.h"

#include <fcntl.h>
#include <linux/suspend_ioctls.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <time.h>

#include <algorithm>

#include "image/chunk_index.h"
#include "resume/kernel_log.h"
#include "resume/memory_use.h"
#include "resume/system_error.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr char kDevice[] = "/dev/snapshot";
/// Another holder of the kernel's transition mutex (a CPU or memory hot-plug) is gone in
/// milliseconds; chosen: 2 s in steps of 10 ms.
constexpr int kBusyTries = 200;
constexpr timespec kBusyWait = {0, 10'000'000};

/// 1 MiB: milliseconds, and too seldom to cost anything.
constexpr uint64_t kBatchesBetweenQuestions = 4;

/// ioctl that outwaits the mutex's trylock. Not for calls where EBUSY means something else.
int patient_ioctl(int fd, unsigned long request, unsigned long argument = 0) {
  for (int tries = 0;; ++tries) {
    const int result = ioctl(fd, request, argument);
    if (result == 0 || errno != EBUSY || tries == kBusyTries) return result;
    (void)nanosleep(&kBusyWait, nullptr);
  }
}

Status checked_ioctl(const UniqueFd& fd, unsigned long request, const char* name, Reason reason,
                     unsigned long argument = 0) {
  if (patient_ioctl(fd.get(), request, argument) != 0) return system_error(reason, name, kDevice);
  return ok_status();
}

/// new_decode_dev() of the kernel: the encoding of dev_t in 32 bits.
uint32_t encode_device(dev_t device) {
  const uint32_t major_number = major(device), minor_number = minor(device);
  return (minor_number & 0xff) | (major_number << 8) | ((minor_number & ~0xffu) << 12);
}

bool lockdown_forbids_hibernation() {
  UniqueFd fd(::open("/sys/kernel/security/lockdown", O_RDONLY | O_CLOEXEC));
  char text[128] = {};
  if (!fd.open() || ::read(fd.get(), text, sizeof(text) - 1) <= 0) return false;
  return strstr(text, "[none]") == nullptr;
}

Error open_error(int error) {
  if (error == EPERM && lockdown_forbids_hibernation())
    return Error(Reason::kLockdown, "open /dev/snapshot: kernel lockdown forbids hibernation");
  if (error == EPERM)
    return system_error(Reason::kHibernationUnavailable, "open", kDevice, error)
        .with(" (nohibernate, a secretmem user or active CXL memory forbids it)");
  if (error == EBUSY) return system_error(Reason::kSnapshotBusy, "open", kDevice, error);
  if (error == EACCES) return system_error(Reason::kNotPermitted, "open", kDevice, error);
  return system_error(Reason::kHibernationUnavailable, "open", kDevice, error);
}

/// EBUSY: a task, or a wake-up. In the first case the log names it; a device that reports a pending
/// wake-up is named, too.
Error in_the_way(const std::vector<std::string>& lines, Error busy) {
  const std::vector<std::string> tasks = tasks_that_would_not_freeze(lines);
  if (!tasks.empty())
    return Error(Reason::kFreezeFailed, tasks[0])
        .with(tasks.size() > 1 ? " and others would not freeze" : " would not freeze")
        .with(" in 20 s; end it, or wait until it has what it waits for");
  const std::string device = device_that_failed(lines);
  if (!freeze_was_aborted(lines) && device.empty() && busy.reason() == Reason::kFreezeFailed)
    return busy;
  return Error(Reason::kWakeEvent, "something woke the machine before anything was stored")
      .with(device.empty() ? "" : ": ")
      .with(device);
}

/// The kernel gave up every page it could before it said so.
Error no_memory() {
  const std::string memory = read_text_or_empty("/proc/meminfo");
  const uint64_t need_kib = find_kib(memory, "MemTotal:") / 2;
  return Error(Reason::kNoRoom, "the snapshot: need ")
      .with(need_kib >> 10)
      .with(" MiB of memory free or swapped out, have ")
      .with(find_kib(memory, "MemAvailable:") >> 10)
      .with(" MiB; ")
      .with(find_kib(memory, "Unevictable:") >> 10)
      .with(" MiB are locked: end programs that hold memory");
}

}  // namespace

Result<KernelSnapshot> KernelSnapshot::open(Direction direction) {
  const int flags = direction == Direction::kSave ? O_RDONLY : O_WRONLY;
  UniqueFd fd(::open(kDevice, flags | O_CLOEXEC));
  if (!fd.open()) return open_error(errno);
  return KernelSnapshot(std::move(fd));
}

Status KernelSnapshot::freeze() {
  // EBUSY here may be a task that did not freeze in 20 s: retrying would repeat that wait.
  KernelLog log = KernelLog::from_here();
  if (ioctl(fd_.get(), SNAPSHOT_FREEZE, 0) == 0) return ok_status();
  Error error = system_error(Reason::kFreezeFailed, "SNAPSHOT_FREEZE", kDevice);
  return in_the_way(log.read(), std::move(error));
}

Status KernelSnapshot::unfreeze() {
  return checked_ioctl(fd_, SNAPSHOT_UNFREEZE, "SNAPSHOT_UNFREEZE", Reason::kIoError);
}

Status KernelSnapshot::allow_swap_writes(dev_t swap) {
  resume_swap_area area{};
  area.dev = encode_device(swap);
  const auto argument = reinterpret_cast<unsigned long>(&area);
  if (patient_ioctl(fd_.get(), SNAPSHOT_SET_SWAP_AREA, argument) == 0) return ok_status();
  // Not in use as swap: then nothing forbids writing to it.
  if (errno == ENODEV) return ok_status();
  return system_error(Reason::kNoSwap, "SNAPSHOT_SET_SWAP_AREA", kDevice);
}

Status KernelSnapshot::set_platform_support(bool wanted) {
  return checked_ioctl(fd_, SNAPSHOT_PLATFORM_SUPPORT, "SNAPSHOT_PLATFORM_SUPPORT",
                       Reason::kIoError, wanted ? 1 : 0);
}

Status KernelSnapshot::set_preferred_bytes(uint64_t bytes) {
  return checked_ioctl(fd_, SNAPSHOT_PREF_IMAGE_SIZE, "SNAPSHOT_PREF_IMAGE_SIZE", Reason::kIoError,
                       bytes);
}

Result<World> KernelSnapshot::create_image() {
  int in_suspend = 0;
  KernelLog log = KernelLog::from_here();
  if (ioctl(fd_.get(), SNAPSHOT_CREATE_IMAGE, &in_suspend) != 0) {
    const int error = errno;
    if (error == ENOMEM) return no_memory();
    Error failed = system_error(Reason::kSnapshotFailed, "SNAPSHOT_CREATE_IMAGE", kDevice, error);
    if (error == EBUSY) return in_the_way(log.read(), std::move(failed));
    return std::move(failed.with("; ").with(device_that_failed(log.read())));
  }
  return in_suspend != 0 ? World::kSaving : World::kRestored;
}

// read() and write() of /dev/snapshot move one page and no more (kernel/power/user.c,
// snapshot_read). It has no iterating form, so that readv() and writev() call them entry by entry
// (fs/read_write.c, do_loop_readv_writev): one system call for many pages. They stop at the first
// that moves less.

Result<uint32_t> KernelSnapshot::read_pages(Bytes pages) {
  if (cancel_ != nullptr && batches_read_++ % kBatchesBetweenQuestions == 0)
    NVRESUME_TRY(cancel_->check());
  iovec batch[kBatchPages];
  const auto count = std::min<uint64_t>(pages.size() / kPageBytes, kBatchPages);
  for (uint64_t i = 0; i < count; ++i) batch[i] = {pages.data() + i * kPageBytes, kPageBytes};
  const ssize_t got = readv(fd_.get(), batch, static_cast<int>(count));
  if (got < 0) return system_error(Reason::kIoError, "read", kDevice);
  if (got % kPageBytes == 0) return static_cast<uint32_t>(got / kPageBytes);
  return Error(Reason::kStreamCorrupt, "read /dev/snapshot: part of a page");
}

Result<uint32_t> KernelSnapshot::write_pages(std::span<const uint8_t* const> pages) {
  iovec batch[kBatchPages];
  const auto count = std::min<uint64_t>(pages.size(), kBatchPages);
  for (uint64_t i = 0; i < count; ++i) batch[i] = {const_cast<uint8_t*>(pages[i]), kPageBytes};
  const ssize_t put = writev(fd_.get(), batch, static_cast<int>(count));
  if (put < 0) return system_error(Reason::kKernelRefused, "write", kDevice);
  if (put % kPageBytes == 0) return static_cast<uint32_t>(put / kPageBytes);
  return Error(Reason::kStreamCorrupt, "write /dev/snapshot: part of a page");
}

Status KernelSnapshot::free_image() {
  return checked_ioctl(fd_, SNAPSHOT_FREE, "SNAPSHOT_FREE", Reason::kIoError);
}

/// Once, whatever it answers: EBUSY is also a device's that would not rest, and a second call would
/// put the image's pages into the kernel's list of safe ones a second time, which has no end then
/// (kernel/power/snapshot.c, snapshot_write_finalize). A restart is what clears the way.
Error KernelSnapshot::atomic_restore() {
  const int result = ioctl(fd_.get(), SNAPSHOT_ATOMIC_RESTORE, 0);
  return system_error(Reason::kResumeReturned, "SNAPSHOT_ATOMIC_RESTORE", kDevice,
                      result == 0 ? 0 : errno);
}

Error KernelSnapshot::power_off() {
  const int result = ioctl(fd_.get(), SNAPSHOT_POWER_OFF, 0);
  const int error = result == 0 ? 0 : errno;
  // A wake-up that is pending ends the devices' shutdown with EBUSY (drivers/base/power/main.c);
  // EAGAIN is left for one that comes after the last device (hibernation_platform_enter).
  const bool woken = error == EAGAIN || error == EBUSY;
  const Reason reason = woken ? Reason::kWakeEvent : Reason::kPowerOffRefused;
  return system_error(reason, "SNAPSHOT_POWER_OFF", kDevice, error);
}

}  // namespace nvresume
