// SPDX-License-Identifier: GPL-2.0-or-later
// libefivar takes another directory than efivarfs from EFIVARFS_PATH, if it lies on a tmpfs; it
// looks once, when it is loaded.
#include "tests/unit/setup_debian.h"

extern "C" {
#include <efivar/efivar.h>
}
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

#include "image/image_area.h"
#include "kernel-cmdline/boot_entry.h"
#include "kernel-cmdline/boot_option.h"
#include "kernel-cmdline/grub_config.h"
#include "kernel-cmdline/installed_kernels.h"
#include "kernel-cmdline/loader_path.h"
#include "resume/image_disk.h"

/// On a tmpfs, unlike efivarfs, a shorter value leaves the end of the longer one: each write begins
/// with an empty file here, and libefivar's own function does the rest.
extern "C" int efi_set_variable(efi_guid_t guid, const char* name, uint8_t* data, size_t size,
                                uint32_t attributes, mode_t mode) {
  char* guid_text = nullptr;
  if (::efi_guid_to_str(&guid, &guid_text) < 0) return -1;
  const std::string path = std::string(::getenv("EFIVARFS_PATH")) + name + "-" + guid_text;
  ::free(guid_text);
  std::error_code ignored;  // there may be none yet
  std::filesystem::remove(path, ignored);
  using Set = int (*)(efi_guid_t, const char*, uint8_t*, size_t, uint32_t, mode_t);
  const auto set = reinterpret_cast<Set>(::dlsym(RTLD_NEXT, "efi_set_variable"));
  return set(guid, name, data, size, attributes, mode);
}

