// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/reason.h"

#include <gtest/gtest.h>

#include <set>

namespace nvresume {
namespace {

constexpr Reason kAll[] = {
#define NVRESUME_REASON_LIST(number, name, text_name, kind, sentence) Reason::name,
    NVRESUME_REASONS(NVRESUME_REASON_LIST)
#undef NVRESUME_REASON_LIST
};

TEST(ReasonTest, EveryReasonHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (const Reason reason : kAll) {
    EXPECT_TRUE(names.insert(reason_name(reason)).second) << reason_name(reason);
    EXPECT_NE(reason_name(reason), "unknown");
    EXPECT_FALSE(reason_sentence(reason).ends_with('.')) << reason_sentence(reason);
  }
}

TEST(ReasonTest, NumbersOnMediaStayWhatTheyAre) {
  EXPECT_EQ(static_cast<uint32_t>(Reason::kChunkCorrupt), 9u);
  EXPECT_EQ(static_cast<uint32_t>(Reason::kNotDropped), 43u);
  EXPECT_EQ(static_cast<uint32_t>(Reason::kUnsupportedStorage), 50u);
}

TEST(ReasonTest, ANumberOfALaterVersionIsNoSuccess) {
  const auto later = static_cast<Reason>(4000000000u);
  EXPECT_EQ(reason_name(later), "unknown");
  EXPECT_EQ(reason_kind(later), ErrorKind::kRefused);
}

}  // namespace
}  // namespace nvresume
