// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/check_table.h"

#include "resume/check_report.h"
#include "tests/unit/resume_check_fixture.h"

namespace nvresume {
namespace {

class CheckTable : public CheckTest {
 protected:
  CheckReport report() { return {run_checks(machine_), machine_.history, false, "never tried"}; }
  void swap_on_disk() { root_.write("/proc/swaps", "/dev/nvm_swap0 x\n/dev/vda3 x\n"); }
};

TEST_F(CheckTable, MachineOnWhichAllIsWellIsReady) {
  const auto rows = run_checks(machine_);
  for (const CheckRow& row : rows)
    EXPECT_EQ(row.finding.verdict, Verdict::kPass) << row.name << ": " << row.finding.found;
  EXPECT_EQ(rows.size(), 26u);
  EXPECT_EQ(find_failure(rows), nullptr);
  EXPECT_EQ(summarize(rows), "ready");
}

TEST_F(CheckTable, WarningsAreCountedAndStopNothing) {
  swap_on_disk();
  EXPECT_EQ(summarize(run_checks(machine_)), "ready, 1 warning");
  machine_.secure_boot = true;
  EXPECT_EQ(summarize(run_checks(machine_)), "ready, 2 warnings");
  EXPECT_EQ(find_failure(run_checks(machine_)), nullptr);
}

TEST_F(CheckTable, FirstFailureIsWhatASaveWouldSay) {
  machine_.boot_entry = Fact<uint16_t>(Error(Reason::kNoBootEntry, "no entry; run nvresume setup"));
  machine_.superblock.value->state = static_cast<uint32_t>(State::kCommitted);
  const auto rows = run_checks(machine_);
  const CheckRow* failure = find_failure(rows);
  ASSERT_NE(failure, nullptr);
  EXPECT_STREQ(failure->name, "pending-image");
  EXPECT_EQ(summarize(rows),
            "a save would be refused: pending-image: an image of an earlier save is still pending "
            "(and 1 more)");
  const Error error = error_of(row("boot-entry"));
  EXPECT_EQ(error.reason(), Reason::kNoBootEntry);
  EXPECT_EQ(error.text(), "no entry; run nvresume setup");
}

TEST_F(CheckTable, TextIsAlignedWrappedAndEndsWithTheSummary) {
  swap_on_disk();
  machine_.history = {{9, Reason::kNone, ""}, {8, Reason::kAcpiChanged, "the tables changed"}};
  const std::string text = check_text(report());
  EXPECT_NE(text.find("pass  lockdown       off\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\nwarn  other-swaps    memory may lie in /dev/vda3 too, which no resume can "
                      "prove\n                     to be untouched\n"
                      "                     -> run swapoff /dev/vda3, and take it out of"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("boot  9              as the boot before\n"
                      "boot  8              the tables changed\n"),
            std::string::npos)
      << text;
  EXPECT_TRUE(text.ends_with("\n\ndirect resume: never tried\nready, 1 warning\n")) << text;
  for (const std::string_view line : split_lines(text)) EXPECT_LE(line.size(), 80u) << line;
}

TEST_F(CheckTable, JsonHasEveryRow) {
  machine_.boot_order = {1, 3};
  machine_.history = {{9, Reason::kNone, ""}, {8, Reason::kAcpiChanged, "the tables changed"}};
  machine_.range = Fact<NvresumeRange>(Error(Reason::kNoRange, "none"));
  const std::string json = check_json(report());
  EXPECT_TRUE(
      json.starts_with("{\"ready\":false,\"summary\":\"a save would be refused: range: none"))
      << json;
  EXPECT_NE(json.find("{\"name\":\"range\",\"verdict\":\"fail\",\"looked_at\":\"EFI variable "
                      "NvresumeRange\",\"found\":\"none\",\"reason\":\"no-range\",\"remedy\":\""),
            std::string::npos)
      << json;
  EXPECT_NE(json.find("{\"name\":\"boot-order\",\"verdict\":\"warn\""), std::string::npos);
  EXPECT_NE(json.find("\"boots\":[{\"boot\":9,\"changed\":false},{\"boot\":8,\"changed\":true,"
                      "\"reason\":\"acpi-changed\",\"change\":\"the tables changed\"}]"),
            std::string::npos)
      << json;
  EXPECT_NE(json.find("\"direct_resume\":{\"tried\":false,"), std::string::npos);
}

}  // namespace
}  // namespace nvresume
