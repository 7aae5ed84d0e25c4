// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/efi_fake_firmware.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "efi/device_path.h"
#include "efi/line.h"
#include "tests/unit/efi_fake_processor.h"

extern "C" EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE* system);

namespace nvresume::efi {
namespace {

FakeFirmware* machine;
int own_handle, volume_handle;
const uint8_t kVolume[] = {2, 1, 12, 0, 0xd0, 0x41, 3, 0x0a, 0, 0, 0, 0, 0x7f, 0xff, 4, 0};
CHAR16 vendor[] = {'f', 'a', 'k', 'e', 0};

bool is(const EFI_GUID* guid, const EFI_GUID& wanted) {
  return memcmp(guid, &wanted, sizeof wanted) == 0;
}

void put32(std::vector<uint8_t>& bytes, size_t at, uint32_t value) {
  memcpy(bytes.data() + at, &value, sizeof value);
}
void put64(std::vector<uint8_t>& bytes, size_t at, uint64_t value) {
  memcpy(bytes.data() + at, &value, sizeof value);
}
void append64(std::vector<uint8_t>& bytes, uint64_t value) {
  bytes.resize(bytes.size() + 8);
  put64(bytes, bytes.size() - 8, value);
}
/// Sets the byte at `at` so that all of them add up to zero.
void sum(std::vector<uint8_t>& bytes, size_t at) {
  uint8_t total = 0;
  for (uint8_t byte : bytes) total = static_cast<uint8_t>(total + byte);
  bytes[at] = static_cast<uint8_t>(bytes[at] - total);
}
void finish_table(std::vector<uint8_t>& table, const char* signature) {
  memcpy(table.data(), signature, 4);
  put32(table, 4, static_cast<uint32_t>(table.size()));
  sum(table, 9);
}

std::string text_of(const CHAR16* text) {
  std::string result;
  for (; *text != 0; ++text) result.push_back(static_cast<char>(*text));
  return result;
}

}  // namespace

/// The firmware's services. Each that can fail asks fails() first.
struct FakeFirmware::Calls {
  static FakeMemory& memory() { return machine->memory; }

  // Memory

  static EFI_STATUS EFIAPI GetMemoryMap(UINTN* bytes, EFI_MEMORY_DESCRIPTOR* map, UINTN* key,
                                        UINTN* stride_bytes, UINT32* version) {
    // EDK2's descriptors are larger than the structure, and in no order.
    *stride_bytes = sizeof(EFI_MEMORY_DESCRIPTOR) + 8;
    *version = EFI_MEMORY_DESCRIPTOR_VERSION;
    const std::vector<FakeMemory::Entry> entries = memory().map();
    const UINTN room_bytes = *bytes;
    *bytes = entries.size() * *stride_bytes;
    if (room_bytes < *bytes) return EFI_BUFFER_TOO_SMALL;
    if (machine->fails()) return EFI_INVALID_PARAMETER;
    uint8_t* at = reinterpret_cast<uint8_t*>(map);
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry, at += *stride_bytes)
      *reinterpret_cast<EFI_MEMORY_DESCRIPTOR*>(at) = {
          entry->type,      0, entry->start, 0, (entry->end - entry->start) / kEfiPageBytes,
          entry->attributes};
    *key = memory().map_key();
    return EFI_SUCCESS;
  }
  static EFI_STATUS EFIAPI AllocatePages(EFI_ALLOCATE_TYPE how, EFI_MEMORY_TYPE type, UINTN pages,
                                         EFI_PHYSICAL_ADDRESS* start) {
    machine->forbid_while_ending();
    if (machine->fails()) return EFI_OUT_OF_RESOURCES;
    uint64_t address = *start;
    const EFI_STATUS status = memory().allocate_pages(how, type, pages, address);
    if (!EFI_ERROR(status)) *start = address;
    return status;
  }
  static EFI_STATUS EFIAPI FreePages(EFI_PHYSICAL_ADDRESS start, UINTN pages) {
    machine->forbid_while_ending();
    return memory().free_pages(start, pages);
  }
  static EFI_STATUS EFIAPI AllocatePool(EFI_MEMORY_TYPE, UINTN bytes, VOID** buffer) {
    machine->forbid_while_ending();
    if (machine->fails()) return EFI_OUT_OF_RESOURCES;
    *buffer = memory().allocate_pool(bytes);
    return EFI_SUCCESS;
  }
  static EFI_STATUS EFIAPI FreePool(VOID* buffer) {
    machine->forbid_while_ending();
    return memory().free_pool(buffer);
  }

