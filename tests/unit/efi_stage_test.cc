// SPDX-License-Identifier: GPL-2.0-or-later
// The whole stage, from its entry point to its return, in a fake machine. Whatever happens,
// firmware gets back what it had; what a loader sees is told in the tests' names.
#include <gtest/gtest.h>

#include <string>

#include "efi/variables.h"
#include "tests/unit/efi_fake_image.h"
#include "tests/unit/efi_fake_processor.h"

namespace nvresume::efi {
namespace {

constexpr uint64_t kNvm = 0x20000000;  // above the memory
constexpr uint64_t kNvmBelow = 0x08000000;
constexpr uint64_t kNvmBytes = 128 << 20;
constexpr uint64_t kNoNvm = 0;
const std::string kGrub = "\\EFI\\debian\\grubx64.efi";
const std::string kShim = "\\EFI\\debian\\shimx64.efi";

using Entries = std::vector<FakeMemory::Entry>;
using Names = std::vector<std::string>;

class StageTest : public testing::Test {
 protected:
  StageTest() {
    firmware_.put_file(kGrub);
    firmware_.in_loader = [this] { look_as_loader(); };
  }

  void look_as_loader() {
    map_in_loader_ = firmware_.memory.map();
    range_in_loader_ = firmware_.range();
    EXPECT_EQ(firmware_.memory.pool_out(), 0u) << "the stage's own memory is given back first";
    EXPECT_EQ(firmware_.events_out(), firmware_.watchers_out());
    EXPECT_EQ(firmware_.watchdog_seconds, kFirmwareWatchdogSeconds);
  }

  NvresumeConfig config_for(uint64_t base) {
    NvresumeConfig config = default_config();
    config.mode = static_cast<uint32_t>(RangeMode::kExplicit);
    config.range_base = base;
    config.range_bytes = kNvmBytes;
    return config;
  }
  static void set_loader(NvresumeConfig& config, const std::string& path) {
    memset(config.next_loader, 0, sizeof config.next_loader);
    for (size_t i = 0; i < path.size(); ++i) config.next_loader[i] = static_cast<uint8_t>(path[i]);
  }

  /// One boot; firmware has everything again afterwards.
  EFI_STATUS boot() {
    const Entries before = firmware_.memory.map();
    map_in_loader_.clear();
    range_in_loader_ = {};
    const EFI_STATUS status = firmware_.run_stage();
    EXPECT_EQ(firmware_.memory.map(), before);
    EXPECT_EQ(firmware_.memory.pages_out(), 0u);
    EXPECT_EQ(firmware_.memory.pool_out(), 0u);
    EXPECT_TRUE(firmware_.memory.spaces().empty());
    EXPECT_EQ(firmware_.events_out(), 0u);
    EXPECT_EQ(firmware_.images_out(), 0u);
    EXPECT_FALSE(firmware_.has_range());
    EXPECT_EQ(firmware_.watchdog_seconds, kFirmwareWatchdogSeconds);
    return status;
  }
  /// Set up at `base`, and one boot through the stage since.
  void set_up(uint64_t base, NvmKind kind) {
    firmware_.install_nvm(base, kNvmBytes, kind);
    firmware_.put_config(config_for(base));
    (void)boot();
    ASSERT_EQ(range_in_loader_.range_base, base) << firmware_.console;
    format_range(range_in_loader_);
    (void)boot();
    ASSERT_EQ(range_in_loader_.formatted, 1u) << firmware_.console;
  }

  bool says(const std::string& text) const {
    return firmware_.console.find(text) != std::string::npos;
  }
  /// Whether the loader's map calls all of the published range reserved or persistent.
  bool range_is_kept() const {
    const uint64_t start = range_in_loader_.range_base;
    const uint64_t end = start + range_in_loader_.image_bytes + range_in_loader_.swap_bytes;
    for (const FakeMemory::Entry& entry : map_in_loader_)
      if (entry.start <= start && end <= entry.end)
        return entry.type == EfiReservedMemoryType || entry.type == kEfiPersistentMemory;
    return false;
  }

