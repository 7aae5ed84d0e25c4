// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/swap_record.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr char kPath[] = "/run/nvresume/swapped";
constexpr char kMagic[8] = {'N', 'V', 'R', 'S', 'W', 'A', 'P', '2'};

/// Written and read within one life of the system, by one build of the program.
struct Header {
  char magic[8];
  uint64_t whole;
  uint64_t run_counts[1 + kSwapSteps];
};

void append(std::string& bytes, const SwapRuns& runs) {
  bytes.append(reinterpret_cast<const char*>(runs.data()), runs.size() * sizeof(SwapRun));
}

/// False where `bytes` holds fewer.
bool take(std::string_view& bytes, uint64_t run_count, SwapRuns& runs) {
  if (run_count > bytes.size() / sizeof(SwapRun)) return false;
  runs.resize(run_count);
  if (run_count != 0) memcpy(runs.data(), bytes.data(), run_count * sizeof(SwapRun));
  bytes.remove_prefix(run_count * sizeof(SwapRun));
  return true;
}

}  // namespace

void record_step(SwapRecord& record, size_t step, SwapRuns& known, SwapLook look) {
  record.steps[step] = subtract(look.runs, known);
  limit_runs(record.steps[step], kSwapRunsMaximum);
  record.whole = record.whole && look.whole;
  // What a look that was cut short missed is still known from the one before: else the next one
  // finds it as new.
  known = look.whole ? std::move(look.runs) : unite(known, look.runs);
  limit_runs(known, kSwapRunsMaximum);
}

void forget_swap_record() { (void)::unlink(system_path(kPath).c_str()); }

/// The number of its inode: /run is a tmpfs, which uses none twice.
std::optional<uint64_t> swap_record_number() {
  struct stat status;
  if (::stat(system_path(kPath).c_str(), &status) != 0) return std::nullopt;
  return status.st_ino;
}

bool store_swap_record(const SwapRecord& record) {
  Header header{};
  memcpy(header.magic, kMagic, sizeof(kMagic));
  header.whole = record.whole ? 1 : 0;
  header.run_counts[0] = record.before.size();
  for (size_t i = 0; i < kSwapSteps; ++i) header.run_counts[1 + i] = record.steps[i].size();
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof(header));
  append(bytes, record.before);
  for (const SwapRuns& step : record.steps) append(bytes, step);
  return write_run_text(kPath, bytes, 0600);
}

Result<SwapRecord> load_swap_record() {
  const auto file = read_bytes(kPath);
  Header header{};
  if (!file || file->size() < sizeof(header))
    return Error(Reason::kNone, kPath).with(": no save has swapped anything out");
  memcpy(&header, file->data(), sizeof(header));
  std::string_view bytes = std::string_view(*file).substr(sizeof(header));
  SwapRecord record;
  record.whole = header.whole != 0;
  bool whole = memcmp(header.magic, kMagic, sizeof(kMagic)) == 0 &&
               take(bytes, header.run_counts[0], record.before);
  for (size_t i = 0; whole && i < kSwapSteps; ++i)
    whole = take(bytes, header.run_counts[1 + i], record.steps[i]);
  if (whole) return record;
  return Error(Reason::kNone, kPath).with(": is not whole; the next save writes it anew");
}

}  // namespace nvresume
