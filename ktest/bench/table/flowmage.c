// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The module's table: one for a thread alone, 256 with a lock each for several,
 * whose lookups take none. Work is done by the thread that asks for it.
 */
#include <stdlib.h>
#include <linux/spinlock.h>
#include "bench.h"
#include "entry.h"

struct slot {
	spinlock_t lock;
	struct fm_table table;
} __attribute__((aligned(64)));

struct flowmage {
	struct fm_tables tables;
	struct fm_budget budget;
	struct bench_arena *arena;
	bool shared;
	struct slot slot[];
};

static void provide(struct work_struct *work)
{
	struct flowmage *fm = container_of(work, struct flowmage, tables.work);
	unsigned int i;

	for (i = 0; i < (fm->shared ? FM_SLOTS_SHARED : 1); i++)
		fm_table_provide(&fm->slot[i].table, &fm->tables);
}

/* The keys are the module's, and so is the hash. */
static bool setup(void)
{
	static const hsiphash_key_t seed;
	struct bench_key key;

	bench_key_make(&key, 4711);
	return fm_key_hash((const struct fm_key *)&key, &seed) ==
	       (u32)bench_hash(&key);
}

static void *create(uint64_t entries, bool shared)
{
	size_t size = sizeof(struct flowmage) +
		      sizeof(struct slot) * (shared ? FM_SLOTS_SHARED : 1);
	struct flowmage *fm = aligned_alloc(64, (size + 63) & ~63UL);

	(void)entries;
	memset(fm, 0, size);
	fm->shared = shared;
	fm->budget.max = U64_MAX;
	fm->tables.memory.budget = &fm->budget;
	percpu_counter_init(&fm->budget.used, 0, GFP_KERNEL);
	percpu_counter_init(&fm->tables.memory.bytes, 0, GFP_KERNEL);
	INIT_WORK(&fm->tables.work, provide);
	fm->arena = bench_arena_create(sizeof(struct fm_entry) +
				       sizeof(struct bench_state));
	return fm;
}

static bool forget(struct fm_entry *entry, void *arg)
{
	(void)entry;
	(void)arg;
	return true;
}

static void destroy(void *table)
{
	struct flowmage *fm = table;
	unsigned int i;

	cancel_work_sync(&fm->tables.work);
	fm_user_rcu_drain();
	for (i = 0; i < (fm->shared ? FM_SLOTS_SHARED : 1); i++)
		fm_table_destroy(&fm->slot[i].table, &fm->tables, forget, NULL);
	percpu_counter_destroy(&fm->budget.used);
	percpu_counter_destroy(&fm->tables.memory.bytes);
	bench_arena_destroy(fm->arena);
	free(fm);
}

/* The grace period of the arrays that were outgrown is over. */
static void settle(void *table)
{
	(void)table;
	fm_user_rcu_drain();
}

static struct slot *slot_of(struct flowmage *fm, u32 hash)
{
	return &fm->slot[fm->shared ? fm_store_stripe(hash) : 0];
}

static struct bench_state *insert(void *table, const struct bench_key *key,
				  uint64_t hash)
{
	struct flowmage *fm = table;
	struct slot *slot = slot_of(fm, hash);
	struct fm_entry *entry = bench_arena_alloc(fm->arena);
	bool done;

	entry->present = 1;
	entry->last = 0;
	entry->key = *(const struct fm_key *)key;
	memset(entry->state, 0, sizeof(struct bench_state));
	if (fm->shared)
		spin_lock(&slot->lock);
	done = fm_table_insert(&slot->table, &fm->tables, entry, hash);
	if (fm->shared)
		spin_unlock(&slot->lock);
	if (unlikely(READ_ONCE(slot->table.want)) &&
	    !READ_ONCE(slot->table.spare))
		fm_user_work_run();
	return done ? (void *)entry->state : NULL;
}

static struct bench_state *lookup(void *table, const struct bench_key *key,
				  uint64_t hash)
{
	struct flowmage *fm = table;
	struct fm_entry *entry;

	if (fm->shared)
		entry = fm_table_lookup(&fm->slot[fm_store_stripe(hash)].table,
					(const struct fm_key *)key, hash);
	else
		entry = fm_table_find(&fm->slot[0].table,
				      (const struct fm_key *)key, hash);
	return entry ? (void *)entry->state : NULL;
}

static void fm_remove(void *table, const struct bench_key *key, uint64_t hash)
{
	struct flowmage *fm = table;
	struct slot *slot = slot_of(fm, hash);
	struct fm_entry *entry;

	if (fm->shared)
		spin_lock(&slot->lock);
	entry = fm_table_find(&slot->table, (const struct fm_key *)key, hash);
	fm_table_remove(&slot->table, &fm->tables, entry, hash);
	if (fm->shared)
		spin_unlock(&slot->lock);
}

/* As for an NF that writes per packet: look up and write under the lock. */
static void update(void *table, const struct bench_key *key, uint64_t hash)
{
	struct flowmage *fm = table;
	struct slot *slot = slot_of(fm, hash);
	struct bench_state *state;
	struct fm_entry *entry;

	spin_lock(&slot->lock);
	entry = fm_table_find(&slot->table, (const struct fm_key *)key, hash);
	state = (void *)entry->state;
	state->packets++;
	state->bytes += 64;
	spin_unlock(&slot->lock);
}

static void bulk(void *table, const struct bench_key *keys,
		 const uint64_t *hashes, struct bench_state **states)
{
	struct flowmage *fm = table;
	unsigned int i;

	for (i = 0; i < BENCH_BULK; i++)
		fm_table_prefetch(&slot_of(fm, hashes[i])->table, hashes[i]);
	for (i = 0; i < BENCH_BULK; i++)
		fm_table_prefetch_entry(&slot_of(fm, hashes[i])->table,
					hashes[i]);
	for (i = 0; i < BENCH_BULK; i++)
		states[i] = lookup(fm, &keys[i], hashes[i]);
}

const struct bench_table bench_flowmage = {
	.name = "flowmage",
	.grows = true,
	.setup = setup,
	.create = create,
	.destroy = destroy,
	.settle = settle,
	.insert = insert,
	.lookup = lookup,
	.remove = fm_remove,
	.update = update,
	.bulk = bulk,
};
