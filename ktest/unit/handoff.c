// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The way of packets to the owners of their shards, by the module's code in a
 * thread per CPU: what each is handed is noted with the time before and after,
 * and the history must be that of a queue. Nothing is lost or run twice, a
 * packet that was there before another came is run before it, a mark passes when
 * all before it has been run, and no CPU sleeps while something waits for it.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <linux/percpu.h>
#include "chain.h"
#include "flowmage_nf.h"
#include "user.h"

/* Variables of a CPU, which no other test has. */
#undef per_cpu_ptr
#define per_cpu_ptr(ptr, cpu)		(&(*(ptr))[cpu])
#define per_cpu(name, cpu)		((name)[cpu])
#define DEFINE_PER_CPU(type, name)	type name[FM_USER_CPUS]
#include <linux/skbuff.h>

/* Nothing is lent here. */
#define _FM_OFFLOAD_H
static void fm_offload_run(struct sk_buff *skb)
{
	(void)skb;
}
#include "../../kmod/shard.c"

#define CPUS		FM_USER_CPUS
#define CROWD		12288	/* handed over by each CPU without a pause */
#define FEW		8	/* likewise, until all have been run, often */
#define ROUNDS		400
#define ITEMS		(CROWD + ROUNDS * FEW)
#define MARK_EVERY	97
#define BUDGET		64
#define PATIENCE_S	10

/**
 * struct item - a packet or a mark
 * @begin: time before it was handed over
 * @end: time after
 * @ran: time when it was run
 * @runs: how often
 */
struct item {
	struct sk_buff skb;
	struct fm_mark mark;
	u64 begin;
	u64 end;
	u64 ran;
	u32 runs;
};

struct cpu {
	pthread_t thread;
	struct item *items;
	struct item **order;	/* what it ran */
	u32 nrun;
	u32 refused;
	u32 woke;
	u64 random;
};

static struct cpu cpus[CPUS];
static u64 clock_now;
static u32 nrun;
static bool stuck;
static pthread_barrier_t barrier;

static u64 stamp(void)
{
	return __atomic_add_fetch(&clock_now, 1, __ATOMIC_SEQ_CST);
}

static void run(struct item *item)
{
	struct cpu *cpu = &cpus[fm_user_cpu];

	item->ran = stamp();
	item->runs++;
	cpu->order[cpu->nrun++] = item;
	__atomic_fetch_add(&nrun, 1, __ATOMIC_RELAXED);
}

void fm_path_resume(struct sk_buff *skb, enum fm_way way)
{
	run(container_of(skb, struct item, skb));
}

void fm_path_prefetch(const struct sk_buff *skb, bool entry)
{
}

static void pass(struct fm_mark *mark)
{
	run(container_of(mark, struct item, mark));
}

/* What the kernel would do on this CPU by now. */
static void softirq(void)
{
	struct fm_backlog *backlog = &shard_backlogs[fm_user_cpu];

	if (__atomic_exchange_n(&backlog->csd.pending, 0, __ATOMIC_SEQ_CST))
		backlog->csd.func(backlog->csd.info);
	if (__atomic_load_n(&backlog->napi.scheduled, __ATOMIC_SEQ_CST))
		backlog->napi.poll(&backlog->napi, BUDGET);
}

static void hand(struct cpu *cpu, struct item *item, u32 n)
{
	bool woke = false, done;
	u32 owner;

	cpu->random = cpu->random * 6364136223846793005 + 1;
	owner = (cpu->random >> 33) % (n < CROWD ? CPUS / 2 : CPUS);
	item->mark.pass = pass;
	item->begin = stamp();
	for (;;) {
		done = n % MARK_EVERY ?
		       fm_shard_hand(&item->skb, owner, &woke) :
		       fm_shard_mark(&item->mark, owner);
		if (done || READ_ONCE(stuck))
			break;
		cpu->refused++;
		softirq();
		item->begin = stamp();
	}
	item->end = stamp();
	cpu->woke += woke;
}

/* Until all have been run; nothing is handed over meanwhile. */
static void settle(u32 want)
{
	while (READ_ONCE(nrun) < want && !READ_ONCE(stuck)) {
		softirq();
		sched_yield();
	}
	pthread_barrier_wait(&barrier);
}

static void *play(void *arg)
{
	struct cpu *cpu = arg;
	u32 n, i, round;

	fm_user_cpu = cpu - cpus;
	for (n = 0; n < CROWD; n++) {
		hand(cpu, &cpu->items[n], n);
		/* Rings fill up where this comes late. */
		if (n % 8192 >= 4096)
			softirq();
	}
	settle(CPUS * n);
	for (round = 0; round < ROUNDS; round++) {
		for (i = 0; i < FEW; i++, n++)
			hand(cpu, &cpu->items[n], n);
		settle(CPUS * n);
	}
	return NULL;
}

/* Nobody who came later, and knew it, was served earlier. */
static u32 out_of_order(const struct cpu *cpu)
{
	u64 end = U64_MAX;
	u32 wrong = 0, n;

	for (n = cpu->nrun; n--;) {
		wrong += end < cpu->order[n]->begin;
		end = min(end, cpu->order[n]->end);
	}
	return wrong;
}

