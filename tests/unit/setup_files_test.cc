// SPDX-License-Identifier: GPL-2.0-or-later
#include <fcntl.h>
#include <sys/stat.h>

#include "kernel-cmdline/blank.h"
#include "kernel-cmdline/durable_file.h"
#include "kernel-cmdline/esp.h"
#include "kernel-cmdline/installed_kernels.h"
#include "kernel-cmdline/owned_files.h"
#include "kernel-cmdline/prerequisites.h"
#include "kernel-cmdline/process.h"
#include "kernel-cmdline/setup_options.h"
#include "kernel-cmdline/setup_state.h"
#include "tests/unit/setup_fixture.h"

namespace nvresume {
namespace {

class SetupFiles : public SetupMachine {
 protected:
  /// A Debian with GRUB and dracut, as far as setup looks.
  void install_debian() {
    for (const char* program :
         {"/usr/bin/dracut", "/usr/sbin/grub-mkconfig", "/boot/grub/grub.cfg", kInstalledStage,
          "/usr/lib/dracut/modules.d/55nvresume/module-setup.sh",
          "/usr/lib/systemd/system/nvresume-boot.service"})
      put(program, "x");
    put("/etc/default/grub", "GRUB_CMDLINE_LINUX=\"quiet\"\n# resume=/dev/sda3\n");
    put("/etc/fstab", "UUID=1 / ext4 defaults 0 1\n");
    put("/boot/vmlinuz-6.1.0-56-amd64", "kernel");
    put("/lib/modules/6.1.0-56-amd64/modules.dep", "updates/nvm_swap.ko:\nkernel/fs/x.ko:\n");
  }
};

TEST_F(SetupFiles, WrittenOnceThenLeftAlone) {
  auto written = ensure_contents("/etc/a/b/c.conf", "text\n");
  ASSERT_EQ(told(written), "ok");
  EXPECT_TRUE(written.value());
  EXPECT_FALSE(ensure_contents("/etc/a/b/c.conf", "text\n").value());
  EXPECT_TRUE(ensure_contents("/etc/a/b/c.conf", "other").value());
  EXPECT_EQ(contents("/etc/a/b/c.conf"), "other");
  EXPECT_EQ(list_directory("/etc/a/b"), std::vector<std::string>{"c.conf"});
}

TEST_F(SetupFiles, ModeOfAReplacedFileIsKept) {
  put("/etc/fstab", "old");
  ASSERT_EQ(::chmod(system_path("/etc/fstab").c_str(), 0600), 0);
  ASSERT_EQ(told(write_durably("/etc/fstab", "new")), "ok");
  struct stat status;
  ASSERT_EQ(::stat(system_path("/etc/fstab").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(SetupFiles, RemovingWhatIsNotThereIsFine) {
  put("/etc/x", "x");
  EXPECT_EQ(told(remove_durably("/etc/x")), "ok");
  EXPECT_EQ(told(remove_durably("/etc/x")), "ok");
  EXPECT_FALSE(file_exists("/etc/x"));
}

TEST_F(SetupFiles, StageGoesToTheEspAndSecondTimeIsNoChange) {
  put(kInstalledStage, std::string("MZ\0stage\n\n", 10));
  put("/boot/efi/EFI/debian/grubx64.efi", "grub");
  const auto esp = find_esp(/*mounted=*/false);
  ASSERT_EQ(told(esp), "ok");
  Journal journal;
  EXPECT_TRUE(install_stage(esp.value(), journal).value());
  EXPECT_EQ(contents("/boot/efi/EFI/nvresume/nvresume.efi"), contents(kInstalledStage));
  EXPECT_FALSE(install_stage(esp.value(), journal).value());
}

TEST_F(SetupFiles, EspMustBeAMountedFatFileSystem) {
  put("/boot/efi/EFI/debian/grubx64.efi", "grub");
  put("/proc/self/mountinfo", "30 22 254:1 / /boot/efi rw shared:2 - ext4 /dev/vda1 rw\n");
  EXPECT_EQ(told(find_esp(/*mounted=*/true)),
            "unsupported-setup: no EFI system partition is mounted at /boot/efi, /efi or /boot; "
            "mount it and try again");
  put("/proc/self/mountinfo", "30 22 254:1 / /boot/efi rw shared:2 - vfat /dev/vda1 rw\n");
  EXPECT_EQ(told(find_esp(/*mounted=*/true)), "ok");
}

TEST_F(SetupFiles, EspThatCannotBeWrittenIsNamedWithItsRemedy) {
  const std::string mount = "30 22 254:1 / /boot/efi ";
  put("/proc/self/mountinfo", mount + "rw shared:2 - vfat /dev/vda1 rw\n");
  EXPECT_EQ(told(check_esp_writable("/boot/efi")), "ok");
  for (const char* rest :
       {"ro shared:2 - vfat /dev/vda1 rw\n", "rw shared:2 - vfat /dev/vda1 ro\n"}) {
    put("/proc/self/mountinfo", mount + rest);
    EXPECT_NE(told(check_esp_writable("/boot/efi")).find("mount -o remount,rw /boot/efi"),
              std::string::npos)
        << rest;
  }
}

TEST_F(SetupFiles, OwnedFilesSayWhatTheBootNeeds) {
  std::string all;
  for (const OwnedFile& file : owned_files())
    all.append(file.path).append("\n").append(file.contents);
  EXPECT_NE(all.find("GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX resume=/dev/NVM_SWAP "
                     "resumeflags=x-systemd.device-timeout="),
            std::string::npos);
  EXPECT_NE(all.find("add_dracutmodules+=\" nvresume \"\n"), std::string::npos);
  EXPECT_NE(all.find("ExecStart=\nExecStart=/usr/sbin/nvresume save\n"), std::string::npos);
}

TEST_F(SetupFiles, StateSurvivesAndKeepsWhatItDoesNotChange) {
  SetupState state;
  state.set("grub_config", "12");
  state.set("initramfs.6.1", "0a:1@2");
  ASSERT_EQ(told(state.save()), "ok");
  EXPECT_EQ(contents(kStatePath), "grub_config=12\ninitramfs.6.1=0a:1@2\n");
  const SetupState again = SetupState::load();
  EXPECT_EQ(again.get("initramfs.6.1"), "0a:1@2");
  EXPECT_EQ(again.get("absent"), "");
}

TEST_F(SetupFiles, DebianWithGrubAndDracutPasses) {
  install_debian();
  EXPECT_EQ(told(check_system_files()), "ok");
}

TEST_F(SetupFiles, EachMissingPieceIsNamed) {
  install_debian();
  take_away("/lib/modules/6.1.0-56-amd64/modules.dep");
  EXPECT_TRUE(told(check_system_files())
                  .starts_with("driver-missing: no kernel in /boot has the module nvm_swap"));
  put("/etc/fstab", "/dev/NVM_SWAP none swap sw 0 0\n");
  EXPECT_TRUE(told(check_system_files()).starts_with("unsupported-setup: /etc/fstab already"));
  take_away(kInstalledStage);
  EXPECT_EQ(told(check_system_files()),
            "unsupported-setup: /usr/lib/nvresume/nvresume.efi is missing; install nvresume whole");
  put("/etc/default/grub", "GRUB_CMDLINE_LINUX=\"quiet resume=UUID=1\"\n");
  EXPECT_EQ(told(check_system_files()),
            "unsupported-setup: /etc/default/grub already sets resume=; remove it first");
  take_away("/usr/sbin/grub-mkconfig");
  EXPECT_TRUE(told(check_system_files()).starts_with("unsupported-setup: GRUB is not"));
  put("/usr/sbin/update-initramfs", "x");
  EXPECT_TRUE(told(check_system_files()).starts_with("unsupported-setup: initramfs-tools makes"));
  take_away("/usr/bin/dracut");
  EXPECT_TRUE(
      told(check_system_files()).starts_with("unsupported-setup: the initramfs is not made"));
}

TEST_F(SetupFiles, OwnGrubDropInIsNoConflict) {
  install_debian();
  for (const OwnedFile& file : owned_files())
    put(std::string(file.path), std::string(file.contents));
  EXPECT_EQ(told(check_system_files()), "ok");
}

TEST_F(SetupFiles, KernelsAndTheirDriverAreFound) {
  install_debian();
  put("/boot/vmlinuz-6.9.0-1-amd64", "kernel");
  put("/lib/modules/6.9.0-1-amd64/modules.dep", "kernel/drivers/not_nvm_swap.ko:\n");
  put("/lib/modules/6.9.0-2-amd64/modules.dep", "updates/dkms/nvm_swap.ko.xz: kernel/x.ko\n");
  EXPECT_EQ(installed_kernels(), (std::vector<std::string>{"6.1.0-56-amd64", "6.9.0-1-amd64"}));
  EXPECT_TRUE(has_driver("6.1.0-56-amd64"));
  EXPECT_FALSE(has_driver("6.9.0-1-amd64"));
  EXPECT_TRUE(has_driver("6.9.0-2-amd64"));
}

class Blank : public SetupMachine {
 protected:
  static constexpr size_t kBytes = 4 << 20;
  std::string disk_ = std::string(kBytes, '\0');
  std::string check() {
    put("/disk", disk_);
    return told(check_blank("/disk"));
  }
};

TEST_F(Blank, ZerosAreBlank) { EXPECT_EQ(check(), "ok"); }

TEST_F(Blank, OneByteAtEitherEndIsNamed) {
  disk_[5000] = 1;
  EXPECT_EQ(check(), "not-blank: /disk is not zero at byte 5000");
  disk_[5000] = 0;
  disk_[kBytes - 1] = 1;
  EXPECT_EQ(check(), "not-blank: /disk is not zero at byte 4194303");
}

TEST_F(Blank, SignaturesAreNamed) {
  disk_.replace(4086, 10, "SWAPSPACE2");
  disk_[1024] = 1;  // version
  disk_[1028] = 9;  // last page
  EXPECT_EQ(check(), "not-blank: /disk holds swap");
}

TEST_F(Blank, PartitionTableIsNamed) {
  disk_[510] = '\x55';
  disk_[511] = '\xaa';
  disk_[450] = '\x83';
  disk_[455] = 8;
  disk_[459] = 8;
  EXPECT_EQ(check(), "not-blank: /disk holds a partition table, dos");
}

TEST(Process, FailureCarriesTheCommandLine) {
  EXPECT_EQ(told(run_program({"true"})), "ok");
  EXPECT_EQ(told(run_program({"sh", "-c", "exit 7"})),
            "io-error: \"sh -c exit 7\" failed with status 7");
  EXPECT_TRUE(told(run_program({"/nonexistent/tool"})).starts_with("io-error: "));
}

Result<SetupOptions> parse(std::vector<std::string> words) {
  words.insert(words.begin(), "setup");
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  return parse_setup_options(arguments);
}

TEST(SetupOptions, FlagsAndValuesInBothForms) {
  const auto options = parse({"--yes", "--factor=1.5", "--range", "4G+1G"});
  ASSERT_EQ(told(options), "ok");
  EXPECT_TRUE(options.value().yes);
  EXPECT_FALSE(options.value().dry_run);
  EXPECT_EQ(options.value().factor_percent, 150u);
  EXPECT_EQ(options.value().range, (NvmRange{0x100000000, 0x40000000}));
  EXPECT_EQ(parse({}).value().factor_percent, 200u);
}

TEST(SetupOptions, NonsenseIsNamed) {
  EXPECT_EQ(told(parse({"--ja"})), "bad-argument: unknown argument \"--ja\"");
  EXPECT_EQ(told(parse({"--range"})), "bad-argument: a value is missing behind \"--range\"");
  EXPECT_EQ(told(parse({"--range=4G"})), "bad-argument: --range wants BASE+SIZE, not \"4G\"");
  EXPECT_EQ(told(parse({"--factor", "17"})),
            "bad-argument: --factor wants a number from 0.55 to 16, not \"17\"");
}

TEST(SetupOptions, StageChoicesAreOnlySetWhereTheyAreSaid) {
  EXPECT_FALSE(parse({}).value().direct);
  EXPECT_FALSE(parse({}).value().skip_key);
  const auto options = parse({"--direct=trial", "--skip-key", "n", "--erase=4G+1G"});
  ASSERT_EQ(told(options), "ok");
  EXPECT_EQ(options.value().direct, DirectMode::kTrial);
  EXPECT_EQ(options.value().skip_key, 'n');
  EXPECT_EQ(options.value().erase, (NvmRange{0x100000000, 0x40000000}));
  EXPECT_EQ(parse({"--skip-key=none"}).value().skip_key, 0);
  EXPECT_EQ(told(parse({"--direct=yes"})),
            "bad-argument: --direct wants off, trial or auto, not \"yes\"");
  EXPECT_EQ(told(parse({"--skip-key=F8"})),
            "bad-argument: --skip-key wants one character or none, not \"F8\"");
}

TEST(SetupOptions, FactorsAreHundredths) {
  EXPECT_EQ(parse_factor("1"), 100u);
  EXPECT_EQ(parse_factor("0.55"), 55u);
  EXPECT_EQ(parse_factor("1.02"), 102u);
  EXPECT_EQ(parse_factor("1.5"), 150u);
  for (const char* wrong : {"", ".", "0", "0.54", "1.", "1.005", "-1", "2x", "0x2", "16.01"})
    EXPECT_FALSE(parse_factor(wrong)) << wrong;
}

}  // namespace
}  // namespace nvresume
