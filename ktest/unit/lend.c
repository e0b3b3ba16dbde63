// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Entries that go along with packets to another CPU: made and found by the owner
 * of the table, filled and emptied there, and left alone by ageing and eviction
 * until the packets have been run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <linux/slab.h>
#include <linux/time64.h>

#include "lend.h"
#include "rig.h"

#define MS	((u64)NSEC_PER_MSEC)
#define TIMEOUT	(1000 * MS)
#define LATE	(TIMEOUT + 3ULL * FM_TICK_NS)

struct mark {
	u64 number;
	void *memory;
};

static unsigned int destroyed;

static enum fm_verdict mark_eval(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	return FM_CONTINUE;
}

static void mark_destroy(struct fm_heap *heap, void *ptr)
{
	struct mark *mark = ptr;

	destroyed++;
	fm_heap_free(heap, mark->memory, 100);
}

#define OPS(text, fields)						\
	.name = (text), .description = "", .eval = mark_eval,		\
	.state_size = sizeof(struct mark), .key = (fields),		\
	.intensity = FM_INTENSITY_PACKET, .timeout_ms = 1000

static const struct fm_nf_ops by_source = {
	OPS("by_source", FM_F_SRC_IP),
	.pointer = true, .destroy = mark_destroy,
};

static const struct fm_nf_ops by_flow = {
	OPS("by_flow", FM_F_ALL),
};

static struct fm_rig rig;
static struct fm_lent lent;
static struct fm_plan plan;
static struct fm_cursor cursors[FM_NFS_MAX];
static struct fm_inst *source, *flow;

/* A chain of two NFs with keys of their own, and one shard. */
static void start(u32 max, u8 full_policy)
{
	fm_rig_setup(&rig);
	source = fm_rig_add(&rig, &by_source, FM_MODE_LOCAL, NULL, 0);
	flow = fm_rig_add(&rig, &by_flow, FM_MODE_LOCAL, NULL, 0);
	source->max_entries = flow->max_entries = max;
	source->full_policy = flow->full_policy = full_policy;
	assert_true(fm_rig_start(&rig, 1));
	memset(&lent, 0, sizeof(lent));
	rig.shards[0].lent = &lent;
	plan = (struct fm_plan){
		.groups = rig.groups, .ngroups = rig.ngroups,
		.cursors = cursors, .nsegs = 1,
		.segs = { { .group_end = rig.ngroups,
			    .nlocal = rig.ngroups } },
	};
	destroyed = 0;
}

static void stop(void)
{
	fm_rig_cleanup(&rig);
	fm_user_rcu_drain();
	assert_int_equal(fm_user_memory.objects, 0);
	assert_int_equal(fm_user_locks_held(), 0);
	assert_int_equal(fm_user_warnings, 0);
}

/* A packet on its way, with what it takes along. */
struct parcel {
	struct fm_pkt pkt;
	struct fm_entry *entries[FM_LENT_GROUPS];
};

/* The owner's part; false if the packet has to stay. */
static bool go(struct parcel *parcel, u32 host, u64 now_ns)
{
	memset(parcel, 0, sizeof(*parcel));
	parcel->pkt = (struct fm_pkt){
		.family = 4, .l4proto = IPPROTO_UDP, .src.w[0] = htonl(host),
		.now_ns = now_ns,
	};
	if (!fm_lend_collect(&plan, plan.segs, &parcel->pkt, 0, now_ns,
			     parcel->entries))
		return false;
	fm_lent_send(&lent, now_ns);
	return true;
}

/* On the other CPU. */
static struct fm_ctx *open_parcel(struct parcel *parcel,
				  const struct fm_inst *inst)
{
	u32 i;

	fm_state_release(&rig.ctx);
	rig.ctx = (struct fm_ctx){
		.pkt = &parcel->pkt, .cursors = rig.cursors, .lent = true,
		.inst = inst,
	};
	for (i = 0; i < rig.ngroups; i++) {
		rig.cursors[i].slot = fm_store_slot(rig.groups[i].store, 0);
		rig.cursors[i].entry = parcel->entries[i];
		rig.ctx.looked |= BIT(i);
	}
	return &rig.ctx;
}

