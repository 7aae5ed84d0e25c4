// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/reason.h"

namespace nvresume {

// Numbers come from media and variables, so every function accepts one it does not know.

std::string_view reason_name(Reason reason) {
  switch (reason) {
#define NVRESUME_REASON_CASE(number, name, text_name, kind, sentence) \
  case Reason::name:                                                  \
    return text_name;
    NVRESUME_REASONS(NVRESUME_REASON_CASE)
#undef NVRESUME_REASON_CASE
  }
  return "unknown";
}

std::string_view reason_sentence(Reason reason) {
  switch (reason) {
#define NVRESUME_REASON_CASE(number, name, text_name, kind, sentence) \
  case Reason::name:                                                  \
    return sentence;
    NVRESUME_REASONS(NVRESUME_REASON_CASE)
#undef NVRESUME_REASON_CASE
  }
  return "a reason this version does not know";
}

ErrorKind reason_kind(Reason reason) {
  switch (reason) {
#define NVRESUME_REASON_CASE(number, name, text_name, kind, sentence) \
  case Reason::name:                                                  \
    return ErrorKind::kind;
    NVRESUME_REASONS(NVRESUME_REASON_CASE)
#undef NVRESUME_REASON_CASE
  }
  return ErrorKind::kRefused;
}

}  // namespace nvresume
