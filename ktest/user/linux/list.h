/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_LIST_H
#define USER_LINUX_LIST_H

#include <linux/kernel.h>

struct list_head {
	struct list_head *next, *prev;
};

#define LIST_HEAD(name)	struct list_head name = { &(name), &(name) }

static inline void list_add_tail(struct list_head *item, struct list_head *head)
{
	item->next = head;
	item->prev = head->prev;
	head->prev->next = item;
	head->prev = item;
}

static inline void list_add(struct list_head *item, struct list_head *head)
{
	list_add_tail(item, head->next);
}

static inline void list_del(struct list_head *item)
{
	item->next->prev = item->prev;
	item->prev->next = item->next;
	item->next = NULL;
	item->prev = NULL;
}

/* The head is in no entry: what container_of() makes of it is not touched. */
#define list_for_each_entry(at, head, member)				\
	for (at = container_of((head)->next, typeof(*at), member);	\
	     (void *)at + offsetof(typeof(*at), member) != (void *)(head); \
	     at = container_of(at->member.next, typeof(*at), member))

#define list_for_each_entry_safe(at, after, head, member)		\
	for (at = container_of((head)->next, typeof(*at), member),	\
	     after = container_of(at->member.next, typeof(*at), member);\
	     (void *)at + offsetof(typeof(*at), member) != (void *)(head); \
	     at = after,						\
	     after = container_of(at->member.next, typeof(*at), member))

static inline void INIT_LIST_HEAD(struct list_head *head)
{
	head->next = head;
	head->prev = head;
}

struct hlist_node {
	struct hlist_node *next, **pprev;
};

struct hlist_head {
	struct hlist_node *first;
};

static inline void hlist_add_head(struct hlist_node *item,
				  struct hlist_head *head)
{
	item->next = head->first;
	if (item->next)
		item->next->pprev = &item->next;
	head->first = item;
	item->pprev = &head->first;
}

static inline void hlist_del(struct hlist_node *item)
{
	*item->pprev = item->next;
	if (item->next)
		item->next->pprev = item->pprev;
}

#define hlist_entry_safe(ptr, type, member) ({			\
	struct hlist_node *__node = (ptr);			\
	__node ? container_of(__node, type, member) : NULL;	\
})

#endif
