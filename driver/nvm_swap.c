// SPDX-License-Identifier: GPL-2.0-only
/*
 * nvm_swap: two block devices over one reserved range of non-volatile memory.
 *
 *	base                    base + image_bytes        base + image_bytes + swap_bytes
 *	  |  nvm_swap0_image      |  nvm_swap0              |
 *	  |  the saved system     |  swap                   |
 *
 * They are two disks, not one, so that swapping and an image can never touch each other and the
 * image stays writable while swap is on.
 *
 * Durability: a write request completes only after its bytes have left the CPU's caches
 * (memcpy_flushcache(), then a store fence on the CPU that copied). What lies beyond that point is
 * the platform's promise: persistent memory is inside the power-fail domain (ADR).
 *
 * Hibernation: no suspend callbacks. There is no device state: a request is taken, copied and
 * completed inside queue_rq(), so none is ever waiting for an interrupt or a timer when the kernel
 * freezes, takes its snapshot or turns CPUs off; blk-mq's own CPU-hotplug callbacks only wait for
 * requests that are being copied. Should a kblockd worker have been stopped in the middle of a
 * copy, its source page cannot have been freed and is part of the snapshot: both worlds finish the
 * same copy with the same bytes. The mapping and the queues are ordinary kernel memory and come
 * back with the image; the range itself is not RAM, so no snapshot contains it and no restore
 * overwrites it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/cpumask.h>
#include <linux/highmem.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/uaccess.h>

#include "nvm_compat.h"
#ifdef NVM_SWAP_TEST
#include "nvm_fault.h"
#else
static bool nvm_write_fails(struct request *request, bool image)
{
	return false;
}
#endif

#ifndef CONFIG_ARCH_HAS_UACCESS_FLUSHCACHE
#error "memcpy_flushcache() flushes nothing on this architecture: writes would not survive a power cut"
#endif

static unsigned long long base;
module_param(base, ullong, 0444);
MODULE_PARM_DESC(base, "physical address of the range, a multiple of 4096");

static unsigned long long image_bytes;
module_param(image_bytes, ullong, 0444);
MODULE_PARM_DESC(image_bytes, "bytes from base on for the image, a multiple of 4096");

static unsigned long long swap_bytes;
module_param(swap_bytes, ullong, 0444);
MODULE_PARM_DESC(swap_bytes, "bytes behind the image for swap, a multiple of 4096");

/* One disk's part of the range. Owned by nvm_areas[] from module load to unload. */
struct nvm_area {
	const char *name; /* of the disk, and of the range in /proc/iomem */
	resource_size_t first; /* physical address */
	u64 bytes;
	void *memory; /* the whole area, mapped write-back */
	struct blk_mq_tag_set tags;
	struct gendisk *disk;
};

enum { NVM_IMAGE, NVM_SWAP, NVM_AREA_COUNT };

static struct nvm_area nvm_areas[NVM_AREA_COUNT] = {
	[NVM_IMAGE] = { .name = "nvm_swap0_image" },
	[NVM_SWAP] = { .name = "nvm_swap0" },
};

static int nvm_major;

/*
 * More queues than this only cost memory: Optane's writes peak at 4 threads and its reads at 17 per
 * socket (published measurements).
 */
#define NVM_MAX_QUEUES 32u

/* Requests complete before the next is taken, so tags only cover what one plug can hold back. */
#define NVM_QUEUE_DEPTH 64u

/* --- bytes ---------------------------------------------------------------------------------- */

static blk_status_t nvm_read(struct nvm_area *area, u64 offset, void *buffer, size_t bytes)
{
	/* A poisoned line must become an I/O error: a plain memcpy() would stop the machine. */
	unsigned long missing_bytes = copy_mc_to_kernel(buffer, area->memory + offset, bytes);

	if (!missing_bytes)
		return BLK_STS_OK;
	pr_err_ratelimited("%s: memory at 0x%llx cannot be read; the read fails\n", area->name,
			   area->first + offset + bytes - missing_bytes);
	return BLK_STS_IOERR;
}

