// SPDX-License-Identifier: GPL-2.0-or-later
// A namespace of nvresume's own in NVM with labels: made where nobody is, and given back.
#include "kernel-cmdline/namespace_step.h"
#include "kernel-cmdline/own_namespace.h"
#include "tests/unit/setup_debian.h"

namespace nvresume {
namespace {

constexpr uint64_t kMiB = 1 << 20;
constexpr NvmRange kRegion{0x100000000, 3072 * kMiB};
constexpr uint64_t kPlace = 0x130000000;
constexpr char kUuid[] = "11111111-2222-3333-4444-555555555555";
const std::string kDevices = "/sys/bus/nd/devices/";

class OwnNamespace : public DebianMachine {
 protected:
  void SetUp() override {
    DebianMachine::SetUp();
    if (IsSkipped()) return;
    region("5");
    name("namespace0.0", "mine", "0x100000000", 768 * kMiB, "99999999");
    name("namespace0.1", "", "", 0, "");
    put(kDevices + "region0/namespace_seed", "namespace0.1\n");
    put("/sys/bus/nd/drivers/nd_pmem/bind", "");
    put("/sys/bus/nd/drivers/nd_pmem/unbind", "");
    put("/proc/sys/kernel/random/uuid", std::string(kUuid) + "\n");
  }
  void region(const std::string& nstype, uint64_t free_mib = 2304) {
    put(kDevices + "region0/nstype", nstype + "\n");
    put(kDevices + "region0/resource", "0x100000000\n");
    put(kDevices + "region0/size", std::to_string(kRegion.bytes) + "\n");
    put(kDevices + "region0/max_available_extent", std::to_string(free_mib * kMiB) + "\n");
    put(kDevices + "region0/align", "0x1000000\n");
  }
  void name(const std::string& device, const std::string& label, const std::string& base,
            uint64_t bytes, const std::string& uuid) {
    put(kDevices + device + "/alt_name", label + "\n");
    put(kDevices + device + "/resource", base + "\n");
    put(kDevices + device + "/size", std::to_string(bytes) + "\n");
    put(kDevices + device + "/uuid", uuid + "\n");
  }
  /// What libnvdimm does when a size is written: it chooses the place.
  void libnvdimm_places_it() { put(kDevices + "namespace0.1/resource", "0x130000000\n"); }
  static LabelledRegion labelled() {
    const auto region = find_labelled_region(kRegion);
    EXPECT_TRUE(region.has_value());
    return region.value_or(LabelledRegion());
  }
  /// Everything of the user's namespace.
  std::string mine() {
    const std::string device = kDevices + "namespace0.0/";
    return contents(device + "alt_name") + contents(device + "size") + contents(device + "uuid");
  }
};

TEST_F(OwnNamespace, RegionWithoutLabelsIsNone) {
  region("4");
  EXPECT_FALSE(find_labelled_region(kRegion).has_value());
}

TEST_F(OwnNamespace, PartOfARegionIsNone) {
  EXPECT_FALSE(find_labelled_region({kRegion.base, kRegion.bytes / 2}).has_value());
}

TEST_F(OwnNamespace, IsAsLargeAsTheStageMayWantAndNoLarger) {
  const LabelledRegion region = labelled();
  EXPECT_EQ(region.free_bytes, 2304 * kMiB);
  // 1017 MiB are 1024 to the stage, and a step in reserve.
  EXPECT_EQ(own_namespace_bytes(region, 1017 * kMiB, 200), 2176 * kMiB);
  EXPECT_EQ(own_namespace_bytes(region, 4000 * kMiB, 200), region.free_bytes);
}

TEST_F(OwnNamespace, OneThatIsThereIsFound) {
  EXPECT_FALSE(find_own_namespace(labelled()).has_value());
  name("namespace0.1", "nvresume", "0x130000000", 2048 * kMiB, kUuid);
  EXPECT_EQ(find_own_namespace(labelled()), (NvmRange{kPlace, 2048 * kMiB}));
}

TEST_F(OwnNamespace, IsMadeFirstAndThenIsTheRange) {
  const std::string others = mine();
  libnvdimm_places_it();
  auto records = SetupRecords::load();
  SetupPlan made = plan();
  made.stage.range = {0, 2048 * kMiB};
  made.new_namespace_in = labelled();
  for (const SetupStep& step : namespace_steps(made, records.value()))
    EXPECT_EQ(told(step.make()), "ok");
  EXPECT_EQ(made.stage.range, (NvmRange{kPlace, 2048 * kMiB}));
  EXPECT_EQ(contents(kDevices + "namespace0.1/alt_name"), "nvresume");
  EXPECT_EQ(contents(kDevices + "namespace0.1/uuid"), kUuid);
  EXPECT_EQ(contents(kDevices + "namespace0.1/size"), "2147483648");
  EXPECT_EQ(contents("/sys/bus/nd/drivers/nd_pmem/bind"), "namespace0.1") << "its disk is shown";
  EXPECT_EQ(mine(), others);
  EXPECT_EQ(told(set_up(made)), "ok");
}

TEST_F(OwnNamespace, RemoveDeletesItByItsUuidAndNoOther) {
  const std::string others = mine();
  Journal journal = Journal::load().value();
  ASSERT_TRUE(journal.record({Change::kNamespace, kUuid, "absent"}).ok());
  name("namespace0.1", "nvresume", "0x130000000", 2048 * kMiB, kUuid);
  put(kDevices + "namespace0.1/driver/bind", "");
  EXPECT_EQ(told(remove()), "ok");
  EXPECT_EQ(contents("/sys/bus/nd/drivers/nd_pmem/unbind"), "namespace0.1");
  EXPECT_EQ(contents(kDevices + "namespace0.1/size"), "0");
  EXPECT_EQ(mine(), others);
}

TEST_F(OwnNamespace, RangeThatIsToBeLeftStaysANamespace) {
  Journal journal = Journal::load().value();
  ASSERT_TRUE(journal.record({Change::kNamespace, kUuid, "absent"}).ok());
  name("namespace0.1", "nvresume", "0x130000000", 2048 * kMiB, kUuid);
  EXPECT_EQ(told(remove({.leave_range = true})), "ok");
  EXPECT_EQ(contents(kDevices + "namespace0.1/size"), "2147483648\n");
}

TEST_F(OwnNamespace, OneThatIsGoneIsNoMistake) {
  Journal journal = Journal::load().value();
  ASSERT_TRUE(journal.record({Change::kNamespace, kUuid, "absent"}).ok());
  EXPECT_EQ(told(remove()), "ok");
}

TEST_F(OwnNamespace, CutBeforeItsSizeIsKnownToRemove) {
  libnvdimm_places_it();
  Journal journal = Journal::load().value();
  {
    ScopedPowerCut cut(3);  // the journal, the name, the uuid
    EXPECT_FALSE(make_own_namespace(labelled(), 2048 * kMiB, journal).ok());
    EXPECT_TRUE(cut.happened());
  }
  EXPECT_NE(Journal::load()->find(Change::kNamespace, kUuid), nullptr);
  EXPECT_EQ(told(remove()), "ok");
}

}  // namespace
}  // namespace nvresume
