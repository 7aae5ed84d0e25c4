// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/image_disk.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "resume/system_error.h"

namespace nvresume {
namespace {

Reason reason_of_open(int error) {
  if (error == ENOENT || error == ENXIO || error == ENODEV) return Reason::kNoNvm;
  if (error == EACCES || error == EPERM) return Reason::kNotPermitted;
  return Reason::kIoError;
}

/// A file system may know no O_DIRECT (tmpfs): only tests have the image on one.
int open_direct(const char* path, int flags) {
  const int fd = ::open(path, flags | O_DIRECT | O_CLOEXEC);
  return fd < 0 && errno == EINVAL ? ::open(path, flags | O_CLOEXEC) : fd;
}

}  // namespace

Result<ImageDisk> ImageDisk::open(const char* path, Access access) {
  UniqueFd fd(open_direct(path, access == Access::kReadOnly ? O_RDONLY : O_RDWR));
  if (!fd.open()) return system_error(reason_of_open(errno), "open", path);
  ImageDisk disk(std::move(fd), path);
  NVRESUME_TRY(disk.measure());
  return disk;
}

Status ImageDisk::measure() {
  struct stat status;
  if (fstat(fd_.get(), &status) != 0) return system_error(Reason::kIoError, "stat", path_);
  size_bytes_ = static_cast<uint64_t>(status.st_size);
  if (!S_ISBLK(status.st_mode)) return ok_status();
  device_number_ = status.st_rdev;
  if (ioctl(fd_.get(), BLKGETSIZE64, &size_bytes_) != 0)
    return system_error(Reason::kIoError, "BLKGETSIZE64", path_);
  return ok_status();
}

/// Of the open file description, on a byte that only stands for `which`.
int ImageDisk::set_lock(int command, short type, DiskLock which) const {
  struct flock lock = {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = static_cast<off_t>(which);
  lock.l_len = 1;
  return fcntl(fd_.get(), command, &lock);
}

Status ImageDisk::lock(DiskLock which) const {
  while (set_lock(F_OFD_SETLKW, F_WRLCK, which) != 0)
    if (errno != EINTR) return system_error(Reason::kIoError, "lock", path_);
  return ok_status();
}

Result<bool> ImageDisk::try_lock(DiskLock which) const {
  if (set_lock(F_OFD_SETLK, F_WRLCK, which) == 0) return true;
  if (errno == EAGAIN || errno == EACCES) return false;
  return system_error(Reason::kIoError, "lock", path_);
}

void ImageDisk::unlock(DiskLock which) const {
  (void)set_lock(F_OFD_SETLK, F_UNLCK, which);  // closing the disk does the same
}

Error ImageDisk::out_of_range(const char* call, uint64_t offset_bytes,
                              uint64_t length_bytes) const {
  return Error(Reason::kIoError, call)
      .with(" ")
      .with(path_)
      .with(" at ")
      .with_hex(offset_bytes)
      .with(" + ")
      .with_hex(length_bytes)
      .with(": ends early");
}

Status ImageDisk::read(uint64_t offset_bytes, Bytes out) {
  for (uint64_t done = 0; done < out.size();) {
    const ssize_t got = pread(fd_.get(), out.data() + done, out.size() - done,
                              static_cast<off_t>(offset_bytes + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return system_error(Reason::kIoError, "read", path_).with(" at ").with_hex(offset_bytes);
    if (got == 0) return out_of_range("read", offset_bytes, out.size());
    done += static_cast<uint64_t>(got);
  }
  return ok_status();
}

Status ImageDisk::write(uint64_t offset_bytes, ConstBytes in) {
  for (uint64_t done = 0; done < in.size();) {
    const ssize_t put = pwrite(fd_.get(), in.data() + done, in.size() - done,
                               static_cast<off_t>(offset_bytes + done));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0)
      return system_error(Reason::kIoError, "write", path_).with(" at ").with_hex(offset_bytes);
    if (put == 0) return out_of_range("write", offset_bytes, in.size());
    done += static_cast<uint64_t>(put);
  }
  return ok_status();
}

Status ImageDisk::flush() {
  if (fdatasync(fd_.get()) != 0) return system_error(Reason::kIoError, "flush", path_);
  return ok_status();
}

}  // namespace nvresume
