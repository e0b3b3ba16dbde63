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
#include "chain.h"
#include "lru.h"
#include "pkt.h"
#include "state.h"

static void cursor_aim(struct fm_ctx *ctx, const struct fm_group *group,
		       struct fm_cursor *cursor, const struct fm_pkt *pkt)
{
	const struct fm_store *store = group->store;

	fm_key_build(&cursor->key, pkt, store->key, store->bidirectional);
	cursor->hash = fm_key_hash(&cursor->key, &store->tables.seed);
	cursor->slot = fm_store_find_slot(store, ctx->shard, cursor->hash);
	ctx->looked |= BIT(group->index);
}

/* Finds the packet's entry, as its writer. */
static void cursor_look(struct fm_ctx *ctx, const struct fm_group *group,
			struct fm_cursor *cursor)
{
	cursor->entry = fm_table_find(&cursor->slot->table, &cursor->key,
				      cursor->hash);
	if (!cursor->entry || ctx->touched & BIT(group->index))
		return;
	ctx->touched |= BIT(group->index);
	fm_entry_expire(group, cursor->slot, cursor->entry, ctx->pkt->now_ns);
	fm_entry_touch(cursor->entry, ctx->pkt->now_ns);
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

/* From here to fm_state_release() a dump does not trust the entry's states. */
static void cursor_open(struct fm_ctx *ctx, struct fm_cursor *cursor)
{
	if (!cursor->entry || ctx->open == cursor->entry)
		return;
	fm_entry_open(cursor->entry);
	ctx->open = cursor->entry;
}

static struct fm_cursor *cursor_get(struct fm_ctx *ctx)
{
	const struct fm_group *group = ctx->inst->group;
	struct fm_cursor *cursor = &ctx->cursors[group->index];
	bool first = !(ctx->looked & BIT(group->index));

	if (first)
		cursor_aim(ctx, group, cursor, ctx->pkt);
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
	if (ctx->open)
		fm_entry_close(ctx->open);
	ctx->open = NULL;
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
	u32 m = ctx->inst->member, last;
	struct fm_entry *entry;
	s64 idle_ns;

