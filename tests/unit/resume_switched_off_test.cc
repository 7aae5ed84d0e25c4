// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/switched_off.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "resume/system_files.h"

namespace nvresume {
namespace {

TEST(SwitchedOff, TheFirstWordThatDoesIsNamed) {
  EXPECT_EQ(word_that_switches_resume_off("root=/dev/sda1 quiet"), "");
  EXPECT_EQ(word_that_switches_resume_off("ro single rd.nvresume=0"), "single");
  EXPECT_EQ(word_that_switches_resume_off("noresume"), "noresume");
}

TEST(SwitchedOff, PartsOfAWordDoNot) {
  EXPECT_EQ(word_that_switches_resume_off("singleton rd.nvresume=1 console=ttyS1 x=single"), "");
}

/// The initramfs decides first, the booted system tells why: both must mean the same.
TEST(SwitchedOff, TheInitramfsReadsTheSameWords) {
  std::ifstream file("initramfs/55nvresume/nvresume-restore.sh");
  ASSERT_TRUE(file.good()) << "the tests run in the tree's top folder";
  std::set<std::string> words;
  for (std::string line; std::getline(file, line);) {
    const size_t end = line.find(") return 1 ;;");
    if (end == std::string::npos) continue;
    for (const std::string_view word : split_words(std::string_view(line).substr(0, end)))
      if (word != "|") words.emplace(word);
  }
  EXPECT_EQ(words, std::set<std::string>(std::begin(kWordsThatSwitchResumeOff),
                                         std::end(kWordsThatSwitchResumeOff)));
}

}  // namespace
}  // namespace nvresume
