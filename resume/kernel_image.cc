// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/kernel_image.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/sysmacros.h>

#include "resume/system_error.h"
#include "resume/unique_fd.h"

namespace nvresume {
namespace {

constexpr char kResumeFile[] = "/sys/power/resume";

}  // namespace

Error hand_over_kernel_image(dev_t swap) {
  char text[32];
  const int length = snprintf(text, sizeof(text), "%u:%u", major(swap), minor(swap));
  const UniqueFd fd(::open(kResumeFile, O_WRONLY | O_CLOEXEC));
  if (!fd.open()) return system_error(Reason::kHibernationUnavailable, "open", kResumeFile);
  if (::write(fd.get(), text, static_cast<size_t>(length)) < 0)
    return system_error(Reason::kResumeReturned, "write", kResumeFile);
  return Error(Reason::kResumeReturned,
               "the kernel did not resume its own image; its log says why");
}

}  // namespace nvresume
