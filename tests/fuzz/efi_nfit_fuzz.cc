// SPDX-License-Identifier: GPL-2.0-or-later
// An NFIT of any content: behind a header, and as it comes.
#include "efi/nfit.h"
#include "tests/fuzz/fuzz_input.h"

using namespace nvresume;
using namespace nvresume::efi;

namespace {

void check(const std::vector<uint8_t>& table) {
  CandidateList found;
  (void)add_nfit_ranges(table, found);
  for (uint32_t i = 0; i < found.count(); i++) {
    require(found[i].bytes != 0 && found[i].base + found[i].bytes > found[i].base);
    if (i > 0) require(found[i - 1].base + found[i - 1].bytes <= found[i].base);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  check({data, data + size});
  std::vector<uint8_t> table(40);
  memcpy(table.data(), "NFIT", 4);
  table.insert(table.end(), data, data + size);
  check(table);
  return 0;
}
