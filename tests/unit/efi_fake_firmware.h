// SPDX-License-Identifier: GPL-2.0-or-later
// efi_fake_firmware.h: a machine with firmware around the whole stage: memory, ACPI tables,
// variables, loaders, console. One at a time; its tables call it through a static pointer.
//
//   FakeFirmware firmware;
//   firmware.install_nvm(kNvm, kNvmBytes, NvmKind::kUnknown);
//   firmware.put_file("\\EFI\\debian\\grubx64.efi");
//   firmware.run_stage();
#pragma once

#include <stddef.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "efi/mp_services.h"
#include "efi/uefi.h"
#include "image/efi_variables.h"
#include "tests/unit/efi_fake_memory.h"

namespace nvresume::efi {

/// How firmware tells of NVM.
enum class NvmKind { kUnknown, kReserved, kPersistent, kMemoryNv };

inline constexpr uint64_t kFakeRam = 0x10000000;
inline constexpr uint64_t kFakeRamBytes = 96 << 20;
/// The end of it, which firmware itself uses until ExitBootServices.
inline constexpr uint64_t kFakeBootServices = kFakeRam + kFakeRamBytes - (1 << 20);
inline constexpr UINTN kFirmwareWatchdogSeconds = 300;  // UEFI 2.10, 3.1.2: armed by the manager

class FakeFirmware {
 public:
  FakeFirmware();
  FakeFirmware(const FakeFirmware&) = delete;
  FakeFirmware& operator=(const FakeFirmware&) = delete;
  ~FakeFirmware();

  // What the machine is made of.
  void install_nvm(uint64_t base, uint64_t bytes, NvmKind kind);
  /// Firmware that is not built on PI.
  void remove_dxe_services() { has_dxe_ = false; }
  void add_processor() { has_mp_ = true; }
  /// The body of an ACPI table behind its header.
  void add_acpi_table(const std::string& signature, const std::vector<uint8_t>& body) {
    others_.emplace_back(signature, body);
  }
  /// Firmware's page tables lack the GiB around `base`.
  void unmap(uint64_t base);
  /// On the stage's volume, a FAT: no difference between capitals and small letters.
  void put_file(const std::string& path, EFI_STATUS load_status = EFI_SUCCESS) {
    files_[folded(path)] = load_status;
  }
  void remove_file(const std::string& path) { files_.erase(folded(path)); }
  void put_config(const NvresumeConfig& config);
  /// One that stays when power goes.
  void put_variable(const std::string& name, std::vector<uint8_t> data) {
    variables_[name] = {
        EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS,
        std::move(data)};
  }
  /// Empty where there is none.
  std::vector<uint8_t> variable(const std::string& name) const {
    const auto found = variables_.find(name);
    return found == variables_.end() ? std::vector<uint8_t>() : found->second.data;
  }
  void forget_config() { variables_.erase("NvresumeConfig"); }
  void press_key(CHAR16 character, UINT16 scan_code = 0) {
    keys_.push_back({scan_code, character});
  }
  /// Once, when the console has said this.
  void press_key_at(std::string text, CHAR16 character, UINT16 scan_code) {
    key_at_ = {std::move(text), {scan_code, character}};
  }

  // Running it.
  /// Power-on up to the stage's return; volatile variables are gone before.
  EFI_STATUS run_stage();
  /// The same, in the boot that goes on.
  EFI_STATUS start_stage();
  /// What ExitBootServices does first, in the loader: calls those who asked for it. Whatever they
  /// allocate, free or print is counted in `calls_while_ending`.
  void end_boot_services();
  /// From the next run_stage() on, the `number`th firmware call that can fail does; 0: none.
  void fail_call(uint32_t number) { fail_at_ = number; }
  /// Calls that could have failed since power-on.
  uint32_t fallible_calls() const { return calls_; }

  std::string own_path = "\\EFI\\nvresume\\nvresume.efi";
  std::vector<uint8_t> load_options;
  bool variables_read_only = false;
  bool variables_forgetful = false;  ///< what is read back differs from what was written
  bool console_missing = false;
  EFI_STATUS loader_status = EFI_SUCCESS;
  std::function<void()> in_loader;  ///< runs as the loader
  std::function<void()> at_reset;   ///< what the stage does after it, a machine does not

  // What happened since power-on.
  std::string console;
  std::vector<std::string> started;  ///< loaders, in order
  int resets = 0;
  UINTN watchdog_seconds = kFirmwareWatchdogSeconds;
  int watchdog_arms = 0;       ///< by the stage
  int calls_while_ending = 0;  ///< of services that are forbidden then

  FakeMemory memory;
  bool has_range() const { return variables_.contains("NvresumeRange"); }
  NvresumeRange range() const;
  size_t events_out() const { return events_.size(); }
  /// Events of the kind that waits for the end of boot services.
  size_t watchers_out() const;
  size_t images_out() const;

 private:
  struct Variable {
    uint32_t attributes;
    std::vector<uint8_t> data;
  };
  struct Image {
    std::string path;
    bool loaded;
  };
  struct alignas(4096) PageTable {
    uint64_t entries[512] = {};
  };
  struct Calls;  ///< what the tables point at
  friend struct Calls;

  struct Event {
    bool ends_boot_services;
    EFI_EVENT_NOTIFY notify;
    void* context;
  };

  static std::string folded(std::string path);
  bool fails() { return ++calls_ == fail_at_; }
  void forbid_while_ending() { calls_while_ending += is_ending_ ? 1 : 0; }
  void make_page_tables();
  void make_acpi();
  void make_tables();

  bool has_dxe_ = true, has_mp_ = false, is_ending_ = false;
  uint32_t calls_ = 0, fail_at_ = 0;
  std::vector<std::pair<uint64_t, uint64_t>> nvm_;
  std::map<std::string, EFI_STATUS> files_;
  std::map<std::string, Variable> variables_;
  std::vector<EFI_INPUT_KEY> keys_;
  std::optional<std::pair<std::string, EFI_INPUT_KEY>> key_at_;
  std::vector<Image> images_;
  std::map<EFI_EVENT, Event> events_;
  std::thread other_processor_;

  PageTable root_, directory_;
  std::vector<uint8_t> nfit_, xsdt_, rsdp_, own_file_;
  std::vector<std::pair<std::string, std::vector<uint8_t>>> others_;  ///< signature, body
  std::vector<std::vector<uint8_t>> other_tables_;
  EFI_LOADED_IMAGE loaded_{};
  EFI_BOOT_SERVICES boot_{};
  EFI_RUNTIME_SERVICES runtime_{};
  DXE_SERVICES dxe_{};
  EFI_MP_SERVICES_PROTOCOL mp_{};
  SIMPLE_TEXT_OUTPUT_INTERFACE output_{};
  SIMPLE_INPUT_INTERFACE input_{};
  EFI_CONFIGURATION_TABLE configuration_[2] = {};
  EFI_SYSTEM_TABLE system_{};
};

}  // namespace nvresume::efi
