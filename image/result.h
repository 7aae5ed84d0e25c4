// SPDX-License-Identifier: GPL-2.0-or-later
// result.h: errors as values, without heap, exceptions or libc. Library code returns an Error; the
// program prints it, once.
#pragma once

#include <stdint.h>

#include <new>
#include <string_view>
#include <utility>

#include "image/reason.h"

namespace nvresume {

/// Why something failed. The text reads outward-in: each caller may prefix the thing it was doing.
/// Text that does not fit is cut at its end, never overflows.
class Error {
 public:
  explicit Error(Reason reason) : reason_(reason) {}
  Error(Reason reason, std::string_view text) : reason_(reason) { append(text); }

  /// Appends to the text; chainable: Error(Reason::kChunkCorrupt).with("chunk ").with(812).
  Error& with(std::string_view text) {
    append(text);
    return *this;
  }
  Error& with(uint64_t number);
  Error& with_hex(uint64_t number);  ///< as 0x…
  /// Puts "context: " in front.
  Error& prefix(std::string_view context);

  Reason reason() const { return reason_; }
  ErrorKind kind() const { return reason_kind(reason_); }
  /// The text, or the reason's sentence where no text was given.
  std::string_view text() const {
    return length_ == 0 ? reason_sentence(reason_) : std::string_view(text_, length_);
  }

 private:
  void append(std::string_view text);

  static constexpr uint32_t kCapacity = 320;
  Reason reason_;
  uint32_t length_ = 0;
  char text_[kCapacity] = {};
};

/// A T or an Error. Access without checking ok() first is a bug and traps.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : ok_(true), value_(std::move(value)) {}       // NOLINT: implicit on purpose
  Result(Error error) : ok_(false), error_(std::move(error)) {}  // NOLINT
  Result(Result&& other) noexcept : ok_(other.ok_) {
    if (ok_)
      new (&value_) T(std::move(other.value_));
    else
      new (&error_) Error(std::move(other.error_));
  }
  Result(const Result&) = delete;
  Result& operator=(const Result&) = delete;
  Result& operator=(Result&&) = delete;
  ~Result() {
    if (ok_)
      value_.~T();
    else
      error_.~Error();
  }

  bool ok() const { return ok_; }
  explicit operator bool() const { return ok_; }
  T& value() {
    if (!ok_) __builtin_trap();
    return value_;
  }
  const T& value() const {
    if (!ok_) __builtin_trap();
    return value_;
  }
  T* operator->() { return &value(); }
  T& operator*() { return value(); }
  const T* operator->() const { return &value(); }
  const T& operator*() const { return value(); }
  Error& error() {
    if (ok_) __builtin_trap();
    return error_;
  }
  const Error& error() const {
    if (ok_) __builtin_trap();
    return error_;
  }

 private:
  bool ok_;
  union {
    T value_;
    Error error_;
  };
};

struct Unit {};
/// Success or an Error.
using Status = Result<Unit>;
inline Status ok_status() { return Unit{}; }

/// Returns the error of `expression` (a Status or Result) from the enclosing function.
#define NVRESUME_TRY(expression)                               \
  do {                                                         \
    if (auto try_result = (expression); !try_result.ok())      \
      return ::nvresume::Error(std::move(try_result.error())); \
  } while (0)

#define NVRESUME_CONCAT_(a, b) a##b
#define NVRESUME_CONCAT(a, b) NVRESUME_CONCAT_(a, b)
/// NVRESUME_ASSIGN(auto x, f()): declares x with f's value or returns f's error.
#define NVRESUME_ASSIGN(declaration, expression)                                     \
  auto NVRESUME_CONCAT(assign_, __LINE__) = (expression);                            \
  if (!NVRESUME_CONCAT(assign_, __LINE__).ok())                                      \
    return ::nvresume::Error(std::move(NVRESUME_CONCAT(assign_, __LINE__).error())); \
  declaration = std::move(NVRESUME_CONCAT(assign_, __LINE__).value())

}  // namespace nvresume
