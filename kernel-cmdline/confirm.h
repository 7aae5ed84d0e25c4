// SPDX-License-Identifier: GPL-2.0-or-later
// confirm.h: the one question setup and remove ask.
#pragma once

#include <string_view>

#include "image/result.h"

namespace nvresume {

/// Ok after a "y" on the terminal. Errors: kBadArgument where there is no terminal to ask on,
/// kNotPermitted after any other answer.
Status confirm(std::string_view question);

}  // namespace nvresume
