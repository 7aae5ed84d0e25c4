// SPDX-License-Identifier: GPL-2.0-or-later
// hex.h: bytes as text, for the journal.
#pragma once

#include <stdint.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "image/nvm.h"

namespace nvresume {

std::string to_hex(ConstBytes bytes);
/// Nothing where the text is anything but pairs of lower-case digits.
std::optional<std::vector<uint8_t>> from_hex(std::string_view text);

}  // namespace nvresume
