// SPDX-License-Identifier: GPL-2.0-or-later
// The driver's own source with a host's kernel.h under it.
#include "tests/crash/driver_on_host.h"

#include "tests/crash/kernel.h"

#include "driver/nvm_swap.c"

enum { kMostPieces = 16 };

static struct gendisk disks[NVM_AREA_COUNT];

struct gendisk *blk_mq_alloc_disk(struct blk_mq_tag_set *tags, const struct queue_limits *limits,
                                  void *queuedata) {
  struct gendisk *disk = &disks[(struct nvm_area *)queuedata - nvm_areas];

  (void)tags;
  disk->limits = *limits;
  disk->queue.queuedata = queuedata;
  return disk;
}

void put_disk(struct gendisk *disk) { memset(disk, 0, sizeof(*disk)); }

bool driver_load(void *range, uint64_t image, uint64_t swap) {
  base = (uintptr_t)range;
  image_bytes = image;
  swap_bytes = swap;
  return load_module() == 0;
}

void driver_unload(void) { unload_module(); }

bool driver_asks_for_flushes(enum driver_disk disk) {
  const unsigned int both = BLK_FEAT_WRITE_CACHE | BLK_FEAT_FUA;

  return (disks[disk].limits.features & both) == both;
}

bool driver_request(enum driver_disk disk, enum driver_operation operation, uint64_t offset_bytes,
                    const struct driver_piece *pieces, size_t piece_count) {
  static const int operations[] = {REQ_OP_READ, REQ_OP_WRITE, REQ_OP_FLUSH};
  struct bio_vec segments[kMostPieces];
  struct request request = {.operation = operations[operation],
                            .sector = offset_bytes >> SECTOR_SHIFT,
                            .segments = segments,
                            .segment_count = (unsigned int)piece_count,
                            .status = BLK_STS_IOERR};
  struct blk_mq_hw_ctx context = {.queue = &disks[disk].queue};
  struct blk_mq_queue_data data = {.rq = &request};

  for (size_t i = 0; i < piece_count && i < kMostPieces; i++)
    segments[i] = (struct bio_vec){pieces[i].bytes, pieces[i].count};
  return nvm_areas[disk].tags.ops->queue_rq(&context, &data) == BLK_STS_OK &&
         request.status == BLK_STS_OK;
}
