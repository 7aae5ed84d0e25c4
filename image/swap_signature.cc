// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/swap_signature.h"

#include <string.h>

namespace nvresume {
namespace {

constexpr uint32_t kSignatureBytes = 10;
constexpr uint32_t kSignatureOffset = kBlockBytes - kSignatureBytes;
/// Persistent memory tears between these: the last 8-byte unit of the page starts here.
constexpr uint32_t kTearBytes = kSignatureBytes - 8;

constexpr char kSwapText[kSignatureBytes + 1] = "SWAPSPACE2";
// Nine letters and a zero, as the kernel and uswsusp write them.
constexpr char kUserText[kSignatureBytes + 1] = "ULSUSPEND\0";
constexpr char kKernelText[kSignatureBytes + 1] = "S1SUSPEND\0";

bool carries(const Block& page, const char* text) {
  return memcmp(page.bytes + kSignatureOffset, text, kSignatureBytes) == 0;
}

/// Half of one signature and half of the other: a power cut inside write_swap_signature(). The
/// kernel sees no swap area there, but nobody else writes such a mixture, so it is ours to mend.
bool is_torn(const Block& page) {
  const uint8_t* text = page.bytes + kSignatureOffset;
  const auto halves = [text](const char* first, const char* second) {
    return memcmp(text, first, kTearBytes) == 0 &&
           memcmp(text + kTearBytes, second + kTearBytes, kSignatureBytes - kTearBytes) == 0;
  };
  return halves(kSwapText, kUserText) || halves(kUserText, kSwapText);
}

SwapSignature signature_of(const Block& page) {
  if (carries(page, kSwapText)) return SwapSignature::kSwap;
  if (carries(page, kUserText)) return SwapSignature::kUser;
  if (carries(page, kKernelText)) return SwapSignature::kKernel;
  return SwapSignature::kNone;
}

Status store(Nvm& swap, Block& page, const char* text) {
  memcpy(page.bytes + kSignatureOffset, text, kSignatureBytes);
  NVRESUME_TRY(swap.write(0, page.bytes));
  return swap.flush();
}

}  // namespace

Result<SwapSignature> read_swap_signature(Nvm& swap) {
  Block page;
  NVRESUME_TRY(swap.read(0, page.bytes));
  return signature_of(page);
}

Status write_swap_signature(Nvm& swap, SwapSignature signature) {
  Block page;
  NVRESUME_TRY(swap.read(0, page.bytes));
  const SwapSignature found = signature_of(page);
  if (found == SwapSignature::kNone && !is_torn(page)) return Error(Reason::kNoSwap);
  switch (signature) {
    case SwapSignature::kSwap:
      return store(swap, page, kSwapText);
    case SwapSignature::kUser:
      // An in-kernel image keeps its own way back to SWAPSPACE2 in its header; it is not ours.
      if (found == SwapSignature::kKernel)
        return Error(Reason::kNoSwap, "the NVM swap area holds an in-kernel image");
      return store(swap, page, kUserText);
    case SwapSignature::kNone:
    case SwapSignature::kKernel:
      break;
  }
  return Error(Reason::kInternal, "this swap signature is not ours to write");
}

Status withdraw_swap_signature(Nvm& swap) {
  Block page;
  NVRESUME_TRY(swap.read(0, page.bytes));
  if (signature_of(page) != SwapSignature::kUser && !is_torn(page)) return ok_status();
  return store(swap, page, kSwapText);
}

}  // namespace nvresume
