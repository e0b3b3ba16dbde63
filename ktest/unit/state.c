// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * States as NFs get them: found by key, shared by a group, aged, ended exactly
 * once, locked if shared. Most tests run with local and with shared state.
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

#include "rig.h"

#define SHARDS	4
#define MS	((u64)NSEC_PER_MSEC)
#define LATE	(3ULL * FM_TICK_NS)

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
	assert_int_not_equal(mark->number, 0xdead);
	mark->number = 0xdead;
	fm_heap_free(heap, mark->memory, 100);
}

#define OPS(text, fields, often)						\
	.name = (text), .description = "", .eval = mark_eval,		\
	.state_size = sizeof(struct mark), .key = (fields),		\
	.intensity = (often), .timeout_ms = 1000, .max_entries = 1000

static const struct fm_nf_ops by_source = {
	OPS("by_source", FM_F_SRC_IP, FM_INTENSITY_PACKET),
	.pointer = true, .destroy = mark_destroy,
};

static const struct fm_nf_ops by_source_too = {
	OPS("by_source_too", FM_F_SRC_IP, FM_INTENSITY_PACKET),
};

static const struct fm_nf_ops reader = {
	OPS("reader", FM_F_SRC_IP, FM_INTENSITY_FLOW),
};

static const struct fm_nf_ops by_flow = {
	OPS("by_flow", FM_F_ALL, FM_INTENSITY_PACKET), .bidirectional = true,
};

static struct fm_rig rig;

static struct fm_inst *add(const struct fm_nf_ops *ops, u8 mode)
{
	return fm_rig_add(&rig, ops, mode, NULL, 0);
}

/* A rig with one NF. */
static struct fm_inst *start(const struct fm_nf_ops *ops, u8 mode, u32 max,
			     u8 full_policy)
{
	struct fm_inst *inst;

	fm_rig_setup(&rig);
	inst = add(ops, mode);
	inst->max_entries = max;
	inst->full_policy = full_policy;
	assert_true(fm_rig_start(&rig, SHARDS));
	return inst;
}

/* Nothing is left, of memory or locks. */
static void stop(void)
{
	fm_rig_cleanup(&rig);
	fm_user_rcu_drain();
	assert_int_equal(fm_user_memory.objects, 0);
	assert_int_equal(fm_user_locks_held(), 0);
	assert_int_equal(fm_user_warnings, 0);
}

static struct mark *insert(const struct fm_inst *inst, u32 n, u64 now_ns)
{
	struct mark *mark = fm_state_insert(fm_rig_send(&rig, inst, n, now_ns));

	if (mark)
		mark->number = n;
	return mark;
}

static struct mark *lookup(const struct fm_inst *inst, u32 n, u64 now_ns)
{
	return fm_state_lookup(fm_rig_send(&rig, inst, n, now_ns));
}

#define count(inst, field)	fm_rig_count(inst, FM_INST_SUM(field))

#define BOTH_MODES(mode) \
	for (u8 mode = FM_MODE_LOCAL; mode <= FM_MODE_SHARED; mode++)

static void test_life(void **state)
{
	struct fm_inst *inst;
	struct mark *mark;

	BOTH_MODES(mode) {
		inst = start(&by_source, mode, 1000, FM_FULL_REFUSE);
		assert_null(lookup(inst, 1, 0));
		mark = insert(inst, 1, 0);
		assert_non_null(mark);
		assert_null(mark->memory);
		assert_ptr_equal(fm_state_lookup(&rig.ctx), mark);
		assert_ptr_equal(fm_state_insert(&rig.ctx), mark);
		assert_ptr_equal(lookup(inst, 1, 1), mark);
		assert_null(lookup(inst, 2, 1));
		destroyed = 0;
		fm_state_delete(fm_rig_send(&rig, inst, 2, 1));
		fm_state_delete(fm_rig_send(&rig, inst, 1, 1));
		fm_state_delete(&rig.ctx);
		assert_int_equal(destroyed, 1);
		assert_null(fm_state_lookup(&rig.ctx));
		assert_null(lookup(inst, 1, 2));
		assert_non_null(insert(inst, 1, 2));
		assert_int_equal(count(inst, created), 2);
		assert_int_equal(count(inst, deleted), 1);
		stop();
		assert_int_equal(destroyed, 2);
	}
}

