// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/resume_check_fixture.h"

namespace nvresume {
namespace {

class CheckTasks : public CheckTest {
 protected:
  void add_task(const std::string& process, const std::string& id, char state,
                const std::string& function) {
    const std::string task = "/proc/" + process + "/task/" + id;
    root_.write(task + "/stat", id + " (a (D) name) " + state + " 1 812 812 0 -1\n");
    root_.write(task + "/comm", "cp\n");
    root_.write(task + "/wchan", function);
  }
};

TEST_F(CheckTasks, TasksAtWorkPass) {
  add_task("1", "1", 'S', "request_wait_answer");
  add_task("2", "2", 'D', "folio_wait_bit_common");  // a disk's read: it ends
  expect_pass("tasks");
}

TEST_F(CheckTasks, ThreadThatWaitsForADaemonIsAWarning) {
  add_task("812", "813", 'D', "request_wait_answer");
  expect_warn("tasks", "cp (813) waits for a FUSE daemon", "umount", Reason::kFreezeFailed);
}

TEST_F(CheckTasks, WaitForAServerIsAWarningAndTheRestAreCounted) {
  add_task("7", "7", 'D', "rpc_wait_bit_killable");
  add_task("8", "8", 'D', "cifs_reconnect");
  add_task("9", "9", 'D', "nfs_wait_on_request");
  expect_warn("tasks", "cp (7) waits for an NFS server, and 2 more", "wait until",
              Reason::kFreezeFailed);
}

}  // namespace
}  // namespace nvresume
