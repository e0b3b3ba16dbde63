/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_LIST_H
#define _FM_LIST_H

#include <linux/list.h>
#include "heap.h"

/**
 * struct fm_lists - the lists of a network namespace
 * @list: struct fm_list
 * @budget: pays for them
 * @n: how many
 * @last_id: that was given
 *
 * Guarded by the namespace's mutex, and so are the lists but their elements.
 */
struct fm_lists {
	struct list_head list;
	struct fm_budget *budget;
	u32 n;
	u32 last_id;
};

/**
 * struct fm_list - what a parameter may refer to; immutable once it is complete
 * @list: of the namespace's
 * @lists: the namespace's
 * @elements: @count of them when it is complete
 * @id: as requests name it
 * @type: enum fm_param_type
 * @count: elements that it is to have
 * @have: elements that it has
 * @refs: configurations that use it, and one for @holder
 * @holder: port of the socket that keeps it, 0 if none does
 */
struct fm_list {
	struct list_head list;
	struct fm_lists *lists;
	void *elements;
	u32 id;
	u32 type;
	u32 count;
	u32 have;
	u32 refs;
	u32 holder;
};

void fm_lists_setup(struct fm_lists *lists, struct fm_budget *budget);
void fm_lists_release(struct fm_lists *lists, u32 holder);
size_t fm_list_element_size(u32 type);
struct fm_list *fm_list_create(struct fm_lists *lists, u32 type, u32 count,
			       u32 holder, struct netlink_ext_ack *extack);
int fm_list_add(struct fm_list *list, const void *elements, size_t size,
		struct netlink_ext_ack *extack);
struct fm_list *fm_list_lookup(const struct fm_lists *lists, u32 id);
const struct fm_list *fm_list_get(struct fm_list *list);
void fm_list_put(const struct fm_list *list);
void fm_list_hold(struct fm_list *list, u32 holder);

#endif
