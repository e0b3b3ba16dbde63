// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The bounds on states: all of one can be used and no more, the oldest makes
 * room if it may, nothing is lost when memory is short, and the books balance
 * after any number of packets.
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

static struct fm_rig rig;

static struct fm_inst *add(const struct fm_nf_ops *ops, u8 mode)
{
	return fm_rig_add(&rig, ops, mode, NULL, 0);
}

/* A rig with one NF. */
static struct fm_inst *start_shards(const struct fm_nf_ops *ops, u8 mode,
				    u32 max, u8 full_policy, u32 nshards)
{
	struct fm_inst *inst;

	fm_rig_setup(&rig);
	inst = add(ops, mode);
	inst->max_entries = max;
	inst->full_policy = full_policy;
	assert_true(fm_rig_start(&rig, nshards));
	return inst;
}

static struct fm_inst *start(const struct fm_nf_ops *ops, u8 mode, u32 max,
			     u8 full_policy)
{
	return start_shards(ops, mode, max, full_policy, SHARDS);
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

/* All of the bound can be used, whatever shards the keys are in. */
static void test_refuse(void **state)
{
	struct fm_inst *inst;
	u32 n;

	BOTH_MODES(mode) {
		inst = start(&by_source, mode, 100, FM_FULL_REFUSE);
		for (n = 0; n < 100; n++)
			assert_non_null(insert(inst, n, 0));
		for (; n < 110; n++) {
			assert_null(insert(inst, n, 0));
			assert_int_equal(fm_refuse(&rig.ctx), FM_DROP);
			assert_int_equal(rig.ctx.reason, FM_REASON_TABLE_FULL);
		}
		assert_int_equal(count(inst, refused), 10);
		fm_state_delete(fm_rig_send(&rig, inst, 7, 0));
		assert_non_null(insert(inst, 200, 0));
		assert_null(insert(inst, 201, 0));
		assert_int_equal(fm_rig_entries(inst), 100);
		stop();
	}
}

/* The oldest key makes room, also while the table grows. */
static void check_lru(u32 max)
{
	struct fm_inst *inst = start(&by_source, FM_MODE_LOCAL, max,
				     FM_FULL_LRU);
	u32 n;

	destroyed = 0;
	for (n = 0; n < max + 5; n++)
		assert_non_null(insert(inst, SHARDS * n, n * FM_TICK_NS));
	assert_int_equal(destroyed, 5);
	assert_int_equal(count(inst, evicted), 5);
	assert_int_equal(count(inst, refused), 0);
	for (n = 0; n < max + 5; n++)
		assert_int_equal(!lookup(inst, SHARDS * n, 0), n < 5);
	stop();
}

static void test_lru(void **state)
{
	u32 max;

	for (max = 1; max <= 10; max++)
		check_lru(max);
}

/* Whoever came twice stays, whatever number of keys come once. */
static void test_lru_known(void **state)
{
	struct fm_inst *inst;
	u32 n;

	BOTH_MODES(mode) {
		inst = start_shards(&by_source_too, mode, 600, FM_FULL_LRU, 1);
		for (n = 0; n < 20; n++) {
			insert(inst, n, 2 * n);
			assert_non_null(lookup(inst, n, 100 + 2 * n));
		}
		for (n = 1000; n < 11000; n++)
			assert_non_null(insert(inst, n, 2 * n));
		for (n = 0; n < 20; n++)
			assert_non_null(lookup(inst, n, 30000));
		assert_int_equal(count(inst, evicted), 10020 - 600);
		stop();
	}
}

/* A new key gets its place although its own slot has none to give up. */
static void test_lru_elsewhere(void **state)
{
	struct fm_inst *inst;
	u32 n;

	BOTH_MODES(mode) {
		inst = start_shards(&by_source_too, mode, 16, FM_FULL_LRU, 128);
		for (n = 0; n < 1000; n++)
			assert_non_null(insert(inst, n, 2 * n));
		assert_int_equal(count(inst, evicted), 1000 - 16);
		assert_int_equal(fm_rig_entries(inst), 16);
		stop();
	}
}

/* What the slots hold in reserve is a 32nd of the bound at the most. */
static void test_reserve(void **state)
{
	struct fm_inst *inst;
	u32 n;

	BOTH_MODES(mode) {
		inst = start_shards(&by_source_too, mode, 65536,
				    FM_FULL_REFUSE, 4096);
		for (n = 0; insert(inst, n * 2654435761u, 0); n++)
			;
		assert_in_range(n, 65536 - 65536 / 32, 65536);
		stop();
	}
}

/* A bound that was lowered is kept again after some new keys. */
static void test_lru_resize(void **state)
{
	struct fm_inst *inst = start(&by_source_too, FM_MODE_LOCAL, 40,
				     FM_FULL_LRU);
	u32 n;

	for (n = 0; n < 40; n++)
		assert_non_null(insert(inst, n, 2 * n));
	fm_store_resize(inst->group->store, 0, 10);
	for (; n < 60; n++)
		insert(inst, n, 2 * n);
	assert_int_equal(fm_rig_entries(inst), 10);
	assert_non_null(insert(inst, n, 2 * n));
	assert_int_equal(fm_rig_entries(inst), 10);
	stop();
}

static void test_no_memory(void **state)
{
	struct fm_inst *inst;
	unsigned int at;

	BOTH_MODES(mode) {
		inst = start(&by_source, mode, 2, FM_FULL_REFUSE);
		for (at = 1; at <= 3; at++) {
			fm_user_memory.fail_at = fm_user_memory.allocs + at;
			assert_null(insert(inst, 1, 0));
			assert_int_equal(fm_refuse(&rig.ctx), FM_DROP);
			assert_int_equal(rig.ctx.reason, FM_REASON_NO_MEMORY);
		}
		assert_non_null(insert(inst, 1, 0));
		assert_non_null(insert(inst, 2, 0));
		assert_int_equal(fm_rig_entries(inst), 2);
		rig.budget.max = 0;
		stop();
	}
}

static void test_resize(void **state)
{
	struct fm_inst *inst = start(&by_source, FM_MODE_LOCAL, 5,
				     FM_FULL_REFUSE);
	u32 n;

	for (n = 0; n < 5; n++)
		assert_non_null(insert(inst, n, 0));
	fm_store_resize(inst->group->store, 0, 3);
	for (n = 0; n < 3; n++) {
		assert_null(insert(inst, 100, 0));
		fm_state_delete(fm_rig_send(&rig, inst, n, 0));
	}
	assert_non_null(insert(inst, 100, 0));
	assert_null(insert(inst, 101, 0));
	fm_store_resize(inst->group->store, 0, 4);
	assert_non_null(insert(inst, 101, 0));
	assert_null(insert(inst, 102, 0));
	stop();
}

/* What is there, may be created, and lies in reserve make up the bound. */
static void check_books(const struct fm_inst *inst)
{
	const struct fm_store *store = inst->group->store;
	s64 live = count(inst, created) - count(inst, expired) -
		   count(inst, evicted) - count(inst, deleted);
	s64 sum = atomic_read(&store->members[inst->member].free);
	u32 n;

	for (n = 0; n < store->nslots; n++)
		sum += fm_store_slot(store, n)->credit[inst->member];
	assert_int_equal(live + sum, inst->max_entries);
	assert_in_range(live, 0, inst->max_entries);
}

/* Random packets of two NFs; @max above 2047 makes the reserves larger. */
static void run_books(u8 mode, u32 max, u8 full_policy)
{
	struct fm_inst *inst[2];
	struct mark *mark;
	u32 i, n;

	fm_rig_setup(&rig);
	inst[0] = add(&by_source, mode);
	inst[1] = add(&by_source_too, mode);
	for (i = 0; i < 2; i++) {
		inst[i]->max_entries = max / (i + 1);
		inst[i]->full_policy = full_policy;
		inst[i]->timeout_ms = 20 + 10 * i;
	}
	assert_true(fm_rig_start(&rig, SHARDS));
	destroyed = 0;
	for (i = 0; i < 100000; i++) {
		n = rand() % (2 * max);
		mark = insert(inst[i % 2], n, i * MS / 1000);
		if (mark && i % 2 == 0 && !mark->memory)
			mark->memory = fm_heap_alloc(fm_ctx_heap(&rig.ctx),
						     100);
		if (i % 8 == 0)
			fm_state_delete(fm_rig_send(&rig, inst[rand() % 2], n,
					       i * MS / 1000));
		if (i % 1000 == 0) {
			fm_rig_gc(&rig, inst[0], i * MS / 1000);
			check_books(inst[0]);
			check_books(inst[1]);
			fm_user_rcu_drain();
		}
	}
	n = count(inst[0], created);
	stop();
	assert_int_equal(destroyed, n);
}

static void test_books(void **state)
{
	BOTH_MODES(mode) {
		run_books(mode, 50, FM_FULL_REFUSE);
		run_books(mode, 50, FM_FULL_LRU);
		run_books(mode, 10000, FM_FULL_REFUSE);
		run_books(mode, 10000, FM_FULL_LRU);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refuse),
		cmocka_unit_test(test_lru),
		cmocka_unit_test(test_lru_known),
		cmocka_unit_test(test_lru_elsewhere),
		cmocka_unit_test(test_lru_resize),
		cmocka_unit_test(test_reserve),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_resize),
		cmocka_unit_test(test_books),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
