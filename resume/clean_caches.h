// SPDX-License-Identifier: GPL-2.0-or-later
// clean_caches.h: file contents that are on disk as well need not be saved.
#pragma once

#include <stdint.h>

namespace nvresume {

/// Writes dirty pages out, then drops the clean ones that no program has mapped, in a process of
/// its own: neither call can be told when to stop, and a server that does not answer would hold
/// both. False where they were not done within `limit_ns`; what was dropped until then is gone.
bool drop_clean_caches(uint64_t limit_ns);

}  // namespace nvresume