/* The second NF of a group finds its state even if no lookup can any more. */
static void test_group(void **state)
{
	struct fm_inst *first, *second;
	struct mark *a, *b;
	unsigned long cur;
	struct fm_table *table;

	BOTH_MODES(mode) {
		fm_rig_setup(&rig);
		first = add(&by_source, mode);
		second = add(&by_source_too, mode);
		assert_true(fm_rig_start(&rig, SHARDS));
		assert_int_equal(rig.ngroups, 1);
		a = insert(first, 1, 0);
		fm_rig_aim(&rig, second, rig.ctx.pkt, 1);
		assert_null(fm_state_lookup(&rig.ctx));
		b = fm_state_insert(&rig.ctx);
		assert_ptr_equal(b, a + 1);
		assert_int_equal(fm_rig_entries(first), 1);
		lookup(first, 1, 1);
		table = &rig.cursors[0].slot->table;
		cur = table->cur;
		table->cur = 0;
		fm_rig_aim(&rig, second, rig.ctx.pkt, 1);
		assert_ptr_equal(fm_state_lookup(&rig.ctx), b);
		table->cur = cur;
		fm_state_delete(fm_rig_send(&rig, first, 1, 2));
		assert_int_equal(fm_rig_entries(first), 1);
		assert_ptr_equal(lookup(second, 1, 2), b);
		fm_state_delete(&rig.ctx);
		assert_int_equal(fm_rig_entries(first), 0);
		stop();
	}
}

/* A state idle for exactly its time is there still, for some ticks more not. */
static void test_timeouts(void **state)
{
	struct fm_inst *first, *second;

	BOTH_MODES(mode) {
		fm_rig_setup(&rig);
		first = add(&by_source, mode);
		first->timeout_ms = 100;
		second = add(&by_source_too, mode);
		second->timeout_ms = 1000;
		assert_true(fm_rig_start(&rig, SHARDS));
		destroyed = 0;
		insert(first, 1, 50 * MS);
		insert(second, 1, 50 * MS);
		assert_non_null(lookup(first, 1, 150 * MS));
		assert_non_null(lookup(first, 1, 250 * MS));
		assert_non_null(lookup(first, 1, 240 * MS));
		assert_null(lookup(first, 1, 350 * MS + LATE));
		assert_int_equal(destroyed, 1);
		assert_non_null(lookup(second, 1, 370 * MS));
		fm_rig_gc(&rig, first, 1370 * MS);
		assert_int_equal(fm_rig_entries(first), 1);
		fm_rig_gc(&rig, first, 1370 * MS + LATE);
		assert_int_equal(fm_rig_entries(first), 0);
		assert_int_equal(count(first, expired), 1);
		assert_int_equal(count(second, expired), 1);
		stop();
	}
	assert_int_equal(destroyed, 1);
}

/* Creating a store fails at each of its allocations, and leaves nothing. */
static void test_no_memory_store(void **state)
{
	unsigned int at;
	bool started = false;

	for (at = 1; !started; at++) {
		fm_rig_setup(&rig);
		assert_non_null(add(&by_source, FM_MODE_SHARED));
		assert_non_null(add(&by_source_too, FM_MODE_SHARED));
		fm_user_memory.fail_at = fm_user_memory.allocs + at;
		started = fm_rig_start(&rig, SHARDS);
		fm_user_memory.fail_at = 0;
		stop();
	}
	assert_int_equal(at, 6);
}

