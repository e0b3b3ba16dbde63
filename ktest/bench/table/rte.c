// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * DPDK's rte_hash, with room for a quarter more keys than there will be. The
 * states lie in an array by the position of their key.
 */
#include <stdio.h>
#include <stdlib.h>
#include <rte_eal.h>
#include <rte_hash.h>
#include <rte_hash_crc.h>
#include <rte_jhash.h>
#include <rte_lcore.h>
#include <rte_malloc.h>
#include "bench.h"

struct rte {
	struct rte_hash *hash;
	struct bench_state *state;
	uint64_t state_bytes;
	bool shared;
};

static uint64_t state_bytes;

/* What DPDK itself would take: neither keeps an attacker out. */
uint64_t bench_hash_crc(const struct bench_key *key)
{
	return rte_hash_crc(key, sizeof(*key), 0);
}

uint64_t bench_hash_jhash(const struct bench_key *key)
{
	return rte_jhash(key, sizeof(*key), 0);
}

static bool setup(void)
{
	static int ready = -1;
	char *argv[] = {
		"bench", "--no-huge", "--no-pci", "--no-shconf", "-m", "6144",
		"--no-telemetry", "--log-level=error", "-l", "0", NULL
	};

	if (ready < 0)
		ready = rte_eal_init(sizeof(argv) / sizeof(argv[0]) - 1,
				     argv) >= 0;
	return ready;
}

/* Several writers must be known to DPDK. */
static void enter(void)
{
	rte_thread_register();
}

static void leave(void)
{
	rte_thread_unregister();
}

static void *create(uint64_t entries, bool shared)
{
	static unsigned int number;
	struct rte *rte = calloc(1, sizeof(*rte));
	char name[RTE_HASH_NAMESIZE];
	struct rte_hash_parameters params = {
		.name = name,
		.entries = entries + entries / 4,
		.key_len = sizeof(struct bench_key),
		.extra_flag = shared ?
			RTE_HASH_EXTRA_FLAGS_RW_CONCURRENCY_LF |
			RTE_HASH_EXTRA_FLAGS_MULTI_WRITER_ADD : 0,
	};

	snprintf(name, sizeof(name), "bench%u",
		 __atomic_add_fetch(&number, 1, __ATOMIC_RELAXED));
	rte->shared = shared;
	rte->hash = rte_hash_create(&params);
	rte->state_bytes = (rte_hash_max_key_id(rte->hash) + 2) *
			   sizeof(*rte->state);
	state_bytes += rte->state_bytes;
	rte->state = malloc(rte->state_bytes);
	return rte;
}

static void destroy(void *table)
{
	struct rte *rte = table;

	rte_hash_free(rte->hash);
	state_bytes -= rte->state_bytes;
	free(rte->state);
	free(rte);
}

static struct bench_state *insert(void *table, const struct bench_key *key,
				  uint64_t hash)
{
	struct rte *rte = table;
	int at = rte_hash_add_key_with_hash(rte->hash, key, hash);

	if (at < 0)
		return NULL;
	rte->state[at] = (struct bench_state){ 0 };
	return &rte->state[at];
}

static struct bench_state *lookup(void *table, const struct bench_key *key,
				  uint64_t hash)
{
	struct rte *rte = table;
	int at = rte_hash_lookup_with_hash(rte->hash, key, hash);

	return at < 0 ? NULL : &rte->state[at];
}

static void rte_remove(void *table, const struct bench_key *key, uint64_t hash)
{
	struct rte *rte = table;
	int at = rte_hash_del_key_with_hash(rte->hash, key, hash);

	if (at >= 0 && rte->shared)
		rte_hash_free_key_with_position(rte->hash, at);
}

static void bulk(void *table, const struct bench_key *keys,
		 const uint64_t *hashes, struct bench_state **states)
{
	struct rte *rte = table;
	const void *ptrs[BENCH_BULK];
	hash_sig_t sigs[BENCH_BULK];
	int32_t at[BENCH_BULK];
	unsigned int i;

	for (i = 0; i < BENCH_BULK; i++) {
		ptrs[i] = &keys[i];
		sigs[i] = hashes[i];
	}
	rte_hash_lookup_with_hash_bulk(rte->hash, ptrs, sigs, BENCH_BULK, at);
	for (i = 0; i < BENCH_BULK; i++)
		states[i] = at[i] < 0 ? NULL : &rte->state[at[i]];
}

/* DPDK keeps the pages of what it has freed. */
static uint64_t bytes(void)
{
	struct rte_malloc_socket_stats stats;

	if (rte_malloc_get_socket_stats(0, &stats))
		return 0;
	return stats.heap_allocsz_bytes + state_bytes;
}

#define RTE_TABLE			\
	.setup = setup,			\
	.enter = enter,			\
	.leave = leave,			\
	.create = create,		\
	.destroy = destroy,		\
	.insert = insert,		\
	.lookup = lookup,		\
	.remove = rte_remove,		\
	.bulk = bulk,			\
	.bytes = bytes

const struct bench_table bench_rte = {
	.name = "rte_hash",
	RTE_TABLE,
};

const struct bench_table bench_rte_crc = {
	.name = "rte_hash+crc",
	RTE_TABLE,
	.hash = bench_hash_crc,
};
