// SPDX-License-Identifier: GPL-2.0-or-later
// fake_snapshot.h: a kernel behind the SnapshotDevice seam. It gives out a made-up snapshot stream
// and takes one back, and it holds its caller to the kernel's rules: pages only after CREATE_IMAGE,
// no other thread before it, header pages first.
#pragma once

#include <stdint.h>
#include <string.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <random>
#include <vector>

#include "image/chunk_index.h"
#include "image/snapshot_header.h"
#include "resume/snapshot_device.h"

namespace nvresume {

/// Threads of this process; sanitizers keep some of their own, so compare, never count.
inline size_t thread_count() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return static_cast<size_t>(std::distance(begin(tasks), end(tasks)));
}

/// A stream as the kernel would give it: info page, frame list, and pages of every kind there is.
inline std::vector<uint8_t> make_stream(uint64_t data_pages, uint32_t seed = 1) {
  const uint64_t list_pages = (data_pages * 8 + kPageBytes - 1) / kPageBytes;
  const uint64_t pages = 1 + list_pages + data_pages;
  std::vector<uint8_t> stream(pages * kPageBytes);
  SnapshotInfo info{};
  info.image_pages = data_pages;
  info.pages = pages;
  info.size = pages * kPageBytes;
  memcpy(stream.data(), &info, sizeof(info));
  std::mt19937_64 random(seed);
  auto* words = reinterpret_cast<uint64_t*>(stream.data());
  for (uint64_t page = 1; page < pages; ++page) {
    uint64_t* const page_words = words + page * (kPageBytes / 8);
    const uint64_t kind = random() % 3;  // same-filled, compressible, random
    const uint64_t fill = kind == 0 ? random() % 2 * 0x5a5a5a5a : 0;
    for (uint32_t i = 0; i < kPageBytes / 8; ++i)
      page_words[i] = kind == 0 ? fill : kind == 1 ? random() % 4 : random();
  }
  return stream;
}

class FakeSnapshot final : public SnapshotDevice {
 public:
  explicit FakeSnapshot(std::vector<uint8_t> source = {}) : stream(std::move(source)) {}

  Status freeze() override {
    frozen = true;
    return ok_status();
  }
  Status unfreeze() override {
    if (!image_freed) return Error(Reason::kInternal, "unfreeze with an image in memory");
    frozen = false;
    return ok_status();
  }
  Status allow_swap_writes(dev_t) override { return ok_status(); }
  Status set_platform_support(bool) override { return ok_status(); }
  Status set_preferred_bytes(uint64_t) override { return ok_status(); }
  Result<World> create_image() override {
    if (!frozen) return Error(Reason::kInternal, "not frozen");
    if (thread_count() != threads_before) return Error(Reason::kInternal, "threads were running");
    image_made = true;
    image_freed = false;
    return World::kSaving;
  }
  Result<uint32_t> read_pages(Bytes pages) override {
    if (!image_made) return Error(Reason::kIoError, "no data before CREATE_IMAGE");
    const uint64_t most = std::min<uint64_t>(pages.size(), kBatchPages * kPageBytes);
    const uint64_t bytes = std::min(most, stream.size() - read_bytes);
    memcpy(pages.data(), stream.data() + read_bytes, bytes);
    read_bytes += bytes;
    return static_cast<uint32_t>(bytes / kPageBytes);
  }
  /// As the kernel: an error behind pages that were taken shows at the next call.
  Result<uint32_t> write_pages(std::span<const uint8_t* const> pages) override {
    uint32_t taken = 0;
    for (const uint8_t* page : pages) {
      const uint64_t number = written.size() / kPageBytes;
      if (number == refused_page && taken == 0)
        return Error(Reason::kKernelRefused, "write: not permitted");
      if (number == refused_page) break;
      if (on_write) on_write(number);
      if (written.size() == expected_bytes) {
        wrote_behind_end = true;
        break;
      }
      written.insert(written.end(), page, page + kPageBytes);
      ++taken;
    }
    return taken;
  }
  Status free_image() override {
    image_freed = true;
    return ok_status();
  }
  Error atomic_restore() override { return Error(Reason::kResumeReturned); }
  Error power_off() override { return power_off_error; }

  std::vector<uint8_t> stream;   ///< what read_pages() gives
  std::vector<uint8_t> written;  ///< what write_pages() took
  uint64_t expected_bytes = UINT64_MAX;
  uint64_t refused_page = UINT64_MAX;
  void (*on_write)(uint64_t page) = nullptr;
  Error power_off_error{Reason::kPowerOffRefused};
  size_t threads_before = thread_count();
  std::atomic<uint64_t> read_bytes = 0;  ///< workers' tests look at it
  bool frozen = false;
  bool image_made = false;
  bool image_freed = true;
  bool wrote_behind_end = false;
};

}  // namespace nvresume
