// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/image_slot.h"

#include <string.h>

#include <algorithm>

#include "image/media.h"

namespace nvresume {

Status ImageSlot::check_bounds(uint64_t offset_bytes, uint64_t length_bytes) const {
  if (offset_bytes % kBlockBytes == 0 && length_bytes <= size_ &&
      offset_bytes <= size_ - length_bytes)
    return ok_status();
  return Error(Reason::kNoRoom, "image slot: need ")
      .with(offset_bytes + length_bytes)
      .with(" bytes, have ")
      .with(size_);
}

Status ImageSlot::read(uint64_t offset_bytes, Bytes out) const {
  NVRESUME_TRY(check_bounds(offset_bytes, out.size()));
  return area_->read(start_ + offset_bytes, out);
}

Status ImageSlot::write(uint64_t offset_bytes, ConstBytes in) const {
  NVRESUME_TRY(check_bounds(offset_bytes, in.size()));
  return area_->write(start_ + offset_bytes, in);
}

Status ImageSlot::verify(uint64_t offset_bytes, ConstBytes stored, Bytes buffer,
                         std::string_view what) const {
  for (uint64_t done = 0; done < stored.size();) {
    const uint64_t part_bytes = std::min<uint64_t>(stored.size() - done, buffer.size());
    NVRESUME_TRY(read(offset_bytes + done, buffer.first(whole_blocks(part_bytes))));
    if (memcmp(buffer.data(), stored.data() + done, part_bytes) != 0)
      return Error(Reason::kVerifyFailed, what)
          .with(" at slot offset ")
          .with_hex(offset_bytes + done)
          .with(": reads back differently");
    done += part_bytes;
  }
  return ok_status();
}

}  // namespace nvresume
