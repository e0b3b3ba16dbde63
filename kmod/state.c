// SPDX-License-Identifier: GPL-2.0
/*
 * The state engine: what fm_state_*() do for an NF. NFs of a chain with the
 * same key and mode form a group, whose states lie side by side in the entries
 * of one store; the first NF that asks pays for the lookup.
 *
 * A local store has a table per shard, written by the shard's owner alone with
 * bottom halves off. A shared store has a table per lock stripe. Its lock is
 * taken by the lookup, hit or miss, and held until eval() returns; only an NF
 * that does not write per packet finds its state without.
 */
#include <linux/cpumask.h>
#include <linux/overflow.h>
#include <linux/random.h>
#include <linux/slab.h>
#include "chain.h"
#include "state.h"

/* A cache that is merged with another leaves its name in sysfs for ever. */
#ifdef SLAB_NO_MERGE
#define ENTRY_CACHE_FLAGS	(SLAB_HWCACHE_ALIGN | SLAB_NO_MERGE)
#else
#define ENTRY_CACHE_FLAGS	(SLAB_HWCACHE_ALIGN | SLAB_TYPESAFE_BY_RCU)
#endif

/* A store outlives its entries: fm_store_put() waits for entry_free_rcu(). */
struct fm_entry_tail {
	struct rcu_head rcu;
	struct fm_store *store;
};

static struct fm_entry_tail *entry_tail(const struct fm_store *store,
					struct fm_entry *entry)
{
	return (void *)entry->state + store->state_size;
}

/* Not kmem_cache_size(): a cache may be merged with one of larger objects. */
static size_t entry_size(const struct fm_store *store)
{
	return sizeof(struct fm_entry) + store->state_size +
	       sizeof(struct fm_entry_tail);
}

static void entry_free_rcu(struct rcu_head *rcu)
{
	struct fm_entry_tail *tail = container_of(rcu, struct fm_entry_tail,
						  rcu);
	struct fm_store *store = tail->store;

	kmem_cache_free(store->cache, (void *)tail - store->state_size -
			offsetof(struct fm_entry, state));
}

static struct fm_entry *entry_alloc(struct fm_store *store)
{
	size_t size = entry_size(store);
	struct fm_entry *entry;

	if (!fm_heap_charge(&store->heap, size))
		return NULL;
	entry = kmem_cache_alloc(store->cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!entry) {
		fm_heap_uncharge(&store->heap, size);
		return NULL;
	}
	entry->present = 0;
	entry_tail(store, entry)->store = store;
	return entry;
}

static void entry_free(struct fm_store *store, struct fm_entry *entry)
{
	fm_heap_uncharge(&store->heap, entry_size(store));
	call_rcu(&entry_tail(store, entry)->rcu, entry_free_rcu);
}

/* All slots together keep at most a 32nd of the bound in reserve. */
static int credit_batch(const struct fm_store *store, u32 m)
{
	return clamp_t(u32, READ_ONCE(store->members[m].max) /
		       (64 * store->nslots), 1, FM_CREDIT_BATCH);
}

/* States that may be created: the slot's reserve, else a batch of the rest. */
static bool credit_take(struct fm_store *store, u32 m, s32 *credit)
{
	atomic_t *free = &store->members[m].free;
	int old = atomic_read(free), take;

	if (*credit > 0) {
		--*credit;
		return true;
	}
	do {
		take = min(old, credit_batch(store, m));
		if (take <= 0)
			return false;
	} while (!atomic_try_cmpxchg(free, &old, old - take));
	*credit = take - 1;
	return true;
}

static void credit_put(struct fm_store *store, u32 m, s32 *credit)
{
	int batch = credit_batch(store, m);

	if (++*credit < 2 * batch && batch > 1)
		return;
	atomic_add(*credit, &store->members[m].free);
	*credit = 0;
}

static void *entry_state(const struct fm_store *store, struct fm_entry *entry,
			 u32 member)
{
	return entry->state + store->members[member].offset;
}

/*
 * Ends one NF's state, for which @slot may create another; the entry stays, if
 * only for the sweep to find.
 */
static void state_end(struct fm_store *store, struct fm_slot *slot,
		      struct fm_entry *entry, u32 m)
{
	const struct fm_nf_ops *ops = store->members[m].ops;

	if (ops->destroy)
		ops->destroy(&store->heap, entry_state(store, entry, m));
	WRITE_ONCE(entry->present, entry->present & ~BIT(m));
	credit_put(store, m, &slot->credit[m]);
}