namespace nvresume {
namespace {

/// Starts the test program again with a directory of its own, before anything else of it runs.
[[gnu::constructor]] void restart_with_own_variables(int, char** argv, char**) {
  if (::getenv("EFIVARFS_PATH") != nullptr) {
    ::atexit([] { ::rmdir(::getenv("EFIVARFS_PATH")); });
    return;
  }
  char path[64];
  ::snprintf(path, sizeof(path), "/dev/shm/nvresume-setup-%d/", ::getpid());
  if (::mkdir(path, 0700) != 0) return;
  ::setenv("EFIVARFS_PATH", path, 1);
  ::execv("/proc/self/exe", argv);
}

constexpr size_t kToldBytes = 100;
constexpr char kTools[] = "/test-tools";

/// One entry of a cpio archive ("newc"), with one byte of contents.
std::string archive_entry(const std::string& name) {
  char header[111];
  ::snprintf(header, sizeof(header), "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X",
             0, 0100644, 0, 0, 1, 0, 1, 0, 0, 0, 0, static_cast<unsigned>(name.size() + 1), 0);
  std::string entry = header + name + '\0';
  entry.resize((entry.size() + 3) / 4 * 4);
  return entry + std::string("x\0\0\0", 4);
}

/// What dracut makes, with and without nvresume's module.
std::string archive(bool with_nvresume) {
  std::string text = archive_entry("init");
  if (with_nvresume) {
    text += archive_entry("usr/sbin/nvresume");
    for (const std::string kernel : {kKernel, "6.9"})
      text += archive_entry("lib/modules/" + kernel + "/updates/nvm_swap.ko");
  }
  // The end has no contents; as it is, one byte would begin the next archive.
  std::string end = archive_entry("TRAILER!!!");
  end.replace(6 + 6 * 8, 8, "00000000").resize(end.size() - 4);
  return text + end;
}

std::string describe(const std::filesystem::path& path) {
  struct stat status;
  if (::lstat(path.c_str(), &status) != 0) return "gone";
  char text[64];
  ::snprintf(text, sizeof(text), "%06o %u:%u ", status.st_mode, status.st_uid, status.st_gid);
  if (S_ISLNK(status.st_mode)) return text + std::filesystem::read_symlink(path).string();
  if (!S_ISREG(status.st_mode)) return text;
  std::ifstream file(path, std::ios::binary);
  return text + std::string(std::istreambuf_iterator<char>(file), {});
}

void add_tree(const std::string& root, const std::string& skip, Everything& all) {
  namespace fs = std::filesystem;
  for (auto at = fs::recursive_directory_iterator(root); at != fs::recursive_directory_iterator();
       ++at) {
    const std::string name = at->path().string().substr(root.size());
    if (!skip.empty() && name == skip) {
      at.disable_recursion_pending();
      continue;
    }
    all[at->path().string()] = describe(at->path());
  }
}

std::string wide(const std::string& text) {
  std::string bytes;
  for (const char c : text) bytes += {c, '\0'};
  return bytes + std::string(2, '\0');
}

/// EFI_LOAD_OPTION: attributes, path length, label, path of one file node and its end, data.
std::string load_option(const std::string& label, const std::string& file,
                        const std::string& data) {
  const std::string file_text = wide(file);
  const auto node_bytes = static_cast<uint16_t>(4 + file_text.size());
  std::string path = {4, 4, static_cast<char>(node_bytes & 0xff),
                      static_cast<char>(node_bytes >> 8)};
  path += file_text + std::string("\x7f\xff\x04\x00", 4);
  const auto path_bytes = static_cast<uint16_t>(path.size());
  const uint32_t active = 1;
  std::string option(reinterpret_cast<const char*>(&active), 4);
  option += std::string(reinterpret_cast<const char*>(&path_bytes), 2);
  return option + wide(label) + path + data;
}

}  // namespace

/// In place of kernel-cmdline/boot_option.cc: no partition is behind this machine's ESP.
Result<std::vector<uint8_t>> make_boot_option(const std::string&, const std::string& next_loader) {
  const std::string option =
      load_option(kBootEntryLabel, std::string(kStagePathOnEsp), wide(next_loader));
  return std::vector<uint8_t>(option.begin(), option.end());
}

const char* efi_variables_directory() { return ::getenv("EFIVARFS_PATH"); }

void DebianMachine::SetUp() {
  if (efi_variables_directory() == nullptr) GTEST_SKIP() << "no /dev/shm to put EFI variables in";
  SetupMachine::SetUp();
  old_path_ = ::getenv("PATH");
  install();
}

void DebianMachine::TearDown() {
  if (efi_variables_directory() == nullptr) return;
  ::setenv("PATH", old_path_.c_str(), 1);
  std::filesystem::remove_all(efi_variables_directory());
  SetupMachine::TearDown();
}

void DebianMachine::start_again() {
  TearDown();
  SetUp();
}

void DebianMachine::install() {
  std::filesystem::create_directories(efi_variables_directory());
  for (const char* path :
       {"/usr/bin/dracut", "/usr/sbin/grub-mkconfig", "/usr/sbin/nvresume",
        "/usr/lib/dracut/modules.d/55nvresume/module-setup.sh",
        "/usr/lib/systemd/system/nvresume-boot.service", "/boot/efi/EFI/debian/shimx64.efi"})
    put(path, "x");
  put(kInstalledStage, "MZ stage");
  put("/etc/default/grub", "GRUB_CMDLINE_LINUX=\"quiet\"\n");
  put("/etc/fstab", "UUID=1 / ext4 defaults 0 1");  // no newline at its end
  put("/etc/systemd/system/sysinit.target.wants/other.service", "x");
  put("/etc/kernel/postinst.d/dracut", "x");
  const std::string modules = std::string("/lib/modules/").append(kKernel);
  put(std::string("/boot/vmlinuz-").append(kKernel), "kernel");
  put(modules + "/modules.dep", "updates/nvm_swap.ko:\n");
  put(modules + "/updates/nvm_swap.ko", "driver");
  put("/var/lib/dpkg/status", "x");
  install_tools();
  ::chmod(system_path("/etc/fstab").c_str(), 0640);
  (void)!::chown(system_path("/etc/fstab").c_str(), 0, 4);  // not root: the owner stays ours
  ::chmod(system_path("/boot/grub/grub.cfg").c_str(), 0444);
  ::chmod(system_path(initramfs_path(kKernel)).c_str(), 0600);
  put_variable("Boot0000", load_option("debian", "\\EFI\\debian\\shimx64.efi", ""));
  put_variable("BootCurrent", std::string("\0\0", 2), 6);
  put_variable("BootOrder", std::string("\0\0\x01\0", 4));
}

/// What dracut and GRUB do with their configuration, in one line each.
void DebianMachine::install_tools() {
  const std::string root = system_path("");
  const auto tool = [&](const std::string& name, const std::string& script) {
    const std::string path = std::string(kTools) + "/" + name;
    put(path, "#!/bin/sh\nset -e\nR=" + root + "\n" + script);
    ::chmod(system_path(path).c_str(), 0755);
  };
  tool("dracut",
       "i=neither\ngrep -qs nvresume $R/etc/dracut.conf.d/*.conf && i=with\n"
       "[ \"$5 $6\" != '--omit-drivers nvm_swap' ] || i=without\n"
       "cp $R/test-tools/$i.cpio \"$R$3\"\n");
  tool("grub-mkconfig",
       "{ echo 'linux quiet'; grep -o 'resume=/dev/NVM_SWAP' $R/etc/default/grub.d/*.cfg "
       "2>/dev/null || true; } >\"$R$2\"\n");
  tool("swapoff", "echo Filename >$R/proc/swaps\n");
  ::setenv("PATH", (root + kTools + ":" + old_path_).c_str(), 1);
  for (const bool with : {true, false})
    put(std::string(kTools) + (with ? "/with.cpio" : "/without.cpio"), archive(with));
  put(initramfs_path(kKernel), archive(false));
  put(kGrubConfigPath, "linux quiet\n");
}

void DebianMachine::put_variable(const std::string& name, const std::string& data,
                                 uint32_t attributes) {
  const std::string path = std::string(efi_variables_directory()) + name + kGlobalVendor;
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(&attributes), sizeof(attributes));
  file << data;
}

