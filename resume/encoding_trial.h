// SPDX-License-Identifier: GPL-2.0-or-later
// encoding_trial.h: raw or zstd? Where the NVM is fast, encoding and decoding cost more than the
// bytes they save; where it is slow, the other way round. Measured on this machine, at every save:
// one sample goes the whole way of a chunk both ways, and the faster one wins.
#pragma once

#include "image/codec.h"
#include "resume/image_slot.h"

namespace nvresume {

/// Stores to the start of the slot, which must hold no image. Takes some milliseconds and, for that
/// time, 2 MiB. The sample is the program's own text, in size a default chunk: file pages of
/// programs are what most snapshots hold most of.
Result<EncodingChoice> faster_encoding(const ImageSlot& slot, int level);

}  // namespace nvresume
