// SPDX-License-Identifier: GPL-2.0-or-later
// What the compiler calls behind the code's back and no libc is there to provide.
#include <stddef.h>
#include <stdint.h>

extern "C" {

void* memcpy(void* to, const void* from, size_t count) {
  void* result = to;
  size_t words = count / 8, rest = count % 8;
  asm volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
  asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(rest) : : "memory");
  return result;
}

void* memmove(void* to, const void* from, size_t count) {
  uint8_t* target = static_cast<uint8_t*>(to);
  const uint8_t* source = static_cast<const uint8_t*>(from);
  if (target <= source || target >= source + count) return memcpy(to, from, count);
  while (count-- > 0) target[count] = source[count];
  return to;
}

void* memset(void* to, int value, size_t count) {
  void* result = to;
  size_t words = count / 8, rest = count % 8;
  uint64_t pattern = 0x0101010101010101u * static_cast<uint8_t>(value);
  asm volatile("rep stosq" : "+D"(to), "+c"(words) : "a"(pattern) : "memory");
  asm volatile("rep stosb" : "+D"(to), "+c"(rest) : "a"(pattern) : "memory");
  return result;
}

int memcmp(const void* a, const void* b, size_t count) {
  const uint8_t* left = static_cast<const uint8_t*>(a);
  const uint8_t* right = static_cast<const uint8_t*>(b);
  for (size_t i = 0; i < count; ++i)
    if (left[i] != right[i]) return left[i] < right[i] ? -1 : 1;
  return 0;
}

size_t strlen(const char* text) {
  size_t length = 0;
  while (text[length] != '\0') ++length;
  return length;
}

// A call of a pure virtual function is a bug; the processor's exception names its address.
[[noreturn]] void __cxa_pure_virtual() { __builtin_trap(); }

}  // extern "C"
