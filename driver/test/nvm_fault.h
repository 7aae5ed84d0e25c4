/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes to the image disk that fail, for tests: compiled in with NVM_SWAP_TEST alone (build.mk,
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

static DEFINE_SPINLOCK(nvm_fault_lock);

static bool nvm_begins_with(struct request *request, const char *magic)
{
	struct bio_vec first = req_bvec(request);
	char *bytes = bvec_kmap_local(&first);
	bool same = first.bv_len >= 8 && !memcmp(bytes, magic, 8);

	kunmap_local(bytes);
	return same;
}

/* Whether it is the one write that fail_magic names. REQUIRES: nvm_fault_lock. */
static bool nvm_magic_fails(struct request *request)
{
	if (!fail_magic[7] || !nvm_begins_with(request, fail_magic))
		return false;
	if (fail_magic_skips) {
		fail_magic_skips--;
		return false;
	}
	fail_magic[0] = 0;
	fail_magic[7] = 0;
	return true;
}

/* Counts a write to the image disk, or has it fail with nothing written. */
static bool nvm_write_fails(struct request *request)
{
	size_t bytes = blk_rq_bytes(request);
	bool fails;

	spin_lock(&nvm_fault_lock);
	fails = (fail_after_bytes && written_bytes + bytes > fail_after_bytes) ||
		nvm_magic_fails(request);
	if (!fails)
		written_bytes += bytes;
	spin_unlock(&nvm_fault_lock);
	if (fails)
		pr_err_ratelimited("test: a write of %zu bytes fails\n", bytes);
	return fails;
}

#endif