  // DXE services

  static EFI_STATUS EFIAPI GetSpace(EFI_PHYSICAL_ADDRESS base,
                                    EFI_GCD_MEMORY_SPACE_DESCRIPTOR* descriptor) {
    if (machine->fails()) return EFI_NOT_FOUND;
    return memory().describe_space(base, *descriptor);
  }
  static EFI_STATUS EFIAPI AddSpace(EFI_GCD_MEMORY_TYPE type, EFI_PHYSICAL_ADDRESS base,
                                    UINT64 bytes, UINT64) {
    if (machine->fails() || type != EfiGcdMemoryTypeReserved) return EFI_OUT_OF_RESOURCES;
    return memory().add_space(base, bytes);
  }
  static EFI_STATUS EFIAPI AllocateSpace(EFI_GCD_ALLOCATE_TYPE, EFI_GCD_MEMORY_TYPE, UINTN,
                                         UINT64 bytes, EFI_PHYSICAL_ADDRESS* base, EFI_HANDLE owner,
                                         EFI_HANDLE) {
    if (machine->fails() || owner != &own_handle) return EFI_OUT_OF_RESOURCES;
    return memory().allocate_space(*base, bytes);
  }
  static EFI_STATUS EFIAPI FreeSpace(EFI_PHYSICAL_ADDRESS base, UINT64 bytes) {
    return memory().free_space(base, bytes);
  }
  static EFI_STATUS EFIAPI RemoveSpace(EFI_PHYSICAL_ADDRESS base, UINT64 bytes) {
    return memory().remove_space(base, bytes);
  }
  static EFI_STATUS EFIAPI SetSpaceAttributes(EFI_PHYSICAL_ADDRESS base, UINT64,
                                              UINT64 attributes) {
    if (machine->fails()) return EFI_UNSUPPORTED;
    return memory().set_space_attributes(base, attributes);
  }

  // Variables

  static EFI_STATUS EFIAPI GetVariable(CHAR16* name, EFI_GUID*, UINT32* attributes, UINTN* bytes,
                                       VOID* data) {
    if (machine->fails()) return EFI_DEVICE_ERROR;
    const auto found = machine->variables_.find(text_of(name));
    if (found == machine->variables_.end()) return EFI_NOT_FOUND;
    const std::vector<uint8_t>& value = found->second.data;
    *attributes = found->second.attributes;
    const UINTN room_bytes = *bytes;
    *bytes = value.size();
    if (value.size() > room_bytes) return EFI_BUFFER_TOO_SMALL;
    memcpy(data, value.data(), value.size());
    return EFI_SUCCESS;
  }
  static EFI_STATUS EFIAPI SetVariable(CHAR16* name, EFI_GUID*, UINT32 attributes, UINTN bytes,
                                       VOID* data) {
    // Deleting is never made to fail: nothing would be left to try.
    if (bytes == 0)
      return machine->variables_.erase(text_of(name)) != 0 ? EFI_SUCCESS : EFI_NOT_FOUND;
    if (machine->fails()) return EFI_OUT_OF_RESOURCES;
    if (machine->variables_read_only) return EFI_WRITE_PROTECTED;
    const uint8_t* const first = static_cast<const uint8_t*>(data);
    Variable& variable = machine->variables_[text_of(name)];
    variable = {attributes, {first, first + bytes}};
    if (machine->variables_forgetful) variable.data[8] ^= 1;
    return EFI_SUCCESS;
  }
  static EFI_STATUS EFIAPI ResetSystem(EFI_RESET_TYPE, EFI_STATUS, UINTN, CHAR16*) {
    ++machine->resets;
    if (machine->at_reset) machine->at_reset();
    return EFI_SUCCESS;
  }

