/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one place that knows how kernel releases differ.
 *
 *	6.1 - 6.8	limits and flags are set on the queue after it was made
 *	6.9 - 6.10	limits are handed to blk_mq_alloc_disk(), flags still set after
 *	6.11 -		flags travel in the limits as features; a disk is not rotational
 *			unless it says so
 *	6.14 -		merging is the default and has no flag
 */
#ifndef NVM_COMPAT_H
#define NVM_COMPAT_H

#include <linux/blk-mq.h>
#include <linux/version.h>

#define NVM_BLOCK_BYTES 4096u

/*
 * Chosen: the largest chunk an image has (1 MiB), so that a chunk is one request. Copying that much
 * keeps a CPU for half a millisecond at 2 GB/s.
 */
#define NVM_MAX_REQUEST_BYTES 0x100000u

/* No seek to save: an elevator would only put a queue before a memcpy. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 14, 0)
#define NVM_TAG_FLAGS (BLK_MQ_F_SHOULD_MERGE | BLK_MQ_F_NO_SCHED_BY_DEFAULT)
#else
#define NVM_TAG_FLAGS BLK_MQ_F_NO_SCHED_BY_DEFAULT
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 11, 0)
static inline void nvm_set_queue_flags(struct request_queue *queue)
{
	blk_queue_write_cache(queue, true, true);
	blk_queue_flag_set(QUEUE_FLAG_NONROT, queue);
#ifdef QUEUE_FLAG_SYNCHRONOUS /* 6.3 - 6.10: swap-in without readahead */
	blk_queue_flag_set(QUEUE_FLAG_SYNCHRONOUS, queue);
#endif
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 9, 0)
static inline struct gendisk *nvm_alloc_disk(struct blk_mq_tag_set *tags, void *queuedata)
{
	struct gendisk *disk = blk_mq_alloc_disk(tags, queuedata);

	if (IS_ERR(disk))
		return disk;
	blk_queue_logical_block_size(disk->queue, NVM_BLOCK_BYTES);
	blk_queue_physical_block_size(disk->queue, NVM_BLOCK_BYTES);
	blk_queue_max_hw_sectors(disk->queue, NVM_MAX_REQUEST_BYTES >> SECTOR_SHIFT);
	blk_queue_max_segments(disk->queue, USHRT_MAX);
	blk_queue_max_segment_size(disk->queue, UINT_MAX);
	nvm_set_queue_flags(disk->queue);
	return disk;
}
#else
static inline struct gendisk *nvm_alloc_disk(struct blk_mq_tag_set *tags, void *queuedata)
{
	struct queue_limits limits = {
		.logical_block_size = NVM_BLOCK_BYTES,
		.physical_block_size = NVM_BLOCK_BYTES,
		.max_hw_sectors = NVM_MAX_REQUEST_BYTES >> SECTOR_SHIFT,
		.max_segments = USHRT_MAX,
		.max_segment_size = UINT_MAX,
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
		.features = BLK_FEAT_WRITE_CACHE | BLK_FEAT_FUA | BLK_FEAT_SYNCHRONOUS,
#endif
	};
	struct gendisk *disk = blk_mq_alloc_disk(tags, &limits, queuedata);

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 11, 0)
	if (!IS_ERR(disk))
		nvm_set_queue_flags(disk->queue);
#endif
	return disk;
}
#endif

#endif /* NVM_COMPAT_H */
