// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * liburcu's lock-free hash table. It resizes itself in a thread of its own, so it
 * is given its buckets beforehand where growing is not what is measured.
 */
#include <stdlib.h>
#include <string.h>
#include <urcu/urcu-qsbr.h>
#include <urcu/rculfhash.h>
#include "bench.h"

struct node {
	struct cds_lfht_node node;
	struct bench_key key;
	struct bench_state state;
};

struct lfht {
	struct cds_lfht *ht;
	struct bench_arena *arena;
};

static void *create(uint64_t entries, bool shared)
{
	struct lfht *lfht = calloc(1, sizeof(*lfht));
	unsigned long buckets = 64;

	(void)shared;
	while (buckets < entries)
		buckets *= 2;
	lfht->ht = cds_lfht_new_flavor(buckets, 64, 0,
				       CDS_LFHT_AUTO_RESIZE |
				       CDS_LFHT_ACCOUNTING,
				       &urcu_qsbr_flavor, NULL);
	lfht->arena = bench_arena_create(sizeof(struct node));
	return lfht;
}

static void destroy(void *table)
{
	struct lfht *lfht = table;
	struct cds_lfht_iter iter;
	struct cds_lfht_node *node;

	urcu_qsbr_register_thread();
	cds_lfht_for_each(lfht->ht, &iter, node)
		cds_lfht_del(lfht->ht, node);
	urcu_qsbr_quiescent_state();
	urcu_qsbr_thread_offline();
	cds_lfht_destroy(lfht->ht, NULL);
	urcu_qsbr_thread_online();
	urcu_qsbr_unregister_thread();
	bench_arena_destroy(lfht->arena);
	free(lfht);
}

static struct bench_state *insert(void *table, const struct bench_key *key,
				  uint64_t hash)
{
	struct lfht *lfht = table;
	struct node *node = bench_arena_alloc(lfht->arena);

	cds_lfht_node_init(&node->node);
	node->key = *key;
	memset(&node->state, 0, sizeof(node->state));
	cds_lfht_add(lfht->ht, hash, &node->node);
	return &node->state;
}

static int matches(struct cds_lfht_node *node, const void *key)
{
	return bench_key_equal(&caa_container_of(node, struct node, node)->key,
			       key);
}

static struct node *find(struct lfht *lfht, const struct bench_key *key,
			 uint64_t hash)
{
	struct cds_lfht_iter iter;
	struct cds_lfht_node *node;

	cds_lfht_lookup(lfht->ht, hash, matches, key, &iter);
	node = cds_lfht_iter_get_node(&iter);
	return node ? caa_container_of(node, struct node, node) : NULL;
}

static struct bench_state *lookup(void *table, const struct bench_key *key,
				  uint64_t hash)
{
	struct node *node = find(table, key, hash);

	return node ? &node->state : NULL;
}

static void lfht_remove(void *table, const struct bench_key *key, uint64_t hash)
{
	struct lfht *lfht = table;
	struct node *node = find(lfht, key, hash);

	if (node)
		cds_lfht_del(lfht->ht, &node->node);
}

static void enter(void)
{
	urcu_qsbr_register_thread();
}

static void leave(void)
{
	urcu_qsbr_unregister_thread();
}

static void quiet(void)
{
	urcu_qsbr_quiescent_state();
}

const struct bench_table bench_lfht = {
	.name = "lfht",
	.grows = true,
	.enter = enter,
	.leave = leave,
	.quiet = quiet,
	.create = create,
	.destroy = destroy,
	.insert = insert,
	.lookup = lookup,
	.remove = lfht_remove,
};
