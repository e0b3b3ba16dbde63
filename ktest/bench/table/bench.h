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

/* A 5-tuple; as long as the module's keys, with the same fields. */
struct bench_key {
	uint8_t src[16];
	uint8_t dst[16];
	uint16_t sport;
	uint16_t dport;
	uint8_t l4proto;
	uint8_t family;
	uint16_t zero;
} __attribute__((aligned(8)));

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
void bench_arena_free(struct bench_arena *arena, void *object);

extern _Thread_local unsigned int bench_thread;

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
 * @bulk: BENCH_BULK lookups at once, or NULL
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
	void (*bulk)(void *table, const struct bench_key *keys,
		     const uint64_t *hashes, struct bench_state **states);
};

extern const struct bench_table bench_flowmage;
extern const struct bench_table bench_rte;
extern const struct bench_table bench_lfht;
extern const struct bench_table bench_ck;
extern const struct bench_table bench_chains;

uint64_t bench_hash(const struct bench_key *key);
bool bench_key_equal(const struct bench_key *a, const struct bench_key *b);

#endif
