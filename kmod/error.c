// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/netlink.h>
#include "error.h"

#define FM_ERROR_TEXTS	64	/* errors on their way to user space at once */
#define FM_ERROR_LEN	224

/**
 * fm_error_set - say in words what is wrong with a request
 * @extack: of the request, or NULL
 * @attr: the attribute at fault, or NULL
 * @format: a sentence
 *
 * An extack of 6.1 can only point to a text that outlives the handler, so the
 * texts are here and used in turn. If more than FM_ERROR_TEXTS requests failed
 * in the same microseconds, one would read the words of another.
 */
void fm_error_set(struct netlink_ext_ack *extack, const struct nlattr *attr,
		  const char *format, ...)
{
	static char texts[FM_ERROR_TEXTS][FM_ERROR_LEN];
	static atomic_t turn = ATOMIC_INIT(0);
	va_list args;
	char *text;

	if (!extack)
		return;
	text = texts[(unsigned int)atomic_inc_return(&turn) % FM_ERROR_TEXTS];
	va_start(args, format);
	vscnprintf(text, FM_ERROR_LEN, format, args);
	va_end(args);
	extack->_msg = text;
	if (attr)
		extack->bad_attr = attr;
}
