// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/scrub_progress.h"

#include <string>

#include "image/media.h"
#include "resume/image_report.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr char kPath[] = "/run/nvresume/scrub";

}  // namespace

void keep_progress(const ScrubPosition& position) {
  (void)write_run_text(
      kPath, hex_of(position.image_id) + " " + std::to_string(position.done_bytes) + "\n", 0644);
}

uint64_t unscrubbed_bytes(const Superblock& superblock) {
  if (is_zero(superblock.image_id)) return 0;
  const std::string kept = read_text_or_empty(kPath);
  const auto words = split_words(kept);
  if (words.size() != 2 || words[0] != hex_of(superblock.image_id)) return superblock.slot_bytes;
  const uint64_t done_bytes = parse_number(words[1]).value_or(0);
  return done_bytes < superblock.slot_bytes ? superblock.slot_bytes - done_bytes : 0;
}

}  // namespace nvresume
