// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/check_grub_menu.h"

#include "resume/check_default_entry.h"
#include "tests/unit/resume_system_root.h"

namespace nvresume {
namespace {

// As grub-mkconfig 2.06 writes it, shortened.
constexpr char kHeader[] = R"(
if [ -s $prefix/grubenv ]; then
  set have_grubenv=true
  load_env
fi
if [ "${next_entry}" ] ; then
   set default="${next_entry}"
   set next_entry=
   save_env next_entry
   set boot_once=true
else
   set default="${saved_entry}"
fi
if [ x"${feature_menuentry_id}" = xy ]; then
  menuentry_id_option="--id"
else
  menuentry_id_option=""
fi
function savedefault {
  if [ -z "${boot_once}" ]; then
    saved_entry="${chosen}"
  fi
}
)";
constexpr char kEntries[] = R"(
menuentry 'Debian GNU/Linux' --class debian $menuentry_id_option 'simple' {
  if [ x$grub_platform = xxen ]; then insmod xzio; insmod lzopio; fi
  search --no-floppy --fs-uuid --set=root 6e76
  echo  'Loading Linux 6.1.0-13-amd64 ...'
  linux  /vmlinuz-6.1.0-13-amd64 root=UUID=6e76 ro  quiet "dyndbg=file a.c +p"
  initrd /intel-ucode.img /initrd.img-6.1.0-13-amd64
}
submenu 'Advanced options' $menuentry_id_option 'advanced' {
  menuentry 'Debian, with Linux 6.1.0-13-amd64' --id=new {
    linux /vmlinuz-6.1.0-13-amd64 ro
    initrd /initrd.img-6.1.0-13-amd64
  }
  menuentry "Debian, with Linux 6.1.0-9-amd64" $menuentry_id_option 'old' {
    linux /vmlinuz-6.1.0-9-amd64 ro
    initrd /initrd.img-6.1.0-9-amd64
  }
}
menuentry 'UEFI Firmware Settings' $menuentry_id_option 'uefi-firmware' {
  fwsetup
}
)";
const std::string kConfig = std::string(kHeader) + kEntries;

std::string kernel_of(std::string_view config, std::string_view environment) {
  const GrubMenu menu = parse_grub_menu(config, environment);
  const GrubEntry* entry = find_default(menu);
  return entry == nullptr ? "none" : entry->kernel;
}

TEST(GrubMenu, WithoutAChoiceTheFirstEntryStarts) {
  const GrubMenu menu = parse_grub_menu(kConfig, "# GRUB Environment Block\n#####");
  ASSERT_EQ(menu.entries.size(), 3u);
  EXPECT_EQ(menu.entries[1].entries.size(), 2u);
  const GrubEntry* entry = find_default(menu);
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->title, "Debian GNU/Linux");
  EXPECT_EQ(entry->arguments, "root=UUID=6e76 ro quiet dyndbg=file a.c +p");
  EXPECT_EQ(entry->initramfs,
            (std::vector<std::string>{"/intel-ucode.img", "/initrd.img-6.1.0-13-amd64"}));
}

TEST(GrubMenu, SavedEntryIsFoundByIdTitleAndNumber) {
  for (const char* name :
       {"advanced>old", "Advanced options>Debian, with Linux 6.1.0-9-amd64", "1>1", "1>old"})
    EXPECT_EQ(kernel_of(kConfig, std::string("saved_entry=") + name), "/vmlinuz-6.1.0-9-amd64");
}

TEST(GrubMenu, ChoiceForTheNextBootWinsOnce) {
  EXPECT_EQ(kernel_of(kConfig, "saved_entry=0\nnext_entry=advanced>old\n"),
            "/vmlinuz-6.1.0-9-amd64");
}

TEST(GrubMenu, NumberInTheFileStands) {
  EXPECT_EQ(kernel_of(std::string("set default=\"1>0\"\n") + kEntries, "saved_entry=1>1"),
            "/vmlinuz-6.1.0-13-amd64");
  EXPECT_EQ(kernel_of(kConfig + "set default=advanced>old\n", ""), "/vmlinuz-6.1.0-9-amd64");
}

TEST(GrubMenu, DefaultThatNamesNothingToStartIsNone) {
  for (const char* name : {"9", "gone", "1", "advanced", "advanced>gone"})
    EXPECT_EQ(kernel_of(kConfig, std::string("saved_entry=") + name), "none") << name;
  EXPECT_EQ(kernel_of("", ""), "none");
}

TEST(GrubMenu, WhatTheBootDecidesIsUnknown) {
  const std::string decided = "if [ x$arg = xy ]; then\n set default=1\nfi\n";
  EXPECT_EQ(parse_grub_menu(kConfig + decided, "").default_entry, "");
  EXPECT_EQ(parse_grub_menu(kConfig + "if keystatus; then set default=1; fi\n", "").default_entry,
            "");
  EXPECT_EQ(parse_grub_menu(kConfig + decided + "set default=2\n", "").default_entry, "2")
      << "known again";
  EXPECT_EQ(
      parse_grub_menu(kConfig + "if [ -n \"$x\" ]; then source ($x)/y; fi\n", "").default_entry,
      "0");
}

TEST(GrubMenu, ElseAfterAnUnknownConditionIsUnknownToo) {
  EXPECT_EQ(parse_grub_menu("if keystatus --shift; then\n true\nelse\n set default=1\nfi\n" +
                                kConfig.substr(sizeof(kHeader)),
                            "")
                .default_entry,
            "");
}

class DefaultEntryFile : public testing::Test {
 protected:
  SystemRoot root_;
};

TEST_F(DefaultEntryFile, NamesKernelArgumentsAndTheFilesAsSeenHere) {
  root_.write("/boot/grub/grub.cfg", kConfig);
  root_.write("/boot/initrd.img-6.1.0-13-amd64", "x");
  const auto entry = find_default_entry();
  ASSERT_TRUE(entry.ok()) << entry.error().text();
  EXPECT_EQ(entry->kernel_release, "6.1.0-13-amd64");
  EXPECT_TRUE(entry->arguments.starts_with("root=UUID=6e76"));
  EXPECT_EQ(entry->initramfs,
            (std::vector<std::string>{"/intel-ucode.img", "/boot/initrd.img-6.1.0-13-amd64"}));
}

TEST_F(DefaultEntryFile, GrubenvAndCustomConfigCount) {
  root_.write("/boot/grub/grub.cfg", kConfig);
  root_.write("/boot/grub/grubenv", "# GRUB Environment Block\nsaved_entry=advanced>old\n###");
  EXPECT_EQ(find_default_entry()->kernel_release, "6.1.0-9-amd64");
  root_.write("/boot/grub/custom.cfg",
              "set default=new-one\nmenuentry 'New' --id new-one {\n"
              "linux (hd0,gpt2)/boot/vmlinuz-6.12 quiet\n}\n");
  EXPECT_EQ(find_default_entry()->kernel_release, "6.12");
}

TEST_F(DefaultEntryFile, WhatCannotBeToldIsSaid) {
  const auto text = [] { return std::string(find_default_entry().error().text()); };
  EXPECT_NE(text().find("no grub.cfg"), std::string::npos);
  root_.write("/boot/grub2/grub.cfg", kConfig);
  root_.write("/boot/grub2/grubenv", "saved_entry=gone\n");
  EXPECT_NE(text().find("no entry \"gone\""), std::string::npos) << text();
  root_.write("/boot/grub2/grubenv", "saved_entry=uefi-firmware\n");
  EXPECT_NE(text().find("no kernel version"), std::string::npos) << text();
}

}  // namespace
}  // namespace nvresume