  // Images

  static EFI_STATUS EFIAPI LoadImage(BOOLEAN, EFI_HANDLE parent, EFI_DEVICE_PATH* path,
                                     VOID* buffer, UINTN, EFI_HANDLE* image) {
    if (machine->fails()) return EFI_OUT_OF_RESOURCES;
    if (parent != &own_handle || buffer != nullptr || memcmp(path, kVolume, 12) != 0)
      return EFI_INVALID_PARAMETER;
    const std::string file(Line().path(file_of(path).text).view());
    const auto found = machine->files_.find(folded(file));
    if (found == machine->files_.end()) return EFI_NOT_FOUND;
    // A security violation loads the image all the same.
    if (EFI_ERROR(found->second) && found->second != EFI_SECURITY_VIOLATION) return found->second;
    machine->images_.push_back({file, true});
    *image = reinterpret_cast<EFI_HANDLE>(machine->images_.size());
    return found->second;
  }
  static EFI_STATUS EFIAPI UnloadImage(EFI_HANDLE image) {
    machine->images_[reinterpret_cast<size_t>(image) - 1].loaded = false;
    return EFI_SUCCESS;
  }
  static EFI_STATUS EFIAPI StartImage(EFI_HANDLE image, UINTN* exit_bytes, CHAR16** exit_data) {
    machine->started.push_back(machine->images_[reinterpret_cast<size_t>(image) - 1].path);
    if (machine->in_loader) machine->in_loader();
    *exit_data = static_cast<CHAR16*>(memory().allocate_pool(64));
    *exit_bytes = 64;
    // UEFI 2.10, 7.4 StartImage: an application that returns is unloaded.
    machine->images_[reinterpret_cast<size_t>(image) - 1].loaded = false;
    return machine->loader_status;
  }

  // Protocols

  static EFI_STATUS EFIAPI HandleProtocol(EFI_HANDLE handle, EFI_GUID* guid, VOID** interface) {
    if (machine->fails()) return EFI_UNSUPPORTED;
    const EFI_GUID loaded_image = EFI_LOADED_IMAGE_PROTOCOL_GUID;
    const EFI_GUID device_path = EFI_DEVICE_PATH_PROTOCOL_GUID;
    if (handle == &own_handle && is(guid, loaded_image))
      *interface = &machine->loaded_;
    else if (handle == &volume_handle && is(guid, device_path))
      *interface = const_cast<uint8_t*>(kVolume);
    else
      return EFI_UNSUPPORTED;
    return EFI_SUCCESS;
  }
  static EFI_STATUS EFIAPI LocateProtocol(EFI_GUID* guid, VOID*, VOID** interface) {
    if (machine->fails() || !machine->has_mp_ || !is(guid, kMpServicesGuid)) return EFI_NOT_FOUND;
    *interface = &machine->mp_;
    return EFI_SUCCESS;
  }
  static EFI_STATUS EFIAPI LocateHandleBuffer(EFI_LOCATE_SEARCH_TYPE, EFI_GUID*, VOID*, UINTN*,
                                              EFI_HANDLE**) {
    return EFI_NOT_FOUND;  // no disks
  }

  // Time and events

