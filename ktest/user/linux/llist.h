/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_LLIST_H
#define USER_LINUX_LLIST_H

#include <linux/kernel.h>

/* A list that anybody adds to without a lock and one takes as a whole. */
struct llist_node {
	struct llist_node *next;
};

struct llist_head {
	struct llist_node *first;
};

#define llist_entry(ptr, type, member)	container_of(ptr, type, member)
#define llist_empty(head)	(!READ_ONCE((head)->first))

static inline bool llist_add(struct llist_node *node, struct llist_head *head)
{
	node->next = READ_ONCE(head->first);
	while (!__atomic_compare_exchange_n(&head->first, &node->next, node,
					    false, __ATOMIC_RELEASE,
					    __ATOMIC_RELAXED))
		;
	return !node->next;
}

static inline struct llist_node *llist_del_all(struct llist_head *head)
{
	return __atomic_exchange_n(&head->first, NULL, __ATOMIC_ACQUIRE);
}

static inline struct llist_node *llist_reverse_order(struct llist_node *node)
{
	struct llist_node *reversed = NULL, *next;

	for (; node; node = next) {
		next = node->next;
		node->next = reversed;
		reversed = node;
	}
	return reversed;
}

#endif
