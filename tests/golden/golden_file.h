// SPDX-License-Identifier: GPL-2.0-or-later
// golden_file.h: a whole range in a file of a few KiB: the blocks of both areas that are not zero,
// compressed. Files are named REASON--FAULT.nvm.zst: the verdict a boot must reach, "none" for a
// good image, and what is special about the range.
#pragma once

#include <string>

#include "tests/test_image.h"

namespace nvresume {

/// The stream in every golden image: pages of every kind in four chunks, one page incompressible.
TestStream make_golden_stream();

/// Both abort on failure: golden files are part of the tests.
void write_golden(const std::string& path, const TestRange& range);
TestRange read_golden(const std::string& path);

}  // namespace nvresume