static void entry_expire(const struct fm_group *group, struct fm_slot *slot,
			 struct fm_entry *entry, u64 now_ns)
{
	struct fm_store *store = group->store;
	s64 idle_ns = now_ns - READ_ONCE(entry->last_ns);
	u32 m;

	if (idle_ns <= (s64)group->min_timeout_ns)
		return;
	for (m = 0; m < store->nmembers; m++) {
		if (!(entry->present & BIT(m)) ||
		    idle_ns <= (s64)group->members[m].timeout_ns)
			continue;
		state_end(store, slot, entry, m);
		fm_stats_bump(store->members[m].account->stats, expired, 1);
	}
}

/*
 * Time never goes back, though a packet of another CPU may have come later. A
 * packet that gave up a lock may find here that it was the last itself.
 */
static void entry_touch(struct fm_entry *entry, u64 now_ns)
{
	u64 last_ns = READ_ONCE(entry->last_ns);

	if (!((now_ns ^ last_ns) & ~FM_ENTRY_AGAIN))
		return;
	if ((s64)(now_ns - last_ns) > 0)
		last_ns = now_ns;
	WRITE_ONCE(entry->last_ns, last_ns | FM_ENTRY_AGAIN);
}

static void cursor_aim(struct fm_ctx *ctx, const struct fm_group *group,
		       struct fm_cursor *cursor)
{
	const struct fm_store *store = group->store;

	fm_key_build(&cursor->key, ctx->pkt, store->key, store->bidirectional);
	cursor->hash = fm_key_hash(&cursor->key, &store->seed);
	cursor->slot = fm_store_slot(store, store->mode == FM_MODE_LOCAL ?
				     ctx->shard :
				     fm_store_stripe(cursor->hash));
	ctx->looked |= BIT(group->index);
}

/* Finds the packet's entry, as its writer. */
static void cursor_look(struct fm_ctx *ctx, const struct fm_group *group,
			struct fm_cursor *cursor)
{
	cursor->entry = fm_table_lookup(&cursor->slot->table, &cursor->key,
					cursor->hash);
	if (!cursor->entry)
		return;
	entry_expire(group, cursor->slot, cursor->entry, ctx->pkt->now_ns);
	entry_touch(cursor->entry, ctx->pkt->now_ns);
}

static void cursor_lock(struct fm_ctx *ctx, const struct fm_group *group,
			struct fm_cursor *cursor)
{
	if (ctx->locked == cursor->slot)
		return;
	fm_state_release(ctx);
	spin_lock(&cursor->slot->lock);
	__release(&cursor->slot->lock);	/* for sparse; see the unlock */
	ctx->locked = cursor->slot;
	cursor_look(ctx, group, cursor);
}

static struct fm_cursor *cursor_get(struct fm_ctx *ctx)
{
	const struct fm_group *group = ctx->inst->group;
	struct fm_cursor *cursor = &ctx->cursors[group->index];
	bool first = !(ctx->looked & BIT(group->index));

	if (first)
		cursor_aim(ctx, group, cursor);
	if (group->store->mode == FM_MODE_SHARED)
		cursor_lock(ctx, group, cursor);
	else if (first)
		cursor_look(ctx, group, cursor);
	return cursor;
}

/**
 * fm_state_release - let other CPUs at the states that were looked up
 * @ctx: the packet's way; its next lookup locks and looks again
 */
void fm_state_release(struct fm_ctx *ctx)
{
	if (!ctx->locked)
		return;
	__acquire(&ctx->locked->lock);
	spin_unlock(&ctx->locked->lock);
	ctx->locked = NULL;
}

/*
 * A hit of an NF that only reads takes no lock and writes nothing shared, but
 * for a time stamp now and then: often enough that no state in use expires.
 */
static void *state_peek(struct fm_ctx *ctx)
{
	const struct fm_group *group = ctx->inst->group;
	struct fm_cursor *cursor = &ctx->cursors[group->index];
	u64 timeout_ns = group->members[ctx->inst->member].timeout_ns;
	struct fm_entry *entry;
	u64 last_ns;
	s64 idle_ns;

	if (!(ctx->looked & BIT(group->index)))
		cursor_aim(ctx, group, cursor);
	entry = fm_table_lookup(&cursor->slot->table, &cursor->key,
				cursor->hash);
	if (!entry || !(READ_ONCE(entry->present) & BIT(ctx->inst->member)))
		return NULL;
	last_ns = READ_ONCE(entry->last_ns);
	idle_ns = ctx->pkt->now_ns - last_ns;
	if (idle_ns > (s64)timeout_ns)
		return NULL;
	if (idle_ns > (s64)group->min_timeout_ns / 16 ||
	    !(last_ns & FM_ENTRY_AGAIN))
		entry_touch(entry, ctx->pkt->now_ns);
	return entry_state(group->store, entry, ctx->inst->member);
}

