/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The driver, compiled for a host: loaded over memory of one's own, and given requests. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum driver_disk { kDriverImage, kDriverSwap };
enum driver_operation { kDriverRead, kDriverWrite, kDriverFlush };

/* One segment of a request: a request's pages need not lie together. */
struct driver_piece {
  void *bytes;
  unsigned int count;
};

bool driver_load(void *range, uint64_t image_bytes, uint64_t swap_bytes);
void driver_unload(void);
/* Whether the kernel was told that FLUSH and FUA mean something on this disk: it drops them
 * otherwise. */
bool driver_asks_for_flushes(enum driver_disk disk);
/* False where the request ended with an error. */
bool driver_request(enum driver_disk disk, enum driver_operation operation, uint64_t offset_bytes,
                    const struct driver_piece *pieces, size_t piece_count);

/* What the test provides. */
void memcpy_flushcache(void *to, const void *from, size_t bytes);
void pmem_wmb(void);
/* A request ends: from here on the kernel relies on it. */
void request_ended(void);

#ifdef __cplusplus
}
#endif
