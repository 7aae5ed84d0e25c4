// SPDX-License-Identifier: GPL-2.0-or-later
// The stage's readers of what a snapshot begins with: restore record, frame list, raw ranges,
// SMBIOS.
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <vector>

#include "efi/frame_list.h"
#include "efi/raw_ranges.h"
#include "efi/restore_record.h"
#include "efi/smbios.h"

using namespace nvresume;
using namespace nvresume::efi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::vector<uint8_t> copy(data, data + size);
  (void)read_restore_record(copy);
  (void)hash_smbios_identity(copy);

  std::vector<uint64_t> words(size / 8);
  if (!words.empty()) memcpy(words.data(), data, words.size() * 8);
  std::vector<uint64_t> bits(FrameSet::words_for(1 << 20));
  FrameSet frames(bits);
  auto list = read_frame_list(words, words.size(), frames);
  if (list.ok())
    for (const uint64_t entry : *list)
      if (!frames.has(frame_of(entry))) __builtin_trap();

  Run storage[2];
  RunList usable(storage);
  (void)usable.add(0, uint64_t{1} << 40);
  uint64_t pages = 0;
  (void)for_each_raw_page(copy, usable, [&](uint64_t, uint64_t from) {
    // Reading the whole page proves that the walk stays inside the section.
    for (uint64_t i = 0; i < 4096; ++i) pages += reinterpret_cast<const uint8_t*>(from)[i];
    return ok_status();
  });
  return 0;
}
