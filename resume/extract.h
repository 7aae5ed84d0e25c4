// SPDX-License-Identifier: GPL-2.0-or-later
// extract.h: the saved snapshot stream out of the NVM into a file, as /dev/snapshot gave it: to be
// looked at, or to be saved and loaded again and again by a benchmark.
#pragma once

#include "image/nvm.h"
#include "resume/image_report.h"

namespace nvresume {

/// Makes `path`, which must not exist, readable by its owner alone: it is all of memory in clear.
/// Every chunk is verified on the way; after an error the file is gone again. Errors: kIoError,
/// those of for_each_chunk().
Status extract_stream(Nvm& area, const ImageReport& report, const char* path);

}  // namespace nvresume
