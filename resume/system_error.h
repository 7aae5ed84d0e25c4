// SPDX-License-Identifier: GPL-2.0-or-later
// system_error.h: errno as an Error, with the call's name and its object.
#pragma once

#include <errno.h>
#include <string.h>

#include <string_view>

#include "image/result.h"

namespace nvresume {

/// "pwrite /dev/NVM_IMAGE: No space left on device". Allocates nothing: it is used while frozen.
inline Error system_error(Reason reason, std::string_view call, std::string_view object,
                          int error = errno) {
  const char* description = strerrordesc_np(error);
  return Error(reason, call)
      .with(" ")
      .with(object)
      .with(": ")
      .with(description != nullptr ? description : "unknown error");
}

}  // namespace nvresume
