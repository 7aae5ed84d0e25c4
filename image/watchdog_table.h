// SPDX-License-Identifier: GPL-2.0-or-later
// watchdog_table.h: the platform's hardware watchdog, as its ACPI table WDAT describes it: which
// registers to write to arm, ask and stop it (Microsoft, Hardware Watchdog Timers Design
// Specification 1.01, 4). The stage arms it, the resumed world stops it, both by this reading.
#pragma once

#include <stdint.h>
#include <string.h>

#include "image/nvm.h"
#include "image/result.h"

namespace nvresume {

enum class WatchdogAction : uint8_t {
  kReset = 1,             ///< the countdown starts anew
  kCurrentCountdown = 4,  ///< asks; in counts of WatchdogTable::count_ms()
  kSetCountdown = 6,
  kGetRunning = 8,
  kSetRunning = 9,
  kSetStopped = 11,
  kSetReboot = 17,  ///< the end of the countdown resets the machine
};

/// ACPI's address spaces (ACPI 6.5, 5.2.3.2).
enum class RegisterSpace : uint8_t { kMemory = 0, kPort = 1 };

struct [[gnu::packed]] WatchdogInstruction {
  uint8_t action;
  uint8_t kind;  ///< what to do, and bit 7: bits outside the mask stay as they are
  uint16_t zero;
  uint8_t space;       ///< RegisterSpace
  uint8_t bit_width;   ///< of the register's field
  uint8_t bit_offset;  ///< of the field in the register
  uint8_t access;      ///< 1, 2, 3: 8, 16, 32 bits at once; 0: not said
  uint64_t address;
  uint32_t value;
  uint32_t mask;  ///< of the field
};
static_assert(sizeof(WatchdogInstruction) == 24);

/// Bytes of one access to the register: 1, 2 or 4.
uint32_t access_bytes(const WatchdogInstruction& instruction);

/// A view; the bytes must live as long.
class WatchdogTable {
 public:
  /// `table` is the whole ACPI table, header included. Error kUnsupportedFirmware:
  /// it is no WDAT, says the watchdog is off, or has a register that cannot be accessed.
  static Result<WatchdogTable> parse(ConstBytes table);

  uint32_t count_ms() const { return count_ms_; }
  uint32_t maximum_count() const { return maximum_count_; }
  uint32_t minimum_count() const { return minimum_count_; }
  bool has(WatchdogAction action) const;
  /// Calls visit(space, address, bytes) for every access an action makes.
  template <typename Visit>
  void for_each_register(WatchdogAction action, Visit visit) const;
  /// Calls visit(instruction) for all of them, in the table's order.
  template <typename Visit>
  void for_each(Visit visit) const;

  /// Does what the table says for an action; `Registers` has read(space, address, bytes) and
  /// write(space, address, bytes, value). Returns what was asked: for a state 1 or 0, for a
  /// countdown its counts; 0 where the action only writes.
  template <typename Registers>
  uint32_t run(WatchdogAction action, Registers& registers, uint32_t count = 0) const;

 private:
  static constexpr uint8_t kReadValue = 0, kReadCount = 1, kWriteValue = 2, kWriteCount = 3;
  static constexpr uint8_t kPreserve = 0x80;

  static bool accessible(const WatchdogInstruction& instruction);

  ConstBytes instructions_;
  uint32_t count_ms_ = 0, maximum_count_ = 0, minimum_count_ = 0;
};

template <typename Visit>
void WatchdogTable::for_each(Visit visit) const {
  WatchdogInstruction step;
  for (uint64_t at = 0; at + sizeof step <= instructions_.size(); at += sizeof step) {
    memcpy(&step, instructions_.data() + at, sizeof step);
    visit(step);
  }
}

template <typename Visit>
void WatchdogTable::for_each_register(WatchdogAction action, Visit visit) const {
  for_each([&](const WatchdogInstruction& step) {
    if (step.action == static_cast<uint8_t>(action))
      visit(static_cast<RegisterSpace>(step.space), uint64_t{step.address}, access_bytes(step));
  });
}

template <typename Registers>
uint32_t WatchdogTable::run(WatchdogAction action, Registers& registers, uint32_t count) const {
  uint32_t answer = 0;
  for_each([&](const WatchdogInstruction& step) {
    if (step.action != static_cast<uint8_t>(action)) return;
    const auto space = static_cast<RegisterSpace>(step.space);
    const uint32_t bytes = access_bytes(step);
    const uint8_t kind = step.kind & static_cast<uint8_t>(~kPreserve);
    if (kind == kReadValue || kind == kReadCount) {
      const uint32_t field =
          registers.read(space, step.address, bytes) >> step.bit_offset & step.mask;
      answer = kind == kReadCount ? field : field == step.value;
      return;
    }
    uint32_t word = ((kind == kWriteCount ? count : step.value) & step.mask) << step.bit_offset;
    if (step.kind & kPreserve)
      word |= registers.read(space, step.address, bytes) & ~(step.mask << step.bit_offset);
    registers.write(space, step.address, bytes, word);
  });
  return answer;
}

}  // namespace nvresume