static struct mark *insert(struct parcel *parcel, const struct fm_inst *inst)
{
	struct mark *mark = fm_state_insert(open_parcel(parcel, inst));

	if (mark && inst == source)
		mark->memory = fm_heap_alloc(fm_ctx_heap(&rig.ctx), 100);
	return mark;
}

static struct mark *lookup(struct parcel *parcel, const struct fm_inst *inst)
{
	return fm_state_lookup(open_parcel(parcel, inst));
}

static void come_back(void)
{
	fm_state_release(&rig.ctx);
	fm_lent_return(&lent);
}

#define count(inst, field)	fm_rig_count(inst, FM_INST_SUM(field))

static void gc(u64 now_ns)
{
	fm_rig_gc(&rig, source, now_ns);
	fm_rig_gc(&rig, flow, now_ns);
}

static void test_fill(void **state)
{
	struct parcel first, second;
	struct mark *mark;

	start(1000, FM_FULL_REFUSE);
	assert_true(go(&first, 1, 0));
	assert_true(go(&second, 1, 0));
	assert_ptr_equal(first.entries[0], second.entries[0]);
	assert_ptr_equal(first.entries[1], second.entries[1]);
	assert_null(lookup(&first, source));
	mark = insert(&first, source);
	assert_non_null(mark);
	assert_ptr_equal(lookup(&second, source), mark);
	assert_ptr_equal(fm_state_insert(&rig.ctx), mark);
	assert_null(lookup(&second, flow));
	assert_non_null(insert(&second, flow));
	come_back();
	come_back();
	/* The owner sees the same. */
	assert_ptr_equal(fm_state_lookup(fm_rig_send(&rig, source, 1, 1)),
			 mark);
	assert_int_equal(count(source, created), 1);
	assert_int_equal(count(flow, created), 1);
	gc(LATE);
	assert_int_equal(count(source, expired), 1);
	assert_int_equal(fm_rig_entries(source), 0);
	assert_int_equal(destroyed, 1);
	stop();
}

/* What is on its way is not aged, be it as old as it likes. */
static void test_age(void **state)
{
	struct parcel parcel, late;

	start(1000, FM_FULL_REFUSE);
	assert_true(go(&parcel, 1, 0));
	assert_non_null(insert(&parcel, source));
	gc(LATE);
	assert_int_equal(count(source, expired), 0);
	assert_int_equal(fm_rig_entries(source), 1);
	assert_int_equal(fm_rig_entries(flow), 1);
	assert_false(go(&late, 1, LATE));
	come_back();
	assert_true(go(&late, 1, LATE));
	assert_int_equal(count(source, expired), 1);
	assert_null(lookup(&late, source));
	come_back();
	/* An empty entry goes with the sweep. */
	gc(LATE);
	assert_int_equal(fm_rig_entries(flow), 0);
	assert_int_equal(fm_rig_entries(source), 0);
	stop();
}

/* Older packets have been run: their entries are quiet, whatever else is not. */
static void test_quiet(void **state)
{
	struct parcel old, young;

	start(1000, FM_FULL_REFUSE);
	assert_true(go(&old, 1, 0));
	assert_non_null(insert(&old, source));
	come_back();
	fm_lent_tick(&lent, 500 * MS);
	assert_true(go(&young, 2, 1000 * MS));
	fm_lent_tick(&lent, 1500 * MS);
	assert_false(fm_lent_has(&lent, old.entries[0]));
	assert_true(fm_lent_has(&lent, young.entries[0]));
	fm_lent_tick(&lent, 2000 * MS);
	assert_true(fm_lent_has(&lent, young.entries[0]));
	gc(2000 * MS);
	assert_int_equal(count(source, expired), 1);
	come_back();
	assert_false(fm_lent_has(&lent, young.entries[0]));
	assert_false(fm_lent_has(NULL, young.entries[0]));
	stop();
}

