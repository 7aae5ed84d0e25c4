// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/memory_use.h"

#include <gtest/gtest.h>

namespace nvresume {
namespace {

constexpr char kMeminfo[] =
    "MemTotal:        1009428 kB\n"
    "KReclaimable:      20304 kB\n"
    "Slab:              61252 kB\n"
    "SReclaimable:      20304 kB\n";

TEST(FindKib, ReadsTheNamedLine) {
  EXPECT_EQ(find_kib(kMeminfo, "Slab:"), 61252u);
  EXPECT_EQ(find_kib("Name:\tnvresume\nVmHWM:\t   31234 kB\n", "VmHWM:"), 31234u);
}

TEST(FindKib, NameInsideAnotherIsNotIt) {
  EXPECT_EQ(find_kib(kMeminfo, "Reclaimable:"), 0u);
  EXPECT_EQ(find_kib("Slabs: 5 kB\n", "Slab:"), 0u);
}

TEST(FindKib, TextCutShortGivesWhatIsThere) {
  EXPECT_EQ(find_kib("Slab:", "Slab:"), 0u);
  EXPECT_EQ(find_kib("Slab:   61", "Slab:"), 61u);
  EXPECT_EQ(find_kib("", "Slab:"), 0u);
}

}  // namespace
}  // namespace nvresume
