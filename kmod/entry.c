// SPDX-License-Identifier: GPL-2.0
/*
 * Entries from the cradle to the grave: how many there may be, when their states
 * are over, and the limbo they go to until no reader can see them.
 */
#include <linux/slab.h>
#include <linux/time64.h>
#include "entry.h"

#define COPY_TRIES	1000	/* of a dump, while an NF writes the state */

/**
 * fm_entry_alloc - make an entry
 * @store: where
 *
 * Return: the entry, without states and open, or NULL.
 */
struct fm_entry *fm_entry_alloc(struct fm_store *store)
{
	size_t size = fm_entry_size(store);
	struct fm_entry *entry;

	if (!fm_memory_charge(&store->tables.memory, size))
		return NULL;
	entry = kmem_cache_alloc(store->cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!entry) {
		fm_memory_uncharge(&store->tables.memory, size);
		return NULL;
	}
	entry->present = 0;
	return entry;
}

/**
 * fm_entry_free - free an entry that no reader sees
 * @store: where
 * @entry: the entry
 */
void fm_entry_free(struct fm_store *store, struct fm_entry *entry)
{
	kmem_cache_free(store->cache, entry);
	fm_memory_uncharge(&store->tables.memory, fm_entry_size(store));
}

/* Of @entry, @size bytes @from. */
static bool entry_copy(const struct fm_entry *entry, const void *from,
		       void *to, size_t size)
{
	unsigned int tries;
	u16 seq;

	for (tries = 0; tries < COPY_TRIES; tries++) {
		seq = smp_load_acquire(&entry->key.seq);
		if (seq & 1) {
			cpu_relax();
			continue;
		}
		memcpy(to, from, size);
		smp_rmb();
		if (READ_ONCE(entry->key.seq) == seq)
			return true;
	}
	return false;
}

/**
 * fm_entry_copy - read an entry beside its writer
 * @store: where
 * @entry: the entry, under RCU
 * @copy: room for fm_entry_size()
 *
 * Return: false if it was being written all the time.
 */
bool fm_entry_copy(const struct fm_store *store, const struct fm_entry *entry,
		   struct fm_entry *copy)
{
	return entry_copy(entry, entry, copy, fm_entry_size(store));
}

/**
 * fm_entry_copy_state - read one state beside its writer
 * @store: where
 * @entry: the entry, under RCU
 * @m: the NF
 * @copy: room for the state
 *
 * Return: false if it was being written all the time.
 */
bool fm_entry_copy_state(const struct fm_store *store,
			 const struct fm_entry *entry, u32 m, void *copy)
{
	const struct fm_store_member *member = &store->members[m];

	return entry_copy(entry, entry->state + member->offset, copy,
			  member->ops->state_size);
}

static void limbo_free(struct fm_limbo *limbo)
{
	struct fm_store *store = limbo->store;
	u32 i;

	for (i = 0; i < limbo->n; i++)
		fm_entry_free(store, limbo->entry[i]);
	fm_memory_uncharge(&store->tables.memory, sizeof(*limbo));
	kfree(limbo);
}

static void limbo_free_rcu(struct rcu_head *rcu)
{
	limbo_free(container_of(rcu, struct fm_limbo, rcu));
}

/**
 * fm_limbo_reserve - make sure that an entry can be taken out
 * @store: where
 * @slot: the slot
 *
 * Return: false if it cannot, for lack of memory: it stays then, without states,
 * for the sweep to find.
 */
bool fm_limbo_reserve(struct fm_store *store, struct fm_slot *slot)
{
	struct fm_limbo *limbo;

	if (likely(slot->limbo))
		return true;
	if (!fm_memory_charge(&store->tables.memory, sizeof(*limbo)))
		return false;
	limbo = kzalloc(sizeof(*limbo), GFP_ATOMIC | __GFP_NOWARN);
	if (!limbo) {
		fm_memory_uncharge(&store->tables.memory, sizeof(*limbo));
		return false;
	}
	limbo->store = store;
	slot->limbo = limbo;
	return true;
}

/**
 * fm_limbo_flush - let what is in limbo go after a grace period
 * @slot: the slot
 */
void fm_limbo_flush(struct fm_slot *slot)
{
	struct fm_limbo *limbo = slot->limbo;

	if (!limbo || !limbo->n)
		return;
	slot->limbo = NULL;
	call_rcu(&limbo->rcu, limbo_free_rcu);
}

/**
 * fm_limbo_add - take over an entry that was just taken out
 * @slot: of which fm_limbo_reserve() said yes
 * @entry: the entry
 */
void fm_limbo_add(struct fm_slot *slot, struct fm_entry *entry)
{
	struct fm_limbo *limbo = slot->limbo;

	limbo->entry[limbo->n++] = entry;
	if (limbo->n == FM_LIMBO_ENTRIES)
		fm_limbo_flush(slot);
}

/**
 * fm_limbo_destroy - end the limbo of a slot without readers
 * @slot: the slot
 */
void fm_limbo_destroy(struct fm_slot *slot)
{
	if (slot->limbo)
		limbo_free(slot->limbo);
	slot->limbo = NULL;
}

/* All slots together keep at most a 32nd of the bound in reserve. */
static int credit_batch(const struct fm_store *store, u32 m)
{
	return clamp_t(u32, READ_ONCE(store->members[m].max) /
		       (64 * store->nslots), 1, FM_CREDIT_BATCH);
}

