// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/setup_options.h"

#include <algorithm>
#include <iterator>

#include "resume/system_files.h"

namespace nvresume {
namespace {

Error bad(std::string_view what, std::string_view word) {
  return Error(Reason::kBadArgument, what).with(" \"").with(word).with("\"");
}

bool set_flag(SetupOptions& options, std::string_view word) {
  if (word == "--yes") return options.yes = true;
  if (word == "--dry-run") return options.dry_run = true;
  if (word == "--json") return options.json = true;
  if (word == "--files-only") return options.files_only = true;
  if (word == "--finish") return options.finish = true;
  if (word == "--help") return options.help = true;
  return false;
}

Status set_range(std::optional<NvmRange>& range, std::string_view name, std::string_view value) {
  range = parse_range(value);
  if (range) return ok_status();
  return bad(std::string(name).append(" wants BASE+SIZE, not"), value);
}

Status set_factor(SetupOptions& options, std::string_view value) {
  const auto factor = parse_factor(value);
  if (!factor) return bad("--factor wants a number from 0.55 to 16, not", value);
  options.factor_percent = *factor;
  return ok_status();
}

Status set_direct(SetupOptions& options, std::string_view value) {
  if (value == "off")
    options.direct = DirectMode::kOff;
  else if (value == "trial")
    options.direct = DirectMode::kTrial;
  else if (value == "auto")
    options.direct = DirectMode::kAuto;
  else
    return bad("--direct wants off, trial or auto, not", value);
  return ok_status();
}

/// The stage compares what the firmware says was typed: one printable character.
Status set_skip_key(SetupOptions& options, std::string_view value) {
  const bool is_character = value.size() == 1 && value[0] > ' ' && value[0] < 0x7f;
  if (!is_character && value != "none")
    return bad("--skip-key wants one character or none, not", value);
  options.skip_key = is_character ? static_cast<uint16_t>(value[0]) : uint16_t{0};
  return ok_status();
}

Status set_value(SetupOptions& options, std::string_view name, std::string_view value) {
  if (name == "--range") return set_range(options.range, name, value);
  if (name == "--erase") return set_range(options.erase, name, value);
  if (name == "--factor") return set_factor(options, value);
  if (name == "--direct") return set_direct(options, value);
  if (name == "--skip-key") return set_skip_key(options, value);
  options.kernel = value;
  return ok_status();
}

bool wants_value(std::string_view name) {
  constexpr std::string_view kNames[] = {"--range",  "--erase",    "--factor",
                                         "--direct", "--skip-key", "--kernel"};
  return std::ranges::find(kNames, name) != std::end(kNames);
}

}  // namespace

Result<SetupOptions> parse_setup_options(std::span<char* const> args) {
  SetupOptions options;
  for (size_t i = 1; i < args.size(); i++) {
    const std::string_view word = args[i];
    if (set_flag(options, word)) continue;
    const std::string_view name = word.substr(0, word.find('='));
    if (!wants_value(name)) return bad("unknown argument", word);
    if (name.size() < word.size()) {
      NVRESUME_TRY(set_value(options, name, word.substr(name.size() + 1)));
    } else if (i + 1 < args.size()) {
      NVRESUME_TRY(set_value(options, name, args[++i]));
    } else {
      return bad("a value is missing behind", word);
    }
  }
  return options;
}

std::optional<uint32_t> parse_factor(std::string_view text) {
  const size_t point = text.find('.');
  std::string_view fraction = point == std::string_view::npos ? "" : text.substr(point + 1);
  if (point != std::string_view::npos && (fraction.empty() || fraction.size() > 2))
    return std::nullopt;
  const std::string hundredths = std::string(fraction).append(2 - fraction.size(), '0');
  const auto whole = parse_number(text.substr(0, point));
  const auto part = parse_number(hundredths);
  if (!whole || !part || text.starts_with("0x") || *whole > kFactorPercentMaximum)
    return std::nullopt;
  const uint64_t percent = *whole * 100 + *part;
  if (percent < kFactorPercentMinimum || percent > kFactorPercentMaximum) return std::nullopt;
  return static_cast<uint32_t>(percent);
}

}  // namespace nvresume
