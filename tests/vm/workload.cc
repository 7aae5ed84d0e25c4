// SPDX-License-Identifier: GPL-2.0-or-later
// What a resumed machine must still have: state that lives in memory only. A nonce and a counter in
// this process, a TCP connection to a second one, a file in tmpfs whose checksum only this process
// knows, and a shell with an unsaved variable. Every tick asks all of them and prints one line on
// the console, which the host reads:
//   workload: nonce=… counter=… connection=ok file=ok shell=ok boot_id=…
// Whatever was lost once stays "lost": nothing is made again.

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

constexpr const char* kDirectory = "/run/workload";  // /run is tmpfs in both guests
constexpr int kTickMs = 250;  // the first line after a resume is late by this at most
constexpr int kAnswerTimeoutMs =
    10'000;  // an emulated, loaded machine answers within tens of milliseconds
constexpr size_t kFileBytes = 4 << 20;

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::_Exit(1);
}

int must(int result, const char* what) {
  if (result < 0) fail(what);
  return result;
}

uint64_t random64() {
  uint64_t value;
  if (getrandom(&value, sizeof value, 0) != sizeof value) fail("getrandom");
  return value;
}

std::string path_of(const char* name) { return std::string(kDirectory) + "/" + name; }

// Children must not outlive a workload that was killed, or a second run would meet them.
void die_with_parent() { prctl(PR_SET_PDEATHSIG, SIGKILL); }

bool readable(int fd) {
  pollfd waiting{fd, POLLIN, 0};
  return poll(&waiting, 1, kAnswerTimeoutMs) == 1;
}

// A loopback connection to a process that answers every number with its complement.
class Connection {
 public:
  Connection() {
    int listener = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    must(bind(listener, reinterpret_cast<sockaddr*>(&address), length), "bind");
    must(listen(listener, 1), "listen");
    must(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length), "getsockname");
    if (must(fork(), "fork") == 0) answer_for_ever(listener);
    close(listener);
    socket_ = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
    must(connect(socket_, reinterpret_cast<sockaddr*>(&address), length), "connect");
  }

  bool ask(uint64_t number) {
    uint64_t answer = 0;
    return send(socket_, &number, sizeof number, MSG_NOSIGNAL) == sizeof number &&
           readable(socket_) &&
           recv(socket_, &answer, sizeof answer, MSG_WAITALL) == sizeof answer && answer == ~number;
  }

 private:
  [[noreturn]] static void answer_for_ever(int listener) {
    die_with_parent();
    int peer = must(accept(listener, nullptr, nullptr), "accept");
    uint64_t number;
    while (recv(peer, &number, sizeof number, MSG_WAITALL) == sizeof number) {
      number = ~number;
      if (send(peer, &number, sizeof number, MSG_NOSIGNAL) != sizeof number) break;
    }
    std::_Exit(0);
  }

  int socket_;
};

// Random bytes, so that neither a zeroed nor a swapped page passes.
class TmpfsFile {
 public:
  TmpfsFile() : path_(path_of("file")) {
    std::vector<uint64_t> words(kFileBytes / sizeof(uint64_t));
    uint64_t state = random64();
    for (uint64_t& word : words) {
      state = state * 6364136223846793005u + 1442695040888963407u;  // Knuth's MMIX generator
      word = state;
    }
    int fd = must(open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), "open file");
    if (write(fd, words.data(), kFileBytes) != static_cast<ssize_t>(kFileBytes)) fail("write file");
    close(fd);
    checksum_ = checksum(words);
  }

  bool intact() const {
    std::vector<uint64_t> words(kFileBytes / sizeof(uint64_t));
    int fd = open(path_.c_str(), O_RDONLY);
    if (fd < 0) return false;
    bool whole = read(fd, words.data(), kFileBytes) == static_cast<ssize_t>(kFileBytes);
    close(fd);
    return whole && checksum(words) == checksum_;
  }

 private:
  static uint64_t checksum(const std::vector<uint64_t>& words) {
    uint64_t sum = 14695981039346656037u;  // FNV-1a, by words
    for (uint64_t word : words) sum = (sum ^ word) * 1099511628211u;
    return sum;
  }

  std::string path_;
  uint64_t checksum_;
};

// A shell that got a variable through its standard input: it is in no file, no environment and no
// command line.
class Shell {
 public:
  Shell() : secret_(std::to_string(random64())) {
    make_fifo("ask", &ask_);
    make_fifo("answer", &answer_);
    int input[2];
    must(pipe(input), "pipe");
    if (must(fork(), "fork") == 0) {
      die_with_parent();
      dup2(input[0], 0);
      close(input[1]);
      must(chdir(kDirectory), "chdir");
      execl("/bin/sh", "sh", nullptr);
      fail("exec sh");
    }
    close(input[0]);
    std::string script = "unsaved=" + secret_ +
                         "\nexec 3<ask 4>answer\n"
                         "while read -r question <&3; do echo \"$unsaved\" >&4; done\n";
    if (write(input[1], script.data(), script.size()) != static_cast<ssize_t>(script.size()))
      fail("write to shell");
  }

  bool remembers() {
    char text[64];
    if (write(ask_, "?\n", 2) != 2 || !readable(answer_)) return false;
    ssize_t length = read(answer_, text, sizeof text);
    return length > 0 && std::string(text, static_cast<size_t>(length)) == secret_ + "\n";
  }

 private:
  // Both ends open here: neither side ever sees an end of file.
  static void make_fifo(const char* name, int* fd) {
    std::string path = path_of(name);
    unlink(path.c_str());
    must(mkfifo(path.c_str(), 0600), "mkfifo");
    *fd = must(open(path.c_str(), O_RDWR), "open fifo");
  }

  std::string secret_;
  int ask_;
  int answer_;
};

std::string boot_id() {
  char text[64] = "";
  int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY);
  if (fd < 0 || read(fd, text, sizeof text - 1) < 36) fail("boot_id");
  close(fd);
  return std::string(text, 36);
}

const char* word(bool ok) { return ok ? "ok" : "lost"; }

}  // namespace

int main() {
  if (mkdir(kDirectory, 0700) < 0 && errno != EEXIST) fail(kDirectory);
  int console = must(open("/dev/console", O_WRONLY | O_NOCTTY), "/dev/console");
  const uint64_t nonce = random64();
  Connection connection;
  TmpfsFile file;
  Shell shell;
  bool connection_ok = true, file_ok = true, shell_ok = true;
  for (uint64_t counter = 1;; ++counter) {
    connection_ok = connection_ok && connection.ask(counter ^ nonce);
    file_ok = file_ok && file.intact();
    shell_ok = shell_ok && shell.remembers();
    dprintf(console,
            "workload: nonce=%016llx counter=%llu connection=%s file=%s shell=%s boot_id=%s\n",
            static_cast<unsigned long long>(nonce), static_cast<unsigned long long>(counter),
            word(connection_ok), word(file_ok), word(shell_ok), boot_id().c_str());
    usleep(kTickMs * 1000);
  }
}
