// SPDX-License-Identifier: GPL-2.0-or-later
// loaded_linux.h: which initramfs a loader is about to start Linux with, read out of the loader's
// memory when boot services end. Calls nothing.
//
// A loader, or the kernel's own stub, describes initramfs and command line to the kernel in a block
// that starts a page (Linux, Documentation/arch/x86/boot.rst and zero-page.rst). That block, not a
// copy of the file somewhere in memory, says what will run.
#pragma once

#include "efi/memory_map.h"
#include "image/metadata.h"

namespace nvresume::efi {

/// Whether the kernel that is about to start gets exactly this initramfs, and no argument that
/// keeps it from deciding about the image before anything is mounted. Every doubt is a no: a second
/// kernel's block with another initramfs, a copy that lies elsewhere, files put together.
/// REQUIRES: memory of the types loader code and loader data can be read at its address.
bool starts_initramfs(const MemoryMapView& map, const BootInitramfs& wanted);

}  // namespace nvresume::efi