static void test_lock(void **state)
{
	struct fm_inst *writer, *other, *peeper;
	struct fm_pkt *pkt;

	fm_rig_setup(&rig);
	writer = add(&by_source, FM_MODE_SHARED);
	peeper = add(&reader, FM_MODE_SHARED);
	other = add(&by_flow, FM_MODE_SHARED);
	assert_true(fm_rig_start(&rig, 1));
	assert_null(lookup(writer, 1, 0));
	assert_int_equal(fm_user_locks_held(), 1);
	fm_state_insert(&rig.ctx);
	pkt = rig.ctx.pkt;
	fm_rig_aim(&rig, peeper, pkt, 0);
	fm_state_insert(&rig.ctx);
	assert_int_equal(fm_user_locks_held(), 1);
	fm_rig_aim(&rig, other, pkt, 0);
	assert_int_equal(fm_user_locks_held(), 0);
	assert_null(fm_state_lookup(&rig.ctx));
	assert_int_equal(fm_user_locks_held(), 1);
	fm_rig_aim(&rig, writer, pkt, 0);
	assert_non_null(fm_state_lookup(&rig.ctx));
	fm_state_release(&rig.ctx);
	fm_state_release(&rig.ctx);
	assert_int_equal(fm_user_locks_held(), 0);
	assert_non_null(lookup(peeper, 1, 0));
	assert_int_equal(fm_user_locks_held(), 0);
	assert_null(lookup(peeper, 2, 0));
	assert_int_equal(fm_user_locks_held(), 1);
	stop();
}

/* Who only reads writes a time stamp now and then, and never an old one. */
static void test_peek(void **state)
{
	struct fm_inst *inst = start(&reader, FM_MODE_SHARED, 10,
				     FM_FULL_REFUSE);
	struct fm_entry *entry;

	insert(inst, 1, 0);
	entry = rig.cursors[0].entry;
	fm_state_release(&rig.ctx);
	assert_int_equal(entry->last, 0);
	assert_non_null(lookup(inst, 1, 10 * MS));
	assert_int_equal(entry->last, fm_entry_time(10 * MS) | FM_ENTRY_AGAIN);
	assert_non_null(lookup(inst, 1, 70 * MS));
	assert_int_equal(entry->last, fm_entry_time(10 * MS) | FM_ENTRY_AGAIN);
	assert_non_null(lookup(inst, 1, 90 * MS));
	assert_int_equal(entry->last, fm_entry_time(90 * MS) | FM_ENTRY_AGAIN);
	assert_non_null(lookup(inst, 1, 1 * MS));
	assert_int_equal(entry->last, fm_entry_time(90 * MS) | FM_ENTRY_AGAIN);
	assert_non_null(lookup(inst, 1, 1090 * MS));
	assert_null(lookup(inst, 1, 2090 * MS + LATE));
	stop();
}

static void test_directions(void **state)
{
	struct fm_pkt pkt = {
		.family = 4, .l4proto = IPPROTO_TCP, .flags = FM_PKT_PORTS,
		.src.w[0] = htonl(1), .dst.w[0] = htonl(2),
		.sport = htons(9), .dport = htons(80),
	}, back = pkt;
	struct fm_inst *inst;
	void *mark;

	swap(back.src, back.dst);
	swap(back.sport, back.dport);
	BOTH_MODES(mode) {
		inst = start(&by_flow, mode, 10, FM_FULL_REFUSE);
		fm_rig_aim(&rig, inst, &pkt, 0);
		mark = fm_state_insert(&rig.ctx);
		fm_rig_aim(&rig, inst, &back, 0);
		assert_ptr_equal(fm_state_lookup(&rig.ctx), mark);
		back.dport = htons(10);
		rig.ctx.pkt = NULL;
		fm_rig_aim(&rig, inst, &back, 0);
		assert_null(fm_state_lookup(&rig.ctx));
		back.dport = htons(9);
		stop();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_group),
		cmocka_unit_test(test_timeouts),
		cmocka_unit_test(test_no_memory_store),
		cmocka_unit_test(test_lock),
		cmocka_unit_test(test_peek),
		cmocka_unit_test(test_directions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
