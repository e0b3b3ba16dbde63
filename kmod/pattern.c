// SPDX-License-Identifier: GPL-2.0
/*
 * Patterns as elements of lists.
 */
#include <linux/string.h>
#include "element.h"
#include "error.h"

static const char *pattern_fault(const struct fm_pattern *pattern)
{
	u32 len = pattern->len;

	if (!len || len > FM_PATTERN_MAX)
		return "has no length from 1 to 112";
	if (pattern->flags & ~FM_PATTERN_NOCASE)
		return "has unknown flags";
	if (pattern->depth && pattern->depth < len)
		return "is longer than its depth";
	if (memchr_inv(pattern->zero, 0, sizeof(pattern->zero)) ||
	    memchr_inv(pattern->bytes + len, 0, FM_PATTERN_MAX - len))
		return "is not padded by zeros";
	return NULL;
}

static int patterns_check(const struct fm_list *list, u32 n,
			  struct netlink_ext_ack *extack)
{
	const struct fm_pattern *patterns = list->elements;
	const char *fault;
	u32 i;

	for (i = list->have; i < list->have + n; i++) {
		fault = pattern_fault(&patterns[i]);
		if (!fault)
			continue;
		fm_error_set(extack, NULL, "element %u %s", i, fault);
		return -EINVAL;
	}
	return 0;
}

const struct fm_element_type fm_pattern_type = {
	.size = sizeof(struct fm_pattern),
	.check = patterns_check,
};

const struct fm_pattern *fm_list_patterns(const struct fm_list *list)
{
	return list ? list->elements : NULL;
}
EXPORT_SYMBOL_GPL(fm_list_patterns);
