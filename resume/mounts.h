// SPDX-License-Identifier: GPL-2.0-or-later
// mounts.h: the mounted file systems that lie on block devices, each once.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace nvresume {

struct MountedFileSystem {
  std::string type;
  std::string mount_point;  ///< the first one
  std::string source;       ///< as mountinfo has it
  dev_t device = 0;         ///< 0: block-backed, but mountinfo does not say by what (zfs, bcachefs)

  bool operator==(const MountedFileSystem&) const = default;
};

/// From /proc/self/mountinfo. Memory and network file systems are left out: the first are part of
/// the image, the second answer for themselves after a resume.
std::vector<MountedFileSystem> block_backed_mounts();
/// The same from mountinfo's text.
std::vector<MountedFileSystem> parse_mounts(std::string_view mountinfo);

}  // namespace nvresume
