// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/swap_signature.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/test_image.h"

namespace nvresume {
namespace {

class SwapSignatureTest : public ::testing::Test {
 protected:
  static constexpr uint64_t kAt = kBlockBytes - 10;

  void put(std::string text) {
    text.resize(10, '\0');
    swap_.put(kAt, {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  }
  std::string text() { return {reinterpret_cast<const char*>(swap_.block(0)) + kAt, 10}; }
  SwapSignature read() { return read_swap_signature(swap_).value(); }
  Reason write(SwapSignature signature) {
    const Status status = write_swap_signature(swap_, signature);
    return status.ok() ? Reason::kNone : status.error().reason();
  }

  FakeNvm swap_ = make_formatted_range().swap;
};

TEST_F(SwapSignatureTest, GoesThereAndBackAndTouchesNothingElse) {
  for (uint64_t i = 1024; i < kAt; i++) swap_.corrupt_byte(i);
  EXPECT_EQ(read(), SwapSignature::kSwap);
  EXPECT_EQ(write(SwapSignature::kUser), Reason::kNone);
  EXPECT_EQ(read(), SwapSignature::kUser);
  EXPECT_EQ(text(), std::string("ULSUSPEND\0", 10));
  EXPECT_EQ(write(SwapSignature::kSwap), Reason::kNone);
  EXPECT_EQ(text(), "SWAPSPACE2");
  for (uint64_t i = 0; i < kAt; i++) ASSERT_EQ(swap_.block(0)[i], i < 1024 ? 0 : 0xff);
}

TEST_F(SwapSignatureTest, NeverMakesASwapAreaOutOfSomethingElse) {
  for (const char* other : {"", "SWAP-SPACE", "LINHIB0001", "swapspace2"}) {
    put(other);
    EXPECT_EQ(read(), SwapSignature::kNone) << other;
    EXPECT_EQ(write(SwapSignature::kSwap), Reason::kNoSwap) << other;
    EXPECT_EQ(write(SwapSignature::kUser), Reason::kNoSwap) << other;
    ASSERT_TRUE(withdraw_swap_signature(swap_).ok());
    EXPECT_EQ(text().substr(0, strlen(other)), other);
  }
}

TEST_F(SwapSignatureTest, AnInKernelImageIsNotOverwritten) {
  put("S1SUSPEND");
  EXPECT_EQ(read(), SwapSignature::kKernel);
  EXPECT_EQ(write(SwapSignature::kUser), Reason::kNoSwap);
  ASSERT_TRUE(withdraw_swap_signature(swap_).ok());
  EXPECT_EQ(read(), SwapSignature::kKernel);
}

TEST_F(SwapSignatureTest, HalfAStoreIsMendedBothWays) {
  for (const char* torn : {"SWSUSPEND", "ULAPSPACE2"}) {
    put(torn);
    EXPECT_EQ(read(), SwapSignature::kNone) << "the kernel sees no swap area";
    ASSERT_TRUE(withdraw_swap_signature(swap_).ok());
    EXPECT_EQ(read(), SwapSignature::kSwap);
    put(torn);
    EXPECT_EQ(write(SwapSignature::kUser), Reason::kNone);
  }
}

TEST_F(SwapSignatureTest, WithdrawnTwiceIsWithdrawn) {
  ASSERT_EQ(write(SwapSignature::kUser), Reason::kNone);
  ASSERT_TRUE(withdraw_swap_signature(swap_).ok());
  ASSERT_TRUE(withdraw_swap_signature(swap_).ok());
  EXPECT_EQ(read(), SwapSignature::kSwap);
}

TEST_F(SwapSignatureTest, OnlyOurTwoSignaturesAreWritten) {
  EXPECT_EQ(write(SwapSignature::kKernel), Reason::kInternal);
  EXPECT_EQ(write(SwapSignature::kNone), Reason::kInternal);
}

}  // namespace
}  // namespace nvresume
