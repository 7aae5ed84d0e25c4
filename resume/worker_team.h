// SPDX-License-Identifier: GPL-2.0-or-later
// worker_team.h: threads whose stacks exist and are locked before the freeze, and which start only
// when told: the freezer stops every other thread of a process, so a save starts them after
// CREATE_IMAGE.
#pragma once

#include <pthread.h>
#include <stdint.h>

#include <array>

#include "image/result.h"
#include "resume/locked_memory.h"

namespace nvresume {

/// More would cost memory (1.6 MiB each, save_plan.cc) and gain nothing: one thread reads or
/// writes /dev/snapshot, at about what 8 zstd workers do (measured: one takes in 681 MB/s at level
/// 1, docs/bench.md).
inline constexpr uint32_t kWorkerCountMaximum = 8;

/// CPUs online, bounded.
uint32_t default_worker_count();

class WorkerTeam {
 public:
  using Body = void (*)(void* context, uint32_t worker);
  /// REQUIRES: 1 <= worker_count <= kWorkerCountMaximum.
  static Result<WorkerTeam> prepare(uint32_t worker_count);
  WorkerTeam(WorkerTeam&&) noexcept = default;  ///< only before start()
  ~WorkerTeam() { join(); }

  uint32_t worker_count() const { return worker_count_; }
  /// Runs body(context, 0 … count - 1), each in its thread; REQUIRES: count <= worker_count(). On
  /// error none is left running that `body` would not end by itself: the caller closes its queue
  /// and joins.
  Status start(Body body, void* context, uint32_t count);
  void join();

 private:
  struct Thread {
    pthread_t id;
    Body body;
    void* context;
    uint32_t worker;
  };
  WorkerTeam(uint32_t worker_count, LockedMemory stacks)
      : worker_count_(worker_count), stacks_(std::move(stacks)) {}
  static void* run(void* thread);

  uint32_t worker_count_;
  LockedMemory stacks_;
  uint32_t started_ = 0;
  std::array<Thread, kWorkerCountMaximum> threads_{};
};

}  // namespace nvresume
