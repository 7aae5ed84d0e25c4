// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/disk_signature.h"

#include "resume/blkid_probe.h"

namespace nvresume {

std::string signature_on(int fd, uint64_t bytes) {
  const BlkidProbe probe(::blkid_new_probe());
  if (!probe || ::blkid_probe_set_device(probe.get(), fd, 0, static_cast<off_t>(bytes)) != 0)
    return "something that cannot be read";
  (void)::blkid_probe_enable_superblocks(probe.get(), 1);
  (void)::blkid_probe_enable_partitions(probe.get(), 1);
  if (::blkid_do_safeprobe(probe.get()) == 1) return "";
  const char* type = nullptr;
  if (::blkid_probe_lookup_value(probe.get(), "TYPE", &type, nullptr) == 0) return type;
  return "a partition table or several signatures";
}

}  // namespace nvresume
