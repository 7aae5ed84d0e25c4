// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device that keeps a machine from going off, for tests: insmod stays_on.ko how=HOW
 *   suspend  it refuses to be powered off with the platform (S4)
 *   wake     it wakes the machine while that is going off
 *   off      it stands before the firmware's power switch: the machine stays on
 */
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/reboot.h>
#include <linux/suspend.h>

static char *how = "";
module_param(how, charp, 0444);
MODULE_PARM_DESC(how, "suspend, wake or off");

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

static const struct dev_pm_ops stays_on_pm = {
	.poweroff = stays_on_poweroff,
};

static struct platform_driver stays_on_driver = {
	.driver = {
		.name = "stays_on",
		.pm = &stays_on_pm,
	},
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
	platform_device_unregister(device);
	platform_driver_unregister(&stays_on_driver);
	if (handler)
		unregister_sys_off_handler(handler);
}

module_init(stays_on_init);
module_exit(stays_on_exit);
MODULE_DESCRIPTION("Keeps a machine from going off, for nvresume's tests");
MODULE_LICENSE("GPL");
