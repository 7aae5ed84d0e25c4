// SPDX-License-Identifier: GPL-2.0-or-later
// A boot entry's optional data and a loaded image's file path of any content: no loader twice,
// never the stage itself, every path ended.
#include "efi/device_path.h"
#include "efi/loader_list.h"
#include "efi/variables.h"
#include "tests/fuzz/fuzz_input.h"

using namespace nvresume;
using namespace nvresume::efi;

namespace {

/// Nodes of the input's types and lengths, with the end that firmware never leaves out.
std::vector<uint8_t> take_device_path(FuzzInput& input) {
  std::vector<uint8_t> path;
  const auto nodes = input.take<uint8_t>() % 4;
  for (int i = 0; i < nodes; i++) {
    const auto type = input.take<uint8_t>(), subtype = input.take<uint8_t>();
    std::vector<uint8_t> content(input.take<uint8_t>());
    input.take_into(content);
    const auto length = static_cast<uint16_t>(4 + content.size());
    // An end inside the path would be the path's end.
    path.insert(path.end(),
                {static_cast<uint8_t>(type == 0x7f ? 4 : type), subtype,
                 static_cast<uint8_t>(length & 0xff), static_cast<uint8_t>(length >> 8)});
    path.insert(path.end(), content.begin(), content.end());
  }
  path.insert(path.end(), {0x7f, 0xff, 4, 0});
  return path;
}

void require_ended(const LoaderPath& path) {
  require(path.length() < LoaderPath::kCapacity && path.text[path.length()] == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  FuzzInput input(data, size);
  const std::vector<uint8_t> bytes = take_device_path(input);
  const auto* device_path = reinterpret_cast<const EFI_DEVICE_PATH*>(bytes.data());
  const LoaderPath own = file_of(device_path);
  require_ended(own);

  NvresumeConfig config = default_config();
  input.take_into({reinterpret_cast<uint8_t*>(config.next_loader), 64});
  const std::vector<uint8_t> options(input.rest().begin(), input.rest().end());
  const LoaderList loaders(config, options, own);
  for (uint32_t i = 0; i < loaders.count(); i++) {
    require_ended(loaders[i]);
    require(!loaders[i].empty() && !same_path(loaders[i], own));
    for (uint32_t j = 0; j < i; j++) require(!same_path(loaders[i], loaders[j]));
    const FullPath full = make_full_path(device_path, loaders[i]);
    require(full.length_bytes <= FullPath::kCapacityBytes);
  }
  return 0;
}
