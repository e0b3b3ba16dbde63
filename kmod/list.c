// SPDX-License-Identifier: GPL-2.0
/*
 * Lists: parameters that do not fit in a message. One comes in pieces, is
 * checked piece by piece, and never changes once it is complete.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "element.h"
#include "error.h"

static const struct fm_element_type *const list_types[__FM_PARAM_MAX] = {
	[FM_PARAM_PREFIXES] = &fm_prefix_type,
	[FM_PARAM_RULES] = &fm_rule_type,
	[FM_PARAM_PATTERNS] = &fm_pattern_type,
	[FM_PARAM_BACKENDS] = &fm_backend_type,
};

/* The namespace's mutex is held, all along this file. */

/**
 * fm_lists_setup - begin to keep lists
 * @lists: of a namespace
 * @budget: pays for them
 */
void fm_lists_setup(struct fm_lists *lists, struct fm_budget *budget)
{
	INIT_LIST_HEAD(&lists->list);
	lists->budget = budget;
	lists->n = 0;
	lists->last_id = 0;
}

/**
 * fm_list_element_size - bytes of an element
 * @type: enum fm_param_type
 *
 * Return: 0 if there are no lists of that type.
 */
size_t fm_list_element_size(u32 type)
{
	return type < __FM_PARAM_MAX && list_types[type] ?
	       list_types[type]->size : 0;
}

static size_t list_bytes(const struct fm_list *list)
{
	return list->count * fm_list_element_size(list->type);
}

static u32 lists_next_id(struct fm_lists *lists)
{
	do {
		lists->last_id++;
	} while (!lists->last_id || fm_list_lookup(lists, lists->last_id));
	return lists->last_id;
}

static int list_alloc(struct fm_list *list, struct netlink_ext_ack *extack)
{
	size_t size = list_bytes(list);

	if (!fm_budget_charge(list->lists->budget, size)) {
		fm_error_set(extack, NULL,
			     "a list of %u elements does not fit in memory_max",
			     list->count);
		return -ENOMEM;
	}
	list->elements = kvzalloc(size, GFP_KERNEL);
	if (list->elements)
		return 0;
	fm_budget_uncharge(list->lists->budget, size);
	return -ENOMEM;
}

/**
 * fm_list_create - begin a list
 * @lists: of the namespace
 * @type: enum fm_param_type
 * @count: elements that it is to have
 * @holder: port of a socket, which keeps it
 * @extack: gets a sentence
 *
 * Return: the list, without elements, or an ERR_PTR.
 */
struct fm_list *fm_list_create(struct fm_lists *lists, u32 type, u32 count,
			       u32 holder, struct netlink_ext_ack *extack)
{
	struct fm_list *list;
	int err;

	if (!fm_list_element_size(type) || !count || count > FM_LIST_MAX) {
		fm_error_set(extack, NULL,
			     "a list has 1 to %u elements of a type for lists",
			     FM_LIST_MAX);
		return ERR_PTR(-EINVAL);
	}
	if (lists->n == FM_LISTS_MAX) {
		fm_error_set(extack, NULL, "there are %u lists already",
			     FM_LISTS_MAX);
		return ERR_PTR(-ENOSPC);
	}
	list = kzalloc(sizeof(*list), GFP_KERNEL);
	if (!list)
		return ERR_PTR(-ENOMEM);
	list->lists = lists;
	list->type = type;
	list->count = count;
	err = list_alloc(list, extack);
	if (err) {
		kfree(list);
		return ERR_PTR(err);
	}
	list->id = lists_next_id(lists);
	list->holder = holder;
	list->refs = 1;
	list_add_tail(&list->list, &lists->list);
	lists->n++;
	return list;
}

/**
 * fm_list_add - add elements to a list
 * @list: not complete yet
 * @elements: next in order
 * @size: bytes of them
 * @extack: gets a sentence that names the element
 *
 * Return: 0 or a negative errno; then none was added.
 */
int fm_list_add(struct fm_list *list, const void *elements, size_t size,
		struct netlink_ext_ack *extack)
{
	size_t each = fm_list_element_size(list->type);
	u32 n = size / each;
	int err;

	if (size % each) {
		fm_error_set(extack, NULL,
			     "elements of this type have %zu bytes", each);
		return -EINVAL;
	}
	if (n > list->count - list->have) {
		fm_error_set(extack, NULL,
			     "list %u was to have %u elements, not more",
			     list->id, list->count);
		return -E2BIG;
	}
	memcpy(list->elements + list->have * each, elements, size);
	err = list_types[list->type]->check(list, n, extack);
	if (!err)
		list->have += n;
	return err;
}

/**
 * fm_list_lookup - a list by its id
 * @lists: of the namespace
 * @id: of the list
 *
 * Return: the list, complete or not, or NULL.
 */
struct fm_list *fm_list_lookup(const struct fm_lists *lists, u32 id)
{
	struct fm_list *list;

	list_for_each_entry(list, &lists->list, list)
		if (list->id == id)
			return list;
	return NULL;
}

const struct fm_list *fm_list_get(struct fm_list *list)
{
	list->refs++;
	return list;
}

/* Configurations see their lists const. */
void fm_list_put(const struct fm_list *ptr)
{
	struct fm_list *list = (struct fm_list *)ptr;

	if (!list || --list->refs)
		return;
	list_del(&list->list);
	list->lists->n--;
	fm_budget_uncharge(list->lists->budget, list_bytes(list));
	kvfree(list->elements);
	kfree(list);
}

/**
 * fm_list_hold - keep a list for a socket
 * @list: which is kept already if another socket holds it
 * @holder: port of the socket
 */
void fm_list_hold(struct fm_list *list, u32 holder)
{
	if (list->holder)
		return;
	list->holder = holder;
	list->refs++;
}

/**
 * fm_lists_release - let go what a socket holds
 * @lists: of the namespace
 * @holder: port of the socket, 0: all sockets
 */
void fm_lists_release(struct fm_lists *lists, u32 holder)
{
	struct fm_list *list, *next;

	list_for_each_entry_safe(list, next, &lists->list, list) {
		if (!list->holder || (holder && list->holder != holder))
			continue;
		list->holder = 0;
		fm_list_put(list);
	}
}

u32 fm_list_count(const struct fm_list *list)
{
	return list ? list->count : 0;
}
EXPORT_SYMBOL_GPL(fm_list_count);
