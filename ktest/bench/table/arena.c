// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Objects of one size, densely, from large pieces, as a slab allocator has them;
 * each thread has pieces of its own. All tables that link objects use it. What
 * they remove waits for a grace period that never comes.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include "bench.h"

#define PIECE	(1UL << 24)

struct piece {
	struct piece *next;
	uint64_t pad;
};

struct shelf {
	struct piece *pieces;
	size_t used;
	char pad[112];
};

struct bench_arena {
	struct shelf shelf[BENCH_THREADS];
	size_t size;
};

_Thread_local unsigned int bench_thread;

/* Aligned, or the pages at both ends would be small ones. */
static struct piece *piece_map(void)
{
	char *start = mmap(NULL, 2 * PIECE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t before = -(uintptr_t)start & (PIECE - 1);

	if (start == MAP_FAILED)
		abort();
	if (before)
		munmap(start, before);
	munmap(start + before + PIECE, PIECE - before);
	return (struct piece *)(start + before);
}

struct bench_arena *bench_arena_create(size_t size)
{
	struct bench_arena *arena = calloc(1, sizeof(*arena));

	arena->size = (size + 15) & ~15UL;
	return arena;
}

void bench_arena_destroy(struct bench_arena *arena)
{
	struct piece *piece, *next;
	unsigned int i;

	for (i = 0; i < BENCH_THREADS; i++)
		for (piece = arena->shelf[i].pieces; piece; piece = next) {
			next = piece->next;
			munmap(piece, PIECE);
		}
	free(arena);
}

void *bench_arena_alloc(struct bench_arena *arena)
{
	struct shelf *shelf = &arena->shelf[bench_thread];
	struct piece *piece;
	void *object;

	if (!shelf->pieces || shelf->used + arena->size > PIECE) {
		piece = piece_map();
		piece->next = shelf->pieces;
		shelf->pieces = piece;
		shelf->used = sizeof(*piece);
	}
	object = (char *)shelf->pieces + shelf->used;
	shelf->used += arena->size;
	return object;
}
