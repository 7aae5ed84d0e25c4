// SPDX-License-Identifier: GPL-2.0-or-later
// physical_nvm.h: the image library's Nvm over memory mapped at its physical address.
#pragma once

#include "efi/cache.h"
#include "image/nvm.h"

namespace nvresume::efi {

class PhysicalNvm final : public Nvm {
 public:
  /// [base, base + size_bytes) must be mapped (page_tables.h).
  PhysicalNvm(uint64_t base, uint64_t size_bytes);

  uint64_t size_bytes() const override { return size_bytes_; }
  Status read(uint64_t offset_bytes, Bytes out) override;
  /// Written lines start on their way to persistence at once; flush() waits for them.
  Status write(uint64_t offset_bytes, ConstBytes in) override;
  Status flush() override;

  /// The bytes where they lie, without copying. Empty where the range does not hold them.
  ConstBytes view(uint64_t offset_bytes, uint64_t length_bytes) const;

 private:
  uint8_t* base_;
  uint64_t size_bytes_;
  FlushInstruction instruction_;
};

}  // namespace nvresume::efi
