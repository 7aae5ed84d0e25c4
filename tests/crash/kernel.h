/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What driver/nvm_swap.c asks of the kernel, for a host: enough to load it over a piece of ordinary
 * memory and to hand it requests. The two calls that a power cut depends on, memcpy_flushcache()
 * and pmem_wmb(), are the test's own. The shapes are those of Linux 6.14.
 */
#pragma once

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint64_t u64;
typedef uint64_t resource_size_t;
typedef int blk_status_t;

#define KERNEL_VERSION(a, b, c) (((a) << 16) | ((b) << 8) | (c))
#define LINUX_VERSION_CODE KERNEL_VERSION(6, 14, 0)
#define KBUILD_MODNAME "nvm_swap"
#define CONFIG_ARCH_HAS_UACCESS_FLUSHCACHE

/* --- modules and messages ------------------------------------------------------------------- */

#define __init
#define __exit
#define THIS_MODULE NULL
#define module_param(name, type, mode)
#define MODULE_PARM_DESC(name, text)
#define MODULE_DESCRIPTION(text)
#define MODULE_LICENSE(text)
#define module_init(function) static int (*const load_module)(void) = function
#define module_exit(function) static void (*const unload_module)(void) = function
#define pr_err(...) ((void)0)
#define pr_err_ratelimited(...) ((void)0)
#define pr_info(...) ((void)0)

/* --- numbers -------------------------------------------------------------------------------- */

#define min(a, b) ((a) < (b) ? (a) : (b))
#define size_add(a, b) ((a) + (b))
#define check_add_overflow(a, b, sum) __builtin_add_overflow(a, b, sum)
#define num_online_cpus() 2u
#define NUMA_NO_NODE (-1)
#define IS_ERR(pointer) ((pointer) == NULL)
#define PTR_ERR(pointer) (-ENOMEM)

static inline void strscpy(char *to, const char *from, size_t bytes) {
  strncpy(to, from, bytes - 1);
  to[bytes - 1] = 0;
}

/* --- physical memory: nobody else holds any of it, and its addresses are the program's ------- */

struct resource {
  resource_size_t start, end;
};
static const struct resource iomem_resource = {0, UINT64_MAX};
enum { IORES_DESC_NONE, IORESOURCE_SYSTEM_RAM, IORESOURCE_MEM, IORESOURCE_BUSY, MEMREMAP_WB };
#define walk_iomem_res_desc(desc, flags, first, last, found, function) ((void)(function), 0)
#define request_mem_region(first, bytes, name) true
#define release_mem_region(first, bytes) ((void)0)
#define memremap(first, bytes, how) ((void *)(uintptr_t)(first))
#define memunmap(memory) ((void)0)

/* --- bytes ---------------------------------------------------------------------------------- */

void memcpy_flushcache(void *to, const void *from, size_t bytes);
void pmem_wmb(void);

struct bio_vec {
  void *bv_page; /* here: where its bytes are */
  unsigned int bv_len;
};
#define bvec_kmap_local(segment) ((segment)->bv_page)
#define kunmap_local(buffer) ((void)0)
#define flush_dcache_page(page) ((void)0)

static inline unsigned long copy_mc_to_kernel(void *to, const void *from, size_t bytes) {
  memcpy(to, from, bytes);
  return 0;
}

/* --- disks and requests --------------------------------------------------------------------- */

enum { REQ_OP_READ, REQ_OP_WRITE, REQ_OP_FLUSH };
enum { BLK_STS_OK, BLK_STS_IOERR, BLK_STS_NOTSUPP };
enum { BLK_FEAT_WRITE_CACHE = 1, BLK_FEAT_FUA = 2, BLK_FEAT_SYNCHRONOUS = 4 };
enum { BLK_MQ_F_NO_SCHED_BY_DEFAULT, GENHD_FL_NO_PART, SECTOR_SHIFT = 9, DISK_NAME_LEN = 32 };

struct request {
  int operation;
  u64 sector;
  const struct bio_vec *segments;
  unsigned int segment_count;
  blk_status_t status;
};
struct req_iterator {
  unsigned int next;
};
#define req_op(request) ((request)->operation)
#define blk_rq_pos(request) ((request)->sector)
#define rq_for_each_segment(segment, request, iterator)                               \
  for ((iterator).next = 0; (iterator).next < (request)->segment_count &&             \
                            ((segment) = (request)->segments[(iterator).next], true); \
       (iterator).next++)

/* The test's: the moment from which the kernel relies on the request. */
void request_ended(void);
#define blk_mq_start_request(request) ((void)0)
static inline void blk_mq_end_request(struct request *request, blk_status_t status) {
  request->status = status;
  request_ended();
}

struct request_queue {
  void *queuedata;
};
struct blk_mq_hw_ctx {
  struct request_queue *queue;
};
struct blk_mq_queue_data {
  struct request *rq;
};
struct blk_mq_ops {
  blk_status_t (*queue_rq)(struct blk_mq_hw_ctx *context, const struct blk_mq_queue_data *data);
};
struct blk_mq_tag_set {
  const struct blk_mq_ops *ops;
  unsigned int nr_hw_queues, queue_depth, flags;
  int numa_node;
};
struct queue_limits {
  unsigned int logical_block_size, physical_block_size, max_hw_sectors, max_segments;
  unsigned int max_segment_size, features;
};
struct block_device_operations {
  void *owner;
};
struct gendisk {
  int major, first_minor, minors, flags;
  const struct block_device_operations *fops;
  char disk_name[DISK_NAME_LEN];
  u64 sectors;
  struct request_queue queue;
  struct queue_limits limits;
};
#define register_blkdev(major, name) 240
#define unregister_blkdev(major, name) ((void)0)
#define blk_mq_alloc_tag_set(tags) 0
#define blk_mq_free_tag_set(tags) ((void)0)
#define set_capacity(disk, count) ((disk)->sectors = (count))
#define add_disk(disk) 0
#define del_gendisk(disk) ((void)0)

struct gendisk *blk_mq_alloc_disk(struct blk_mq_tag_set *tags, const struct queue_limits *limits,
                                  void *queuedata);
void put_disk(struct gendisk *disk);
