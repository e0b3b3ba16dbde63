/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tables have in common that are measured side by side: the keys, their
 * hash, the states and where these lie.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BENCH_THREADS	2
#define BENCH_BULK	32

/* A 5-tuple, laid out as struct fm_key has it. */
struct bench_key {
	uint64_t src[2];
	uint64_t dst[2];
	uint64_t tail;		/* both ports, protocol, family */
};

/**
 * bench_key_make - a key by its number
 * @key: filled in whole
 * @n: the number; no two have the same key
 */
static inline void bench_key_make(struct bench_key *key, uint64_t n)
{
	uint64_t x = (n + 1) * 0x9e3779b97f4a7c15;

	x ^= x >> 32;
	key->src[0] = (uint32_t)x;
	key->src[1] = 0;
	key->dst[0] = (uint32_t)n;
	key->dst[1] = 0;
	key->tail = x >> 32 | 6ULL << 32 | 4ULL << 40;
}

/* What an NF keeps per flow. */
struct bench_state {
	uint64_t packets;
	uint64_t bytes;
	uint64_t first_ns;
	uint64_t last_ns;
};

/* An object of an arena: a table's own part, then key and state. */
struct bench_arena;

struct bench_arena *bench_arena_create(size_t size);
void bench_arena_destroy(struct bench_arena *arena);
void *bench_arena_alloc(struct bench_arena *arena);

extern _Thread_local unsigned int bench_thread;

/* What several threads count in that have no other lock. */
static inline void bench_count(uint64_t *counter, uint64_t n)
{
	__atomic_fetch_add(counter, n, __ATOMIC_RELAXED);
}

/**
 * struct bench_table - a table under test
 * @name: of it
 * @grows: begins small
 * @setup: once, before any thread; false if it cannot run here
 * @enter: each thread, before its first use, and @leave after its last
 * @quiet: each thread, now and then, when it holds nothing
 * @create: for @entries keys, for one thread or for several at once
 * @destroy: when no thread uses it any more
 * @settle: when no thread uses it just now, or NULL
 * @insert: a key that is not there
 * @lookup: NULL if it is not there
 * @remove: a key that is there
 * @update: a key that is there counts a packet, whoever else does; or NULL if
 *	that takes no more than a lookup and bench_count()
 * @bulk: BENCH_BULK lookups at once, or NULL
 * @bytes: of memory that it has, where pages say nothing of that; or NULL
 * @hash: of its own choice, or NULL for that of all
 */
struct bench_table {
	const char *name;
	bool grows;
	bool (*setup)(void);
	void (*enter)(void);
	void (*leave)(void);
	void (*quiet)(void);
	void *(*create)(uint64_t entries, bool shared);
	void (*destroy)(void *table);
	void (*settle)(void *table);
	struct bench_state *(*insert)(void *table, const struct bench_key *key,
				      uint64_t hash);
	struct bench_state *(*lookup)(void *table, const struct bench_key *key,
				      uint64_t hash);
	void (*remove)(void *table, const struct bench_key *key, uint64_t hash);
	void (*update)(void *table, const struct bench_key *key, uint64_t hash);
	void (*bulk)(void *table, const struct bench_key *keys,
		     const uint64_t *hashes, struct bench_state **states);
	uint64_t (*bytes)(void);
	uint64_t (*hash)(const struct bench_key *key);
};

extern const struct bench_table bench_flowmage;
extern const struct bench_table bench_rte;
extern const struct bench_table bench_rte_crc;
extern const struct bench_table bench_lfht;
extern const struct bench_table bench_ck;
extern const struct bench_table bench_chains;

uint64_t bench_hash(const struct bench_key *key);
uint64_t bench_hash_crc(const struct bench_key *key);
uint64_t bench_hash_jhash(const struct bench_key *key);
bool bench_key_equal(const struct bench_key *a, const struct bench_key *b);

#endif
