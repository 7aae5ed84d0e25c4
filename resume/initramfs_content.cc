// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/initramfs_content.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "resume/byte_stream.h"
#include "resume/system_error.h"
#include "resume/system_files.h"
#include "resume/unique_fd.h"

namespace nvresume {
namespace {

constexpr char kCheckedPath[] = "/run/nvresume/initramfs-checked";
// cpio(5), "New ASCII Format": 6 bytes of magic, then 8-digit hexadecimal fields.
constexpr size_t kCpioHeaderBytes = 110;
constexpr size_t kCpioFileSizeField = 6 + 6 * 8;
constexpr size_t kCpioNameSizeField = 6 + 11 * 8;
constexpr size_t kNameBytesMaximum = 4096;  // PATH_MAX

Error unreadable(std::string_view why) {
  return Error(Reason::kNotInInitramfs, "the archive cannot be read: ").with(why);
}

/// One cpio archive of a stream, name by name.
class CpioReader {
 public:
  explicit CpioReader(ByteStream& stream) : stream_(stream) {}

  /// The next file's name, its data skipped; "" at the archive's end.
  Result<std::string> next_name() {
    NVRESUME_TRY(skip(pending_));
    pending_ = 0;
    uint8_t header[kCpioHeaderBytes];
    NVRESUME_ASSIGN(const size_t got, take(header));
    if (got == 0) return std::string();
    const std::string_view text(reinterpret_cast<const char*>(header), sizeof(header));
    if (got != sizeof(header) || !text.starts_with("07070")) return unreadable("not a cpio header");
    const uint64_t file_bytes = field(text, kCpioFileSizeField);
    const uint64_t name_bytes = field(text, kCpioNameSizeField);
    if (name_bytes == 0 || name_bytes > kNameBytesMaximum) return unreadable("a name's length");
    std::vector<uint8_t> name(padded(kCpioHeaderBytes + name_bytes) - kCpioHeaderBytes);
    NVRESUME_ASSIGN(const size_t name_got, take(name));
    if (name_got != name.size()) return unreadable("cut short in a name");
    pending_ = padded(file_bytes);
    std::string result(reinterpret_cast<const char*>(name.data()), name_bytes - 1);
    return result == "TRAILER!!!" ? std::string() : result;
  }

 private:
  static uint64_t field(std::string_view header, size_t at) {
    return parse_number("0x" + std::string(header.substr(at, 8))).value_or(0);
  }
  static uint64_t padded(uint64_t bytes) { return (bytes + 3) & ~uint64_t{3}; }

  Result<size_t> take(std::span<uint8_t> out) {
    const auto got = stream_.read(out);
    if (!got.ok()) return unreadable(got.error().text());
    return got.value();
  }

  Status skip(uint64_t bytes) {
    while (bytes > 0) {
      const size_t part = std::min<uint64_t>(bytes, scratch_.size());
      NVRESUME_ASSIGN(const size_t got, take(std::span(scratch_).first(part)));
      if (got != part) return unreadable("cut short in a file");
      bytes -= part;
    }
    return ok_status();
  }

  ByteStream& stream_;
  uint64_t pending_ = 0;  // bytes of the last file still to be skipped
  std::vector<uint8_t> scratch_ = std::vector<uint8_t>(256 * 1024);
};

/// "…/drivers/gpu/drm/i915/i915.ko.xz" -> "i915". Helpers lie in drm/ itself or in one of a few
/// folders, tiny/ holds drivers of plain frame buffers; NVIDIA's own modules lie anywhere.
std::string gpu_driver_of(std::string_view name, std::string_view base) {
  constexpr std::string_view kFolder = "/drivers/gpu/drm/";
  const size_t module_end = base.find(".ko");
  if (module_end == std::string_view::npos) return {};
  const std::string_view module = base.substr(0, module_end);
  if (module.starts_with("nvidia")) return std::string(module);
  const size_t at = name.find(kFolder);
  if (at == std::string_view::npos) return {};
  const std::string_view below = name.substr(at + kFolder.size());
  for (const std::string_view harmless : {"display/", "scheduler/", "tiny/", "ttm/"})
    if (below.starts_with(harmless)) return {};
  return below.find('/') == std::string_view::npos ? std::string() : std::string(module);
}

void note_name(std::string_view name, std::string_view kernel_release, InitramfsContent& content) {
  if (name.ends_with("bin/nvresume")) content.program = true;
  const size_t slash = name.rfind('/');
  const std::string_view base = slash == std::string_view::npos ? name : name.substr(slash + 1);
  const std::string directory = "modules/" + std::string(kernel_release) + "/";
  if (base.starts_with("nvm_swap.ko") && name.find(directory) != std::string_view::npos)
    content.driver = true;
  std::vector<std::string>& gpu = content.gpu_drivers;
  std::string driver = gpu_driver_of(name, base);
  if (!driver.empty() && std::find(gpu.begin(), gpu.end(), driver) == gpu.end())
    gpu.push_back(std::move(driver));
}

Status read_one_archive(ByteStream& stream, std::string_view kernel_release,
                        InitramfsContent& content) {
  CpioReader reader(stream);
  for (;;) {
    NVRESUME_ASSIGN(const std::string name, reader.next_name());
    if (name.empty()) return ok_status();
    note_name(name, kernel_release, content);
  }
}

bool starts_with(std::span<const uint8_t> input, std::initializer_list<uint8_t> magic) {
  return input.size() >= magic.size() && std::equal(magic.begin(), magic.end(), input.begin());
}

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

/// Two lines: the identity, and the GPU drivers.
std::optional<InitramfsContent> recall(const std::string& identity) {
  const std::string text = read_text_or_empty(kCheckedPath);
  const size_t end = std::min(text.find('\n'), text.size());
  if (identity.empty() || text.substr(0, end) != identity) return std::nullopt;
  InitramfsContent content{true, true, {}};
  for (const std::string_view word : split_words(std::string_view(text).substr(end)))
    content.gpu_drivers.emplace_back(word);
  return content;
}

void remember(const std::string& identity, const InitramfsContent& content) {
  std::string text = identity + "\n";
  for (const std::string& driver : content.gpu_drivers) text += driver + " ";
  ::mkdir(system_path("/run/nvresume").c_str(), 0755);
  (void)write_text(kCheckedPath, text, 0644);  // only costs time the next time
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

Result<InitramfsContent> read_initramfs_content(std::span<const uint8_t> archive,
                                                std::string_view kernel_release) {
  InitramfsContent content;
  for (;;) {
    const auto begin =
        std::find_if(archive.begin(), archive.end(), [](uint8_t byte) { return byte != 0; });
    archive = archive.subspan(static_cast<size_t>(begin - archive.begin()));
    if (archive.empty()) break;
    std::unique_ptr<ByteStream> stream;
    const bool plain = starts_with(archive, {'0', '7', '0', '7', '0'});
    if (plain) stream = open_plain(archive);
    if (starts_with(archive, {0x1f, 0x8b})) stream = open_gzip(archive);
    if (starts_with(archive, {0x28, 0xb5, 0x2f, 0xfd})) stream = open_zstd(archive);
    if (!stream)
      return unreadable("its compression is neither gzip nor zstd (dracut: compress=\"zstd\")");
    NVRESUME_TRY(read_one_archive(*stream, kernel_release, content));
    if (!plain) break;  // the compressed archive is the last one
    archive = archive.subspan(stream->taken());
  }
  return content;
}

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
  }
  NVRESUME_TRY(require_complete(content, paths, kernel_release));
  remember(identity, content);
  return content;
}

}  // namespace nvresume
