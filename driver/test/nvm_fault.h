/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes to the image disk that fail, for tests: compiled in with NVM_SWAP_TEST alone (build.mk,
 * build/driver-test/), and not among the sources that are installed.
 */
#ifndef NVM_FAULT_H
#define NVM_FAULT_H

#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/spinlock.h>

static unsigned long long fail_after_bytes;
module_param(fail_after_bytes, ullong, 0644);
MODULE_PARM_DESC(fail_after_bytes, "writes to the image disk fail from written_bytes on; 0: none");

static unsigned long long written_bytes;
module_param(written_bytes, ullong, 0444);
MODULE_PARM_DESC(written_bytes, "to the image disk, since the module was loaded");

static DEFINE_SPINLOCK(nvm_fault_lock);

/* Counts a write to the image disk, or has it fail with nothing written. */
static bool nvm_write_fails(size_t bytes)
{
	bool fails;

	spin_lock(&nvm_fault_lock);
	fails = fail_after_bytes && written_bytes + bytes > fail_after_bytes;
	if (!fails)
		written_bytes += bytes;
	spin_unlock(&nvm_fault_lock);
	if (fails)
		pr_err_ratelimited("test: a write of %zu bytes fails\n", bytes);
	return fails;
}

#endif
