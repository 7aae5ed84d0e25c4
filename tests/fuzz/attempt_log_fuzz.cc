// SPDX-License-Identifier: GPL-2.0-or-later
// Attempt records of any content, sealed.
#include "image/attempt_log.h"
#include "image/codec.h"
#include "tests/fuzz/fuzz_input.h"

using namespace nvresume;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  FuzzInput input(data, size);
  FakeNvm nvm(kSlotOffset);
  for (uint64_t slot = 0; slot < 4 && !input.rest().empty(); slot++) {
    AttemptRecord record{};
    memcpy(record.magic, kAttemptMagic, sizeof(kAttemptMagic));
    record.sequence = slot + 64 * input.take<uint8_t>();
    record.phase_count = input.take<uint8_t>() % 32;
    record.text_bytes = input.take<uint16_t>();
    input.take_into({reinterpret_cast<uint8_t*>(record.path), 200});
    record.checksum = checksum_of(bytes_of(record).first(offsetof(AttemptRecord, checksum)));
    nvm.put(kAttemptLogOffset + slot * kBlockBytes, bytes_of(record));
  }
  auto log = AttemptLog::open(nvm);
  require(log.ok());
  for (uint64_t back = 0; back < 8 && back < log->last_sequence(); back++) {
    auto record = log->read(log->last_sequence() - back);
    if (!record.ok()) continue;
    require(record->text_bytes <= kAttemptTextBytes && record->phase_count <= kAttemptPhaseMaximum);
    const std::string line(input.rest().begin(), input.rest().end());
    add_text(*record, line);
    add_phase(*record, line, 1);
    require(record->text_bytes <= kAttemptTextBytes && log->store(*record).ok());
  }
  return 0;
}
