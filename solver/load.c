// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fieldset.h"
#include "load.h"
#include "rsskey.h"

#define INPUT_MAX	36	/* two IPv6 addresses and two ports */

/* By byte of the input and its value: its part of the hash. */
struct hash {
	uint32_t part[INPUT_MAX][256];
};

static void setup_hash(struct hash *hash, const uint8_t *key, size_t len)
{
	uint8_t input[INPUT_MAX] = { 0 };

	for (unsigned int i = 0; i < INPUT_MAX; i++) {
		hash->part[i][0] = 0;
		for (unsigned int bit = 1; bit < 256; bit <<= 1) {
			input[i] = bit;
			hash->part[i][bit] = fm_rsskey_hash(key, len, input,
							    sizeof(input));
		}
		input[i] = 0;
		/* The hash is linear. */
		for (unsigned int v = 1; v < 256; v++)
			hash->part[i][v] = hash->part[i][v & (v - 1)] ^
					   hash->part[i][v & -v];
	}
}

/* A hash that is symmetric by wiring is taken as that of an ordered pair. */
static void put_in_order(struct fm_traffic_tuple *t)
{
	int order = memcmp(t->addr[0], t->addr[1], sizeof(t->addr[0]));
	struct fm_traffic_tuple turned = *t;

	if (order < 0 || (!order && memcmp(t->port[0], t->port[1], 2) <= 0))
		return;
	memcpy(turned.addr[0], t->addr[1], sizeof(turned.addr[0]));
	memcpy(turned.addr[1], t->addr[0], sizeof(turned.addr[1]));
	memcpy(turned.port[0], t->port[1], sizeof(turned.port[0]));
	memcpy(turned.port[1], t->port[0], sizeof(turned.port[1]));
	*t = turned;
}

static uint32_t compute(const struct hash *hash,
			const struct fm_traffic_tuple *t)
{
	unsigned int len = t->v6 ? 16 : 4, n = 0;
	uint32_t value = 0;

	for (unsigned int end = 0; end < 2; end++)
		for (unsigned int i = 0; i < len; i++)
			value ^= hash->part[n++][t->addr[end][i]];
	for (unsigned int end = 0; end < 2; end++)
		for (unsigned int i = 0; i < 2; i++)
			value ^= hash->part[n++][t->port[end][i]];
	return value;
}

/* The hashes of both families under one way to steer. */
struct sight {
	const struct fm_problem *p;
	const struct fm_means_plan *plan;
	struct hash *v4;
	struct hash *v6;
};

static bool open_eyes(struct sight *s, const struct fm_problem *p,
		      const struct fm_means_plan *plan)
{
	*s = (struct sight){ .p = p, .plan = plan };
	s->v4 = malloc(sizeof(*s->v4));
	s->v6 = plan->split ? malloc(sizeof(*s->v6)) : s->v4;
	if (!s->v4 || !s->v6)
		return false;
	setup_hash(s->v4, plan->key, plan->key_len);
	if (plan->split)
		setup_hash(s->v6, plan->key6, plan->key_len);
	return true;
}

static void close_eyes(struct sight *s)
{
	if (s->v6 != s->v4)
		free(s->v6);
	free(s->v4);
}

/* Return: the entry of a flow, of which @tuple gets what is hashed; or -1. */
static int see(const struct sight *s, const struct fm_traffic_flow *flow,
	       struct fm_traffic_tuple *tuple)
{
	const struct fm_spread *spread = &s->plan->steering;

	if (!(flow->tuple.v6 ? s->p->want_v6 : s->p->want_v4))
		return -1;
	*tuple = flow->tuple;
	fm_traffic_pick(tuple, spread->fields & FM_F_HASHABLE, spread->l4);
	if (s->p->nic.symmetric_hardwired &&
	    s->plan->v4 != FM_MEANS_SOFTWARE &&
	    fm_fieldset_mirror(spread->fields) == spread->fields)
		put_in_order(tuple);
	return compute(tuple->v6 ? s->v6 : s->v4, tuple) &
	       (s->plan->indir_size - 1);
}

static void count_entries(const struct sight *s, uint64_t *entries)
{
	const struct fm_traffic *traffic = s->p->traffic;
	struct fm_traffic_tuple tuple;

	memset(entries, 0, s->plan->indir_size * sizeof(*entries));
	for (size_t i = 0; i < traffic->n; i++) {
		int entry = see(s, &traffic->flows[i], &tuple);

		if (entry >= 0)
			entries[entry] += traffic->flows[i].packets;
	}
}

