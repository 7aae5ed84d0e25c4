// SPDX-License-Identifier: GPL-2.0-or-later
// files DIR: writes files without an end, each one fsynced, renamed to its place and its directory
// fsynced; the one that it replaces is read back from the disk before. A file's contents follow
// from its number, which stands in front. Only this process knows which number lies where: an older
// file under a newer one's name is wrong, too.
//   written=12 read=12 wrong=0
//
// files --verify DIR: after a power-off, what each file says of itself.

#include <algorithm>
#include <string>
#include <vector>

#include "report.h"

namespace {

constexpr uint64_t kPlaces = 32;
constexpr size_t kLargestWords = 16384;  // 128 KiB: extents, not inline data
constexpr int kRestUs = 50'000;
constexpr uint64_t kOwner = 0x66696c6573;  // "files"

class File {
 public:
  explicit File(uint64_t number) : words_(1 + soak::word_at(kOwner, 0, number) % kLargestWords) {
    soak::fill(words_, kOwner, number);
    words_[0] = number;
  }

  /// What lies at this path; empty where it is not a file of ours, whole and unchanged.
  static bool read_back(const std::string& path, uint64_t* number) {
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    // What was fsynced can be dropped from memory: the next read is the disk's.
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    std::vector<uint64_t> found(kLargestWords + 1);
    const ssize_t bytes = read(fd, found.data(), found.size() * sizeof(uint64_t));
    close(fd);
    if (bytes < static_cast<ssize_t>(sizeof(uint64_t))) return false;
    found.resize(static_cast<size_t>(bytes) / sizeof(uint64_t));
    *number = found[0];
    return found == File(*number).words_;
  }

  void write_to(const std::string& path) const {
    const int fd =
        soak::must(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644), "open");
    const auto bytes = static_cast<ssize_t>(words_.size() * sizeof(uint64_t));
    if (write(fd, words_.data(), static_cast<size_t>(bytes)) != bytes) soak::fail("write");
    soak::must(fsync(fd), "fsync");
    close(fd);
  }

 private:
  std::vector<uint64_t> words_;
};

class Writer {
 public:
  explicit Writer(std::string directory)
      : directory_(std::move(directory)),
        fd_(soak::must(open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), "open")) {}

  void write_next() {
    ++written_;
    const std::string path = path_of(written_ % kPlaces);
    File(written_).write_to(path + ".part");
    soak::must(rename((path + ".part").c_str(), path.c_str()), "rename");
    soak::must(fsync(fd_), "fsync of the directory");
  }

  /// The file that the next one replaces: it must be the newest of its place. So each is read back
  /// once.
  void read_oldest() {
    const uint64_t place = (written_ + 1) % kPlaces;
    if (written_ < kPlaces) return;
    const uint64_t wanted = written_ + 1 - kPlaces;
    uint64_t number = 0;
    ++read_;
    if (File::read_back(path_of(place), &number) && number == wanted) return;
    if (wrong_++ == 0)
      first_wrong_ = " first: file " + std::to_string(wanted) + ", found " + std::to_string(number);
  }

  void tell() const {
    soak::report("files", "written=" + std::to_string(written_) + " read=" + std::to_string(read_) +
                              " wrong=" + std::to_string(wrong_) + first_wrong_);
  }

 private:
  std::string path_of(uint64_t place) const { return directory_ + "/" + std::to_string(place); }

  std::string directory_;
  int fd_;
  uint64_t written_ = 0, read_ = 0, wrong_ = 0;
  std::string first_wrong_;
};

[[noreturn]] void write_for_ever(const char* directory) {
  Writer writer(directory);
  for (;;) {
    writer.read_oldest();
    writer.write_next();
    writer.tell();
    usleep(kRestUs);
  }
}

/// Every place's file is whole, and the numbers are those of the last kPlaces writes: none was
/// lost, none came back.
int verify(const char* directory) {
  uint64_t lowest = UINT64_MAX, highest = 0;
  for (uint64_t place = 0; place < kPlaces; ++place) {
    const std::string path = std::string(directory) + "/" + std::to_string(place);
    uint64_t number = 0;
    if (!File::read_back(path, &number) || number % kPlaces != place) {
      std::printf("%s is wrong\n", path.c_str());
      return 1;
    }
    lowest = std::min(lowest, number);
    highest = std::max(highest, number);
  }
  std::printf("files %llu to %llu\n", static_cast<unsigned long long>(lowest),
              static_cast<unsigned long long>(highest));
  return highest - lowest == kPlaces - 1 ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count == 3 && std::strcmp(arguments[1], "--verify") == 0) return verify(arguments[2]);
  if (count == 2) write_for_ever(arguments[1]);
  (void)std::fputs("usage: files [--verify] DIR\n", stderr);
  return 2;
}
