// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/initramfs_content_files.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "image/codec.h"
#include "resume/system_error.h"
#include "resume/system_files.h"
#include "resume/unique_fd.h"

namespace nvresume {
namespace {

constexpr char kCheckedPath[] = "/run/nvresume/initramfs-checked";

/// A read-only map of a whole file.
class MappedFile {
 public:
  static Result<MappedFile> open(const std::string& path) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status;
    if (!fd.open() || ::fstat(fd.get(), &status) != 0)
      return system_error(Reason::kNotInInitramfs, "open", path);
    const size_t bytes = static_cast<size_t>(status.st_size);
    if (bytes == 0) return Error(Reason::kNotInInitramfs, path).with(" is empty");
    void* memory = ::mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, fd.get(), 0);
    if (memory == MAP_FAILED) return system_error(Reason::kNotInInitramfs, "mmap", path);
    return MappedFile(static_cast<const uint8_t*>(memory), bytes);
  }
  MappedFile(MappedFile&& other) noexcept : data_(std::exchange(other.data_, {})) {}
  ~MappedFile() {
    if (!data_.empty()) ::munmap(const_cast<uint8_t*>(data_.data()), data_.size());
  }
  std::span<const uint8_t> data() const { return data_; }

 private:
  MappedFile(const uint8_t* memory, size_t bytes) : data_(memory, bytes) {}
  std::span<const uint8_t> data_;
};

/// The directory of BOOT_IMAGE as this system sees it: GRUB's path is relative to its own file
/// system, so a separate /boot shows as "/vmlinuz-…".
std::vector<std::string> kernel_directories(std::string_view cmdline) {
  std::vector<std::string> directories;
  for (const std::string_view word : split_words(cmdline)) {
    if (!word.starts_with("BOOT_IMAGE=")) continue;
    std::string path(word.substr(11));
    // GRUB also writes "(hd0,gpt2)/boot/vmlinuz-…".
    if (path.starts_with('(')) path = path.substr(std::min(path.find(')') + 1, path.size()));
    const size_t slash = path.rfind('/');
    if (slash == std::string::npos) continue;
    directories.push_back("/boot" + path.substr(0, slash));
    directories.push_back(path.substr(0, slash));
  }
  directories.push_back("/boot");
  return directories;
}

/// What a remembered result is tied to.
std::string identity_of(std::span<const std::string> paths, std::string_view kernel_release) {
  std::string identity = "nvresume " NVRESUME_VERSION " " + std::string(kernel_release);
  for (const std::string& path : paths) {
    struct stat status;
    if (::stat(system_path(path).c_str(), &status) != 0) return {};
    identity += " " + path + " " + std::to_string(status.st_size) + " " +
                std::to_string(status.st_ino) + " " + std::to_string(status.st_mtim.tv_sec) + "." +
                std::to_string(status.st_mtim.tv_nsec);
  }
  return identity;
}

/// Three lines: the identity, size and checksum, and the GPU drivers.
std::optional<InitramfsContent> recall(const std::string& identity) {
  const std::string text = read_text_or_empty(kCheckedPath);
  const auto lines = split_lines(text);
  if (identity.empty() || lines.size() < 2 || lines[0] != identity) return std::nullopt;
  InitramfsContent content{true, true, {}, 0, 0};
  if (::sscanf(std::string(lines[1]).c_str(), "%lu %lx", &content.bytes, &content.checksum) != 2)
    return std::nullopt;
  if (lines.size() > 2)
    for (const std::string_view word : split_words(lines[2]))
      content.gpu_drivers.emplace_back(word);
  return content;
}

void remember(const std::string& identity, const InitramfsContent& content) {
  char sum[64];
  (void)::snprintf(sum, sizeof(sum), "%lu %lx\n", content.bytes, content.checksum);
  std::string text = identity + "\n" + sum;
  for (const std::string& driver : content.gpu_drivers) text += driver + " ";
  (void)write_run_text(kCheckedPath, text, 0644);  // only costs time the next time
}

void merge(InitramfsContent& content, InitramfsContent more) {
  content.program |= more.program;
  content.driver |= more.driver;
  content.gpu_drivers.insert(content.gpu_drivers.end(), more.gpu_drivers.begin(),
                             more.gpu_drivers.end());
}

Status require_complete(const InitramfsContent& content, std::span<const std::string> paths,
                        std::string_view kernel_release) {
  if (content.program && content.driver) return ok_status();
  Error error(Reason::kNotInInitramfs, paths.back());
  error.with(" lacks ").with(content.program ? "" : "the nvresume program");
  if (!content.program && !content.driver) error.with(" and ");
  if (!content.driver) error.with("nvm_swap.ko for ").with(kernel_release);
  return error;
}

}  // namespace

Result<std::string> find_initramfs(std::string_view cmdline, std::string_view kernel_release) {
  const std::string release(kernel_release);
  for (const std::string& directory : kernel_directories(cmdline))
    for (const std::string& name : {"initrd.img-" + release, "initramfs-" + release + ".img"})
      if (file_exists(directory + "/" + name)) return directory + "/" + name;
  return Error(Reason::kNotInInitramfs, "no initramfs of kernel ")
      .with(release)
      .with(" found in /boot; initramfs= in /etc/nvresume.conf names another");
}

Result<InitramfsContent> look_into_initramfs(std::span<const std::string> paths,
                                             std::string_view kernel_release) {
  const std::string identity = identity_of(paths, kernel_release);
  if (auto known = recall(identity)) return std::move(*known);
  InitramfsContent content;
  for (const std::string& path : paths) {
    NVRESUME_ASSIGN(const MappedFile file, MappedFile::open(system_path(path)));
    auto part = read_initramfs_content(file.data(), kernel_release);
    if (!part.ok()) return part.error().prefix(path);
    merge(content, std::move(*part));
    if (paths.size() != 1) continue;
    content.bytes = file.data().size();
    content.checksum = checksum_of(file.data());
  }
  NVRESUME_TRY(require_complete(content, paths, kernel_release));
  remember(identity, content);
  return content;
}

}  // namespace nvresume