	if (!(ctx->looked & BIT(group->index)))
		cursor_aim(ctx, group, cursor, ctx->pkt);
	entry = fm_table_lookup(&cursor->slot->table, &cursor->key,
				cursor->hash);
	if (!entry || !(READ_ONCE(entry->present) & BIT(m)))
		return NULL;
	last = READ_ONCE(entry->last);
	idle_ns = fm_entry_idle_ns(last, ctx->pkt->now_ns);
	if (idle_ns > fm_entry_timeout_ns(group, entry, m))
		return NULL;
	if (!(ctx->touched & BIT(group->index)) &&
	    (idle_ns > (s64)group->min_timeout_ns / 16 ||
	     !(last & FM_ENTRY_AGAIN)))
		fm_entry_touch(entry, ctx->pkt->now_ns);
	ctx->touched |= BIT(group->index);
	return fm_entry_state(group->store, entry, m);
}

/* What a state points to may be given back beside a reader without the lock. */
static bool state_may_peek(const struct fm_ctx *ctx)
{
	const struct fm_inst *inst = ctx->inst;

	return inst->group->store->mode == FM_MODE_SHARED && !ctx->locked &&
	       inst->ops->intensity == FM_INTENSITY_FLOW && !inst->ops->pointer;
}

void *fm_state_lookup(struct fm_ctx *ctx)
{
	const struct fm_inst *inst = ctx->inst;
	struct fm_cursor *cursor;
	void *state;

	if (WARN_ON_ONCE(!inst->group))
		return NULL;
	if (state_may_peek(ctx)) {
		state = state_peek(ctx);
		if (state)
			return state;
	}
	cursor = cursor_get(ctx);
	if (!cursor->entry || !(cursor->entry->present & BIT(inst->member)))
		return NULL;
	cursor_open(ctx, cursor);
	return fm_entry_state(inst->group->store, cursor->entry, inst->member);
}
EXPORT_SYMBOL_GPL(fm_state_lookup);

/**
 * fm_state_is_known - has a flow been seen again after its first packet
 * @group: that tells flows apart
 * @pkt: of the flow
 * @shard: of the packet, on whatever CPU
 *
 * Under RCU.
 */
bool fm_state_is_known(const struct fm_group *group, const struct fm_pkt *pkt,
		       u32 shard)
{
	const struct fm_store *store = group->store;
	const struct fm_entry *entry;
	struct fm_key key;
	u32 hash;

	fm_key_build(&key, pkt, store->key, store->bidirectional);
	hash = fm_key_hash(&key, &store->tables.seed);
	entry = fm_table_lookup(&fm_store_find_slot(store, shard, hash)->table,
				&key, hash);
	return entry && READ_ONCE(entry->last) & FM_ENTRY_AGAIN;
}

/**
 * fm_state_hash - what fm_state_prefetch() wants to know of a packet
 * @group: whose state
 * @pkt: the packet
 */
u32 fm_state_hash(const struct fm_group *group, const struct fm_pkt *pkt)
{
	const struct fm_store *store = group->store;
	struct fm_key key;

	fm_key_build(&key, pkt, store->key, store->bidirectional);
	return fm_key_hash(&key, &store->tables.seed);
}

/**
 * fm_state_prefetch - have fetched what a packet's lookup will read first
 * @group: whose state
 * @shard: of the packet
 * @hash: of the packet; if it is another plan's, nothing is gained
 *
 * Under RCU, some packets ahead.
 */
void fm_state_prefetch(const struct fm_group *group, u32 shard, u32 hash)
{
	fm_table_prefetch(&fm_store_find_slot(group->store, shard, hash)->table,
			  hash);
}

/**
 * fm_state_prefetch_entry - have fetched what it will read next
 * @group: whose state
 * @shard: of the packet
 * @hash: of the packet
 */
void fm_state_prefetch_entry(const struct fm_group *group, u32 shard, u32 hash)
{
	const struct fm_slot *slot =
		fm_store_find_slot(group->store, shard, hash);

	fm_table_prefetch_entry(&slot->table, hash);
}

struct fm_heap *fm_ctx_heap(struct fm_ctx *ctx)
{
	return &cursor_get(ctx)->slot->heap;
}
EXPORT_SYMBOL_GPL(fm_ctx_heap);

static struct fm_entry *cursor_fill(struct fm_ctx *ctx, struct fm_store *store,
				    struct fm_cursor *cursor)
{
	struct fm_entry *entry = fm_entry_alloc(store);