/* What is deleted there is ended there, and found by the sweep here. */
static void test_delete(void **state)
{
	struct parcel parcel, next;

	start(1000, FM_FULL_REFUSE);
	assert_true(go(&parcel, 1, 0));
	assert_true(go(&next, 1, 0));
	assert_non_null(insert(&parcel, source));
	fm_state_delete(&rig.ctx);
	assert_int_equal(destroyed, 1);
	assert_null(fm_state_lookup(&rig.ctx));
	come_back();
	gc(0);
	assert_int_equal(fm_rig_entries(source), 1);
	assert_null(lookup(&next, source));
	assert_non_null(insert(&next, source));
	fm_state_delete(&rig.ctx);
	come_back();
	gc(0);
	assert_int_equal(fm_rig_entries(source), 0);
	assert_int_equal(count(source, deleted), 2);
	assert_int_equal(destroyed, 2);
	stop();
}

/* The owner makes room, though not of what is on its way. */
static void test_evict(void **state)
{
	struct parcel parcels[9], more;
	u32 n;

	start(8, FM_FULL_LRU);
	for (n = 0; n < 8; n++) {
		assert_true(go(&parcels[n], n, n));
		assert_non_null(insert(&parcels[n], source));
	}
	assert_false(go(&parcels[8], 8, 8));
	assert_int_equal(count(source, evicted), 0);
	for (n = 0; n < 8; n++)
		come_back();
	for (n = 20; n < 120; n++) {
		assert_true(go(&more, n, n));
		assert_non_null(insert(&more, source));
		come_back();
	}
	assert_int_equal(count(source, refused), 0);
	assert_int_equal(count(source, evicted), 100);
	stop();
}

static void test_bound(void **state)
{
	struct parcel parcel;
	u32 n, made = 0;

	start(8, FM_FULL_REFUSE);
	for (n = 0; n < 20; n++) {
		assert_true(go(&parcel, n, 0));
		made += !!insert(&parcel, source);
		come_back();
	}
	assert_int_equal(made, 8);
	assert_int_equal(lent.fresh, 40);
	fm_lent_tick(&lent, 0);
	assert_int_equal(lent.fresh, 0);
	stop();
}

/* Without memory a packet goes without, and its state is refused. */
static void test_memory(void **state)
{
	struct parcel parcel;

	start(8, FM_FULL_REFUSE);
	rig.budget.max = 0;
	assert_true(go(&parcel, 1, 0));
	assert_null(parcel.entries[0]);
	assert_null(lookup(&parcel, source));
	assert_null(insert(&parcel, source));
	assert_int_equal(rig.ctx.reason, FM_REASON_NO_MEMORY);
	fm_state_delete(&rig.ctx);
	come_back();
	rig.budget.max = 1 << 20;
	assert_true(go(&parcel, 1, 0));
	assert_non_null(insert(&parcel, source));
	come_back();
	stop();
}

/* NFs keyed by ports do not see fragments. */
static void test_fragment(void **state)
{
	struct parcel parcel = {
		.pkt = { .family = 4, .flags = FM_PKT_FRAG },
	};

	start(8, FM_FULL_REFUSE);
	assert_true(fm_lend_collect(&plan, plan.segs, &parcel.pkt, 0, 0,
				    parcel.entries));
	assert_non_null(parcel.entries[0]);
	assert_null(parcel.entries[1]);
	assert_int_equal(fm_rig_entries(flow), 0);
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fill),
		cmocka_unit_test(test_age),
		cmocka_unit_test(test_quiet),
		cmocka_unit_test(test_delete),
		cmocka_unit_test(test_evict),
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_fragment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
