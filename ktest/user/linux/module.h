/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_MODULE_H
#define USER_LINUX_MODULE_H

#include <linux/kernel.h>
#include <linux/string.h>

struct module {
	unsigned int users;
	bool going;
};

/* As in code that is built into the kernel. */
#define THIS_MODULE		((struct module *)NULL)
#define EXPORT_SYMBOL_GPL(symbol)	extern typeof(symbol) symbol

static inline bool try_module_get(struct module *module)
{
	if (module && module->going)
		return false;
	if (module)
		module->users++;
	return true;
}

static inline void module_put(struct module *module)
{
	if (module)
		module->users--;
}

#endif