void *fm_state_lookup(struct fm_ctx *ctx)
{
	const struct fm_inst *inst = ctx->inst;
	struct fm_cursor *cursor;
	void *state;

	if (WARN_ON_ONCE(!inst->group))
		return NULL;
	if (inst->group->store->mode == FM_MODE_SHARED && !ctx->locked &&
	    inst->ops->intensity == FM_INTENSITY_FLOW) {
		state = state_peek(ctx);
		if (state)
			return state;
	}
	cursor = cursor_get(ctx);
	if (!cursor->entry || !(cursor->entry->present & BIT(inst->member)))
		return NULL;
	return entry_state(inst->group->store, cursor->entry, inst->member);
}
EXPORT_SYMBOL_GPL(fm_state_lookup);

/**
 * fm_state_is_known - has a flow been seen again after its first packet
 * @group: that tells flows apart
 * @pkt: of the flow
 * @shard: of the packet, on whatever CPU
 *
 * Under RCU. While the owner's table grows the answer may be a wrong no.
 */
bool fm_state_is_known(const struct fm_group *group, const struct fm_pkt *pkt,
		       u32 shard)
{
	const struct fm_store *store = group->store;
	const struct fm_entry *entry;
	struct fm_key key;
	u32 hash;

	fm_key_build(&key, pkt, store->key, store->bidirectional);
	hash = fm_key_hash(&key, &store->seed);
	entry = fm_table_lookup(&fm_store_slot(store, store->mode ==
					       FM_MODE_LOCAL ? shard :
					       fm_store_stripe(hash))->table,
				&key, hash);
	return entry && READ_ONCE(entry->last_ns) & FM_ENTRY_AGAIN;
}

/*
 * Gives up a state in @from so that the cursor's slot may create one; one that
 * was seen again only if @known.
 */
static bool slot_evict(struct fm_store *store, struct fm_slot *from,
		       struct fm_cursor *cursor, u32 m, bool known)
{
	struct fm_entry *victim;

	victim = fm_table_oldest(&from->table, cursor->hash, FM_LRU_SAMPLES,
				 BIT(m));
	if (!victim || victim == cursor->entry ||
	    (!known && READ_ONCE(victim->last_ns) & FM_ENTRY_AGAIN))
		return false;
	state_end(store, cursor->slot, victim, m);
	fm_stats_bump(store->members[m].account->stats, evicted, 1);
	if (!victim->present) {
		fm_table_remove(&from->table, &store->heap, victim);
		entry_free(store, victim);
	}
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
	u32 own = ((void *)cursor->slot - store->slots) / store->slot_size;
	u32 i, n, entered = 0;
	bool done;

