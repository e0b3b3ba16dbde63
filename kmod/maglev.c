// SPDX-License-Identifier: GPL-2.0
/*
 * Maglev's table (Eisenbud et al., "Maglev: A Fast and Reliable Software
 * Network Load Balancer", NSDI 2016, section 3.4). Everybody has an order of his
 * own in which he wants the places, of which he takes the first one that is free
 * when it is his turn. Turns go by weight: next is whose turns so far and a half
 * are least for his weight (Sainte-Lague), which with equal weights is one after
 * the other.
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/sched.h>
#include "flowmage_nf.h"
#include "maglev.h"

#define MAGLEV_FREE	U16_MAX
#define MAGLEV_PAUSE	4096	/* places, then others may run */

static bool maglev_is_before(const struct fm_maglev_entry *a,
			     const struct fm_maglev_entry *b)
{
	u64 x = (2ULL * a->turns + 1) * b->weight;
	u64 y = (2ULL * b->turns + 1) * a->weight;

	return x != y ? x < y : a->value < b->value;
}

/* @entries are a heap but for the @i-th, whose turn is later than it was. */
static void maglev_sink(struct fm_maglev_entry *entries, u32 n, u32 i)
{
	u32 child;

	while ((child = 2 * i + 1) < n) {
		if (child + 1 < n && maglev_is_before(&entries[child + 1],
						      &entries[child]))
			child++;
		if (!maglev_is_before(&entries[child], &entries[i]))
			return;
		swap(entries[i], entries[child]);
		i = child;
	}
}

static void maglev_setup(struct fm_maglev_entry *entries, u32 n, u32 size)
{
	u32 i;

	for (i = 0; i < n; i++) {
		div_u64_rem(entries[i].name[0], size, &entries[i].next);
		div_u64_rem(entries[i].name[1], size - 1, &entries[i].skip);
		entries[i].skip++;
		entries[i].turns = 0;
	}
	for (i = n / 2; i-- > 0;)
		maglev_sink(entries, n, i);
}

static u32 maglev_want(struct fm_maglev_entry *entry, u32 size)
{
	u32 want = entry->next;

	entry->next += entry->skip;
	if (entry->next >= size)
		entry->next -= size;
	return want;
}

static void maglev_take(u16 *table, u32 size, struct fm_maglev_entry *entry)
{
	u32 place;

	do {
		place = maglev_want(entry, size);
	} while (table[place] != MAGLEV_FREE);
	table[place] = entry->value;
	entry->turns++;
}

/**
 * fm_maglev_create - make a table that changes little if those in it change
 * @inst: the instance that init() was called for
 * @size: places, a prime
 * @entries: those that share them, at most @size
 * @n: how many, at least 1
 *
 * The table is the same for the same @entries in the same order. How the places
 * are shared differs from the weights by half a place each and, of @n / 2
 * places, the part that is theirs.
 *
 * Return: @size values, freed with the instance, or NULL.
 */
const u16 *fm_maglev_create(struct fm_inst *inst, u32 size,
			    struct fm_maglev_entry *entries, u32 n)
{
	u16 *table = fm_inst_alloc(inst, size, sizeof(*table));
	u32 i;

	if (!table)
		return NULL;
	memset(table, 0xff, size * sizeof(*table));
	maglev_setup(entries, n, size);
	for (i = 0; i < size; i++) {
		maglev_take(table, size, &entries[0]);
		maglev_sink(entries, n, 0);
		if (i % MAGLEV_PAUSE == 0)
			cond_resched();
	}
	return table;
}
