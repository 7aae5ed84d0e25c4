// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/image_look.h"

#include "image/codec.h"
#include "image/commit.h"
#include "image/metadata.h"
#include "image/ticket.h"

namespace nvresume::efi {
namespace {

Result<const MetadataHeader*> checked_metadata(const ImageArea& area, const PhysicalNvm& image) {
  const Superblock& superblock = area.superblock();
  const Extent& extent = superblock.metadata;
  ConstBytes record =
      image.view(superblock.slot_offset_bytes + extent.offset_bytes, extent.length_bytes);
  if (record.empty() || checksum_of(record) != extent.checksum)
    return Error(Reason::kMetadataCorrupt, "the metadata record's checksum does not match");
  NVRESUME_TRY(check_metadata(record));
  return reinterpret_cast<const MetadataHeader*>(record.data());
}

Result<const MetadataHeader*> waiting_image(const ImageArea& area, const PhysicalNvm& image,
                                            PhysicalNvm& swap) {
  const uint64_t this_boot = area.superblock().boot_count + 1;
  NVRESUME_TRY(check_image_pending(area, swap, this_boot));
  NVRESUME_TRY(check_ticket(area.superblock(), this_boot));
  return checked_metadata(area, image);
}

Line describe(const MetadataHeader& header) {
  return std::move(Line("nvresume: image of host ")
                       .text(field_text(header.host))
                       .text(", kernel ")
                       .text(field_text(header.kernel_release))
                       .text(", saved ")
                       .utc(header.saved_unix_s));
}

}  // namespace

ImageLook look_at_image(const ImageArea& area, const PhysicalNvm& image, PhysicalNvm& swap) {
  Result<const MetadataHeader*> header = waiting_image(area, image, swap);
  if (header.ok()) return {Reason::kNone, describe(**header)};
  const Error& error = header.error();
  // Whoever dropped an image has said why, in that boot; `nvresume status` repeats it.
  if (error.reason() == Reason::kNoImage || area.state() == State::kFailed)
    return {error.reason(), Line("nvresume: no image is stored")};
  return {error.reason(), std::move(Line("nvresume: no image to resume: ")
                                        .text(reason_name(error.reason()))
                                        .text(": ")
                                        .text(error.text()))};
}

}  // namespace nvresume::efi
