// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The scheme of the kernel's rhashtable: chains from an array of pointers that
 * doubles when it is three quarters full, a bit lock per bucket for writers and
 * none for readers. Here whoever inserts rehashes, all at once.
 */
#include <stdlib.h>
#include <string.h>
#include "bench.h"

#define LOCKED	1UL

struct node {
	struct node *next;
	uint64_t hash;
	struct bench_key key;
	struct bench_state state;
};

struct chains {
	uintptr_t *head;
	uint64_t mask;
	uint64_t entries;
	struct bench_arena *arena;
	bool shared;
};

static void *create(uint64_t entries, bool shared)
{
	struct chains *c = calloc(1, sizeof(*c));

	/* Without a rehash beside other writers: room for all, as it would have. */
	c->mask = 63;
	while (shared && (c->mask + 1) * 3 / 4 < entries)
		c->mask = 2 * c->mask + 1;
	c->shared = shared;
	c->head = calloc(c->mask + 1, sizeof(*c->head));
	c->arena = bench_arena_create(sizeof(struct node));
	return c;
}

static void destroy(void *table)
{
	struct chains *c = table;

	free(c->head);
	bench_arena_destroy(c->arena);
	free(c);
}

static struct node *head_lock(const struct chains *c, uintptr_t *head)
{
	uintptr_t old;

	if (!c->shared)
		return (struct node *)*head;
	do
		old = __atomic_fetch_or(head, LOCKED, __ATOMIC_ACQUIRE);
	while (old & LOCKED);
	return (struct node *)old;
}

static void head_set(uintptr_t *head, struct node *node)
{
	__atomic_store_n(head, (uintptr_t)node, __ATOMIC_RELEASE);
}

static void rehash(struct chains *c)
{
	uint64_t mask = 2 * c->mask + 1, i;
	uintptr_t *head = calloc(mask + 1, sizeof(*head));
	struct node *node, *next;

	for (i = 0; i <= c->mask; i++)
		for (node = (void *)c->head[i]; node; node = next) {
			next = node->next;
			node->next = (void *)head[node->hash & mask];
			head[node->hash & mask] = (uintptr_t)node;
		}
	free(c->head);
	c->head = head;
	c->mask = mask;
}

static struct bench_state *insert(void *table, const struct bench_key *key,
				  uint64_t hash)
{
	struct chains *c = table;
	struct node *node = bench_arena_alloc(c->arena);
	uintptr_t *head;

	if (!c->shared && c->entries > (c->mask + 1) * 3 / 4)
		rehash(c);
	node->hash = hash;
	node->key = *key;
	memset(&node->state, 0, sizeof(node->state));
	head = &c->head[hash & c->mask];
	node->next = head_lock(c, head);
	head_set(head, node);
	if (!c->shared)
		c->entries++;
	return &node->state;
}

static struct bench_state *lookup(void *table, const struct bench_key *key,
				  uint64_t hash)
{
	struct chains *c = table;
	struct node *node;

	node = (void *)(__atomic_load_n(&c->head[hash & c->mask],
					__ATOMIC_ACQUIRE) & ~LOCKED);
	for (; node; node = __atomic_load_n(&node->next, __ATOMIC_ACQUIRE))
		if (node->hash == hash && bench_key_equal(&node->key, key))
			return &node->state;
	return NULL;
}

static void chains_remove(void *table, const struct bench_key *key,
			  uint64_t hash)
{
	struct chains *c = table;
	uintptr_t *head = &c->head[hash & c->mask];
	struct node *first = head_lock(c, head), *node = first;
	struct node *before = NULL;

	while (node && !bench_key_equal(&node->key, key)) {
		before = node;
		node = node->next;
	}
	if (node && before)
		__atomic_store_n(&before->next, node->next, __ATOMIC_RELEASE);
	else if (node)
		first = node->next;
	head_set(head, first);
	if (!c->shared)
		c->entries--;
}

const struct bench_table bench_chains = {
	.name = "chains",
	.grows = true,
	.create = create,
	.destroy = destroy,
	.insert = insert,
	.lookup = lookup,
	.remove = chains_remove,
};
