// SPDX-License-Identifier: GPL-2.0
/*
 * Entries that go along with a packet to an offload CPU. The owner finds them,
 * and makes those that are not there: the table is its own all the time. It
 * ends no state and frees no entry of which the other CPU may have a packet.
 */
#include "chain.h"
#include "lend.h"
#include "lru.h"

/**
 * fm_lent_of - of a shard's entries, which may be with another CPU
 * @group: the group, local
 * @shard: the shard
 *
 * Return: for fm_lent_has(), NULL if none is.
 */
struct fm_lent *fm_lent_of(const struct fm_group *group, u32 shard)
{
	if (group->store->mode != FM_MODE_LOCAL)
		return NULL;
	return READ_ONCE(group->shards[shard].lent);
}

/* What had been sent at the last look is quiet if all of it has been run. */
static void lent_look(struct fm_lent *lent)
{
	if ((s32)(smp_load_acquire(&lent->done) - lent->seen) < 0)
		return;
	lent->quiet = lent->seen_at;
	lent->seen = lent->sent;
	lent->seen_at = lent->last;
}

/**
 * fm_lent_keeps - is an entry not to be had, having looked how things are now
 * @lent: of the shard, or NULL
 * @entry: the entry
 */
bool fm_lent_keeps(struct fm_lent *lent, const struct fm_entry *entry)
{
	if (!fm_lent_has(lent, entry))
		return false;
	lent_look(lent);
	return fm_lent_has(lent, entry);
}

/**
 * fm_lent_send - count a packet that was sent
 * @lent: of a shard that is this CPU's
 * @now_ns: monotonic time
 */
void fm_lent_send(struct fm_lent *lent, u64 now_ns)
{
	lent->last = fm_entry_time(now_ns);
	if (!(++lent->sent % FM_LENT_LOOK))
		lent_look(lent);
}

/**
 * fm_lent_tick - see how far the offload CPU has come; ten times a second
 * @lent: of a shard that is this CPU's
 * @now_ns: monotonic time
 */
void fm_lent_tick(struct fm_lent *lent, u64 now_ns)
{
	lent->fresh = 0;
	lent->last = fm_entry_time(now_ns);
	lent_look(lent);
}

static struct fm_entry *lend_create(const struct fm_group *group,
				    struct fm_cursor *cursor,
				    struct fm_lent *lent, u64 now_ns)
{
	struct fm_store *store = group->store;
	struct fm_entry *entry = fm_entry_alloc(store);

	if (!entry)
		return NULL;
	entry->last = fm_entry_time(now_ns);
	entry->key = cursor->key;
	if (!fm_table_insert(&cursor->slot->table, &store->tables, entry,
			     cursor->hash)) {
		fm_entry_free(store, entry);
		return NULL;
	}
	lent->fresh++;
	return entry;
}

/* To make room for states means to touch tables, so it is done here. */
static bool lend_provide(const struct fm_group *group, struct fm_cursor *cursor)
{
	u32 present, m;

	if (!cursor->entry)
		return true;
	present = READ_ONCE(cursor->entry->present);
	for (m = 0; m < group->nmembers; m++)
		if (!(present & BIT(m)) && !fm_lru_provide(group, cursor, m))
			return false;
	return true;
}

/* False if its time is over and another CPU may have it. */
static bool lend_find(const struct fm_group *group, struct fm_cursor *cursor,
		      u32 shard, u64 now_ns)
{
	struct fm_lent *lent = group->shards[shard].lent;
	struct fm_entry *entry;

	entry = fm_table_find(&cursor->slot->table, &cursor->key,
			      cursor->hash);
	cursor->entry = entry;
	if (!entry) {
		cursor->entry = lend_create(group, cursor, lent, now_ns);
		return true;
	}
	if (unlikely(fm_entry_is_over(group, entry, now_ns))) {
		if (fm_lent_keeps(lent, entry))
			return false;
		fm_entry_expire(group, cursor->slot, entry, now_ns);
	}
	fm_entry_touch(entry, now_ns);
	return true;
}

/**
 * fm_lend_collect - find what a packet takes along to the offload CPU
 * @plan: the plan
 * @seg: of the plan, which has FM_LENT_GROUPS local groups at the most
 * @pkt: the packet
 * @shard: its shard, which is this CPU's and is lent
 * @now_ns: monotonic time
 * @entries: one per local group in their order; NULL where there is no memory
 *
 * Return: false if the packet cannot go.
 */
bool fm_lend_collect(const struct fm_plan *plan, const struct fm_seg *seg,
		     const struct fm_pkt *pkt, u32 shard, u64 now_ns,
		     struct fm_entry **entries)
{
	struct fm_cursor *cursors = this_cpu_ptr(plan->cursors);
	u32 i;

	for (i = seg->group; i < seg->group_end; i++) {
		const struct fm_group *group = &plan->groups[i];
		const struct fm_store *store = group->store;
		struct fm_cursor *cursor = &cursors[i];

		if (store->mode != FM_MODE_LOCAL)
			continue;
		cursor->entry = NULL;
		/* Its NFs will not see a fragment. */
		if (!(pkt->flags & FM_PKT_FRAG && store->key & FM_F_PORTS)) {
			fm_key_build(&cursor->key, pkt, store->key,
				     store->bidirectional);
			cursor->hash = fm_key_hash(&cursor->key,
						   &store->tables.seed);
			cursor->slot = fm_store_slot(store, shard);
			if (!lend_find(group, cursor, shard, now_ns) ||
			    !lend_provide(group, cursor))
				return false;
		}
		*entries++ = cursor->entry;
	}
	return true;
}
