// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/stage_config.h"

#include <string.h>

#include <algorithm>
#include <iterator>

#include "image/media.h"
#include "kernel-cmdline/efi_store.h"
#include "kernel-cmdline/loader_path.h"

namespace nvresume {

Result<NvresumeConfig> make_stage_config(const StageChoices& choices) {
  NvresumeConfig config{};
  config.version = 1;
  config.size_bytes = sizeof(config);
  config.mode = static_cast<uint32_t>(RangeMode::kExplicit);
  config.factor_percent = choices.factor_percent;
  config.range_base = choices.range.base;
  config.range_bytes = choices.range.bytes;
  // Without a passed trial, auto is the way through the initramfs. What was switched stays so.
  const auto existing = read_stage_config();
  config.direct = existing ? existing->direct : static_cast<uint32_t>(DirectMode::kAuto);
  if (existing) config.skip_key = existing->skip_key;
  if (choices.direct) config.direct = static_cast<uint32_t>(*choices.direct);
  if (choices.skip_key) config.skip_key = *choices.skip_key;
  NVRESUME_ASSIGN(const auto loader, to_ucs2(choices.next_loader));
  if (loader.size() > std::size(config.next_loader))
    return Error(Reason::kBadArgument, "the boot loader's path is too long: ")
        .with(choices.next_loader);
  std::ranges::copy(loader, config.next_loader);
  NVRESUME_TRY(check_config(bytes_of(config)));
  return config;
}

std::optional<NvresumeConfig> read_stage_config() {
  const auto variable = read_efi_variable(EfiVendor::kNvresume, kConfigName);
  if (!variable || !check_config(*variable).ok()) return std::nullopt;
  NvresumeConfig config;
  ::memcpy(&config, variable->data(), sizeof(config));
  return config;
}

Result<bool> ensure_stage_config(const NvresumeConfig& config) {
  return ensure_efi_variable(EfiVendor::kNvresume, kConfigName, bytes_of(config));
}

std::string next_loader_of(const NvresumeConfig& config) {
  std::string path;
  for (const uint16_t unit : config.next_loader) {
    if (unit == 0) break;
    path += static_cast<char>(unit);
  }
  return path;
}

}  // namespace nvresume
