// SPDX-License-Identifier: GPL-2.0-or-later
// A program that holds memory and knows every byte of it:
//   held_memory ANONYMOUS_MIB TMPFS_MIB HOT_PERCENT
// Its pages do not compress. The first HOT_PERCENT of the anonymous ones are read all the time, as
// a program's working set is. Answers in /run/held/answer what is asked in /run/held/ask:
//   verify              "whole", or which page of what is not
//   touch hot, touch all  "pages=… major=… minor=… ns=…": what reading a byte of each page cost
//   rest                "resting": from here on only what is asked for is read
// Says "held: ready" on the console when memory is full.

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

constexpr const char* kDirectory = "/run/held";
constexpr size_t kPageBytes = 4096;
constexpr size_t kWords = kPageBytes / sizeof(uint64_t);
constexpr int kHotEveryMs = 100;

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::_Exit(1);
}

int must(int result, const char* what) {
  if (result < 0) fail(what);
  return result;
}

// Knuth's MMIX generator: one multiplication a word, which is what an emulated machine can afford.
uint64_t next(uint64_t state) { return state * 6364136223846793005u + 1442695040888963407u; }

void fill_page(uint64_t* words, uint64_t page) {
  uint64_t state = page * 0x9e3779b97f4a7c15u + 1;
  for (size_t i = 0; i < kWords; ++i) words[i] = state = next(state);
}

bool page_whole(const uint64_t* words, uint64_t page) {
  uint64_t state = page * 0x9e3779b97f4a7c15u + 1;
  for (size_t i = 0; i < kWords; ++i)
    if (words[i] != (state = next(state))) return false;
  return true;
}

class Anonymous {
 public:
  explicit Anonymous(size_t page_count) : page_count_(page_count) {
    void* address = mmap(nullptr, page_count * kPageBytes, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (address == MAP_FAILED) fail("mmap");
    words_ = static_cast<uint64_t*>(address);
    for (size_t page = 0; page < page_count; ++page) fill_page(words_ + page * kWords, page);
  }

  size_t page_count() const { return page_count_; }

  void touch(size_t page_count) const {
    for (size_t page = 0; page < page_count; ++page)
      (void)*static_cast<volatile const uint64_t*>(words_ + page * kWords);
  }

  std::string damage() const {
    for (size_t page = 0; page < page_count_; ++page)
      if (!page_whole(words_ + page * kWords, page))
        return "anonymous page " + std::to_string(page);
    return "";
  }

 private:
  size_t page_count_;
  uint64_t* words_;
};

class TmpfsFile {
 public:
  explicit TmpfsFile(size_t page_count) : page_count_(page_count) {
    fd_ = must(open((std::string(kDirectory) + "/file").c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600),
               "open file");
    uint64_t words[kWords];
    for (size_t page = 0; page < page_count; ++page) {
      fill_page(words, ~page);
      if (write(fd_, words, kPageBytes) != static_cast<ssize_t>(kPageBytes)) fail("write file");
    }
  }

  std::string damage() const {
    uint64_t words[kWords];
    for (size_t page = 0; page < page_count_; ++page) {
      const ssize_t got = pread(fd_, words, kPageBytes, static_cast<off_t>(page * kPageBytes));
      if (got != static_cast<ssize_t>(kPageBytes) || !page_whole(words, ~page))
        return "page " + std::to_string(page) + " of the file";
    }
    return "";
  }

 private:
  size_t page_count_;
  int fd_;
};

int make_fifo(const char* name) {
  const std::string path = std::string(kDirectory) + "/" + name;
  unlink(path.c_str());
  must(mkfifo(path.c_str(), 0600), "mkfifo");
  return must(open(path.c_str(), O_RDWR), "open fifo");
}

uint64_t now_ns() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<uint64_t>(now.tv_nsec);
}

std::string touch(const Anonymous& memory, size_t page_count) {
  rusage before, after;
  getrusage(RUSAGE_SELF, &before);
  const uint64_t start_ns = now_ns();
  memory.touch(page_count);
  const uint64_t duration_ns = now_ns() - start_ns;
  getrusage(RUSAGE_SELF, &after);
  return "pages=" + std::to_string(page_count) +
         " major=" + std::to_string(after.ru_majflt - before.ru_majflt) +
         " minor=" + std::to_string(after.ru_minflt - before.ru_minflt) +
         " ns=" + std::to_string(duration_ns);
}

std::string verify(const Anonymous& memory, const TmpfsFile& file) {
  std::string damage = memory.damage();
  if (damage.empty()) damage = file.damage();
  return damage.empty() ? "whole" : damage;
}

size_t pages_of(const char* mib) { return std::strtoul(mib, nullptr, 10) * (1 << 20) / kPageBytes; }

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) return 2;
  if (mkdir(kDirectory, 0700) < 0 && errno != EEXIST) fail(kDirectory);
  const int ask = make_fifo("ask"), answer = make_fifo("answer");
  const TmpfsFile file(pages_of(arguments[2]));
  const Anonymous memory(pages_of(arguments[1]));
  const size_t hot_pages = memory.page_count() * std::strtoul(arguments[3], nullptr, 10) / 100;
  dprintf(must(open("/dev/console", O_WRONLY | O_NOCTTY), "/dev/console"), "held: ready\n");
  for (bool keep_hot = true;;) {
    pollfd waiting{ask, POLLIN, 0};
    if (poll(&waiting, 1, kHotEveryMs) == 0) {
      if (keep_hot) memory.touch(hot_pages);
      continue;
    }
    char question[64] = "";
    if (read(ask, question, sizeof question - 1) <= 0) continue;
    std::string said;
    if (std::strncmp(question, "rest", 4) == 0) keep_hot = false, said = "resting";
    if (std::strncmp(question, "touch hot", 9) == 0) said = touch(memory, hot_pages);
    if (std::strncmp(question, "touch all", 9) == 0) said = touch(memory, memory.page_count());
    if (std::strncmp(question, "verify", 6) == 0) said = verify(memory, file);
    dprintf(answer, "%s\n", said.c_str());
  }
}
