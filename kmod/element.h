/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_ELEMENT_H
#define _FM_ELEMENT_H

#include "list.h"

struct netlink_ext_ack;

/**
 * struct fm_element_type - what lists of a type are made of
 * @size: bytes of an element
 * @check: are the @n elements right that come after the first list->have; 0, or
 *	a negative errno and in @extack a sentence that names the element
 */
struct fm_element_type {
	size_t size;
	int (*check)(const struct fm_list *list, u32 n,
		     struct netlink_ext_ack *extack);
};

extern const struct fm_element_type fm_prefix_type;
extern const struct fm_element_type fm_rule_type;
extern const struct fm_element_type fm_pattern_type;
extern const struct fm_element_type fm_backend_type;

bool fm_prefix_is_clean(const u8 *addr, u32 len);

#endif
