// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/physical_nvm.h"

#include <string.h>

namespace nvresume::efi {
namespace {

Error outside(std::string_view what, uint64_t offset_bytes) {
  return std::move(
      Error(Reason::kIoError, what).with(" outside the range at ").with_hex(offset_bytes));
}

}  // namespace

PhysicalNvm::PhysicalNvm(uint64_t base, uint64_t size_bytes)
    : base_(reinterpret_cast<uint8_t*>(base)),
      size_bytes_(size_bytes),
      instruction_(detect_flush()) {}

ConstBytes PhysicalNvm::view(uint64_t offset_bytes, uint64_t length_bytes) const {
  if (offset_bytes > size_bytes_ || length_bytes > size_bytes_ - offset_bytes) return {};
  return ConstBytes(base_ + offset_bytes, length_bytes);
}

Status PhysicalNvm::read(uint64_t offset_bytes, Bytes out) {
  ConstBytes bytes = view(offset_bytes, out.size());
  if (bytes.size() != out.size()) return outside("read", offset_bytes);
  memcpy(out.data(), bytes.data(), out.size());
  return ok_status();
}

Status PhysicalNvm::write(uint64_t offset_bytes, ConstBytes in) {
  if (view(offset_bytes, in.size()).size() != in.size()) return outside("write", offset_bytes);
  memcpy(base_ + offset_bytes, in.data(), in.size());
  write_back(base_ + offset_bytes, in.size(), instruction_);
  return ok_status();
}

Status PhysicalNvm::flush() {
  store_fence();
  return ok_status();
}

}  // namespace nvresume::efi
