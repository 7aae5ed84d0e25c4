// SPDX-License-Identifier: GPL-2.0-or-later
// EFI variables of any content and size.
#include "image/efi_variables.h"
#include "tests/fuzz/fuzz_input.h"

using namespace nvresume;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  (void)check_config({data, size});
  (void)check_range({data, size});
  // Of the right size and version, so that the fields are reached.
  FuzzInput input(data, size);
  auto config = input.take<NvresumeConfig>();
  config.version = 1;
  config.size_bytes = sizeof(config);
  if (check_config(bytes_of(config)).ok()) {
    size_t length = 0;
    while (length < 256 && config.next_loader[length] != 0) length++;
    require(length < 256);
  }
  FuzzInput again(data, size);
  auto range = again.take<NvresumeRange>();
  range.version = 2;
  range.size_bytes = sizeof(range);
  if (check_range(bytes_of(range)).ok())
    require(range.image_bytes + range.swap_bytes <= range.available_bytes);
  return 0;
}
