/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes that fail, for tests: compiled in with NVM_SWAP_TEST alone (build.mk,
 * build/driver-test/), and not among the sources that are installed.
 */
#ifndef NVM_FAULT_H
#define NVM_FAULT_H

#include <linux/blk-mq.h>
#include <linux/highmem.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/spinlock.h>

static unsigned long long fail_after_bytes;
module_param(fail_after_bytes, ullong, 0644);
MODULE_PARM_DESC(fail_after_bytes, "writes to the image disk fail from written_bytes on; 0: none");

static unsigned long long written_bytes;
module_param(written_bytes, ullong, 0444);
MODULE_PARM_DESC(written_bytes, "to the image disk, since the module was loaded");

static char fail_magic[9];
module_param_string(fail_magic, fail_magic, sizeof(fail_magic), 0644);
MODULE_PARM_DESC(fail_magic,
		 "one write to the image disk that begins with these eight bytes fails");

static unsigned int fail_magic_skips;
module_param(fail_magic_skips, uint, 0644);
MODULE_PARM_DESC(fail_magic_skips, "so many of them go through before");

static unsigned int fail_committed;
module_param(fail_committed, uint, 0644);
MODULE_PARM_DESC(
	fail_committed,
	"the superblock of this number that says COMMITTED fails, and all that follows; 0: none");

static bool fail_signature;
module_param(fail_signature, bool, 0644);
MODULE_PARM_DESC(fail_signature, "the next write of the swap disk's first page fails");

static DEFINE_SPINLOCK(nvm_fault_lock);

static bool nvm_has(struct request *request, size_t offset, const char *wanted, size_t length)
{
	struct bio_vec first = req_bvec(request);
	char *bytes = bvec_kmap_local(&first);
	bool same = first.bv_len >= offset + length && !memcmp(bytes + offset, wanted, length);

	kunmap_local(bytes);
	return same;
}

/* A superblock's state lies in bytes 32 to 35, and 3 is COMMITTED (docs/format.md). */
static bool nvm_says_committed(struct request *request)
{
	return nvm_has(request, 0, "NVRESUME", 8) && nvm_has(request, 32, "\3\0\0\0", 4);
}

/* From that superblock on. REQUIRES: nvm_fault_lock. */
static bool nvm_commit_fails(struct request *request)
{
	static unsigned int seen;

	if (!fail_committed)
		seen = 0;
	else if (seen < fail_committed && nvm_says_committed(request))
		seen++;
	return fail_committed && seen == fail_committed;
}

static bool nvm_signature_fails(struct request *request)
{
	bool fails = fail_signature && !blk_rq_pos(request);

	if (fails)
		fail_signature = false;
	return fails;
}

/* Whether it is the one write that fail_magic names. REQUIRES: nvm_fault_lock. */
static bool nvm_magic_fails(struct request *request)
{
	if (!fail_magic[7] || !nvm_has(request, 0, fail_magic, 8))
		return false;
	if (fail_magic_skips) {
		fail_magic_skips--;
		return false;
	}
	fail_magic[0] = 0;
	fail_magic[7] = 0;
	return true;
}

/* Counts a write to the image disk, or has a write fail with nothing written. */
static bool nvm_write_fails(struct request *request, bool image)
{
	size_t bytes = blk_rq_bytes(request);
	bool fails;

	spin_lock(&nvm_fault_lock);
	if (image)
		fails = (fail_after_bytes && written_bytes + bytes > fail_after_bytes) ||
			nvm_magic_fails(request) || nvm_commit_fails(request);
	else
		fails = nvm_signature_fails(request);
	if (image && !fails)
		written_bytes += bytes;
	spin_unlock(&nvm_fault_lock);
	if (fails)
		pr_err_ratelimited("test: a write of %zu bytes fails\n", bytes);
	return fails;
}

#endif
