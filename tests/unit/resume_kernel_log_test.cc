// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/kernel_log.h"

#include "tests/unit/resume_system_root.h"

namespace nvresume {
namespace {

/// Linux 6.1's words.
const std::vector<std::string> kRefused = {
    "Freezing user space processes ... ",
    "Freezing of tasks failed after 20.007 seconds (2 tasks refusing to freeze, wq_busy=0):",
    "task:dd              state:D stack:    0 pid:  345 ppid:     1 flags:0x00004006",
    "Call Trace:",
    " <TASK>",
    " __schedule+0x351/0xa20",
    " </TASK>",
    "task:Web Content: 1  state:D stack:    0 pid: 4711 ppid:   300 flags:0x00000004",
};

TEST(KernelLogLines, EveryTaskThatWouldNotFreezeIsNamed) {
  EXPECT_EQ(tasks_that_would_not_freeze(kRefused),
            (std::vector<std::string>{"dd (345, state D)", "Web Content: 1 (4711, state D)"}));
}

TEST(KernelLogLines, TasksListedForAnotherReasonAreNot) {
  EXPECT_TRUE(tasks_that_would_not_freeze({kRefused[2], kRefused[3]}).empty());
  EXPECT_TRUE(
      tasks_that_would_not_freeze({kRefused[1], "task:", "task:x state:D", "task: pid:"}).empty());
}

TEST(KernelLogLines, AnAbortIsNoRefusal) {
  EXPECT_FALSE(freeze_was_aborted(kRefused));
  EXPECT_TRUE(freeze_was_aborted({"Freezing of tasks aborted after 0.004 seconds"}));
  EXPECT_TRUE(freeze_was_aborted({"Freezing user space processes aborted after 0.004 seconds"}));
}

TEST(KernelLogLines, TheDeviceIsNamedAsTheKernelDoes) {
  const std::string line = "nvme 0000:01:00.0: PM: failed to freeze async: error -16";
  EXPECT_EQ(device_that_failed({"PM: hibernation: x", line}), line);
  EXPECT_EQ(device_that_failed(kRefused), "");
}

TEST(KernelLogLines, ARecordIsItsMessage) {
  EXPECT_EQ(message_of("6,1234,98765,-;PM: hello; you\n SUBSYSTEM=pci\n"), "PM: hello; you");
  EXPECT_EQ(message_of("no record"), "no record");
}

TEST(KernelLog, NoLogSaysNothing) {
  SystemRoot root;
  EXPECT_TRUE(KernelLog::from_here().read().empty());
}

TEST(KernelLog, OnlyWhatComesLaterIsRead) {
  SystemRoot root;
  root.write("/dev/kmsg", "6,1,1,-;before\n");
  KernelLog log = KernelLog::from_here();
  root.write("/dev/kmsg", "6,1,1,-;before\n6,2,2,-;later\n");
  EXPECT_EQ(log.read(), std::vector<std::string>{"later"});
  EXPECT_TRUE(log.read().empty());
}

}  // namespace
}  // namespace nvresume