static void check(const struct cpu *cpu, u32 *wrong)
{
	u32 n;

	for (n = 0; n < ITEMS; n++) {
		assert_int_equal(cpu->items[n].runs, 1);
		assert_true(cpu->items[n].ran > cpu->items[n].begin);
	}
	*wrong += out_of_order(cpu);
}

/* Waits for a thread as long as anything goes on. */
static void join(pthread_t thread)
{
	struct timespec until;
	u32 seen;

	do {
		seen = READ_ONCE(nrun);
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += PATIENCE_S;
		if (!pthread_timedjoin_np(thread, NULL, &until))
			return;
	} while (READ_ONCE(nrun) != seen);
	WRITE_ONCE(stuck, true);
	pthread_join(thread, NULL);
}

static void test_history(void **state)
{
	u32 refused = 0, woke = 0, wrong = 0, n;

	assert_int_equal(fm_shard_init(), 0);
	for (n = 0; n < CPUS; n++) {
		cpus[n].items = calloc(ITEMS, sizeof(struct item));
		cpus[n].order = calloc(CPUS * ITEMS, sizeof(struct item *));
		cpus[n].random = n;
	}
	pthread_barrier_init(&barrier, NULL, CPUS);
	for (n = 0; n < CPUS; n++)
		pthread_create(&cpus[n].thread, NULL, play, &cpus[n]);
	for (n = 0; n < CPUS; n++)
		join(cpus[n].thread);
	pthread_barrier_destroy(&barrier);
	assert_false(stuck);
	assert_int_equal(nrun, CPUS * ITEMS);
	for (n = 0; n < CPUS; n++) {
		check(&cpus[n], &wrong);
		refused += cpus[n].refused;
		woke += cpus[n].woke;
	}
	print_message("%u handed over, %u wake-ups, %u times no room\n", nrun,
		      woke, refused);
	assert_int_equal(wrong, 0);
	fm_shard_exit();
	for (n = 0; n < CPUS; n++) {
		free(cpus[n].items);
		free(cpus[n].order);
	}
	assert_int_equal(fm_user_memory.objects, 0);
}

/* The check itself: two that changed places are seen. */
static void test_check(void **state)
{
	struct item first = { .begin = 1, .end = 2 };
	struct item second = { .begin = 3, .end = 4 };
	struct item *right[] = { &first, &second };
	struct item *swapped[] = { &second, &first };
	struct cpu cpu = { .order = right, .nrun = 2 };

	assert_int_equal(out_of_order(&cpu), 0);
	cpu.order = swapped;
	assert_int_equal(out_of_order(&cpu), 1);
	/* At the same time either order is one. */
	second.begin = 1;
	first.end = 4;
	assert_int_equal(out_of_order(&cpu), 0);
}

static struct item *played[2 * ITEMS];
static u32 nsettled;

static void settle_parked(struct fm_parked *parked)
{
	assert_null(parked->skbs.first);
	nsettled++;
}

/* Hands @n items to CPU 0, each 7th of them a mark. */
static void fill(struct item *items, u32 n)
{
	bool woke;
	u32 i;

	for (i = 0; i < n; i++) {
		items[i].mark.pass = pass;
		assert_true(i % 7 ? fm_shard_hand(&items[i].skb, 0, &woke) :
			    fm_shard_mark(&items[i].mark, 0));
	}
}

/* What was parked comes after all that was in the ring when it was due. */
static void check_play(u32 before, u32 nparked, u32 after)
{
	u32 n = before + nparked + after, i;
	struct item *items = calloc(n, sizeof(*items));
	struct fm_parked parked = { .settle = settle_parked };

	cpus[0].order = played;
	cpus[0].nrun = 0;
	nsettled = 0;
	for (i = nparked; i--;) {
		items[before + i].skb.next = parked.skbs.first;
		parked.skbs.first = &items[before + i].skb;
	}
	fill(items, before);
	fm_shard_play(&parked, 0);
	softirq();
	fill(items + before + nparked, after);
	while (cpus[0].nrun < n)
		softirq();
	assert_int_equal(nsettled, 1);
	for (i = 0; i < before; i++)
		assert_ptr_equal(played[i], &items[i]);
	for (i = before; i < before + nparked; i++)
		assert_true(played[i] >= &items[before]);
	for (i = 0; i < n; i++)
		assert_int_equal(items[i].runs, 1);
	free(items);
}

static void test_play(void **state)
{
	fm_user_cpu = 0;
	memset(cpus, 0, sizeof(cpus));
	assert_int_equal(fm_shard_init(), 0);
	check_play(0, 3, 0);
	check_play(1, 3, 5);
	check_play(200, 300, 100);
	check_play(FM_SHARD_BACKLOG, 1, 1);
	check_play(FM_SHARD_BACKLOG - 1, 200, 64);
	check_play(0, 0, 100);
	fm_shard_exit();
	assert_int_equal(fm_user_memory.objects, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_history),
		cmocka_unit_test(test_play),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
