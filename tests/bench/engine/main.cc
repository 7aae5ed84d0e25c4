// SPDX-License-Identifier: GPL-2.0-or-later
// bench-engine: save and restore pipelines beside the ideals, as Google Benchmark runs; an
// iteration is a round of all rivals (contest.h). Options it does not know are Google Benchmark's.
#include <benchmark/benchmark.h>
#include <stdio.h>
#include <string.h>

#include <string>

#include "tests/bench/engine/contest.h"
#include "tests/bench/engine/table.h"

namespace nvresume::bench {
namespace {

struct Options {
  std::string stream;
  std::string report;
  uint64_t mebibytes = 128;  ///< several times the cache of the CPUs it was written on (32 MiB)
  int rounds = 7;
  bool smoke = false;  ///< seconds: for the bytes, not for the figures
};

bool take(const char* argument, const char* name, std::string& value) {
  const size_t length = strlen(name);
  if (strncmp(argument, name, length) != 0) return false;
  value = argument + length;
  return true;
}

/// Takes our options out of argv; returns how many arguments stay.
int parse(Options& options, int argc, char** argv) {
  int kept = 1;
  for (int i = 1; i < argc; ++i) {
    std::string number;
    if (take(argv[i], "--stream=", options.stream) || take(argv[i], "--report=", options.report))
      continue;
    if (take(argv[i], "--mib=", number))
      options.mebibytes = std::stoul(number);
    else if (take(argv[i], "--rounds=", number))
      options.rounds = std::stoi(number);
    else if (strcmp(argv[i], "--smoke") == 0)
      options.smoke = true;
    else
      argv[kept++] = argv[i];
  }
  return kept;
}

void run_contest(benchmark::State& state, const Stream& stream, Direction direction,
                 const SaveSettings& settings) {
  Contest contest(stream, direction, settings);
  uint64_t number = 0;
  for (auto _ : state) {
    const Status done = contest.round(number++);
    if (!done.ok()) return state.SkipWithError(std::string(done.error().text()).c_str());
    state.SetIterationTime(contest.times(kOurs).back().wall);
  }
  for (size_t rival = 0; rival < kRivalCount; ++rival) {
    const double wall_s = contest.median_wall_s(static_cast<Rival>(rival));
    if (wall_s > 0)
      state.counters[kRivalNames[rival]] = static_cast<double>(stream.bytes.size()) / 1e6 / wall_s;
  }
  state.counters["ratio"] = contest.wall_ratio();
  state.counters["cpu_ratio"] = contest.cpu_ratio();
  state.counters["stored_share"] = contest.stored_share();
}

void add(const Options& options, const Stream& stream, const SaveSettings& settings) {
  for (const Direction direction : {Direction::kSave, Direction::kLoad}) {
    const bool is_raw = *settings.encoding == EncodingChoice::kRaw;
    std::string name = direction == Direction::kSave ? "save/" : "load/";
    name += stream.name + (is_raw ? "/raw/-/" : "/zstd/" + std::to_string(settings.level) + "/");
    name += std::to_string(settings.chunk_pages * kPageBytes / 1024) + "KiB/" +
            std::to_string(settings.worker_count);
    benchmark::RegisterBenchmark(name.c_str(),
                                 [&stream, direction, settings](benchmark::State& state) {
                                   run_contest(state, stream, direction, settings);
                                 })
        ->Iterations(options.rounds)
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
  }
}

std::vector<uint32_t> thread_counts() {
  std::vector<uint32_t> counts;
  for (uint32_t count = 1; count <= default_worker_count(); ++count) counts.push_back(count);
  return counts;
}

SaveSettings settings_of(EncodingChoice encoding, uint32_t workers) {
  SaveSettings settings;
  settings.encoding = encoding;
  settings.worker_count = workers;
  return settings;
}

void add_all(const Options& options, const std::vector<Stream>& streams) {
  for (const Stream& stream : streams)
    for (const EncodingChoice encoding : {EncodingChoice::kZstd, EncodingChoice::kRaw})
      for (const uint32_t workers : thread_counts())
        add(options, stream, settings_of(encoding, workers));
}

/// What the constants were chosen from: chunk sizes and levels, on the most telling stream.
void add_choices(const Options& options, const Stream& stream) {
  for (const EncodingChoice encoding : {EncodingChoice::kZstd, EncodingChoice::kRaw}) {
    for (const uint32_t pages : {16u, 32u, 128u, 256u}) {
      SaveSettings settings = settings_of(encoding, default_worker_count());
      settings.chunk_pages = pages;
      add(options, stream, settings);
    }
  }
  for (const int level : {-5, -1, 3}) {
    SaveSettings settings = settings_of(EncodingChoice::kZstd, default_worker_count());
    settings.level = level;
    add(options, stream, settings);
  }
}

/// Google Benchmark takes its file from the command line alone.
bool initialize(const Options& options, int argc, char** argv) {
  std::vector<std::string> own = {"--benchmark_out_format=json"};
  if (!options.report.empty()) own.push_back("--benchmark_out=" + options.report);
  std::vector<char*> arguments(argv, argv + argc);
  for (std::string& argument : own) arguments.push_back(argument.data());
  int count = static_cast<int>(arguments.size());
  arguments.push_back(nullptr);
  benchmark::Initialize(&count, arguments.data());
  return !benchmark::ReportUnrecognizedArguments(count, arguments.data());
}

int run(int argc, char** argv) {
  Options options;
  argc = parse(options, argc, argv);
  if (options.smoke) options.mebibytes = 8, options.rounds = 1;
  if (!initialize(options, argc, argv)) return 2;
  std::vector<Stream> streams = synthetic_streams(options.mebibytes << 20);
  auto captured = captured_stream(options.stream, options.mebibytes << 20);
  if (captured.ok())
    streams.insert(streams.begin(), std::move(*captured));
  else if (!options.smoke)
    printf("no captured snapshot at %s (`sudo make bench-stream` makes one); synthetic ones only\n",
           options.stream.c_str());
  add_all(options, streams);
  if (!options.smoke) add_choices(options, streams[0]);
  Table table;
  const bool ran = options.report.empty() ? benchmark::RunSpecifiedBenchmarks(&table) > 0
                                          : benchmark::RunSpecifiedBenchmarks(&table, nullptr) > 0;
  return ran && table.good() ? 0 : 1;
}

}  // namespace
}  // namespace nvresume::bench

int main(int argc, char** argv) { return nvresume::bench::run(argc, argv); }