  static EFI_STATUS EFIAPI Stall(UINTN) {
    return EFI_UNSUPPORTED;  // no rate, no durations: nothing here depends on the host's speed
  }
  static EFI_STATUS EFIAPI SetWatchdogTimer(UINTN seconds, UINT64, UINTN, CHAR16*) {
    machine->watchdog_seconds = seconds;
    ++machine->watchdog_arms;
    return EFI_SUCCESS;
  }
  static EFI_STATUS EFIAPI CreateEvent(UINT32 type, EFI_TPL, EFI_EVENT_NOTIFY notify, VOID* context,
                                       EFI_EVENT* event) {
    machine->forbid_while_ending();
    if (machine->fails()) return EFI_OUT_OF_RESOURCES;
    *event = malloc(1);
    machine->events_[*event] = {type == EVT_SIGNAL_EXIT_BOOT_SERVICES, notify, context};
    return EFI_SUCCESS;
  }
  static EFI_STATUS EFIAPI CloseEvent(EFI_EVENT event) {
    machine->forbid_while_ending();
    if (machine->events_.erase(event) == 0) return EFI_INVALID_PARAMETER;
    free(event);
    return EFI_SUCCESS;
  }
  static EFI_STATUS EFIAPI WaitForEvent(UINTN, EFI_EVENT*, UINTN* index) {
    if (machine->other_processor_.joinable()) machine->other_processor_.join();
    *index = 0;
    return EFI_SUCCESS;
  }

  // Processors

  static EFI_STATUS EFIAPI CountProcessors(EFI_MP_SERVICES_PROTOCOL*, UINTN* count,
                                           UINTN* enabled) {
    *count = *enabled = 2;
    return EFI_SUCCESS;
  }
  static EFI_STATUS EFIAPI DescribeProcessor(EFI_MP_SERVICES_PROTOCOL*, UINTN number,
                                             EFI_PROCESSOR_INFORMATION* information) {
    information->ProcessorId = number;
    return EFI_SUCCESS;
  }
  static EFI_STATUS EFIAPI StartProcessors(EFI_MP_SERVICES_PROTOCOL*, EFI_AP_PROCEDURE procedure,
                                           BOOLEAN, EFI_EVENT, UINTN, VOID* argument, UINTN**) {
    if (machine->fails()) return EFI_DEVICE_ERROR;
    machine->other_processor_ = std::thread([=] { procedure(argument); });
    return EFI_SUCCESS;
  }

  // Console

  static EFI_STATUS EFIAPI OutputString(SIMPLE_TEXT_OUTPUT_INTERFACE*, CHAR16* text) {
    machine->forbid_while_ending();
    machine->console += text_of(text);
    if (machine->key_at_ && machine->console.find(machine->key_at_->first) != std::string::npos) {
      machine->keys_.push_back(machine->key_at_->second);
      machine->key_at_.reset();
    }
    return EFI_SUCCESS;
  }
  static EFI_STATUS EFIAPI ReadKeyStroke(SIMPLE_INPUT_INTERFACE*, EFI_INPUT_KEY* key) {
    if (machine->keys_.empty()) return EFI_NOT_READY;
    *key = machine->keys_.front();
    machine->keys_.erase(machine->keys_.begin());
    return EFI_SUCCESS;
  }
};

FakeFirmware::FakeFirmware() {
  machine = this;
  memory.back(kFakeRam, kFakeRamBytes);
  memory.enter(EfiConventionalMemory, kFakeRam, kFakeBootServices - kFakeRam);
  memory.enter(EfiBootServicesData, kFakeBootServices,
               kFakeRam + kFakeRamBytes - kFakeBootServices);
  make_page_tables();
  make_tables();
}

FakeFirmware::~FakeFirmware() {
  fake_hand_over = {};
  if (other_processor_.joinable()) other_processor_.join();
  for (auto& [event, what] : events_) free(event);
  machine = nullptr;
}

std::string FakeFirmware::folded(std::string path) {
  for (char& character : path) character = static_cast<char>(tolower(character));
  return path;
}

