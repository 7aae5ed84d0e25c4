// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/worker_team.h"

#include <unistd.h>

#include <algorithm>

#include "resume/system_error.h"

namespace nvresume {
namespace {

#ifdef __SANITIZE_THREAD__
constexpr uint64_t kStackBytes = 2 * 1024 * 1024;  // tsan keeps 0.9 MiB of its own there
#else
/// Chosen with ample room: the codec keeps its tables in its workspace, not on the stack.
constexpr uint64_t kStackBytes = 256 * 1024;
#endif

}  // namespace

uint32_t default_worker_count() {
  const long online = sysconf(_SC_NPROCESSORS_ONLN);
  return static_cast<uint32_t>(std::clamp<long>(online, 1, kWorkerCountMaximum));
}

Result<WorkerTeam> WorkerTeam::prepare(uint32_t worker_count) {
  NVRESUME_ASSIGN(LockedMemory stacks, LockedMemory::map(worker_count * kStackBytes));
  return WorkerTeam(worker_count, std::move(stacks));
}

void* WorkerTeam::run(void* thread) {
  const auto* self = static_cast<const Thread*>(thread);
  self->body(self->context, self->worker);
  return nullptr;
}

Status WorkerTeam::start(Body body, void* context, uint32_t count) {
  for (uint32_t worker = 0; worker < count; ++worker) {
    Thread& thread = threads_[worker];
    thread = Thread{{}, body, context, worker};
    pthread_attr_t attributes;
    (void)pthread_attr_init(&attributes);  // cannot fail on Linux
    int error = pthread_attr_setstack(&attributes, stacks_.bytes().data() + worker * kStackBytes,
                                      kStackBytes);
    if (error == 0) error = pthread_create(&thread.id, &attributes, run, &thread);
    (void)pthread_attr_destroy(&attributes);
    if (error != 0) return system_error(Reason::kInternal, "pthread_create", "worker", error);
    ++started_;
  }
  return ok_status();
}

void WorkerTeam::join() {
  for (; started_ > 0; --started_) (void)pthread_join(threads_[started_ - 1].id, nullptr);
}

}  // namespace nvresume