	if (!entry)
		return NULL;
	entry->last = fm_entry_time(ctx->pkt->now_ns);
	entry->key = cursor->key;
	fm_entry_open(entry);
	if (!fm_table_insert(&cursor->slot->table, &store->tables, entry,
			     cursor->hash)) {
		fm_entry_free(store, entry);
		return NULL;
	}
	cursor->entry = entry;
	ctx->open = entry;
	ctx->touched |= BIT(ctx->inst->group->index);
	return entry;
}

/* Of another CPU's table: the entry is ours meanwhile, the table is not. */
static bool cursor_is_lent(const struct fm_ctx *ctx,
			   const struct fm_store *store)
{
	return unlikely(ctx->lent) && store->mode == FM_MODE_LOCAL;
}

static bool state_admit(struct fm_ctx *ctx, struct fm_cursor *cursor, bool lent)
{
	const struct fm_inst *inst = ctx->inst;

	if (lent)
		return fm_credit_take(inst->group->store, inst->member, NULL);
	return fm_lru_admit(inst->group, cursor, inst->member);
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
	bool lent;

	if (WARN_ON_ONCE(!inst->group))
		return NULL;
	store = inst->group->store;
	cursor = cursor_get(ctx);
	cursor_open(ctx, cursor);
	if (cursor->entry && cursor->entry->present & BIT(m))
		return fm_entry_state(store, cursor->entry, m);
	lent = cursor_is_lent(ctx, store);
	if (!state_admit(ctx, cursor, lent))
		return state_refuse(ctx, FM_REASON_TABLE_FULL);
	if (!cursor->entry && (lent || !cursor_fill(ctx, store, cursor))) {
		fm_credit_put(store, m, lent ? NULL : &cursor->slot->credit[m]);
		return state_refuse(ctx, FM_REASON_NO_MEMORY);
	}
	state = fm_entry_state(store, cursor->entry, m);
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
	struct fm_store *store;
	struct fm_entry *entry;
	bool lent;

	if (WARN_ON_ONCE(!inst->group))
		return;
	store = inst->group->store;
	cursor = cursor_get(ctx);
	entry = cursor->entry;
	if (!entry || !(entry->present & BIT(inst->member)))
		return;
	lent = cursor_is_lent(ctx, store);
	fm_entry_end_state(store, cursor->slot, lent ? NULL : cursor->slot,
			   entry, inst->member);
	fm_stats_bump(inst->account->stats, deleted, 1);
	/* Of a lent one the owner's sweep finds what is left. */
	if (lent || entry->present ||
	    !fm_entry_unlink(store, cursor->slot, entry, cursor->hash))
		return;
	if (ctx->open == entry)
		ctx->open = NULL;
	cursor->entry = NULL;
}
EXPORT_SYMBOL_GPL(fm_state_delete);

void fm_state_aim(struct fm_ctx *ctx, const struct fm_pkt *flow)
{
	const struct fm_inst *inst = ctx->inst;
	const struct fm_group *group = inst->group;
	struct fm_cursor *cursor;
	u32 bit;

	if (WARN_ON_ONCE(!group || !inst->ops->related ||
			 cursor_is_lent(ctx, group->store)))
		return;
	if (!flow && !ctx->aimed)
		return;
	bit = BIT(group->index);
	fm_state_release(ctx);
	if (!ctx->aimed)
		ctx->touched_own = ctx->touched & bit;
	ctx->touched &= ~bit;
	ctx->aimed = flow;
	if (!flow) {
		ctx->touched |= ctx->touched_own;
		ctx->looked &= ~bit;
		return;
	}
	cursor = &ctx->cursors[group->index];
	cursor_aim(ctx, group, cursor, flow);
	cursor->entry = NULL;
	if (group->store->mode == FM_MODE_LOCAL)
		cursor_look(ctx, group, cursor);
}
EXPORT_SYMBOL_GPL(fm_state_aim);

/* A query's answers are to come to a shard that was chosen as if by UDP. */
static u32 flow_shard(const struct fm_steer *steer, const struct fm_pkt *flow)
{
	struct fm_pkt pkt = *flow;

	if (pkt.dport && (pkt.l4proto == IPPROTO_ICMP ||
			  pkt.l4proto == IPPROTO_ICMPV6))
		pkt.l4proto = IPPROTO_UDP;
	fm_pkt_classify(&pkt);
	return fm_steer_shard(steer, fm_steer_hash(steer, &pkt));
}

/* The entry with the NF's state of any key, in whatever shard, or NULL. */
static struct fm_entry *state_seek(const struct fm_ctx *ctx,
				   const struct fm_pkt *flow)
{
	const struct fm_group *group = ctx->inst->group;
	const struct fm_store *store = group->store;
	struct fm_entry *entry;
	u32 m = ctx->inst->member, shard = ctx->shard, hash;
	struct fm_key key;

	/* Shared state is found by its key alone. */
	if (store->mode == FM_MODE_LOCAL && ctx->steer)
		shard = flow_shard(ctx->steer, flow);
	fm_key_build(&key, flow, store->key, store->bidirectional);
	hash = fm_key_hash(&key, &store->tables.seed);
	entry = fm_table_lookup(&fm_store_find_slot(store, shard, hash)->table,
				&key, hash);
	if (!entry || !(READ_ONCE(entry->present) & BIT(m)) ||
	    fm_entry_idle_ns(READ_ONCE(entry->last), ctx->pkt->now_ns) >
	    fm_entry_timeout_ns(group, entry, m))
		return NULL;
	return entry;
}

bool fm_state_exists(const struct fm_ctx *ctx, const struct fm_pkt *flow)
{
	return !WARN_ON_ONCE(!ctx->inst->group) && state_seek(ctx, flow);
}
EXPORT_SYMBOL_GPL(fm_state_exists);

bool fm_state_read(struct fm_ctx *ctx, const struct fm_pkt *flow, void *state)
{
	const struct fm_inst *inst = ctx->inst;
	const struct fm_entry *entry;

	if (WARN_ON_ONCE(!inst->group))
		return false;
	fm_state_release(ctx);
	entry = state_seek(ctx, flow);
	return entry && fm_entry_copy_state(inst->group->store, entry,
					    inst->member, state);
}
EXPORT_SYMBOL_GPL(fm_state_read);
