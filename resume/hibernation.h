// SPDX-License-Identifier: GPL-2.0-or-later
// hibernation.h: whether this kernel would hibernate, and who forbids it. The kernel itself only
// says EPERM.
#pragma once

#include "image/result.h"

namespace nvresume {

/// Error: kLockdown, or kHibernationUnavailable naming nohibernate, the processes with secret
/// memory or what is left.
Status check_hibernation_available();

}  // namespace nvresume
