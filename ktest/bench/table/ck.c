// SPDX-License-Identifier: GPL-2.0-or-later
/* Concurrency Kit's ck_ht: many readers, one writer; several share a lock. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <ck_ht.h>
#include "bench.h"

struct node {
	struct bench_key key;
	struct bench_state state;
};

struct ck {
	ck_ht_t ht;
	struct bench_arena *arena;
	pthread_spinlock_t lock;
	bool shared;
};

static void *ck_alloc(size_t size)
{
	return malloc(size);
}

static void ck_release(void *ptr, size_t size, bool defer)
{
	(void)size;
	if (!defer)
		free(ptr);
}

static struct ck_malloc ck_malloc = {
	.malloc = ck_alloc,
	.free = ck_release,
};

static void hash_of(ck_ht_hash_t *h, const void *key, size_t len, uint64_t seed)
{
	(void)len;
	(void)seed;
	h->value = bench_hash(key);
}

static void *create(uint64_t entries, bool shared)
{
	struct ck *ck = calloc(1, sizeof(*ck));

	(void)entries;
	ck->shared = shared;
	pthread_spin_init(&ck->lock, PTHREAD_PROCESS_PRIVATE);
	ck_ht_init(&ck->ht, CK_HT_MODE_BYTESTRING | CK_HT_WORKLOAD_DELETE,
		   hash_of, &ck_malloc, 64, 0);
	ck->arena = bench_arena_create(sizeof(struct node));
	return ck;
}

static void destroy(void *table)
{
	struct ck *ck = table;

	ck_ht_destroy(&ck->ht);
	bench_arena_destroy(ck->arena);
	free(ck);
}

static struct bench_state *insert(void *table, const struct bench_key *key,
				  uint64_t hash)
{
	struct ck *ck = table;
	struct node *node = bench_arena_alloc(ck->arena);
	ck_ht_hash_t h = { .value = hash };
	ck_ht_entry_t entry;

	node->key = *key;
	memset(&node->state, 0, sizeof(node->state));
	ck_ht_entry_set(&entry, h, &node->key, sizeof(node->key), node);
	if (ck->shared)
		pthread_spin_lock(&ck->lock);
	ck_ht_put_spmc(&ck->ht, h, &entry);
	if (ck->shared)
		pthread_spin_unlock(&ck->lock);
	return &node->state;
}

static struct bench_state *lookup(void *table, const struct bench_key *key,
				  uint64_t hash)
{
	struct ck *ck = table;
	ck_ht_hash_t h = { .value = hash };
	ck_ht_entry_t entry;

	ck_ht_entry_key_set(&entry, key, sizeof(*key));
	if (!ck_ht_get_spmc(&ck->ht, h, &entry))
		return NULL;
	return &((struct node *)ck_ht_entry_value(&entry))->state;
}

static void ck_remove(void *table, const struct bench_key *key, uint64_t hash)
{
	struct ck *ck = table;
	ck_ht_hash_t h = { .value = hash };
	ck_ht_entry_t entry;

	ck_ht_entry_key_set(&entry, key, sizeof(*key));
	if (ck->shared)
		pthread_spin_lock(&ck->lock);
	ck_ht_remove_spmc(&ck->ht, h, &entry);
	if (ck->shared)
		pthread_spin_unlock(&ck->lock);
}

const struct bench_table bench_ck = {
	.name = "ck_ht",
	.grows = true,
	.create = create,
	.destroy = destroy,
	.insert = insert,
	.lookup = lookup,
	.remove = ck_remove,
};
