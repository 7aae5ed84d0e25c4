// SPDX-License-Identifier: GPL-2.0-or-later
// check_machine.h: what the checks know about the machine beyond its text files: everything that
// takes a device, a firmware variable or a system call, read once. Tests fill it by hand.
#pragma once

#include <stdint.h>

#include <optional>
#include <string>
#include <vector>

#include "image/efi_variables.h"
#include "image/superblock.h"
#include "image/swap_signature.h"
#include "resume/check_default_entry.h"
#include "resume/check_history.h"

namespace nvresume {

/// A value, or why there is none.
template <typename T>
struct Fact {
  std::optional<T> value;
  Error error{Reason::kInternal, "was not looked at"};

  Fact() = default;
  Fact(T known) : value(std::move(known)) {}      // NOLINT: implicit on purpose
  Fact(const Error& unknown) : error(unknown) {}  // NOLINT
  Fact(Result<T> result) {                        // NOLINT
    if (result.ok())
      value.emplace(std::move(result.value()));
    else
      error = result.error();
  }
  explicit operator bool() const { return value.has_value(); }
  const T& operator*() const { return *value; }
  const T* operator->() const { return &*value; }
};

struct CheckedMachine {
  std::string kernel_release;        ///< the running one
  Fact<NvresumeRange> range;         ///< published by the stage
  Fact<NvresumeRange> driver_range;  ///< what nvm_swap holds
  Fact<Superblock> superblock;
  Fact<uint64_t> image_disk_bytes;
  Fact<uint64_t> swap_disk_bytes;
  Fact<SwapSignature> swap_signature;
  Fact<uint16_t> boot_entry;         ///< number of our Boot####
  std::vector<uint16_t> boot_order;  ///< empty where the firmware has none
  bool secure_boot = false;
  Fact<DefaultEntry> default_entry;
  /// Mounted file systems that no witness can prove unchanged.
  Fact<std::vector<std::string>> unprovable;
  std::vector<BootChange> history;  ///< newest first
};

/// Reads all of it and writes nothing.
CheckedMachine look_at_machine();
/// The same for a save that has read range and superblock already, and has no use for the history.
CheckedMachine look_at_machine(const NvresumeRange& range, const Superblock& superblock);

}  // namespace nvresume
