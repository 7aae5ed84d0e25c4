// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/image_records.h"

#include "image/media.h"

namespace nvresume {

Result<ImageRecords> store_image_records(Nvm& area, SavePipeline& pipeline,
                                         ConstBytes metadata_record, const uint8_t image_id[16]) {
  ImageRecords records;
  NVRESUME_ASSIGN(records.metadata,
                  store_extent(area, pipeline.frames_end_bytes(), metadata_record));
  const uint64_t index_offset =
      records.metadata.offset_bytes + whole_blocks(records.metadata.length_bytes);
  NVRESUME_ASSIGN(records.index, pipeline.store_index(index_offset, image_id));
  NVRESUME_TRY(area.flush());
  NVRESUME_TRY(pipeline.verify_records(records.index, records.metadata, metadata_record));
  return records;
}

}  // namespace nvresume