static uint32_t reverse_bits(uint32_t i, uint32_t n)
{
	uint32_t reversed = 0;

	for (n >>= 1; n; n >>= 1, i >>= 1)
		reversed = reversed << 1 | (i & 1);
	return reversed;
}

/**
 * fm_load_owner - the core that an entry begins at
 * @entry: of the indirection table
 * @entries: how many, a power of two
 * @cores: how many
 *
 * By turns in the order of the reversed index. A key that leaves fields out
 * brings the last bits of an address to the highest bits of the index (bit i of
 * the input meets bit t of the index where key bit i + 31 - t is set, and the
 * highest bits are the only ones it can reach): thus neighbours in a network
 * have different cores.
 *
 * Return: 0 to @cores - 1.
 */
uint32_t fm_load_owner(uint32_t entry, uint32_t entries, uint32_t cores)
{
	return reverse_bits(entry, entries) % cores;
}

static void sum_up(const uint64_t *entries, unsigned int n,
		   unsigned int cores, const uint32_t *owners, uint64_t *sums)
{
	memset(sums, 0, cores * sizeof(*sums));
	for (unsigned int i = 0; i < n; i++)
		sums[owners[i]] += entries[i];
}

static void find_ends(const uint64_t *sums, unsigned int cores,
		      unsigned int *busiest, unsigned int *idlest)
{
	*busiest = *idlest = 0;
	for (unsigned int i = 1; i < cores; i++) {
		if (sums[i] > sums[*busiest])
			*busiest = i;
		if (sums[i] < sums[*idlest])
			*idlest = i;
	}
}

/*
 * Of the busiest core the entry that brings both nearest to each other; none
 * if the idlest would be the busiest then.
 */
static unsigned int find_move(const uint64_t *entries, unsigned int n,
			      const uint32_t *owners, unsigned int from,
			      uint64_t gap)
{
	unsigned int best = n;
	uint64_t least = gap;

	for (unsigned int i = 0; i < n; i++) {
		uint64_t rest;

		if (owners[i] != from || !entries[i] || entries[i] >= gap)
			continue;
		rest = 2 * entries[i] > gap ? 2 * entries[i] - gap :
					      gap - 2 * entries[i];
		if (rest >= least)
			continue;
		least = rest;
		best = i;
	}
	return best;
}

/**
 * fm_load_move - move entries from the busiest core to the idlest, one by one
 * @entries: packets of each entry
 * @n: how many
 * @cores: 1 or more
 * @owners: the core of each entry, 0 to @cores - 1; changed
 *
 * Each move takes the entry that brings the two nearest to each other. It ends
 * when none helps, or after as many moves as there are entries.
 *
 * Return: entries that have another owner than before; none if memory runs out.
 */
unsigned int fm_load_move(const uint64_t *entries, unsigned int n,
			  unsigned int cores, uint32_t *owners)
{
	uint64_t *sums = calloc(cores, sizeof(*sums));
	uint32_t *before = malloc(n * sizeof(*before));
	unsigned int moved = 0, from, to, i;

	if (!sums || !before)
		goto out;
	memcpy(before, owners, n * sizeof(*before));
	sum_up(entries, n, cores, owners, sums);
	for (unsigned int step = 0; step < n; step++) {
		find_ends(sums, cores, &from, &to);
		i = find_move(entries, n, owners, from, sums[from] - sums[to]);
		if (i == n)
			break;
		owners[i] = to;
		sums[from] -= entries[i];
		sums[to] += entries[i];
	}
	for (i = 0; i < n; i++)
		moved += owners[i] != before[i];
out:
	free(sums);
	free(before);
	return moved;
}

static double busiest(const uint64_t *entries, unsigned int n,
		      unsigned int cores, const uint32_t *owners,
		      uint64_t *sums)
{
	unsigned int most, least;
	uint64_t total = 0;

	sum_up(entries, n, cores, owners, sums);
	find_ends(sums, cores, &most, &least);
	for (unsigned int i = 0; i < cores; i++)
		total += sums[i];
	return total ? (double)sums[most] * cores / total : 1;
}

static int compare_flows(const void *a, const void *b)
{
	const struct fm_traffic_flow *x = a, *y = b;

	return memcmp(&x->tuple, &y->tuple, sizeof(x->tuple));
}

