// SPDX-License-Identifier: GPL-2.0
/*
 * Stores: the states of a group, from the plan that makes it to the last that
 * drops it, and the sweep that ends what is idle.
 */
#include <linux/overflow.h>
#include <linux/random.h>
#include <linux/slab.h>
#include "entry.h"
#include "lend.h"

/* A cache that is merged with another leaves its name in sysfs for ever. */
#ifdef SLAB_NO_MERGE
#define ENTRY_CACHE_FLAGS	SLAB_NO_MERGE
#else
#define ENTRY_CACHE_FLAGS	SLAB_TYPESAFE_BY_RCU
#endif

/* Whole cache lines would cost up to half as much memory again. */
#define ENTRY_ALIGN		16

struct gc_arg {
	const struct fm_group *group;
	struct fm_slot *slot;
	const struct fm_lent *lent;
	u64 now_ns;
};

static bool gc_expired(struct fm_entry *entry, void *ptr)
{
	struct gc_arg *arg = ptr;

	if (fm_lent_has(arg->lent, entry))
		return false;
	fm_entry_expire(arg->group, arg->slot, entry, arg->now_ns);
	return !entry->present && fm_limbo_reserve(arg->group->store, arg->slot);
}

static void gc_gone(struct fm_entry *entry, void *ptr)
{
	struct gc_arg *arg = ptr;

	fm_limbo_add(arg->slot, entry);
}

/**
 * fm_group_gc - one bounded step of ageing
 * @group: the group
 * @slot: of its store; the caller is its writer
 * @now_ns: monotonic time
 * @buckets: to look at, at the most
 *
 * Return: entries that went.
 */
unsigned int fm_group_gc(const struct fm_group *group, struct fm_slot *slot,
			 u64 now_ns, unsigned int buckets)
{
	struct gc_arg arg = {
		.group = group,
		.slot = slot,
		.lent = fm_lent_of(group, fm_store_slot_index(group->store,
							      slot)),
		.now_ns = now_ns,
	};
	struct fm_sweep sweep = { gc_expired, gc_gone, &arg };
	unsigned int n;

	n = fm_table_gc(&slot->table, &group->store->tables, buckets, &sweep);
	fm_limbo_flush(slot);
	return n;
}

static void store_provide(struct work_struct *work)
{
	struct fm_tables *tables = container_of(work, struct fm_tables, work);
	struct fm_store *store = container_of(tables, struct fm_store, tables);
	u32 n;

	for (n = 0; n < store->nslots; n++)
		fm_table_provide(&fm_store_slot(store, n)->table, tables);
}

struct destroy_arg {
	struct fm_store *store;
	struct fm_slot *slot;
};

static bool destroy_entry(struct fm_entry *entry, void *ptr)
{
	struct destroy_arg *arg = ptr;
	u32 m;

	for (m = 0; m < arg->store->nmembers; m++) {
		if (!(entry->present & BIT(m)))
			continue;
		fm_entry_end_state(arg->store, arg->slot, arg->slot, entry, m);
		fm_stats_bump(arg->store->members[m].account->stats, deleted,
			      1);
	}
	fm_entry_free(arg->store, entry);
	return true;
}

static void store_empty(struct fm_store *store)
{
	struct destroy_arg arg = { .store = store };
	u32 n;

	for (n = 0; n < store->nslots; n++) {
		arg.slot = fm_store_slot(store, n);
		local_bh_disable();
		fm_table_destroy(&arg.slot->table, &store->tables,
				 destroy_entry, &arg);
		fm_limbo_destroy(arg.slot);
		local_bh_enable();
		cond_resched();
	}
}

static bool store_alloc_slots(struct fm_store *store, u32 nslots)
{
	u32 n;

	store->nslots = nslots;
	store->slot_size = ALIGN(sizeof(struct fm_slot) + store->nmembers *
				 sizeof(s32), SMP_CACHE_BYTES);
	store->slots = kvcalloc(nslots, store->slot_size, GFP_KERNEL);
	if (!store->slots)
		return false;
	for (n = 0; n < nslots; n++) {
		struct fm_slot *slot = fm_store_slot(store, n);

		spin_lock_init(&slot->lock);
		spin_lock_init(&slot->heap.lock);
		slot->heap.memory = &store->tables.memory;
	}
	return true;
}