static blk_status_t nvm_copy_segment(struct nvm_area *area, u64 offset, struct bio_vec *segment,
				     bool write)
{
	blk_status_t status = BLK_STS_OK;
	void *buffer = bvec_kmap_local(segment);

	if (write)
		memcpy_flushcache(area->memory + offset, buffer, segment->bv_len);
	else
		status = nvm_read(area, offset, buffer, segment->bv_len);
	kunmap_local(buffer);
	if (!write)
		flush_dcache_page(segment->bv_page);
	return status;
}

/* The block layer has already refused requests that reach past the disk's end. */
static blk_status_t nvm_copy(struct nvm_area *area, struct request *request)
{
	const bool write = req_op(request) == REQ_OP_WRITE;
	u64 offset = (u64)blk_rq_pos(request) << SECTOR_SHIFT;
	struct req_iterator iterator;
	struct bio_vec segment;

	if (write && nvm_write_fails(request, area == &nvm_areas[NVM_IMAGE]))
		return BLK_STS_IOERR;
	rq_for_each_segment(segment, request, iterator) {
		blk_status_t status = nvm_copy_segment(area, offset, &segment, write);

		if (status != BLK_STS_OK)
			return status;
		offset += segment.bv_len;
	}
	/*
	 * Non-temporal stores are ordered by a fence on the CPU that made them and on no other (a
	 * move to another CPU fences as well), so it has to stand here and cannot be left to a
	 * later FLUSH. This is all that FUA asks for.
	 */
	if (write)
		pmem_wmb();
	return BLK_STS_OK;
}

/* --- requests ------------------------------------------------------------------------------- */

static blk_status_t nvm_handle(struct nvm_area *area, struct request *request)
{
	switch (req_op(request)) {
	case REQ_OP_READ:
	case REQ_OP_WRITE:
		return nvm_copy(area, request);
	case REQ_OP_FLUSH:
		/*
		 * Completed writes are durable already. FLUSH is advertised all the same: the
		 * order of a commit is written in flushes, and the block layer drops those,
		 * uncounted and untraceable, for a disk that claims to have no cache.
		 */
		pmem_wmb();
		return BLK_STS_OK;
	default:
		return BLK_STS_NOTSUPP;
	}
}

static blk_status_t nvm_queue_rq(struct blk_mq_hw_ctx *hctx, const struct blk_mq_queue_data *data)
{
	struct request *request = data->rq;

	blk_mq_start_request(request);
	blk_mq_end_request(request, nvm_handle(hctx->queue->queuedata, request));
	return BLK_STS_OK;
}

static const struct blk_mq_ops nvm_mq_ops = {
	.queue_rq = nvm_queue_rq,
};

/* The owner is what keeps the module from being unloaded while a disk is open or swap is on. */
static const struct block_device_operations nvm_disk_ops = {
	.owner = THIS_MODULE,
};

/* --- the range: what is refused, and why ---------------------------------------------------- */

/* Last byte of the range; for a range that wraps, the last byte there can be. */
static unsigned long long nvm_last(void)
{
	const unsigned long long bytes = size_add(image_bytes, swap_bytes);

	return bytes ? size_add(base, bytes - 1) : base;
}

