// SPDX-License-Identifier: GPL-2.0-or-later
// decision.h: what this boot decided about the image, told once on the console and in the kernel
// log, and kept in /run/nvresume/resume for `nvresume status` and the booted system's first unit.
#pragma once

#include "image/result.h"

namespace nvresume {

/// "nvresume: not resuming: <reason-code>: <text>; booting normally", and the file
/// (decision=normal, reason=…, text=…). A plain "no image" is told in the kernel log only.
void record_refusal(const Error& error);
/// The resumed world: this power-on went on from an image. Replaces the record of the boot before
/// it, which came back with the rest of memory.
void record_resumed();
/// The file's lines decision=, reason=, text= as they are; empty strings where there is none.
struct Decision {
  char decision[16];
  char reason[40];
  char text[512];
};
Decision read_decision();

}  // namespace nvresume