/**
 * fm_credit_take - may a slot create a state of an NF
 * @store: where
 * @m: the NF
 * @credit: the slot's reserve, which is filled from what others leave; NULL for
 *	who does not own the slot
 */
bool fm_credit_take(struct fm_store *store, u32 m, s32 *credit)
{
	atomic_t *free = &store->members[m].free;
	int old = atomic_read(free), take;

	if (credit && *credit > 0) {
		--*credit;
		return true;
	}
	do {
		take = min(old, credit ? credit_batch(store, m) : 1);
		if (take <= 0)
			return false;
	} while (!atomic_try_cmpxchg(free, &old, old - take));
	if (credit)
		*credit = take - 1;
	return true;
}

void fm_credit_put(struct fm_store *store, u32 m, s32 *credit)
{
	int batch = credit_batch(store, m);

	if (!credit) {
		atomic_add(1, &store->members[m].free);
		return;
	}
	if (++*credit < 2 * batch && batch > 1)
		return;
	atomic_add(*credit, &store->members[m].free);
	*credit = 0;
}

/**
 * fm_entry_end_state - end one NF's state
 * @store: where
 * @from: the slot it is in
 * @to: the slot that may create another for it, or NULL: any
 * @entry: the entry, which stays, if only for the sweep to find
 * @m: the NF
 */
void fm_entry_end_state(struct fm_store *store, struct fm_slot *from,
			struct fm_slot *to, struct fm_entry *entry, u32 m)
{
	const struct fm_nf_ops *ops = store->members[m].ops;

	WRITE_ONCE(entry->present, entry->present & ~BIT(m));
	if (ops->destroy)
		ops->destroy(&from->heap, fm_entry_state(store, entry, m));
	fm_credit_put(store, m, to ? &to->credit[m] : NULL);
}

/**
 * fm_entry_unlink - take an entry without states out of its table
 * @store: where
 * @slot: the slot
 * @entry: the entry
 * @hash: of its key
 *
 * Return: false if it had to stay for now.
 */
bool fm_entry_unlink(struct fm_store *store, struct fm_slot *slot,
		     struct fm_entry *entry, u32 hash)
{
	if (!fm_limbo_reserve(store, slot))
		return false;
	fm_table_remove(&slot->table, &store->tables, entry, hash);
	fm_limbo_add(slot, entry);
	return true;
}

/**
 * fm_entry_timeout_ns - how long a state may be idle
 * @group: the group
 * @entry: the entry
 * @m: the NF
 */
s64 fm_entry_timeout_ns(const struct fm_group *group, struct fm_entry *entry,
			u32 m)
{
	const struct fm_member *member = &group->members[m];
	const struct fm_nf_ops *ops = group->store->members[m].ops;
	u32 ms;

	if (!ops->timeout)
		return member->timeout_ns;
	ms = ops->timeout(member->config,
			  fm_entry_state(group->store, entry, m));
	return ms ? min_t(u64, (u64)ms * NSEC_PER_MSEC, member->timeout_ns) :
	       member->timeout_ns;
}

/**
 * fm_entry_is_over - has an entry states whose time is over
 * @group: the group
 * @entry: the entry; its states may be written meanwhile
 * @now_ns: monotonic time
 */
bool fm_entry_is_over(const struct fm_group *group, struct fm_entry *entry,
		      u64 now_ns)
{
	s64 idle_ns = fm_entry_idle_ns(READ_ONCE(entry->last), now_ns);
	u32 present = READ_ONCE(entry->present), m;

	if (likely(idle_ns <= (s64)group->min_timeout_ns))
		return false;
	for (m = 0; m < group->nmembers; m++)
		if (present & BIT(m) &&
		    idle_ns > fm_entry_timeout_ns(group, entry, m))
			return true;
	return false;
}

/**
 * fm_entry_expire - end the states whose time is over
 * @group: the group
 * @slot: the slot
 * @entry: the entry
 * @now_ns: monotonic time
 */
void fm_entry_expire(const struct fm_group *group, struct fm_slot *slot,
		     struct fm_entry *entry, u64 now_ns)
{
	s64 idle_ns = fm_entry_idle_ns(READ_ONCE(entry->last), now_ns);
	struct fm_store *store = group->store;
	u32 m;

	if (likely(idle_ns <= (s64)group->min_timeout_ns))
		return;
	for (m = 0; m < store->nmembers; m++) {
		if (!(entry->present & BIT(m)) ||
		    idle_ns <= fm_entry_timeout_ns(group, entry, m))
			continue;
		fm_entry_end_state(store, slot, slot, entry, m);
		fm_stats_bump(store->members[m].account->stats, expired, 1);
	}
}

/**
 * fm_entry_touch - note that a packet has come
 * @entry: the entry
 * @now_ns: its time
 *
 * Time never goes back, though a packet of another CPU may have come later.
 */
void fm_entry_touch(struct fm_entry *entry, u64 now_ns)
{
	u32 now = fm_entry_time(now_ns), last = READ_ONCE(entry->last);
	u32 next = (s32)(now - (last & ~FM_ENTRY_AGAIN)) > 0 ? now : last;

	next |= FM_ENTRY_AGAIN;
	if (next != last)
		WRITE_ONCE(entry->last, next);
}
