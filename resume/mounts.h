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
  std::string mount_point;  ///< the first one, as its own mount namespace has it
  std::string source;       ///< as mountinfo has it
  dev_t device = 0;         ///< 0: block-backed, but mountinfo does not say by what (zfs, bcachefs)
};

/// In every mount namespace that a task is in, ours first. Memory and network file systems are left
/// out: the first are part of the image, the second answer for themselves after a resume.
std::vector<MountedFileSystem> mounts_everywhere();
/// Those whose mount points are paths that we can open.
std::vector<MountedFileSystem> mounts_in_reach();
/// Adds those of one mountinfo's text that are not there yet.
void add_mounts(std::vector<MountedFileSystem>& mounts, std::string_view mountinfo);
/// Whether the same file system is among them, wherever it is mounted.
bool is_mounted(const MountedFileSystem& one, const std::vector<MountedFileSystem>& mounts);

}  // namespace nvresume
