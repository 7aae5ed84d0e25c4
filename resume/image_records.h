// SPDX-License-Identifier: GPL-2.0-or-later
// image_records.h: the last of an image to be stored before its commit: what points at its frames.
#pragma once

#include "image/extent.h"
#include "resume/save_pipeline.h"

namespace nvresume {

struct ImageRecords {
  Extent metadata{};
  Extent index{};
};

/// Metadata, then index, behind the frames; flushed, and both read back before anything points at
/// them.
Result<ImageRecords> store_image_records(Nvm& area, SavePipeline& pipeline,
                                         ConstBytes metadata_record, const uint8_t image_id[16]);

}  // namespace nvresume
