// SPDX-License-Identifier: GPL-2.0-or-later
// reason.h: why a save or a resume did not happen. One table: the number is what lies in the NVM
// and in EFI variables (never renumbered, never reused), the name is what scripts compare, the
// sentence is what a person reads.
#pragma once

#include <stdint.h>

#include <string_view>

namespace nvresume {

/// What the caller can do about an error; also the program's exit status (docs/format.md, "Exit").
enum class ErrorKind : uint8_t {
  kOk = 0,
  kInternal = 1,     ///< a bug, or a system call that cannot fail did
  kUsage = 2,        ///< wrong command line
  kNoImage = 3,      ///< nothing to restore: an ordinary boot
  kStale = 4,        ///< an image is there, but the machine went on without it
  kCorrupt = 5,      ///< bytes in the NVM are not what was written
  kUnsupported = 6,  ///< this kernel, firmware or format version cannot do it
  kIo = 7,           ///< the NVM, a disk or a system call failed
  kNoSpace = 8,      ///< need/have: the room does not suffice
  kRefused = 9,      ///< a rule says no; the text names the rule
};

// X(number, Name, "stable-name", ErrorKind, "sentence")
#define NVRESUME_REASONS(X)                                                                        \
  X(0, kNone, "none", kOk, "no reason recorded")                                                   \
  X(1, kNoImage, "no-image", kNoImage, "no image is stored")                                       \
  X(2, kNoNvm, "no-nvm", kNoImage, "no NVM range was found")                                       \
  X(3, kNoRange, "no-range", kRefused, "the EFI stage did not publish a range in this boot")       \
  X(4, kNotFormatted, "not-formatted", kNoImage, "the range holds no nvresume superblock")         \
  X(5, kSuperblockCorrupt, "superblock-corrupt", kCorrupt, "both superblock copies are damaged")   \
  X(6, kUnsupportedVersion, "unsupported-version", kUnsupported,                                   \
    "the image was written by an incompatible version")                                            \
  X(7, kMetadataCorrupt, "metadata-corrupt", kCorrupt, "the metadata record is damaged")           \
  X(8, kIndexCorrupt, "index-corrupt", kCorrupt, "the chunk index is damaged")                     \
  X(9, kChunkCorrupt, "chunk-corrupt", kCorrupt, "a chunk does not match its checksum")            \
  X(10, kStreamCorrupt, "stream-corrupt", kCorrupt, "the snapshot stream contradicts itself")      \
  X(11, kStaleSwapSignature, "stale-swap-signature", kStale,                                       \
    "the swap area was used after the save")                                                       \
  X(12, kOtherBoot, "other-boot", kStale, "another boot happened between save and resume")         \
  X(13, kWitnessChanged, "witness-changed", kStale, "a file system changed after the save")        \
  X(14, kWitnessUnreadable, "witness-unreadable", kStale,                                          \
    "a file system mounted at the save cannot be read now")                                        \
  X(15, kFileSystemMounted, "file-system-mounted", kRefused,                                       \
    "a block-backed file system is already mounted")                                               \
  X(16, kAttemptLimit, "attempt-limit", kRefused, "the image failed to resume too often")          \
  X(17, kDisabled, "disabled", kRefused, "resuming was switched off for this boot")                \
  X(18, kKernelRefused, "kernel-refused", kUnsupported, "the kernel refused the image")            \
  X(19, kMemoryMapChanged, "memory-map-changed", kUnsupported,                                     \
    "the firmware's memory map differs from the saved one")                                        \
  X(20, kOtherKernel, "other-kernel", kUnsupported, "the image belongs to another kernel")         \
  X(21, kOtherMachine, "other-machine", kRefused, "the image belongs to another machine")          \
  X(22, kRangeMoved, "range-moved", kRefused, "the superblock names another range")                \
  X(23, kDriverMissing, "driver-missing", kUnsupported, "the nvm_swap driver could not be loaded") \
  X(24, kRangeTaken, "range-taken", kRefused, "another driver owns the range")                     \
  X(25, kNoRoom, "no-room", kNoSpace, "the room does not suffice")                                 \
  X(26, kHibernationUnavailable, "hibernation-unavailable", kUnsupported,                          \
    "this kernel does not allow hibernation")                                                      \
  X(27, kLockdown, "lockdown", kUnsupported, "kernel lockdown forbids hibernation")                \
  X(28, kSnapshotBusy, "snapshot-busy", kRefused, "/dev/snapshot is in use")                       \
  X(29, kFreezeFailed, "freeze-failed", kRefused, "a task would not freeze")                       \
  X(30, kSnapshotFailed, "snapshot-failed", kIo, "the kernel could not make the snapshot")         \
  X(31, kStoreFailed, "store-failed", kIo, "writing the image failed")                             \
  X(32, kVerifyFailed, "verify-failed", kCorrupt, "what was stored reads back differently")        \
  X(33, kPowerOffRefused, "power-off-refused", kRefused, "the machine did not power off")          \
  X(34, kWakeEvent, "wake-event", kRefused, "a wake event cancelled the save")                     \
  X(35, kNoBootEntry, "no-boot-entry", kRefused, "the EFI boot entry is missing")                  \
  X(36, kNotInInitramfs, "not-in-initramfs", kRefused,                                             \
    "the boot entry's initramfs does not contain nvresume")                                        \
  X(37, kEncryptedDisk, "encrypted-disk", kRefused,                                                \
    "a mounted file system is on dm-crypt and memory would lie in the NVM in clear")               \
  X(38, kNoSwap, "no-swap", kRefused, "the NVM swap area carries no swap signature")               \
  X(39, kIoError, "io-error", kIo, "a read or write failed")                                       \
  X(40, kBadArgument, "bad-argument", kUsage, "an argument makes no sense")                        \
  X(41, kNotPermitted, "not-permitted", kRefused, "this needs root")                               \
  X(42, kInternal, "internal", kInternal, "an assumption of this program does not hold")           \
  X(43, kNotDropped, "normal-boot", kRefused, "a normal boot was chosen while an image waited")    \
  X(44, kResumeReturned, "resume-returned", kIo, "the kernel returned from restoring the image")   \
  X(45, kUnsupportedFirmware, "unsupported-firmware", kUnsupported,                                \
    "the firmware lacks what the stage needs")                                                     \
  X(46, kLoaderMissing, "loader-missing", kIo, "the next boot loader could not be started")        \
  X(47, kUnsupportedSetup, "unsupported-setup", kUnsupported,                                      \
    "this system's boot chain is not supported by setup")                                          \
  X(48, kNotBlank, "not-blank", kRefused, "the range holds somebody's data")                       \
  X(49, kKernelImage, "kernel-image", kOk, "an in-kernel hibernation image was handed over")       \
  X(50, kUnsupportedStorage, "unsupported-storage", kUnsupported,                                  \
    "a mounted file system lies on storage whose state cannot be proven")                          \
  X(58, kConsumed, "consumed", kStale,                                                             \
    "the saved session was handed to its kernel, which never reported back")                       \
  X(59, kSaveCutShort, "save-cut-short", kStale,                                                   \
    "the last save was cut short before it was whole")                                             \
  X(60, kDirectOff, "direct-off", kRefused, "direct resume is switched off")                       \
  X(61, kSkipKey, "skip-key", kRefused, "the skip key was held down")                              \
  X(62, kDirectUntried, "direct-untried", kRefused,                                                \
    "this machine has not passed nvresume trial as it is now")                                     \
  X(63, kDirectUnreported, "direct-unreported", kRefused,                                          \
    "the last direct resume never reported success")                                               \
  X(64, kFingerprintMissing, "fingerprint-missing", kUnsupported,                                  \
    "no fingerprint of the machine was saved")                                                     \
  X(65, kFirmwareChanged, "firmware-changed", kUnsupported,                                        \
    "the firmware is not the one of the save")                                                     \
  X(66, kProcessorChanged, "processor-changed", kUnsupported,                                      \
    "the processors are not those of the save")                                                    \
  X(67, kDevicesChanged, "devices-changed", kUnsupported,                                          \
    "the PCI devices are not those of the save")                                                   \
  X(68, kRuntimeChanged, "runtime-changed", kUnsupported,                                          \
    "the firmware's runtime services moved since the save")                                        \
  X(69, kAcpiChanged, "acpi-changed", kUnsupported, "the ACPI tables changed since the save")      \
  X(70, kKernelUntried, "kernel-untried", kUnsupported,                                            \
    "this kernel release is not known to be restored directly")                                    \
  X(71, kPagingUntried, "paging-untried", kUnsupported,                                            \
    "this combination of page-table depths cannot be switched")                                    \
  X(72, kMemoryEncrypted, "memory-encrypted", kUnsupported, "memory encryption is active")         \
  X(73, kNoPlatformMode, "no-platform-mode", kUnsupported,                                         \
    "the image was saved without platform mode")                                                   \
  X(74, kFrameNotMemory, "frame-not-memory", kUnsupported,                                         \
    "a page of the image belongs where there is no free memory now")                               \
  X(75, kNoSafeMemory, "no-safe-memory", kNoSpace, "too little memory that no image page needs")   \
  X(76, kNvmSlow, "nvm-slow", kUnsupported, "the NVM is read too slowly before the kernel runs")   \
  X(77, kHandOverFailed, "hand-over-failed", kIo, "the firmware did not let go of the machine")    \
  X(78, kNoDirectFacts, "no-direct-facts", kUnsupported,                                           \
    "the save recorded nothing a direct resume could use")                                         \
  X(79, kCancelled, "cancelled", kRefused, "the save was cancelled")

enum class Reason : uint32_t {
#define NVRESUME_REASON_ENUM(number, name, text_name, kind, sentence) name = number,
  NVRESUME_REASONS(NVRESUME_REASON_ENUM)
#undef NVRESUME_REASON_ENUM
};

/// The stable name ("chunk-corrupt"); "unknown" for a number this version does not know.
std::string_view reason_name(Reason reason);
/// One sentence without a full stop.
std::string_view reason_sentence(Reason reason);
ErrorKind reason_kind(Reason reason);

}  // namespace nvresume