void FakeFirmware::install_nvm(uint64_t base, uint64_t bytes, NvmKind kind) {
  memory.back(base, bytes);
  nvm_.push_back({base, bytes});
  if (kind == NvmKind::kReserved) memory.enter(EfiReservedMemoryType, base, bytes);
  if (kind == NvmKind::kPersistent) memory.enter(kEfiPersistentMemory, base, bytes, kEfiMemoryNv);
  if (kind == NvmKind::kMemoryNv) memory.enter(EfiConventionalMemory, base, bytes, kEfiMemoryNv);
}

void FakeFirmware::unmap(uint64_t base) { directory_.entries[base >> 30] = 0; }

void FakeFirmware::put_config(const NvresumeConfig& config) {
  const uint8_t* const first = reinterpret_cast<const uint8_t*>(&config);
  variables_["NvresumeConfig"] = {kConfigAttributes, {first, first + sizeof config}};
}

NvresumeRange FakeFirmware::range() const {
  NvresumeRange range{};
  const auto found = variables_.find("NvresumeRange");
  if (found != variables_.end() && found->second.data.size() == sizeof range)
    memcpy(&range, found->second.data.data(), sizeof range);
  return range;
}

size_t FakeFirmware::images_out() const {
  size_t count = 0;
  for (const Image& image : images_) count += image.loaded ? 1 : 0;
  return count;
}

size_t FakeFirmware::watchers_out() const {
  size_t count = 0;
  for (auto& [event, what] : events_) count += what.ends_boot_services ? 1 : 0;
  return count;
}

void FakeFirmware::end_boot_services() {
  is_ending_ = true;
  for (auto& [event, what] : events_)
    if (what.ends_boot_services) what.notify(event, what.context);
  is_ending_ = false;
}

EFI_STATUS FakeFirmware::run_stage() {
  std::erase_if(variables_,
                [](auto& one) { return (one.second.attributes & kVariableNonVolatile) == 0; });
  console.clear();
  started.clear();
  images_.clear();
  resets = 0;
  calls_ = 0;
  watchdog_arms = 0;
  calls_while_ending = 0;
  watchdog_seconds = kFirmwareWatchdogSeconds;
  fake_hand_over.count = 0;
  return start_stage();
}

EFI_STATUS FakeFirmware::start_stage() {
  make_acpi();
  // The path as firmware gives it: one file node.
  const uint8_t no_volume[] = {0x7f, 0xff, 4, 0};
  LoaderPath path;
  for (size_t i = 0; i < own_path.size(); ++i) path.text[i] = static_cast<uint8_t>(own_path[i]);
  const FullPath full = make_full_path(reinterpret_cast<const EFI_DEVICE_PATH*>(no_volume), path);
  own_file_.assign(full.bytes, full.bytes + full.length_bytes);
  loaded_.DeviceHandle = &volume_handle;
  loaded_.FilePath = reinterpret_cast<EFI_DEVICE_PATH*>(own_file_.data());
  loaded_.LoadOptions = load_options.empty() ? nullptr : load_options.data();
  loaded_.LoadOptionsSize = static_cast<UINT32>(load_options.size());
  system_.ConOut = console_missing ? nullptr : &output_;
  system_.ConIn = console_missing ? nullptr : &input_;
  system_.NumberOfTableEntries = has_dxe_ ? 2 : 1;
  return efi_main(&own_handle, &system_);
}

void FakeFirmware::make_page_tables() {
  // The lowest 512 GiB mapped to themselves by large pages of 1 GiB (Intel SDM volume 3, 4.5).
  root_.entries[0] = reinterpret_cast<uint64_t>(&directory_) | 3;
  for (uint64_t i = 0; i < 512; ++i) directory_.entries[i] = i << 30 | 0x83;
  fake_cr3 = reinterpret_cast<uint64_t>(&root_);
}

