// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/blank.h"

#include <fcntl.h>

#include <algorithm>
#include <vector>

#include "resume/blkid_probe.h"
#include "resume/system_error.h"
#include "resume/system_files.h"
#include "resume/unique_fd.h"

namespace nvresume {
namespace {

constexpr uint64_t kProbeEndBytes = 1024 * 1024;

std::string found_type(blkid_probe probe) {
  const char* value = nullptr;
  if (blkid_probe_lookup_value(probe, "TYPE", &value, nullptr) == 0) return value;
  if (blkid_probe_lookup_value(probe, "PTTYPE", &value, nullptr) == 0)
    return std::string("a partition table, ") + value;
  return "a signature";
}

Status check_no_signature(blkid_probe probe, const std::string& path) {
  (void)blkid_probe_enable_superblocks(probe, 1);
  (void)blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE);
  (void)blkid_probe_enable_partitions(probe, 1);
  switch (blkid_do_safeprobe(probe)) {
    case 1:
      return ok_status();
    case 0:
      return Error(Reason::kNotBlank, path).with(" holds ").with(found_type(probe));
    case -2:
      return Error(Reason::kNotBlank, path).with(" holds several signatures");
    default:
      return system_error(Reason::kIoError, "probing", path);
  }
}

Status check_zero(int fd, const std::string& path, uint64_t offset_bytes, uint64_t length_bytes) {
  std::vector<uint8_t> buffer(64 * 1024);
  for (uint64_t done = 0; done < length_bytes;) {
    const size_t want = std::min<uint64_t>(buffer.size(), length_bytes - done);
    const ssize_t got = ::pread(fd, buffer.data(), want, static_cast<off_t>(offset_bytes + done));
    if (got <= 0) return system_error(Reason::kIoError, "pread", path);
    const auto end = buffer.begin() + got;
    const auto byte = std::find_if(buffer.begin(), end, [](uint8_t b) { return b != 0; });
    if (byte != end)
      return Error(Reason::kNotBlank, path)
          .with(" is not zero at byte ")
          .with(offset_bytes + done + static_cast<uint64_t>(byte - buffer.begin()));
    done += static_cast<uint64_t>(got);
  }
  return ok_status();
}

}  // namespace

Status check_blank(const std::string& path, uint64_t offset_bytes, uint64_t bytes) {
  const UniqueFd fd(::open(system_path(path).c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return system_error(Reason::kIoError, "open", path);
  const BlkidProbe probe(blkid_new_probe());
  if (!probe ||
      blkid_probe_set_device(probe.get(), fd.get(), static_cast<blkid_loff_t>(offset_bytes),
                             static_cast<blkid_loff_t>(bytes)) != 0)
    return system_error(Reason::kIoError, "probing", path);
  NVRESUME_TRY(check_no_signature(probe.get(), path));

  const auto size_bytes = static_cast<uint64_t>(blkid_probe_get_size(probe.get()));
  const uint64_t end_bytes = std::min(size_bytes, kProbeEndBytes);
  NVRESUME_TRY(check_zero(fd.get(), path, offset_bytes, end_bytes));
  return check_zero(fd.get(), path, offset_bytes + size_bytes - end_bytes, end_bytes);
}

}  // namespace nvresume
