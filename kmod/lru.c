// SPDX-License-Identifier: GPL-2.0
/*
 * Room for a new state when its NF has all it may have: of some states the one
 * idle for longest goes, and those of keys that came once before all others.
 */
#include <linux/cpumask.h>
#include "lend.h"
#include "lru.h"

/*
 * Gives up a state in slot @n so that the cursor's slot may create one; one that
 * was seen again only if @known.
 */
static bool slot_evict(const struct fm_group *group, u32 n,
		       struct fm_cursor *cursor, u32 m, bool known)
{
	struct fm_store *store = group->store;
	struct fm_slot *from = fm_store_slot(store, n);
	struct fm_entry *victim;

	victim = fm_table_oldest(&from->table, cursor->hash, FM_LRU_SAMPLES,
				 BIT(m));
	if (!victim || victim == cursor->entry ||
	    (!known && READ_ONCE(victim->last) & FM_ENTRY_AGAIN) ||
	    fm_lent_keeps(fm_lent_of(group, n), victim))
		return false;
	fm_entry_end_state(store, from, cursor->slot, victim, m);
	fm_stats_bump(store->members[m].account->stats, evicted, 1);
	if (!victim->present)
		fm_entry_unlink(store, from, victim,
				fm_table_hash(&store->tables, victim));
	return true;
}

/* Becomes the writer of another slot, if that can be had at once. */
static bool slot_enter(const struct fm_group *group, u32 n)
{
	struct fm_slot *slot = fm_store_slot(group->store, n);

	if (!READ_ONCE(slot->table.entries))
		return false;
	if (group->store->mode == FM_MODE_LOCAL)
		return READ_ONCE(group->shards[n].owner) == smp_processor_id();
	if (!spin_trylock(&slot->lock))
		return false;
	__release(&slot->lock);	/* for sparse; see slot_leave() */
	return true;
}

static void slot_leave(const struct fm_group *group, u32 n)
{
	struct fm_slot *slot = fm_store_slot(group->store, n);

	if (group->store->mode != FM_MODE_SHARED)
		return;
	__acquire(&slot->lock);
	spin_unlock(&slot->lock);
}

/* Only a slot that has nothing to give up itself looks at the others. */
static bool slots_evict(const struct fm_group *group, struct fm_cursor *cursor,
			u32 m, bool known)
{
	struct fm_store *store = group->store;
	u32 own = fm_store_slot_index(store, cursor->slot);
	u32 i, n, entered = 0;
	bool done;

	if (slot_evict(group, own, cursor, m, known))
		return true;
	for (i = 1; i < store->nslots && entered < FM_LRU_SLOTS; i++) {
		n = (own + i) % store->nslots;
		if (!slot_enter(group, n))
			continue;
		entered++;
		done = slot_evict(group, n, cursor, m, known);
		slot_leave(group, n);
		if (done)
			return true;
	}
	return false;
}

static bool state_evict(const struct fm_group *group, struct fm_cursor *cursor,
			u32 m)
{
	return slots_evict(group, cursor, m, false) ||
	       slots_evict(group, cursor, m, true);
}

/**
 * fm_lru_admit - may a slot create a state, if need be in place of another
 * @group: the group
 * @cursor: where the new one will be
 * @m: the NF
 *
 * Return: false if not; else one of the slot's credits is used up.
 */
bool fm_lru_admit(const struct fm_group *group, struct fm_cursor *cursor, u32 m)
{
	s32 *credit = &cursor->slot->credit[m];
	unsigned int evictions;

	if (fm_credit_take(group->store, m, credit))
		return true;
	if (group->members[m].full_policy != FM_FULL_LRU)
		return false;
	/* After the bound was lowered one eviction may not be enough. */
	for (evictions = 0; evictions < FM_LRU_EVICTIONS; evictions++) {
		if (!state_evict(group, cursor, m))
			return false;
		if (fm_credit_take(group->store, m, credit))
			return true;
	}
	return false;
}

/**
 * fm_lru_provide - let another CPU create a state in a slot of this one
 * @group: the group
 * @cursor: where it will be
 * @m: the NF
 *
 * If need be in place of another, as fm_lru_admit() would; whoever comes first
 * may create it.
 *
 * Return: false if there is none that may be given up now.
 */
bool fm_lru_provide(const struct fm_group *group, struct fm_cursor *cursor,
		    u32 m)
{
	atomic_t *free = &group->store->members[m].free;
	s32 *credit = &cursor->slot->credit[m];
	unsigned int evictions;

	if (group->members[m].full_policy != FM_FULL_LRU)
		return true;
	for (evictions = 0; evictions < FM_LRU_EVICTIONS; evictions++) {
		if (atomic_read(free) > 0)
			return true;
		if (*credit <= 0 && !state_evict(group, cursor, m))
			return false;
		atomic_add(*credit, free);
		*credit = 0;
	}
	return atomic_read(free) > 0;
}
