// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/initramfs_content.h"

#include <algorithm>
#include <memory>

#include "resume/byte_stream.h"
#include "resume/cpio_reader.h"

namespace nvresume {
namespace {

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
      return unreadable_archive(
          "its compression is neither gzip nor zstd (dracut: compress=\"zstd\")");
    NVRESUME_TRY(read_one_archive(*stream, kernel_release, content));
    if (!plain) break;  // the compressed archive is the last one
    archive = archive.subspan(stream->taken());
  }
  return content;
}

}  // namespace nvresume
