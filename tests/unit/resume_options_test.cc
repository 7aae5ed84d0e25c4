// SPDX-License-Identifier: GPL-2.0-or-later
// Command lines of save and restore.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "resume/restore_options.h"
#include "resume/save_options.h"

namespace nvresume {
namespace {

/// argv as main() passes it on.
class Arguments {
 public:
  Arguments(std::initializer_list<const char*> words) : words_(words.begin(), words.end()) {
    for (std::string& word : words_) pointers_.push_back(word.data());
    pointers_.push_back(nullptr);
  }
  std::span<char* const> span() const { return {pointers_.data(), words_.size()}; }

 private:
  std::vector<std::string> words_;
  std::vector<char*> pointers_;
};

TEST(SaveOptions, DefaultsAreMeasuredEncodingLevelOneAndPlatformWithFallback) {
  const auto options = parse_save_options(Arguments{"save"}.span());
  ASSERT_TRUE(options.ok());
  EXPECT_FALSE(options.value().settings.encoding.has_value());
  EXPECT_EQ(options.value().settings.level, 1);
  EXPECT_EQ(options.value().mode, PowerMode::kAuto);
  EXPECT_GE(options.value().settings.worker_count, 1u);
}

TEST(SaveOptions, EveryOptionIsTaken) {
  const auto options = parse_save_options(
      Arguments{"save", "--encoding=raw", "--level", "-3", "--workers", "5", "--mode=shutdown"}
          .span());
  ASSERT_TRUE(options.ok());
  EXPECT_EQ(options.value().settings.encoding, EncodingChoice::kRaw);
  EXPECT_EQ(options.value().settings.level, -3);
  EXPECT_EQ(options.value().settings.worker_count, 5u);
  EXPECT_EQ(options.value().mode, PowerMode::kShutdown);
}

TEST(SaveOptions, NonsenseIsAUsageErrorThatNamesTheOption) {
  const std::initializer_list<const char*> cases[] = {
      {"save", "--level", "0"},      {"save", "--level", "99"},
      {"save", "--level", "x"},      {"save", "--workers", "0"},
      {"save", "--workers", "9"},    {"save", "--mode", "never"},
      {"save", "--encoding", "lzo"}, {"save", "now"}};
  for (const auto& words : cases) {
    const auto options = parse_save_options(Arguments(words).span());
    ASSERT_FALSE(options.ok());
    EXPECT_EQ(options.error().kind(), ErrorKind::kUsage);
    EXPECT_NE(options.error().text().find(words.size() > 2 ? words.begin()[1] : "now"),
              std::string_view::npos);
  }
  EXPECT_FALSE(parse_save_options(Arguments{"save", "--what"}.span()).ok());
}

TEST(RestoreOptions, WitnessTimeoutIsInSeconds) {
  const auto options = parse_restore_options(Arguments{"restore", "--witness-timeout=3"}.span());
  ASSERT_TRUE(options.ok());
  EXPECT_EQ(options.value().witness_timeout_ms, 3000u);
}

TEST(RestoreOptions, ADiskThatSpinsUpLateIsAwaited) {
  const auto options = parse_restore_options(Arguments{"restore"}.span());
  ASSERT_TRUE(options.ok());
  EXPECT_EQ(options.value().witness_timeout_ms, 60'000u) << "as the manual page says";
}

TEST(RestoreOptions, EarlyPassIsAskedFor) {
  EXPECT_FALSE(parse_restore_options(Arguments{"restore"}.span()).value().early);
  EXPECT_TRUE(parse_restore_options(Arguments{"restore", "--early"}.span()).value().early);
}

TEST(RestoreOptions, EndlessWaitIsRefused) {
  for (const char* value : {"-1", "601", "for ever", ""})
    EXPECT_FALSE(
        parse_restore_options(Arguments{"restore", "--witness-timeout", value}.span()).ok());
}

}  // namespace
}  // namespace nvresume