static bool store_alloc_cache(struct fm_store *store)
{
	static atomic_t ids = ATOMIC_INIT(0);
	char name[32];

	store->id = atomic_inc_return(&ids);
	snprintf(name, sizeof(name), "flowmage_%u", store->id);
	store->cache = kmem_cache_create(name, fm_entry_size(store),
					 ENTRY_ALIGN, ENTRY_CACHE_FLAGS, NULL);
	return store->cache;
}

static void store_set_members(struct fm_store *store,
			      const struct fm_nf_ops *const *ops,
			      struct fm_account *const *accounts,
			      const u32 *max_entries)
{
	u32 m;

	for (m = 0; m < store->nmembers; m++) {
		struct fm_store_member *member = &store->members[m];

		member->ops = ops[m];
		member->account = fm_account_get(accounts[m]);
		member->offset = store->state_size;
		member->max = max_entries[m];
		atomic_set(&member->free, max_entries[m]);
		store->state_size += ALIGN(ops[m]->state_size, 8);
	}
}

/**
 * fm_store_create - room for the states of NFs with the same key
 * @ops: the NFs
 * @accounts: their counters
 * @max_entries: bound on the states of each
 * @nmembers: how many, at most FM_NFS_MAX
 * @mode: local or shared
 * @nshards: of the steering, for local
 * @budget: memory
 *
 * Return: with one reference, or NULL if memory is short.
 */
struct fm_store *fm_store_create(const struct fm_nf_ops *const *ops,
				 struct fm_account *const *accounts,
				 const u32 *max_entries, u32 nmembers, u8 mode,
				 u32 nshards, struct fm_budget *budget)
{
	struct fm_store *store;

	store = kzalloc(struct_size(store, members, nmembers), GFP_KERNEL);
	if (!store)
		return NULL;
	refcount_set(&store->ref, 1);
	store->key = ops[0]->key;
	store->bidirectional = ops[0]->bidirectional;
	store->mode = mode;
	store->nmembers = nmembers;
	store->tables.memory.budget = budget;
	get_random_bytes(&store->tables.seed, sizeof(store->tables.seed));
	if (percpu_counter_init(&store->tables.memory.bytes, 0, GFP_KERNEL))
		goto free_store;
	INIT_WORK(&store->tables.work, store_provide);
	store_set_members(store, ops, accounts, max_entries);
	if (!store_alloc_cache(store))
		goto put_members;
	if (!store_alloc_slots(store, mode == FM_MODE_LOCAL ? nshards :
			       FM_SLOTS_SHARED))
		goto destroy_cache;
	return store;

destroy_cache:
	kmem_cache_destroy(store->cache);
put_members:
	while (nmembers--)
		fm_account_put(store->members[nmembers].account);
	percpu_counter_destroy(&store->tables.memory.bytes);
free_store:
	kfree(store);
	return NULL;
}

struct fm_store *fm_store_get(struct fm_store *store)
{
	refcount_inc(&store->ref);
	return store;
}

/**
 * fm_store_put - drop a reference; the last one frees all states
 * @store: the store; no packet can be using it through this reference any more
 */
void fm_store_put(struct fm_store *store)
{
	u32 m;

	if (!store || !refcount_dec_and_test(&store->ref))
		return;
	cancel_work_sync(&store->tables.work);
	store_empty(store);
	rcu_barrier();
	kmem_cache_destroy(store->cache);
	kvfree(store->slots);
	for (m = 0; m < store->nmembers; m++)
		fm_account_put(store->members[m].account);
	percpu_counter_destroy(&store->tables.memory.bytes);
	kfree(store);
}

/**
 * fm_store_resize - change the bound on an NF's states
 * @store: the store
 * @member: the NF
 * @max_entries: new bound; states beyond it stay until they end
 */
void fm_store_resize(struct fm_store *store, u32 member, u32 max_entries)
{
	struct fm_store_member *m = &store->members[member];

	atomic_add((int)max_entries - (int)m->max, &m->free);
	WRITE_ONCE(m->max, max_entries);
}
