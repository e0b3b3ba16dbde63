// SPDX-License-Identifier: GPL-2.0
#include <linux/percpu.h>
#include <linux/slab.h>
#include "stats.h"

/**
 * fm_stats_alloc - counters of a chain
 *
 * Return: for free_percpu(), or NULL.
 */
struct fm_chain_stats __percpu *fm_stats_alloc(void)
{
	struct fm_chain_stats __percpu *stats;
	int cpu;

	stats = alloc_percpu(struct fm_chain_stats);
	if (!stats)
		return NULL;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(stats, cpu)->sync);
	return stats;
}

static void counters_add(const u64_stats_t *counters, unsigned int n,
			 const struct u64_stats_sync *sync, u64 *sum)
{
	u64 part[FM_COUNTERS_MAX];
	unsigned int start, i;

	do {
		start = u64_stats_fetch_begin(sync);
		for (i = 0; i < n; i++)
			part[i] = u64_stats_read(&counters[i]);
	} while (u64_stats_fetch_retry(sync, start));
	for (i = 0; i < n; i++)
		sum[i] += part[i];
}

/**
 * fm_stats_read - add a CPU's counters of a chain to a sum
 * @stats: the counters
 * @cpu: whose
 * @sum: of FM_CHAIN_COUNTERS elements
 */
void fm_stats_read(const struct fm_chain_stats __percpu *stats, int cpu,
		   u64 *sum)
{
	const struct fm_chain_stats *s = per_cpu_ptr(stats, cpu);
	unsigned int i;

	for (i = 0; i < FM_CHAIN_COUNTERS; i += FM_COUNTERS_MAX)
		counters_add(&s->packets + i,
			     min_t(unsigned int, FM_CHAIN_COUNTERS - i,
				   FM_COUNTERS_MAX), &s->sync, sum + i);
}

/**
 * fm_account_create - counters of an NF
 * @cpu_size: bytes that the NF has per CPU
 *
 * Return: with one reference, or NULL.
 */
struct fm_account *fm_account_create(u32 cpu_size)
{
	struct fm_account *account = kzalloc(sizeof(*account), GFP_KERNEL);
	int cpu;

	if (!account)
		return NULL;
	account->stats = alloc_percpu(struct fm_inst_stats);
	if (account->stats && cpu_size)
		account->cpu = __alloc_percpu(cpu_size, __alignof__(u64));
	if (!account->stats || (cpu_size && !account->cpu)) {
		free_percpu(account->stats);
		kfree(account);
		return NULL;
	}
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(account->stats, cpu)->sync);
	refcount_set(&account->ref, 1);
	return account;
}

struct fm_account *fm_account_get(struct fm_account *account)
{
	refcount_inc(&account->ref);
	return account;
}

void fm_account_put(struct fm_account *account)
{
	if (!account || !refcount_dec_and_test(&account->ref))
		return;
	free_percpu(account->cpu);
	free_percpu(account->stats);
	kfree(account);
}

/**
 * fm_account_read - an NF's counters, of all CPUs together
 * @account: the counters
 * @sum: of FM_INST_COUNTERS elements
 */
void fm_account_read(const struct fm_account *account, u64 *sum)
{
	int cpu;

	BUILD_BUG_ON(FM_INST_COUNTERS > FM_COUNTERS_MAX);

	memset(sum, 0, FM_INST_COUNTERS * sizeof(*sum));
	for_each_possible_cpu(cpu) {
		const struct fm_inst_stats *s =
			per_cpu_ptr(account->stats, cpu);

		counters_add(&s->packets, FM_INST_COUNTERS, &s->sync, sum);
	}
}

/**
 * fm_reason_name - why the core drops
 * @reason: less than __FM_REASON_MAX
 */
const char *fm_reason_name(enum fm_reason reason)
{
	static const char *const names[__FM_REASON_MAX] = {
		[FM_REASON_FRAGMENT] = "fragment",
		[FM_REASON_NOT_IP] = "not_ip",
		[FM_REASON_MALFORMED] = "malformed",
		[FM_REASON_HANDOFF_FULL] = "handoff_full",
		[FM_REASON_HANDOFF_NEW] = "handoff_new",
		[FM_REASON_DETACHED] = "detached",
		[FM_REASON_PARK_FULL] = "park_full",
		[FM_REASON_FRAG_REFUSED] = "frag_refused",
		[FM_REASON_FRAG_FULL] = "frag_full",
		[FM_REASON_OFFLOAD_FULL] = "offload_full",
		[FM_REASON_TABLE_FULL] = "table_full",
		[FM_REASON_NO_MEMORY] = "no_memory",
	};

	return names[reason];
}
