// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device that keeps a machine from going off, for tests: insmod stays_on.ko how=HOW
 *   suspend  it refuses to be powered off with the platform (S4)
 *   wake     it wakes the machine while that is going off
 *   freeze   it wakes the machine while devices are made ready for the snapshot
 *   busy     it does not rest for a snapshot, nor for the jump into one
 *   core     it wakes the machine behind the last device, in the moment of the snapshot; once
 *   off      it stands before the firmware's power switch: the machine stays on
 * and, whatever HOW is, a task that writes a number to its parameter hold_s waits for so many
 * seconds where no freezer reaches it.
 */
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/reboot.h>
#include <linux/sched.h>
#include <linux/suspend.h>
#include <linux/syscore_ops.h>

static char *how = "";
module_param(how, charp, 0444);
MODULE_PARM_DESC(how, "suspend, wake, freeze, busy, core or off");

static int stays_on_hold(const char *value, const struct kernel_param *parameter)
{
	unsigned int seconds;
	int err = kstrtouint(value, 0, &seconds);

	if (!err)
		schedule_timeout_uninterruptible(seconds * HZ);
	return err;
}

static const struct kernel_param_ops stays_on_hold_ops = {
	.set = stays_on_hold,
};
module_param_cb(hold_s, &stays_on_hold_ops, NULL, 0200);
MODULE_PARM_DESC(hold_s, "whoever writes it waits so long, uninterruptibly");

static struct platform_device *device;
static struct sys_off_handler *handler;

/* The newest device is the first of all. */
static int stays_on_poweroff(struct device *dev)
{
	dev_info(dev, "asked to power off: %s\n", how);
	if (sysfs_streq(how, "suspend"))
		return -EIO;
	if (sysfs_streq(how, "wake"))
		pm_system_wakeup();
	return 0;
}

static int stays_on_freeze(struct device *dev)
{
	if (sysfs_streq(how, "freeze"))
		pm_system_wakeup();
	return sysfs_streq(how, "busy") ? -EBUSY : 0;
}

static const struct dev_pm_ops stays_on_pm = {
	.poweroff = stays_on_poweroff,
	.freeze = stays_on_freeze,
};

static struct platform_driver stays_on_driver = {
	.driver = {
		.name = "stays_on",
		.pm = &stays_on_pm,
	},
};

static int stays_on_core_suspend(void)
{
	static bool woken;

	if (sysfs_streq(how, "core") && !woken)
		pm_system_wakeup();
	woken = true;
	return 0;
}

static struct syscore_ops stays_on_core = {
	.suspend = stays_on_core_suspend,
};

static int stays_on_switch(struct sys_off_data *data)
{
	return NOTIFY_STOP;
}

static int __init stays_on_init(void)
{
	int err;

	if (sysfs_streq(how, "off")) {
		handler = register_sys_off_handler(
			SYS_OFF_MODE_POWER_OFF, SYS_OFF_PRIO_FIRMWARE + 1, stays_on_switch, NULL);
		if (IS_ERR(handler))
			return PTR_ERR(handler);
	}
	err = platform_driver_register(&stays_on_driver);
	if (err)
		goto unregister_handler;
	device = platform_device_register_simple("stays_on", -1, NULL, 0);
	if (IS_ERR(device)) {
		err = PTR_ERR(device);
		goto unregister_driver;
	}
	register_syscore_ops(&stays_on_core);
	return 0;

unregister_driver:
	platform_driver_unregister(&stays_on_driver);
unregister_handler:
	if (handler)
		unregister_sys_off_handler(handler);
	return err;
}

static void __exit stays_on_exit(void)
{
	unregister_syscore_ops(&stays_on_core);
	platform_device_unregister(device);
	platform_driver_unregister(&stays_on_driver);
	if (handler)
		unregister_sys_off_handler(handler);
}

module_init(stays_on_init);
module_exit(stays_on_exit);
MODULE_DESCRIPTION("Keeps a machine from going off, for nvresume's tests");
MODULE_LICENSE("GPL");
