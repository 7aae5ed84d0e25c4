// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/initramfs_to_load.h"

#include <sys/utsname.h>

#include "image/media.h"
#include "resume/config_file.h"
#include "resume/initramfs_content_files.h"
#include "resume/system_files.h"

namespace nvresume {

Result<std::vector<std::string>> initramfs_to_load(const Fact<DefaultEntry>& entry,
                                                   const std::string& running_release) {
  if (const auto configured = read_setting("initramfs")) return std::vector{*configured};
  if (entry) {
    if (!entry->initramfs.empty()) return entry->initramfs;
    return Error(Reason::kNotInInitramfs, "the default boot entry \"")
        .with(entry->title)
        .with("\" loads no initramfs");
  }
  NVRESUME_ASSIGN(std::string path,
                  find_initramfs(read_text_or_empty("/proc/cmdline"), running_release));
  return std::vector{std::move(path)};
}

const std::string& release_to_load(const Fact<DefaultEntry>& entry,
                                   const std::string& running_release) {
  return entry ? entry->kernel_release : running_release;
}

void add_initramfs_section(MetadataWriter& writer) {
  struct utsname names = {};
  (void)::uname(&names);  // cannot fail with a valid buffer
  const std::string running_release = names.release;
  const Fact<DefaultEntry> entry = find_default_entry();
  const auto files = initramfs_to_load(entry, running_release);
  if (!files.ok()) return;
  const auto content = look_into_initramfs(*files, release_to_load(entry, running_release));
  if (!content.ok() || content->bytes == 0) return;
  const BootInitramfs initramfs{content->bytes, content->checksum};
  (void)writer.add(SectionType::kInitramfs, bytes_of(initramfs));  // full: the ticket is strict
}

}  // namespace nvresume
