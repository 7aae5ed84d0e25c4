// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/owned_files.h"

namespace nvresume {
namespace {

// resumeflags: systemd 252's hibernate-resume generator otherwise lets the initramfs wait for ever
// for a missing resume= device; of its options it knows x-systemd.device-timeout.
constexpr std::string_view kGrubText =
    "# Written by nvresume setup.\n"
    "GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX resume=/dev/NVM_SWAP "
    "resumeflags=x-systemd.device-timeout=20s\"\n";

constexpr std::string_view kDracutText =
    "# Written by nvresume setup.\n"
    "add_dracutmodules+=\" nvresume \"\n";

// systemctl hibernate, the desktop's button and logind all end in this unit. nvresume save runs the
// sleep hooks that systemd-sleep would have run.
constexpr std::string_view kHibernateText =
    "# Written by nvresume setup.\n"
    "[Service]\n"
    "ExecStart=\n"
    "ExecStart=" NVRESUME_PREFIX "/sbin/nvresume save\n";

// logind 252 answers "no" without a word where free swap is smaller than Active(anon). nvresume's
// image is not in the swap area; save makes its own check and says need and have.
constexpr std::string_view kLogindText =
    "# Written by nvresume setup.\n"
    "[Service]\n"
    "Environment=SYSTEMD_BYPASS_HIBERNATION_MEMORY_CHECK=1\n";

// Both would take the kernel's own path, past nvresume and its checks.
constexpr std::string_view kSleepText =
    "# Written by nvresume setup.\n"
    "[Sleep]\n"
    "AllowSuspendThenHibernate=no\n"
    "AllowHybridSleep=no\n";

// Debian's hooks build the module (dkms), then the initramfs (dracut), in this order, where the
// headers are there when the kernel is configured. Headers configured later make the module when
// the initramfs without it is there already, and nothing makes it again. Never fails: a package's
// installation must not stop here.
constexpr std::string_view kKernelHookText =
    "#!/bin/sh\n"
    "# Written by nvresume setup.\n"
    "program=" NVRESUME_PREFIX
    "/sbin/nvresume\n"
    "[ -n \"$1\" ] && [ -x $program ] || exit 0\n"
    "$program setup --kernel \"$1\" || true\n";

constexpr OwnedFile kOwnedFiles[] = {
    {kDracutConf, kDracutText},
    {"/etc/systemd/system/systemd-hibernate.service.d/nvresume.conf", kHibernateText},
    {"/etc/systemd/system/systemd-logind.service.d/nvresume.conf", kLogindText},
    {"/etc/systemd/sleep.conf.d/nvresume.conf", kSleepText},
    {kGrubDropIn, kGrubText},
    {"/etc/kernel/postinst.d/zz-nvresume", kKernelHookText, 0755},
    {"/etc/kernel/header_postinst.d/zz-nvresume", kKernelHookText, 0755},
};

}  // namespace

std::span<const OwnedFile> owned_files() { return kOwnedFiles; }

}  // namespace nvresume