void FakeFirmware::make_acpi() {
  // ACPI 6.5, 5.2.25: header, 4 reserved bytes, one SPA range structure each.
  nfit_.assign(40, 0);
  for (const auto& [base, bytes] : nvm_) {
    std::vector<uint8_t> spa = {0,    0,    56,   0,    1,    0,    0,    0,    0,    0,    0,
                                0,    0,    0,    0,    0,    0x79, 0xd3, 0xf0, 0x66, 0xf3, 0xb4,
                                0x74, 0x40, 0xac, 0x43, 0x0d, 0x33, 0x18, 0xb7, 0x8c, 0xdb};
    append64(spa, base);
    append64(spa, bytes);
    append64(spa, EFI_MEMORY_WB | kEfiMemoryNv);
    nfit_.insert(nfit_.end(), spa.begin(), spa.end());
  }
  finish_table(nfit_, "NFIT");
  xsdt_.assign(36, 0);
  append64(xsdt_, reinterpret_cast<uint64_t>(nfit_.data()));
  other_tables_.assign(others_.size(), std::vector<uint8_t>(36, 0));
  for (size_t i = 0; i < others_.size(); ++i) {
    std::vector<uint8_t>& table = other_tables_[i];
    table.insert(table.end(), others_[i].second.begin(), others_[i].second.end());
    finish_table(table, others_[i].first.c_str());
    append64(xsdt_, reinterpret_cast<uint64_t>(table.data()));
  }
  finish_table(xsdt_, "XSDT");
  rsdp_.assign(36, 0);
  memcpy(rsdp_.data(), "RSD PTR ", 8);
  put64(rsdp_, 24, reinterpret_cast<uint64_t>(xsdt_.data()));
  sum(rsdp_, 32);
  configuration_[0] = {ACPI_20_TABLE_GUID, rsdp_.data()};
}

void FakeFirmware::make_tables() {
  boot_.GetMemoryMap = Calls::GetMemoryMap;
  boot_.AllocatePages = Calls::AllocatePages;
  boot_.FreePages = Calls::FreePages;
  boot_.AllocatePool = Calls::AllocatePool;
  boot_.FreePool = Calls::FreePool;
  boot_.CreateEvent = Calls::CreateEvent;
  boot_.CloseEvent = Calls::CloseEvent;
  boot_.WaitForEvent = Calls::WaitForEvent;
  boot_.HandleProtocol = Calls::HandleProtocol;
  boot_.LocateProtocol = Calls::LocateProtocol;
  boot_.LocateHandleBuffer = Calls::LocateHandleBuffer;
  boot_.LoadImage = Calls::LoadImage;
  boot_.StartImage = Calls::StartImage;
  boot_.UnloadImage = Calls::UnloadImage;
  boot_.Stall = Calls::Stall;
  boot_.SetWatchdogTimer = Calls::SetWatchdogTimer;
  runtime_.GetVariable = Calls::GetVariable;
  runtime_.SetVariable = Calls::SetVariable;
  runtime_.ResetSystem = Calls::ResetSystem;
  dxe_.GetMemorySpaceDescriptor = Calls::GetSpace;
  dxe_.AddMemorySpace = Calls::AddSpace;
  dxe_.AllocateMemorySpace = Calls::AllocateSpace;
  dxe_.FreeMemorySpace = Calls::FreeSpace;
  dxe_.RemoveMemorySpace = Calls::RemoveSpace;
  dxe_.SetMemorySpaceAttributes = Calls::SetSpaceAttributes;
  mp_.GetNumberOfProcessors = Calls::CountProcessors;
  mp_.GetProcessorInfo = Calls::DescribeProcessor;
  mp_.StartupAllAPs = Calls::StartProcessors;
  output_.OutputString = Calls::OutputString;
  input_.ReadKeyStroke = Calls::ReadKeyStroke;
  configuration_[1] = {kDxeServicesTableGuid, &dxe_};
  system_.FirmwareVendor = vendor;
  system_.ConfigurationTable = configuration_;
  system_.BootServices = &boot_;
  system_.RuntimeServices = &runtime_;
}

}  // namespace nvresume::efi
