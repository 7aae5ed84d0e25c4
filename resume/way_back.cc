// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/way_back.h"

#include "image/commit.h"
#include "resume/power_off.h"

namespace nvresume {

Error go_back(ImageArea& area, Nvm& swap, const FrozenUserspace&, Console& console, Error failure) {
  console.line("not powered off; taking the image back");
  const Status gone = take_back_image(area, swap, failure.reason());
  if (gone.ok()) return failure;
  const std::string_view text = gone.error().text();
  console.print("cannot take the image back: %.*s", static_cast<int>(text.size()), text.data());
  const auto left = ImageArea::peek(area.nvm());
  const bool pending = left.ok() && left->state() == State::kCommitted;
  console.print("stopping: going on would destroy data; at the next power-on the machine %s",
                pending ? "resumes" : "boots normally, as after a power cut");
  stop_machine(console);
}

}  // namespace nvresume
