// SPDX-License-Identifier: GPL-2.0-or-later
// image_look.h: what the range says about a saved image, read in place and without changing it.
#pragma once

#include "efi/line.h"
#include "efi/physical_nvm.h"
#include "image/image_area.h"

namespace nvresume::efi {

struct ImageLook {
  Reason reason = Reason::kNone;  ///< kNone: a whole image waits
  Line line;                      ///< for the console
};

/// `image` is the Nvm under `area`, `swap` the swap area. Checks state, swap signature, ticket (of
/// this boot, which is not counted yet) and the metadata record's checksum; no chunk is read.
ImageLook look_at_image(const ImageArea& area, const PhysicalNvm& image, PhysicalNvm& swap);

}  // namespace nvresume::efi
