// SPDX-License-Identifier: GPL-2.0-or-later
// mount_namespaces.h: what is mounted anywhere, not only where this program looks from: a container
// may have mounted a disk for itself alone.
#pragma once

#include <string>
#include <vector>

namespace nvresume {

/// mountinfo as seen from here; then the one of every other mount namespace that a task is in, and
/// once more for each root in it, since a task shows only what lies below its own. What ends
/// meanwhile is left out. Costs two links a task and one file a namespace.
std::vector<std::string> every_mountinfo();

}  // namespace nvresume
