// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/crash/orders.h"

#include <cstdio>
#include <cstdlib>

#include "image/attempt_log.h"
#include "image/commit.h"
#include "image/fingerprint.h"
#include "image/metadata.h"
#include "image/trial_record.h"
#include "kernel-cmdline/range_wipe.h"
#include "resume/image_records.h"
#include "resume/save_pipeline.h"
#include "resume/scrub.h"
#include "resume/settle.h"
#include "tests/unit/fake_snapshot.h"

namespace nvresume {
namespace {

/// No order here may fail: what a failing NVM does is another test's business.
void must(const Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", std::string(status.error().text()).c_str());
  abort();
}
template <typename T>
T must(Result<T> result) {
  if (!result.ok()) must(Status(std::move(result.error())));
  return std::move(result.value());
}

void log_attempt(Machine& machine, AttemptKind kind) {
  AttemptLog log = must(AttemptLog::open(machine.area()));
  AttemptRecord record = log.begin(kind);
  must(log.store(record));
}

/// At a time.
constexpr uint64_t kScrubbedBytes = 64 * kBlockBytes;

AlignedBuffer& metadata_buffer() {
  static AlignedBuffer buffer(kMetadataBytesMaximum);
  return buffer;
}

ConstBytes make_metadata(const uint8_t image_id[16]) {
  const Bytes buffer = metadata_buffer().bytes().first(2 * kBlockBytes);
  MetadataWriter writer(buffer);
  memcpy(writer.header().image_id, image_id, 16);
  strcpy(writer.header().host, "crash");
  writer.header().saved_unix_s = 1700000000;
  return buffer.first(writer.finish());
}

/// As resume/save.cc does it, up to what points at the frames.
ImageRecords store_image(Machine& machine, ImageArea& area, ImageNumber image) {
  uint8_t image_id[16] = {};
  memcpy(image_id, &image, sizeof(image));
  SaveSettings settings;
  settings.chunk_pages = 1;
  // Left open, it would be measured by stores to the slot that WRITING gave up: one more garbage.
  settings.encoding = EncodingChoice::kZstd;
  const ImageSlot slot(machine.area(), area.superblock());
  auto pipeline = must(SavePipeline::prepare(slot, settings));
  must(area.begin_save(image_id));
  FakeSnapshot device(Machine::stream_of(image));
  FrozenUserspace frozen = must(FrozenUserspace::freeze(device));
  (void)must(device.create_image());
  must(pipeline->store(device, frozen, nullptr));
  must(pipeline->verify(frozen));
  return must(store_image_records(machine.area(), *pipeline, make_metadata(image_id), image_id));
}

void save(Machine& machine) {
  log_attempt(machine, AttemptKind::kSave);
  ImageArea area = machine.open();
  const ImageNumber image = machine.number_next_image();
  const ImageRecords records = store_image(machine, area, image);
  machine.promise(either(kNoImage, image));
  must(commit_image(area, machine.swap(), records.metadata, records.index));
  machine.promise(only(image));
  log_attempt(machine, AttemptKind::kSave);
}

void save_and_abandon(Machine& machine) {
  log_attempt(machine, AttemptKind::kSave);
  ImageArea area = machine.open();
  (void)store_image(machine, area, machine.number_next_image());
  must(area.clear());
  log_attempt(machine, AttemptKind::kSave);
}

void take_back(Machine& machine) {
  ImageArea area = machine.open();
  machine.promise(either(machine.image(), kNoImage));
  must(take_back_image(area, machine.swap(), Reason::kPowerOffRefused));
  machine.promise(only(kNoImage));
}

void boot_through_stage(Machine& machine) {
  ImageArea area = machine.open();
  must(area.count_boot());
  static AlignedBuffer buffer(kFingerprintBytes);
  auto& fingerprint = *reinterpret_cast<Fingerprint*>(buffer.bytes().data());
  fingerprint.boot_count = area.superblock().boot_count;
  seal(fingerprint);
  must(store_fingerprint(machine.area(), kMachineGeometry, fingerprint));
}

/// A machine that dies in its last attempt has used it up.
void begin_attempt(Machine& machine, ImageArea& area) {
  const Superblock& superblock = area.superblock();
  if (superblock.attempt_count + 1 >= superblock.attempt_limit)
    machine.promise(either(machine.image(), kNoImage));
  must(area.begin_attempt());
}

void lower_attempt(Machine& machine, ImageArea& area) {
  must(area.lower_attempt());
  machine.promise(only(machine.image()));
}

void refuse_directly(Machine& machine) {
  ImageArea area = machine.open();
  const Superblock& superblock = area.superblock();
  if (superblock.attempt_count + 1 >= superblock.attempt_limit)
    machine.promise(either(machine.image(), kNoImage));
  must(area.count_boot_and_attempt());
  must(area.take_back_boot());
  machine.promise(only(machine.image()));
  log_attempt(machine, AttemptKind::kResume);
}

void restore(Machine& machine) {
  ImageArea area = machine.open();
  begin_attempt(machine, area);
  log_attempt(machine, AttemptKind::kResume);
  machine.promise(either(machine.image(), kNoImage));
  must(area.consume());
  machine.promise(only(kNoImage));
}

/// ATOMIC_RESTORE or ExitBootServices came back.
void restore_in_vain(Machine& machine) {
  const ImageNumber image = machine.image();
  restore(machine);
  machine.promise(either(image, kNoImage));
  ImageArea area = machine.open();
  must(area.unconsume());
  const Superblock& superblock = area.superblock();
  machine.promise(only(superblock.attempt_count < superblock.attempt_limit ? image : kNoImage));
  log_attempt(machine, AttemptKind::kResume);
}

void refuse_in_initramfs(Machine& machine) {
  ImageArea area = machine.open();
  begin_attempt(machine, area);
  lower_attempt(machine, area);
  log_attempt(machine, AttemptKind::kResume);
  machine.promise(either(machine.image(), kNoImage));
  ImageArea again = machine.open();
  must(drop_image(again, machine.swap(), Reason::kChunkCorrupt));
  machine.promise(only(kNoImage));
}

void finish_in_resumed_world(Machine& machine) {
  ImageArea area = machine.open();
  must(finish_resume(area, machine.swap()));
  log_attempt(machine, AttemptKind::kResume);
}

void settle(Machine& machine) {
  ImageArea area = machine.open();
  machine.promise(either(machine.image(), kNoImage));
  std::string said;
  Decision decision{};
  strcpy(decision.decision, "normal");
  strcpy(decision.reason, "witness-changed");
  must(settle_area(area, machine.swap(), decision, said));
  machine.promise(only(kNoImage));
}

void scrub(Machine& machine) {
  static AlignedBuffer buffer(kScrubbedBytes), zeros(kScrubbedBytes);
  ScrubPosition position;
  while (!must(scrub_step(machine.area(), position, buffer.bytes(), zeros.bytes()))) continue;
}

void store_trial_record(Machine& machine) {
  (void)machine.open();
  TrialRecord record{};
  record.outcome = static_cast<uint32_t>(TrialOutcome::kPassed);
  must(store_trial(machine.area(), kMachineGeometry, record));
}

/// The second step of setup, as kernel-cmdline/finish.cc does it with `erase`.
void set_up(Machine& machine) {
  const auto existing = ImageArea::peek(machine.area());
  if (!existing.ok()) {
    must(wipe_ends(machine.area()));
    must(wipe_ends(machine.swap()));
    must(ImageArea::format(machine.area(), kMachineRangeBase, kMachineGeometry));
  }
  if (must(read_swap_signature(machine.swap())) == SwapSignature::kNone) machine.make_swap();
  Allowed known = machine.known();
  known.unformatted = false;
  machine.promise(known);
}

void remove_range(Machine& machine) {
  Allowed known = machine.known();
  known.other = kNoImage;
  known.unformatted = true;
  machine.promise(known);
  must(wipe_range(machine.area(), machine.swap()));
  machine.promise({kNoImage, kNoImage, kNoImage, true});
}

bool is_formatted(Machine& machine) { return machine.is_formatted(); }
bool is_free(Machine& machine) {
  return machine.is_formatted() && machine.state() != State::kCommitted;
}
bool is_none(Machine& machine) {
  return is_free(machine) && machine.state() != State::kWriting &&
         machine.state() != State::kConsumed;
}
bool is_committed(Machine& machine) {
  return machine.is_formatted() && machine.state() == State::kCommitted;
}
bool can_restore(Machine& machine) { return machine.is_formatted() && machine.has_image(); }
/// Damaged superblocks setup refuses; remove takes them.
bool is_unfinished(Machine& machine) {
  const auto existing = ImageArea::peek(machine.area());
  return !machine.is_formatted() &&
         (existing.ok() || existing.error().reason() == Reason::kNotFormatted);
}
bool always(Machine&) { return true; }

constexpr Order kOrders[] = {
    {"save", is_free, save},
    {"save given up", is_free, save_and_abandon},
    {"power-off refused", is_committed, take_back},
    {"boot through the stage", is_formatted, boot_through_stage},
    {"direct resume refused", can_restore, refuse_directly},
    {"restore", can_restore, restore},
    {"hand-over refused", can_restore, restore_in_vain},
    {"restore refused", can_restore, refuse_in_initramfs},
    {"resumed", is_free, finish_in_resumed_world},
    {"settle", is_formatted, settle},
    {"scrub", is_none, scrub},
    {"trial", is_formatted, store_trial_record},
    {"setup", is_unfinished, set_up},
    {"remove", always, remove_range},
};

}  // namespace

std::span<const Order> all_orders() { return kOrders; }

}  // namespace nvresume