#define nvm_refuse(err, format, ...)                                                               \
	({                                                                                         \
		pr_err("refusing 0x%llx-0x%llx: " format "; no disk was made\n", base, nvm_last(), \
		       ##__VA_ARGS__);                                                             \
		err;                                                                               \
	})

static int nvm_keep_first(struct resource *found, void *copy)
{
	*(struct resource *)copy = *found;
	return 1;
}

/* The lowest part of the given bytes that lies in a resource with these flags. */
static bool nvm_find_resource(u64 first, u64 bytes, unsigned long flags, struct resource *found)
{
	return walk_iomem_res_desc(IORES_DESC_NONE, flags, first, first + bytes - 1, found,
				   nvm_keep_first) > 0;
}

/*
 * The driver asks for whole blocks only. That the range is rounded to 2 MiB is the business of
 * whoever chose it; such a range is mapped with large pages.
 */
static int nvm_check_numbers(void)
{
	unsigned long long swap_base, end;

	if (!base)
		return nvm_refuse(-EINVAL, "base is missing or zero");
	if (!image_bytes)
		return nvm_refuse(-EINVAL,
				  "the image area is empty (image_bytes is missing or zero)");
	if (!swap_bytes)
		return nvm_refuse(-EINVAL,
				  "the swap area is empty (swap_bytes is missing or zero)");
	if (base % NVM_BLOCK_BYTES)
		return nvm_refuse(-EINVAL, "base 0x%llx is not a multiple of %u", base,
				  NVM_BLOCK_BYTES);
	if (image_bytes % NVM_BLOCK_BYTES)
		return nvm_refuse(-EINVAL, "image_bytes 0x%llx is not a multiple of %u",
				  image_bytes, NVM_BLOCK_BYTES);
	if (swap_bytes % NVM_BLOCK_BYTES)
		return nvm_refuse(-EINVAL, "swap_bytes 0x%llx is not a multiple of %u", swap_bytes,
				  NVM_BLOCK_BYTES);
	if (check_add_overflow(base, image_bytes, &swap_base) ||
	    check_add_overflow(swap_base, swap_bytes, &end))
		return nvm_refuse(-EINVAL,
				  "base 0x%llx + image_bytes 0x%llx + swap_bytes 0x%llx wraps",
				  base, image_bytes, swap_bytes);
	if (end - 1 > iomem_resource.end)
		return nvm_refuse(-EINVAL, "it reaches past 0x%llx, the last physical address here",
				  (u64)iomem_resource.end);
	return 0;
}

/* Before anything is reserved or mapped: memremap() of RAM would hand out the kernel's memory. */
static int nvm_check_ram(void)
{
	struct resource ram;

	if (!nvm_find_resource(base, image_bytes + swap_bytes, IORESOURCE_SYSTEM_RAM, &ram))
		return 0;
	return nvm_refuse(-EINVAL, "%pa-%pa of it is System RAM, in use by the kernel", &ram.start,
			  &ram.end);
}

static int nvm_refuse_held(const struct nvm_area *area)
{
	struct resource held;

	if (!nvm_find_resource(area->first, area->bytes, IORESOURCE_MEM | IORESOURCE_BUSY, &held))
		return nvm_refuse(-EBUSY, "%s overlaps a range of another driver (see /proc/iomem)",
				  area->name);
	return nvm_refuse(-EBUSY, "%pa-%pa of it is held by another driver (see /proc/iomem)",
			  &held.start, &held.end);
}

/* --- one area: reserve, map, queues, disk --------------------------------------------------- */

static int nvm_alloc_tags(struct nvm_area *area)
{
	area->tags.ops = &nvm_mq_ops;
	area->tags.nr_hw_queues = min(num_online_cpus(), NVM_MAX_QUEUES);
	area->tags.queue_depth = NVM_QUEUE_DEPTH;
	area->tags.numa_node = NUMA_NO_NODE;
	area->tags.flags = NVM_TAG_FLAGS;
	return blk_mq_alloc_tag_set(&area->tags);
}

static int nvm_add_disk(struct nvm_area *area)
{
	struct gendisk *disk = nvm_alloc_disk(&area->tags, area);
	int err;

	if (IS_ERR(disk))
		return PTR_ERR(disk);
	disk->major = nvm_major;
	disk->first_minor = area - nvm_areas;
	disk->minors = 1;
	disk->flags = GENHD_FL_NO_PART;
	disk->fops = &nvm_disk_ops;
	strscpy(disk->disk_name, area->name, DISK_NAME_LEN);
	set_capacity(disk, area->bytes >> SECTOR_SHIFT);

	err = add_disk(disk);
	if (err) {
		put_disk(disk);
		return err;
	}
	area->disk = disk;
	return 0;
}

/* All but the disk: whatever can be refused is, before anybody can open one. */
static int nvm_take_area(struct nvm_area *area)
{
	int err;

	if (!request_mem_region(area->first, area->bytes, area->name))
		return nvm_refuse_held(area);

	area->memory = memremap(area->first, area->bytes, MEMREMAP_WB);
	if (!area->memory) {
		err = nvm_refuse(-ENOMEM, "%s cannot be mapped with write-back caching",
				 area->name);
		goto err_release;
	}
	err = nvm_alloc_tags(area);
	if (err) {
		err = nvm_refuse(err, "%s has no memory for its queues (%d)", area->name, err);
		goto err_unmap;
	}
	return 0;

err_unmap:
	memunmap(area->memory);
err_release:
	release_mem_region(area->first, area->bytes);
	return err;
}

static void nvm_give_area(struct nvm_area *area)
{
	blk_mq_free_tag_set(&area->tags);
	memunmap(area->memory);
	release_mem_region(area->first, area->bytes);
}

static void nvm_remove_disk(struct nvm_area *area)
{
	del_gendisk(area->disk);
	put_disk(area->disk);
}

/* --- module --------------------------------------------------------------------------------- */

static void nvm_divide_range(void)
{
	nvm_areas[NVM_IMAGE].first = base;
	nvm_areas[NVM_IMAGE].bytes = image_bytes;
	nvm_areas[NVM_SWAP].first = base + image_bytes;
	nvm_areas[NVM_SWAP].bytes = swap_bytes;
}

static int __init nvm_init(void)
{
	int err;

	err = nvm_check_numbers();
	if (err)
		return err;
	err = nvm_check_ram();
	if (err)
		return err;
	nvm_divide_range();

	nvm_major = register_blkdev(0, KBUILD_MODNAME);
	if (nvm_major < 0)
		return nvm_refuse(nvm_major, "no major number is free");
	err = nvm_take_area(&nvm_areas[NVM_IMAGE]);
	if (err)
		goto err_unregister;
	err = nvm_take_area(&nvm_areas[NVM_SWAP]);
	if (err)
		goto err_give_image;
	err = nvm_add_disk(&nvm_areas[NVM_IMAGE]);
	if (err)
		goto err_give_swap;
	err = nvm_add_disk(&nvm_areas[NVM_SWAP]);
	if (err)
		goto err_remove_image;
	pr_info("0x%llx-0x%llx: %llu MiB for the image, %llu MiB for swap\n", base, nvm_last(),
		image_bytes >> 20, swap_bytes >> 20);
	return 0;

err_remove_image:
	nvm_remove_disk(&nvm_areas[NVM_IMAGE]);
err_give_swap:
	nvm_give_area(&nvm_areas[NVM_SWAP]);
err_give_image:
	nvm_give_area(&nvm_areas[NVM_IMAGE]);
err_unregister:
	unregister_blkdev(nvm_major, KBUILD_MODNAME);
	return err;
}

static void __exit nvm_exit(void)
{
	nvm_remove_disk(&nvm_areas[NVM_SWAP]);
	nvm_remove_disk(&nvm_areas[NVM_IMAGE]);
	nvm_give_area(&nvm_areas[NVM_SWAP]);
	nvm_give_area(&nvm_areas[NVM_IMAGE]);
	unregister_blkdev(nvm_major, KBUILD_MODNAME);
}

module_init(nvm_init);
module_exit(nvm_exit);
MODULE_DESCRIPTION("swap and system image in a reserved range of non-volatile memory");
MODULE_LICENSE("GPL v2");
