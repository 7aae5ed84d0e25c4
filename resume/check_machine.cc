// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/check_machine.h"

#include <sys/utsname.h>

#include "image/image_area.h"
#include "resume/attach.h"
#include "resume/boot_next.h"
#include "resume/check_firmware.h"
#include "resume/image_disk.h"
#include "resume/published_range.h"
#include "resume/witness.h"
#include "resume/witness_record.h"

namespace nvresume {
namespace {

Result<uint64_t> disk_bytes(const char* path) {
  NVRESUME_ASSIGN(const ImageDisk disk, ImageDisk::open(path, ImageDisk::Access::kReadOnly));
  return disk.size_bytes();
}

Result<SwapSignature> swap_area_signature() {
  NVRESUME_ASSIGN(ImageDisk swap, ImageDisk::open(kSwapDisk, ImageDisk::Access::kReadOnly));
  return read_swap_signature(swap);
}

Result<std::vector<std::string>> unprovable_file_systems() {
  NVRESUME_ASSIGN(const WitnessSet witnesses, WitnessSet::collect());
  std::vector<std::string> names;
  for (const Witness& witness : witnesses.records())
    if ((witness.flags & kWitnessUnprovable) != 0) names.push_back(describe_witness(witness));
  return names;
}

void look_at_image_area(CheckedMachine& machine) {
  auto image = ImageDisk::open(kImageDisk, ImageDisk::Access::kReadOnly);
  if (!image.ok()) {
    machine.superblock = Fact<Superblock>(image.error());
    return;
  }
  auto area = ImageArea::peek(*image);
  if (!area.ok()) {
    machine.superblock = Fact<Superblock>(area.error());
    return;
  }
  machine.superblock = Fact<Superblock>(area->superblock());
  machine.history = read_boot_history(*image, area->superblock());
}

void look_around(CheckedMachine& machine) {
  struct utsname names = {};
  (void)::uname(&names);  // cannot fail with a valid buffer
  machine.kernel_release = names.release;
  machine.driver_range = attached_range();
  machine.image_disk_bytes = disk_bytes(kImageDisk);
  machine.swap_disk_bytes = disk_bytes(kSwapDisk);
  machine.swap_signature = swap_area_signature();
  machine.boot_entry = find_boot_entry();
  machine.boot_order = read_boot_order();
  machine.secure_boot = is_secure_boot_on();
  machine.default_entry = find_default_entry();
  machine.unprovable = unprovable_file_systems();
}

}  // namespace

CheckedMachine look_at_machine() {
  CheckedMachine machine;
  machine.range = read_published_range();
  look_at_image_area(machine);
  look_around(machine);
  return machine;
}

CheckedMachine look_at_machine(const NvresumeRange& range, const Superblock& superblock) {
  CheckedMachine machine;
  machine.range = range;
  machine.superblock = superblock;
  look_around(machine);
  return machine;
}

}  // namespace nvresume