SetupPlan DebianMachine::plan() {
  SetupPlan plan;
  plan.stage.range = {0x100000000, 0x80000000};
  plan.stage.next_loader = "\\EFI\\debian\\shimx64.efi";
  plan.esp = "/boot/efi";
  return plan;
}

Status DebianMachine::set_up(const SetupPlan& plan) {
  NVRESUME_ASSIGN(SetupRecords records, SetupRecords::load());
  auto steps = file_steps(plan.esp, records);
  for (SetupStep& step : boot_steps(plan, records)) steps.push_back(std::move(step));
  for (const SetupStep& step : steps) NVRESUME_TRY(step.make());
  return verify_setup();
}

Status DebianMachine::remove(const UndoOptions& options) {
  NVRESUME_ASSIGN(const auto plan, plan_removal());
  NVRESUME_TRY(check_removal(plan, options));
  return undo_everything(plan, options, [](const std::string&) {});
}

void DebianMachine::format_range() {
  constexpr uint64_t kBytes = 4 << 20;
  put(kImageDiskPath, std::string(kBytes, '\0'));
  std::string swap(kBytes, '\0');
  swap.replace(4086, 10, "SWAPSPACE2");
  swap[1 << 20] = 's';  // what was swapped out once
  put(kSwapDiskPath, swap);
  put("/proc/swaps", "Filename Type Size Used Priority\n/dev/nvm_swap0 partition 4096 0 100\n");
  auto disk = ImageDisk::open(system_path(kImageDiskPath).c_str());
  ASSERT_EQ(told(disk), "ok");
  ASSERT_EQ(told(ImageArea::format(disk.value(), 0x100000000, {kBytes, kBytes})), "ok");
  auto journal = Journal::load();
  ASSERT_EQ(told(journal), "ok");
  ASSERT_EQ(told(journal->record({Change::kRange,
                                  nvresume::format_range(NvmRange{0x100000000, 2 * kBytes}),
                                  std::to_string(kBytes)})),
            "ok");
}

Everything DebianMachine::everything(bool with_own_state) {
  Everything all;
  add_tree(system_path(""), with_own_state ? "" : "/var/lib/nvresume", all);
  add_tree(efi_variables_directory(), "", all);
  return all;
}

std::string difference(const Everything& before, const Everything& after) {
  for (const auto& [path, what] : before) {
    const auto now = after.find(path);
    if (now == after.end()) return path + " is gone";
    if (now->second != what)
      return path + ": was " + what.substr(0, kToldBytes) + ", is " +
             now->second.substr(0, kToldBytes);
  }
  for (const auto& [path, what] : after)
    if (!before.contains(path)) return path + " is new: " + what.substr(0, kToldBytes);
  return "";
}

}  // namespace nvresume