  FakeFirmware firmware_;
  Entries map_in_loader_;
  NvresumeRange range_in_loader_{};
};

TEST_F(StageTest, MachineWithoutNvmBootsOn) {
  EXPECT_EQ(boot(), EFI_SUCCESS);
  EXPECT_EQ(firmware_.started, Names{kGrub});
  EXPECT_EQ(range_in_loader_.range_base, kNoNvm);
  EXPECT_EQ(range_in_loader_.reason, static_cast<uint32_t>(Reason::kNoNvm));
  EXPECT_TRUE(says("no NVM range was found; booting on without NVM"));
}

TEST_F(StageTest, NvmOfEveryKindIsKeptForTheLoaderAndGivenBack) {
  uint64_t base = kNvm;
  for (const auto& [kind, told] : {std::pair{NvmKind::kUnknown, RangeKind::kUnmapped},
                                   std::pair{NvmKind::kReserved, RangeKind::kReserved},
                                   std::pair{NvmKind::kPersistent, RangeKind::kPersistent},
                                   std::pair{NvmKind::kMemoryNv, RangeKind::kMemoryNv}}) {
    set_up(base, kind);
    EXPECT_EQ(range_in_loader_.kind, static_cast<uint32_t>(told));
    EXPECT_TRUE(range_is_kept());
    // The next range: this one is somebody else's from now on.
    memset(reinterpret_cast<void*>(base), 0, 8192);
    base += kNvmBytes;
  }
}

TEST_F(StageTest, MapIsTheSameAtEveryBoot) {
  set_up(kNvm, NvmKind::kUnknown);
  const Entries first = map_in_loader_;
  for (int i = 0; i < 3; ++i) {
    (void)boot();
    EXPECT_EQ(map_in_loader_, first);
  }
  EXPECT_EQ(range_in_loader_.boot_count, 4u);
}

TEST_F(StageTest, NvmBelowTheMemoryIsTakenAlike) {
  set_up(kNvmBelow, NvmKind::kUnknown);
  EXPECT_TRUE(range_is_kept());
  EXPECT_EQ(range_in_loader_.ordinary_bytes, uint64_t{128} << 20);
}

TEST_F(StageTest, WithoutDxeServicesOnlyWhatFirmwareKnowsIsTaken) {
  firmware_.remove_dxe_services();
  firmware_.install_nvm(kNvm, kNvmBytes, NvmKind::kUnknown);
  firmware_.put_config(config_for(kNvm));
  (void)boot();
  EXPECT_EQ(range_in_loader_.range_base, kNoNvm);
  EXPECT_TRUE(says("this firmware has no DXE services; booting on without NVM"));
  EXPECT_EQ(firmware_.started, Names{kGrub});
  set_up(kNvm + kNvmBytes, NvmKind::kPersistent);
}

TEST_F(StageTest, OfTwoModulesOnlyTheOneSetUpIsTouched) {
  firmware_.install_nvm(kNvm, kNvmBytes, NvmKind::kUnknown);
  memset(reinterpret_cast<void*>(kNvm), 0x5a, 8192);
  set_up(kNvm + kNvmBytes, NvmKind::kUnknown);
  EXPECT_EQ(map_in_loader_.back().start, kNvm + kNvmBytes);
  for (uint64_t i = 0; i < 8192; ++i)
    ASSERT_EQ(reinterpret_cast<const uint8_t*>(kNvm)[i], 0x5a) << "byte " << i;
}

TEST_F(StageTest, LostConfigurationFindsTheRangeByItsSuperblock) {
  firmware_.install_nvm(kNvm, kNvmBytes, NvmKind::kUnknown);
  set_up(kNvm + kNvmBytes, NvmKind::kUnknown);
  const NvresumeRange with = range_in_loader_;
  const Entries map = map_in_loader_;
  firmware_.forget_config();
  (void)boot();
  EXPECT_TRUE(says("no usable configuration (reading NvresumeConfig failed: not found"));
  EXPECT_EQ(range_in_loader_.range_base, with.range_base);
  EXPECT_EQ(range_in_loader_.swap_bytes, with.swap_bytes);
  EXPECT_EQ(range_in_loader_.boot_count, with.boot_count + 1);
  EXPECT_EQ(map_in_loader_, map);
}

TEST_F(StageTest, BlankNvmIsLeftAloneWithoutConfiguration) {
  firmware_.install_nvm(kNvm, kNvmBytes, NvmKind::kUnknown);
  (void)boot();
  EXPECT_EQ(range_in_loader_.range_base, kNoNvm);
  EXPECT_TRUE(says("none of it is set up for nvresume; booting on without NVM"));
}

TEST_F(StageTest, NvmThatFirmwareDoesNotMapIsNotTouched) {
  firmware_.install_nvm(kNvm, kNvmBytes, NvmKind::kUnknown);
  firmware_.put_config(config_for(kNvm));
  firmware_.unmap(kNvm);
  (void)boot();
  EXPECT_EQ(range_in_loader_.range_base, kNoNvm);
  EXPECT_TRUE(says("firmware does not map the NVM; booting on without NVM"));
}

TEST_F(StageTest, SecondStageOfOneBootReservesAndCountsNothing) {
  set_up(kNvm, NvmKind::kUnknown);
  const uint64_t count_before = range_in_loader_.boot_count;
  int starts = 0;
  firmware_.in_loader = [&] {
    look_as_loader();
    if (++starts == 1) (void)firmware_.start_stage();
  };
  (void)boot();
  EXPECT_EQ(firmware_.started, (Names{kGrub, kGrub}));
  EXPECT_TRUE(says("started again in the same boot"));
  EXPECT_EQ(range_in_loader_.boot_count, count_before + 1) << "published by the first";
  EXPECT_TRUE(range_is_kept()) << "the second has not given back what is the first one's";
}

TEST_F(StageTest, MissingConfiguredLoaderFallsBackToTheBootEntrys) {
  NvresumeConfig config = default_config();
  set_loader(config, "\\EFI\\gone\\loader.efi");
  firmware_.put_config(config);
  firmware_.put_file("\\EFI\\own\\loader.efi");
  for (char c : std::string("\\EFI\\own\\loader.efi")) {
    firmware_.load_options.push_back(static_cast<uint8_t>(c));
    firmware_.load_options.push_back(0);
  }
  (void)boot();
  EXPECT_TRUE(says("cannot load \\EFI\\gone\\loader.efi: LoadImage failed: not found"));
  EXPECT_EQ(firmware_.started, Names{"\\EFI\\own\\loader.efi"});
  // That one gone, too: the distribution's usual places.
  firmware_.remove_file("\\EFI\\own\\loader.efi");
  firmware_.put_file(kShim);
  (void)boot();
  EXPECT_TRUE(says("cannot load \\EFI\\own\\loader.efi: LoadImage failed: not found"));
  EXPECT_EQ(firmware_.started, Names{kShim});
}

TEST_F(StageTest, WithoutAnyLoaderFirmwareGetsItsMemoryBack) {
  set_up(kNvm, NvmKind::kMemoryNv);
  firmware_.remove_file(kGrub);
  EXPECT_EQ(boot(), EFI_NOT_FOUND);
  EXPECT_TRUE(firmware_.started.empty());
  EXPECT_TRUE(says("no boot loader was found"));
  EXPECT_TRUE(says("back to firmware"));
}

TEST_F(StageTest, LoaderThatReturnsIsSaidAndItsStatusIsFirmwares) {
  set_up(kNvm, NvmKind::kUnknown);
  firmware_.loader_status = EFI_ABORTED;
  EXPECT_EQ(boot(), EFI_ABORTED);
  EXPECT_TRUE(says(kGrub + " returned"));
}

TEST_F(StageTest, CopyAtTheRemovablePathNeverStartsItself) {
  firmware_.own_path = "\\EFI\\BOOT\\BOOTX64.EFI";
  firmware_.put_file(firmware_.own_path);
  set_up(kNvm, NvmKind::kUnknown);
  EXPECT_EQ(firmware_.started, Names{kGrub});
  // Setup had named the path that the copy has taken.
  NvresumeConfig config = config_for(kNvm);
  set_loader(config, "\\efi\\boot\\bootx64.efi");
  firmware_.put_config(config);
  (void)boot();
  EXPECT_EQ(firmware_.started, Names{kGrub});
  firmware_.remove_file(kGrub);
  EXPECT_EQ(boot(), EFI_NOT_FOUND);
}

TEST_F(StageTest, ReadOnlyVariablesBootOnWithTheSameMap) {
  set_up(kNvm, NvmKind::kUnknown);
  const Entries map = map_in_loader_;
  firmware_.variables_read_only = true;
  (void)boot();
  EXPECT_TRUE(says("publishing NvresumeRange failed: write protected"));
  EXPECT_EQ(map_in_loader_, map) << "a kernel saved before must find the map it knows";
  EXPECT_EQ(firmware_.started, Names{kGrub});
}

TEST_F(StageTest, RangeThatReadsBackDifferentlyIsNotLeftToBeRead) {
  set_up(kNvm, NvmKind::kUnknown);
  firmware_.variables_forgetful = true;
  (void)boot();
  EXPECT_TRUE(says("NvresumeRange reads back differently"));
  EXPECT_EQ(range_in_loader_.range_base, kNoNvm);
}

TEST_F(StageTest, MachineWithoutConsoleBoots) {
  firmware_.console_missing = true;
  set_up(kNvm, NvmKind::kUnknown);
  EXPECT_EQ(firmware_.started, Names{kGrub});
  EXPECT_EQ(firmware_.console, "");
}

TEST_F(StageTest, AnyFailingFirmwareCallLeavesNothingBehind) {
  for (NvmKind kind : {NvmKind::kUnknown, NvmKind::kMemoryNv}) {
    FakeFirmware* const machine = &firmware_;
    const uint64_t base = kind == NvmKind::kUnknown ? kNvm : kNvm + kNvmBytes;
    machine->fail_call(0);
    set_up(base, kind);
    const uint32_t calls = machine->fallible_calls();
    ASSERT_GT(calls, 10u);
    for (uint32_t number = 1; number <= calls; ++number) {
      SCOPED_TRACE("call " + std::to_string(number) + " fails");
      machine->fail_call(number);
      (void)boot();
    }
    memset(reinterpret_cast<void*>(base), 0, 8192);
  }
}

}  // namespace
}  // namespace nvresume::efi