	if (slot_evict(store, cursor->slot, cursor, m, known))
		return true;
	for (i = 1; i < store->nslots && entered < FM_LRU_SLOTS; i++) {
		n = (own + i) % store->nslots;
		if (!slot_enter(group, n))
			continue;
		entered++;
		done = slot_evict(store, fm_store_slot(store, n), cursor, m,
				  known);
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

/* After the bound was lowered one eviction may not be enough. */
static bool state_admit(const struct fm_group *group, struct fm_cursor *cursor,
			u32 m)
{
	s32 *credit = &cursor->slot->credit[m];
	unsigned int evictions;

	if (credit_take(group->store, m, credit))
		return true;
	if (group->members[m].full_policy != FM_FULL_LRU)
		return false;
	for (evictions = 0; evictions < FM_LRU_EVICTIONS; evictions++) {
		if (!state_evict(group, cursor, m))
			return false;
		if (credit_take(group->store, m, credit))
			return true;
	}
	return false;
}

static struct fm_entry *cursor_fill(struct fm_ctx *ctx, struct fm_store *store,
				    struct fm_cursor *cursor)
{
	struct fm_entry *entry = entry_alloc(store);

	if (!entry)
		return NULL;
	entry->hash = cursor->hash;
	entry->last_ns = ctx->pkt->now_ns & ~FM_ENTRY_AGAIN;
	entry->key = cursor->key;
	if (!fm_table_insert(&cursor->slot->table, &store->heap, entry)) {
		entry_free(store, entry);
		return NULL;
	}
	cursor->entry = entry;
	return entry;
}

static void *state_refuse(struct fm_ctx *ctx, enum fm_reason reason)
{
	ctx->reason = reason;
	fm_stats_bump(ctx->inst->account->stats, refused, 1);
	return NULL;
}

void *fm_state_insert(struct fm_ctx *ctx)
{
	const struct fm_inst *inst = ctx->inst;
	struct fm_store *store;
	struct fm_cursor *cursor;
	u32 m = inst->member;
	void *state;

	if (WARN_ON_ONCE(!inst->group))
		return NULL;
	store = inst->group->store;
	cursor = cursor_get(ctx);
	if (cursor->entry && cursor->entry->present & BIT(m))
		return entry_state(store, cursor->entry, m);
	if (!state_admit(inst->group, cursor, m))
		return state_refuse(ctx, FM_REASON_TABLE_FULL);
	if (!cursor->entry && !cursor_fill(ctx, store, cursor)) {
		credit_put(store, m, &cursor->slot->credit[m]);
		return state_refuse(ctx, FM_REASON_NO_MEMORY);
	}
	state = entry_state(store, cursor->entry, m);
	memset(state, 0, inst->ops->state_size);
	/* Pairs with the readers' look at present: they see zeros, not trash. */
	smp_wmb();
	WRITE_ONCE(cursor->entry->present, cursor->entry->present | BIT(m));
	fm_stats_bump(inst->account->stats, created, 1);
	return state;
}
EXPORT_SYMBOL_GPL(fm_state_insert);

void fm_state_delete(struct fm_ctx *ctx)
{
	const struct fm_inst *inst = ctx->inst;
	struct fm_cursor *cursor;
	struct fm_entry *entry;

	if (WARN_ON_ONCE(!inst->group))
		return;
	cursor = cursor_get(ctx);
	entry = cursor->entry;
	if (!entry || !(entry->present & BIT(inst->member)))
		return;
	state_end(inst->group->store, cursor->slot, entry, inst->member);
	fm_stats_bump(inst->account->stats, deleted, 1);
	if (entry->present)
		return;
	fm_table_remove(&cursor->slot->table, &inst->group->store->heap, entry);
	entry_free(inst->group->store, entry);
	cursor->entry = NULL;
}
EXPORT_SYMBOL_GPL(fm_state_delete);

struct gc_arg {
	const struct fm_group *group;
	struct fm_slot *slot;
	u64 now_ns;
};

static bool gc_expired(struct fm_entry *entry, void *ptr)
{
	struct gc_arg *arg = ptr;

	entry_expire(arg->group, arg->slot, entry, arg->now_ns);
	if (entry->present)
		return false;
	entry_free(arg->group->store, entry);
	return true;
}

/**
 * fm_group_gc - one bounded step of ageing
 * @group: the group
 * @slot: of its store; the caller is its writer
 * @now_ns: monotonic time
 * @buckets: to look at, at the most
 */
void fm_group_gc(const struct fm_group *group, struct fm_slot *slot,
		 u64 now_ns, unsigned int buckets)
{
	struct gc_arg arg = { group, slot, now_ns };

	fm_table_gc(&slot->table, &group->store->heap, buckets, gc_expired,
		    &arg);
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
		state_end(arg->store, arg->slot, entry, m);
		fm_stats_bump(arg->store->members[m].account->stats, deleted,
			      1);
	}
	fm_heap_uncharge(&arg->store->heap, entry_size(arg->store));
	kmem_cache_free(arg->store->cache, entry);
	return true;
}

static void store_empty(struct fm_store *store)
{
	struct destroy_arg arg = { .store = store };
	u32 n;

	for (n = 0; n < store->nslots; n++) {
		arg.slot = fm_store_slot(store, n);
		local_bh_disable();
		fm_table_destroy(&arg.slot->table, &store->heap, destroy_entry,
				 &arg);
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
	for (n = 0; n < nslots; n++)
		spin_lock_init(&fm_store_slot(store, n)->lock);
	return true;
}

static bool store_alloc_cache(struct fm_store *store)
{
	static atomic_t ids = ATOMIC_INIT(0);
	char name[32];

	store->id = atomic_inc_return(&ids);
	snprintf(name, sizeof(name), "flowmage_%u", store->id);
	store->cache = kmem_cache_create(name, entry_size(store), 0,
					 ENTRY_CACHE_FLAGS, NULL);
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
	store->heap.budget = budget;
	get_random_bytes(&store->seed, sizeof(store->seed));
	if (percpu_counter_init(&store->heap.bytes, 0, GFP_KERNEL))
		goto free_store;
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
	percpu_counter_destroy(&store->heap.bytes);
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
	store_empty(store);
	rcu_barrier();
	kmem_cache_destroy(store->cache);
	kvfree(store->slots);
	for (m = 0; m < store->nmembers; m++)
		fm_account_put(store->members[m].account);
	percpu_counter_destroy(&store->heap.bytes);
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