/* The most frequent of the flows, which are sorted by what is hashed. */
static void choose_heavy(const struct fm_traffic_flow *flows, size_t n,
			 uint64_t total, struct fm_load *load)
{
	uint64_t run = 0, most = 0;

	for (size_t i = 0; i < n; i++) {
		if (i && compare_flows(&flows[i], &flows[i - 1]))
			run = 0;
		run += flows[i].packets;
		if (run <= most)
			continue;
		most = run;
		load->heavy = flows[i].tuple;
	}
	load->share = (double)most / total;
}

static int name_heavy(const struct sight *s, unsigned int entry,
		      uint64_t total, struct fm_load *load)
{
	const struct fm_traffic *traffic = s->p->traffic;
	struct fm_traffic_flow *flows = calloc(traffic->n, sizeof(*flows));
	size_t n = 0;

	if (!flows)
		return -ENOMEM;
	for (size_t i = 0; i < traffic->n; i++) {
		if (see(s, &traffic->flows[i], &flows[n].tuple) != (int)entry)
			continue;
		flows[n++].packets = traffic->flows[i].packets;
	}
	qsort(flows, n, sizeof(*flows), compare_flows);
	choose_heavy(flows, n, total, load);
	free(flows);
	return 0;
}

static int measure(const struct sight *s, struct fm_load *load)
{
	unsigned int n = s->plan->indir_size, cores = s->p->cores, heaviest = 0;
	uint64_t *entries = calloc(n, sizeof(*entries)), total = 0;
	uint64_t *sums = calloc(cores, sizeof(*sums));
	uint32_t *owners = calloc(n, sizeof(*owners));
	int ret = entries && sums && owners ? 0 : -ENOMEM;

	if (ret)
		goto out;
	count_entries(s, entries);
	for (unsigned int i = 0; i < n; i++) {
		owners[i] = fm_load_owner(i, n, cores);
		total += entries[i];
		if (entries[i] > entries[heaviest])
			heaviest = i;
	}
	load->before = busiest(entries, n, cores, owners, sums);
	load->moves = fm_load_move(entries, n, cores, owners);
	load->after = busiest(entries, n, cores, owners, sums);
	if (total)
		ret = name_heavy(s, heaviest, total, load);
out:
	free(entries);
	free(sums);
	free(owners);
	return ret;
}

/**
 * fm_load_measure - find out who gets how much
 * @p: the problem
 * @plan: a way to steer that can be had
 * @load: the result; one mean each if the problem has no sample
 *
 * Return: 0 or -ENOMEM.
 */
int fm_load_measure(const struct fm_problem *p,
		    const struct fm_means_plan *plan, struct fm_load *load)
{
	struct sight s;
	int ret = -ENOMEM;

	*load = (struct fm_load){ .before = 1, .after = 1 };
	if (!p->traffic || !p->traffic->n)
		return 0;
	if (open_eyes(&s, p, plan))
		ret = measure(&s, load);
	close_eyes(&s);
	return ret;
}

/**
 * fm_load_entries - count the sample's packets by entry
 * @p: the problem, with a sample
 * @plan: a way to steer that can be had
 * @entries: gets the packets of each of @plan->indir_size entries
 *
 * Return: 0 or -ENOMEM.
 */
int fm_load_entries(const struct fm_problem *p,
		    const struct fm_means_plan *plan, uint64_t *entries)
{
	struct sight s;
	bool open = open_eyes(&s, p, plan);

	if (open)
		count_entries(&s, entries);
	close_eyes(&s);
	return open ? 0 : -ENOMEM;
}

/**
 * fm_load_after - the busiest core's packets, in means, after moves
 * @entries: packets of each entry; NULL: nothing is known of the traffic
 * @n: how many
 * @cores: 1 or more
 *
 * Return: 1 or more; 1 if memory runs out, too.
 */
double fm_load_after(const uint64_t *entries, unsigned int n,
		     unsigned int cores)
{
	uint64_t *sums = calloc(cores, sizeof(*sums));
	uint32_t *owners = calloc(n, sizeof(*owners));
	double load = 1;

	if (entries && sums && owners) {
		for (unsigned int i = 0; i < n; i++)
			owners[i] = fm_load_owner(i, n, cores);
		fm_load_move(entries, n, cores, owners);
		load = busiest(entries, n, cores, owners, sums);
	}
	free(sums);
	free(owners);
	return load;
}
