// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/fstab.h"

#include <libmount/libmount.h>
#include <stdio.h>

#include <memory>

#include "kernel-cmdline/durable_file.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr char kFstabPath[] = "/etc/fstab";

struct TableDeleter {
  void operator()(libmnt_table* table) const { mnt_unref_table(table); }
};
struct FileDeleter {
  void operator()(FILE* file) const { ::fclose(file); }
};

int count_bad_line(libmnt_table* table, const char*, int) {
  ++*static_cast<int*>(mnt_table_get_userdata(table));
  return 1;  // skip it and go on
}

}  // namespace

std::string add_fstab_block(std::string_view fstab, bool& completed) {
  completed = false;
  std::string result(fstab);
  if (fstab.find(kFstabBlock) != std::string_view::npos) return result;
  completed = !result.empty() && result.back() != '\n';
  if (completed) result += '\n';
  return result.append(kFstabBlock);
}

std::string remove_fstab_block(std::string_view fstab, bool completed) {
  std::string result(fstab);
  const size_t at = result.find(kFstabBlock);
  if (at == std::string::npos) return result;
  const bool was_last = at + kFstabBlock.size() == result.size();
  result.erase(at, kFstabBlock.size());
  if (completed && was_last && !result.empty()) result.pop_back();
  return result;
}

Result<bool> ensure_fstab(Journal& journal) {
  NVRESUME_TRY(discard_beside(kFstabPath));
  const auto now = read_bytes(kFstabPath);
  bool completed = false;
  const std::string wanted = add_fstab_block(now.value_or(""), completed);
  if (now == wanted) return false;
  const char* before = !now ? "absent" : completed ? "completed" : "whole";
  NVRESUME_TRY(journal.record({Change::kFstab, kFstabPath, before}));
  return ensure_contents(kFstabPath, wanted);
}

Status undo_fstab(std::string_view before) {
  NVRESUME_TRY(discard_beside(kFstabPath));
  const auto now = read_bytes(kFstabPath);
  if (!now) return ok_status();
  const std::string wanted = remove_fstab_block(*now, before == "completed");
  if (before == "absent" && wanted.empty()) return remove_durably(kFstabPath);
  NVRESUME_TRY(ensure_contents(kFstabPath, wanted));
  return ok_status();
}

Status check_fstab(std::string_view fstab) {
  bool completed = false;
  std::string others = remove_fstab_block(fstab, completed);
  if (others.empty()) return ok_status();
  const std::unique_ptr<FILE, FileDeleter> file(::fmemopen(others.data(), others.size(), "r"));
  const std::unique_ptr<libmnt_table, TableDeleter> table(mnt_new_table());
  if (!file || !table) return Error(Reason::kInternal, "no memory to read /etc/fstab");
  int bad_lines = 0;
  (void)mnt_table_set_userdata(table.get(), &bad_lines);
  (void)mnt_table_set_parser_errcb(table.get(), count_bad_line);
  if (mnt_table_parse_stream(table.get(), file.get(), "/etc/fstab") != 0 || bad_lines != 0)
    return Error(Reason::kUnsupportedSetup,
                 "/etc/fstab has a line that cannot be parsed; findmnt --verify shows it");
  if (mnt_table_find_srcpath(table.get(), "/dev/NVM_SWAP", MNT_ITER_FORWARD) != nullptr)
    return Error(
        Reason::kUnsupportedSetup,
        "/etc/fstab already has a line for /dev/NVM_SWAP that setup did not write; remove it");
  return ok_status();
}

}  // namespace nvresume
