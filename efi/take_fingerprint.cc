// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/take_fingerprint.h"

#include <string.h>

#include "efi/acpi.h"
#include "efi/hash.h"
#include "efi/memory_runs.h"
#include "efi/mp_services.h"
#include "efi/pci_scan.h"
#include "efi/processor.h"
#include "efi/smbios.h"

namespace nvresume::efi {
namespace {

constexpr EFI_GUID kSmbiosGuid = SMBIOS_TABLE_GUID;
constexpr EFI_GUID kSmbios3Guid = SMBIOS3_TABLE_GUID;
// UEFI 2.10, 4.6.
constexpr EFI_GUID kMemoryAttributesGuid = {
    0xdcfa911d, 0x26eb, 0x469f, {0xa2, 0x20, 0x38, 0xb7, 0xdc, 0x46, 0x12, 0x20}};
constexpr uint64_t kEfiMemoryRuntime = uint64_t{1} << 63;

template <typename T>
T value_at(const void* address, uint32_t offset) {
  T value;
  memcpy(&value, static_cast<const uint8_t*>(address) + offset, sizeof value);
  return value;
}

uint64_t hash_firmware(const EFI_SYSTEM_TABLE& system) {
  Hash hash;
  uint32_t length = 0;
  while (system.FirmwareVendor != nullptr && length < 256 && system.FirmwareVendor[length] != 0)
    ++length;
  hash.add({reinterpret_cast<const uint8_t*>(system.FirmwareVendor), length * sizeof(CHAR16)});
  hash.add_number(system.FirmwareRevision);
  hash.add_number(system.Hdr.Revision);
  return hash.value();
}

uint64_t hash_processors(EFI_BOOT_SERVICES& boot_services) {
  EFI_MP_SERVICES_PROTOCOL* services = find_mp_services(boot_services);
  UINTN count = 0, enabled = 0;
  if (services == nullptr || EFI_ERROR(services->GetNumberOfProcessors(services, &count, &enabled)))
    return 0;
  Hash hash;
  hash.add_number(count);
  hash.add_number(enabled);
  for (UINTN i = 0; i < count; ++i) {
    EFI_PROCESSOR_INFORMATION information{};
    if (EFI_ERROR(services->GetProcessorInfo(services, i, &information))) continue;
    hash.add_number(information.ProcessorId);
    hash.add_number(information.StatusFlag);
  }
  return hash.value();
}

/// In the map's order after sorting: a set of runtime regions has one hash, however it is listed.
uint64_t hash_runtime_map(const MemoryMapView& map) {
  uint64_t sum = 0;
  for (uint64_t i = 0; i < map.count; ++i) {
    if ((map[i].Attribute & kEfiMemoryRuntime) == 0) continue;
    Hash hash;
    hash.add_number(map[i].Type);
    hash.add_number(map[i].PhysicalStart);
    hash.add_number(map[i].NumberOfPages);
    hash.add_number(map[i].Attribute);
    sum += hash.value();  // a sum does not depend on the order
  }
  return sum;
}

uint64_t hash_runtime_pointers(const EFI_SYSTEM_TABLE& system) {
  Hash hash;
  hash.add_number(reinterpret_cast<uint64_t>(&system));
  hash.add_number(reinterpret_cast<uint64_t>(system.RuntimeServices));
  hash.add({reinterpret_cast<const uint8_t*>(system.RuntimeServices), sizeof(EFI_TABLE_HEADER)});
  const auto* table = reinterpret_cast<const uint64_t*>(system.RuntimeServices);
  for (uint32_t i = 0; i < (sizeof(EFI_RUNTIME_SERVICES) - sizeof(EFI_TABLE_HEADER)) / 8; ++i)
    hash.add_number(table[sizeof(EFI_TABLE_HEADER) / 8 + i]);
  return hash.value();
}

/// UEFI 2.10, 4.6.4: a header of version, count and size of an entry, then descriptors.
uint64_t hash_memory_attributes(const void* table) {
  if (table == nullptr) return 0;
  const uint64_t count = value_at<uint32_t>(table, 4), size = value_at<uint32_t>(table, 8);
  if (count > 65536 || size > 4096) return 1;
  Hash hash;
  hash.add({static_cast<const uint8_t*>(table), 16 + count * size});
  return hash.value();
}

struct AcpiHashes {
  uint64_t addresses = 0, tables = 0, facs_signature = 0;
};

/// ACPI 6.5, 5.2.9: DSDT and FACS hang on the FADT, not on the XSDT.
void add_fadt(ConstBytes fadt, Hash& addresses, Hash& contents, AcpiHashes& result) {
  uint64_t facs = value_at<uint32_t>(fadt.data(), 36), dsdt = value_at<uint32_t>(fadt.data(), 40);
  if (fadt.size() >= 148 && facs == 0) facs = value_at<uint64_t>(fadt.data(), 132);
  if (fadt.size() >= 148 && dsdt == 0) dsdt = value_at<uint64_t>(fadt.data(), 140);
  addresses.add_number(facs);
  addresses.add_number(dsdt);
  contents.add(acpi_table_at(dsdt));
  // 5.2.10: offset 8, the hardware signature; the rest of the FACS is written at run time.
  if (facs != 0) result.facs_signature = value_at<uint32_t>(reinterpret_cast<const void*>(facs), 8);
}

AcpiHashes hash_acpi(const void* rsdp) {
  AcpiHashes result;
  Hash addresses, contents;
  addresses.add_number(reinterpret_cast<uint64_t>(rsdp));
  for_each_acpi_table(rsdp, [&](uint64_t address, ConstBytes table) {
    addresses.add_number(address);
    contents.add(table);
    if (table.size() >= 116 && memcmp(table.data(), "FACP", 4) == 0)
      add_fadt(table, addresses, contents, result);
  });
  result.addresses = addresses.value();
  result.tables = contents.value();
  return result;
}

void set(Fingerprint& fingerprint, FingerprintItem item, uint64_t hash) {
  fingerprint.items[static_cast<uint32_t>(item)] = hash;
}

void set_regions(const MemoryMapView& map, std::span<FingerprintRegion> scratch,
                 Fingerprint& fingerprint) {
  const uint32_t count = fingerprint_regions(map, scratch);
  set(fingerprint, FingerprintItem::kMemoryMap,
      checksum_of(
          {reinterpret_cast<const uint8_t*>(scratch.data()), count * sizeof(FingerprintRegion)}));
  const uint32_t kept = count < kFingerprintRegionMaximum ? count : kFingerprintRegionMaximum;
  memcpy(fingerprint.regions, scratch.data(), kept * sizeof(FingerprintRegion));
  fingerprint.region_count = kept;
  fingerprint.regions_cut = count - kept;
}

}  // namespace

void take_fingerprint(EFI_SYSTEM_TABLE& system, const MemoryMapView& map, uint64_t boot_count,
                      std::span<FingerprintRegion> scratch, Fingerprint& fingerprint) {
  memset(&fingerprint, 0, sizeof fingerprint);
  fingerprint.boot_count = boot_count;
  set(fingerprint, FingerprintItem::kFirmware, hash_firmware(system));
  set(fingerprint, FingerprintItem::kCpuid, hash_cpuid());
  set(fingerprint, FingerprintItem::kProcessors, hash_processors(*system.BootServices));
  set(fingerprint, FingerprintItem::kPaging, hash_paging());
  set(fingerprint, FingerprintItem::kHypervisor, hash_hypervisor());
  PciPorts ports;
  set(fingerprint, FingerprintItem::kPciDevices, hash_pci_devices(ports));
  ConstBytes smbios = smbios_table(configuration_table(system, kSmbios3Guid));
  if (smbios.empty()) smbios = smbios_table(configuration_table(system, kSmbiosGuid));
  set(fingerprint, FingerprintItem::kSmbios, hash_smbios_identity(smbios));
  set_regions(map, scratch, fingerprint);
  set(fingerprint, FingerprintItem::kRuntimeMap, hash_runtime_map(map));
  set(fingerprint, FingerprintItem::kRuntimePointers, hash_runtime_pointers(system));
  set(fingerprint, FingerprintItem::kMemoryAttributes,
      hash_memory_attributes(configuration_table(system, kMemoryAttributesGuid)));
  const AcpiHashes acpi = hash_acpi(find_rsdp(system));
  set(fingerprint, FingerprintItem::kAcpiAddresses, acpi.addresses);
  set(fingerprint, FingerprintItem::kAcpiTables, acpi.tables);
  set(fingerprint, FingerprintItem::kFacsSignature, acpi.facs_signature);
}

}  // namespace nvresume::efi
