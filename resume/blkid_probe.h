// SPDX-License-Identifier: GPL-2.0-or-later
// blkid_probe.h: libblkid's probe as an object that ends with its scope.
#pragma once

#include <blkid/blkid.h>

#include <memory>

namespace nvresume {

struct BlkidProbeDeleter {
  void operator()(blkid_probe probe) const { ::blkid_free_probe(probe); }
};
using BlkidProbe = std::unique_ptr<std::remove_pointer_t<blkid_probe>, BlkidProbeDeleter>;

}  // namespace nvresume
