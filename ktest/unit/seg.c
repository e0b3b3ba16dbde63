// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Segments: which a chain may have, which steerings it keeps, and that a plan is
 * not believed to be empty while packets hop between its segments.
 */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "user.h"

/* Nothing is offloaded here. */
#define _FM_OFFLOAD_H
#include "chain.h"
static void fm_offload_stop(struct fm_steer *steer)
{
}

static void fm_offload_start(struct fm_steer *steer)
{
}
#include "../../kmod/seg.c"

#define HOPS	100000

static struct fm_chain_config config;
static const u32 owners[FM_SHARDS_MAX];

/* Steerings that are by source in the first segment and by all after it. */
static void setup(u32 nsegs, u32 nshards)
{
	u32 i;

	memset(&config, 0, sizeof(config));
	config.nsegs = nsegs;
	for (i = 0; i < nsegs; i++) {
		struct fm_steer_config *steer = &config.steer[i];

		steer->seg = i;
		steer->nshards = nshards;
		steer->key_len[0] = FM_KEY_MIN;
		steer->key_len[1] = FM_KEY_MIN;
		memset(steer->key, 0x6d, sizeof(steer->key));
		steer->fields[0] = FM_F_IPS;
		steer->fields[1] = FM_F_IPS;
		config.owners[i] = owners;
	}
}

static void expect(const char *segs, const char *text)
{
	static const char *const names[] = { "a", "b", "c", "d" };
	struct netlink_ext_ack extack = { 0 };
	int err;

	for (config.ninsts = 0; *segs; segs++) {
		config.insts[config.ninsts].name = names[config.ninsts];
		config.insts[config.ninsts++].seg = *segs - '0';
	}
	err = fm_seg_check(&config, &extack);
	if (text) {
		assert_true(err < 0);
		assert_string_equal(extack._msg, text);
	} else {
		assert_int_equal(err, 0);
	}
}

static void test_check(void **state)
{
	setup(1, 16);
	expect("0", NULL);
	expect("000", NULL);
	expect("01", "b is in segment 1, there are segments 0 to 0 only");
	setup(2, 16);
	expect("01", NULL);
	expect("0011", NULL);
	expect("0", "segment 1 has no NF");
	expect("11", "segment 0 has no NF");
	expect("010", "c is in segment 0, but comes after segment 1");
	expect("09", "b is in segment 9, there are segments 0 to 1 only");
	setup(4, 16);
	expect("0123", NULL);
	expect("013", "segment 2 has no NF");
	expect("012", "segment 3 has no NF");
	config.steer[2].hw = true;
	expect("0123", "segment 2: steering: a NIC's hash is for the first segment only");
	setup(2, FM_SHARDS_MAX);
	expect("01", NULL);
	setup(3, FM_SHARDS_MAX);
	expect("012", "steering: the segments have 12288 shards together, at most 8192");
}

/* What stays as it was, at its place, is the old plan's. */
static void test_setup(void **state)
{
	struct fm_plan old = { 0 }, one = { 0 }, two = { 0 };

	setup(2, 16);
	assert_int_equal(fm_seg_setup(&old, &config, NULL), 0);
	setup(1, 16);
	assert_int_equal(fm_seg_setup(&one, &config, &old), 0);
	assert_int_equal(one.nsegs, 1);
	assert_ptr_equal(one.segs[0].steer, old.segs[0].steer);
	setup(2, 16);
	config.steer[0].nshards = 8;
	assert_int_equal(fm_seg_setup(&two, &config, &old), 0);
	assert_ptr_not_equal(two.segs[0].steer, old.segs[0].steer);
	assert_ptr_equal(two.segs[1].steer, old.segs[1].steer);
	fm_seg_cleanup(&old);
	fm_seg_cleanup(&one);
	fm_seg_cleanup(&two);
	assert_int_equal(fm_user_memory.objects, 0);
}

static struct fm_plan plan;
static u32 hops;

/* A packet is kept anew before it has left: it is never nowhere. */
static void *hop(void *arg)
{
	u32 cpu = (long)arg, n;

	fm_user_cpu = cpu;
	do {
		n = smp_load_acquire(&hops);
		if (n % 2 != cpu) {
			sched_yield();
			continue;
		}
		fm_seg_enter(&plan, &plan.segs[1 + n % 3]);
		fm_seg_leave(&plan, &plan.segs[1 + n % 3]);
		smp_store_release(&hops, n + 1);
	} while (n < HOPS);
	return NULL;
}

static void test_transit(void **state)
{
	u32 wrong = 0, looks = 0;
	pthread_t threads[2];
	long i;

	setup(4, 1);
	assert_int_equal(fm_seg_setup(&plan, &config, NULL), 0);
	assert_true(seg_is_empty(&plan));
	fm_user_cpu = 0;
	fm_seg_enter(&plan, &plan.segs[0]);
	assert_true(seg_is_empty(&plan));
	fm_seg_enter(&plan, &plan.segs[1]);
	for (i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, hop, (void *)i);
	while (READ_ONCE(hops) < HOPS) {
		wrong += seg_is_empty(&plan);
		if (!(++looks % 64))
			sched_yield();
	}
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	print_message("looked %u times\n", looks);
	assert_int_equal(wrong, 0);
	fm_user_cpu = 3;
	fm_seg_leave(&plan, &plan.segs[3]);
	assert_true(seg_is_empty(&plan));
	fm_seg_drain(&plan);
	fm_seg_cleanup(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_setup),
		cmocka_unit_test(test_transit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
