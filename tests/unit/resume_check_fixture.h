// SPDX-License-Identifier: GPL-2.0-or-later
// resume_check_fixture.h: a machine on which everything is well. A test breaks one thing and looks
// at that row of the whole table: a check that is missing there is a test that fails.
#pragma once

#include <cstdio>

#include "image/image_area.h"
#include "resume/check_table.h"
#include "tests/unit/resume_system_root.h"

namespace nvresume {

/// A plain newc archive of empty files.
inline std::string make_archive(std::initializer_list<std::string_view> names) {
  std::string archive;
  const auto add = [&archive](std::string_view name) {
    char header[111];
    ::snprintf(header, sizeof(header), "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x",
               0u, 0100644u, 0u, 0u, 1u, 0u, 0u, 0u, 0u, 0u, 0u,
               static_cast<unsigned>(name.size() + 1), 0u);
    archive += header;
    archive.append(name).append(1, '\0');
    archive.resize((archive.size() + 3) / 4 * 4);
  };
  for (const std::string_view name : names) add(name);
  add("TRAILER!!!");
  return archive;
}

class CheckTest : public testing::Test {
 protected:
  static constexpr char kRelease[] = "6.1.0-13-amd64";
  static constexpr char kInitramfs[] = "/boot/initrd.img-6.1.0-13-amd64";
  static constexpr uint64_t kBase = 0x100000000;
  static constexpr uint64_t kArea = uint64_t{528} << 20;

  CheckTest() {
    root_.write("/sys/power/state", "freeze mem disk\n");
    root_.write("/sys/power/disk", "[platform] shutdown reboot suspend test_resume \n");
    root_.write("/sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
    root_.write("/proc/cmdline", "BOOT_IMAGE=/boot/vmlinuz-6.1.0-13-amd64 resume=/dev/NVM_SWAP\n");
    root_.write("/proc/self/mountinfo", "36 25 254:1 / /boot/efi rw - vfat /dev/vda1 rw\n");
    root_.write("/boot/efi/EFI/nvresume/nvresume.efi", "MZ stage");
    root_.write("/usr/lib/nvresume/nvresume.efi", "MZ stage");
    root_.write("/run/nvresume/resume", "");
    root_.write("/proc/swaps",
                "Filename\tType\tSize\tUsed\tPriority\n/dev/nvm_swap0 partition 1000000 0 -2\n");
    write_memory(1000, 400, 300, 1000);
    root_.write(kInitramfs, make_archive({"usr/sbin/nvresume", driver_path(kRelease)}));
    fill_machine();
  }

  static std::string driver_path(const std::string& release) {
    return "usr/lib/modules/" + release + "/updates/nvm_swap.ko.xz";
  }

  void fill_machine() {
    machine_.kernel_release = kRelease;
    NvresumeRange range{};
    range.range_base = kBase;
    range.image_bytes = range.swap_bytes = kArea;
    range.formatted = 1;
    range.boot_count = 7;
    machine_.range = range;
    machine_.driver_range = range;
    Superblock superblock{};
    superblock.range_base = kBase;
    superblock.image_bytes = superblock.swap_bytes = kArea;
    superblock.slot_bytes = uint64_t{526} << 20;
    superblock.boot_count = 7;
    superblock.state = static_cast<uint32_t>(State::kEmpty);
    machine_.superblock = superblock;
    machine_.image_disk_bytes = kArea;
    machine_.swap_disk_bytes = kArea;
    machine_.swap_signature = SwapSignature::kSwap;
    machine_.boot_entry = uint16_t{3};
    machine_.boot_order = {3, 0};
    machine_.default_entry =
        DefaultEntry{"Debian GNU/Linux", kRelease, "ro resume=/dev/NVM_SWAP", {kInitramfs}};
    machine_.unprovable = std::vector<std::string>();
  }

  /// In MiB: memory in all, in use, what of that may be swapped out, and swap that is free.
  void write_memory(uint64_t total, uint64_t in_use, uint64_t swappable, uint64_t swap_free) {
    const auto kib = [](uint64_t mib) { return std::to_string(mib << 10) + " kB\n"; };
    root_.write("/proc/meminfo", "MemTotal: " + kib(total) + "MemFree: " + kib(total - in_use) +
                                     "Active(anon): 0 kB\nInactive(anon): " + kib(swappable) +
                                     "Active(file): 0 kB\nInactive(file): 0 kB\n" +
                                     "SwapFree: " + kib(swap_free) + "SReclaimable: 0 kB\n");
  }

  /// The row of this name; a made-up one that no test expects where the table has none.
  Finding row(std::string_view name) {
    for (CheckRow& found : run_checks(machine_))
      if (found.name == name) return std::move(found.finding);
    return fail(Reason::kInternal, "", "no such row", "");
  }
  bool has_row(std::string_view name) {
    for (const CheckRow& found : run_checks(machine_))
      if (found.name == name) return true;
    return false;
  }

  void expect(std::string_view name, Verdict verdict, Reason reason, std::string_view part,
              std::string_view remedy_part) {
    const Finding finding = row(name);
    EXPECT_EQ(finding.verdict, verdict) << name << ": " << finding.found;
    EXPECT_EQ(reason_name(finding.reason), reason_name(reason)) << name << ": " << finding.found;
    EXPECT_NE(finding.found.find(part), std::string::npos) << name << ": " << finding.found;
    EXPECT_NE(finding.remedy.find(remedy_part), std::string::npos) << name << finding.remedy;
    EXPECT_FALSE(finding.looked_at.empty()) << name;
    EXPECT_EQ(finding.remedy.empty(), verdict == Verdict::kPass) << name;
  }
  void expect_pass(std::string_view name, std::string_view part = "") {
    expect(name, Verdict::kPass, Reason::kNone, part, "");
  }
  void expect_warn(std::string_view name, std::string_view part, std::string_view remedy_part,
                   Reason reason = Reason::kNone) {
    expect(name, Verdict::kWarn, reason, part, remedy_part);
  }
  void expect_fail(std::string_view name, Reason reason, std::string_view part,
                   std::string_view remedy_part) {
    expect(name, Verdict::kFail, reason, part, remedy_part);
  }

  SystemRoot root_;
  CheckedMachine machine_;
};

}  // namespace nvresume
