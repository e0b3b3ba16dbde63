// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The module's hash table beside others, on the same keys with the same hash:
 * medians of rounds in which all tables take turns. JSON goes to the output.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "report.h"

#define TABLES		6
#define SIZES		8
#define FILLS		3	/* rounds of what fills a table */
#define FEW		2000000	/* keys; what takes longer is done once */
#define FULL		5872000	/* keys in 80 % of our places; rte_hash has the same */

static const struct bench_table *const tables[TABLES] = {
	&bench_flowmage, &bench_rte, &bench_rte_crc, &bench_lfht, &bench_ck,
	&bench_chains,
};

struct options {
	uint64_t sizes[SIZES];
	unsigned int nsizes;
	unsigned int rounds;
	uint64_t ops;
	bool table[TABLES];
	bool op[__BENCH_OP_MAX];
	bool threads[BENCH_THREADS + 1];
	bool weigh;
};

static struct bench_rates rates[TABLES][__BENCH_OP_MAX];

static void measure_op(struct bench_run *runs, unsigned int t, enum bench_op op)
{
	struct bench_rates *to = &rates[t][op];

	to->mops[to->n] = bench_run_op(&runs[t], op);
	to->share[to->n++] = runs[t].share;
}

static unsigned int fills(uint64_t entries)
{
	return entries > FEW ? 1 : FILLS;
}

/* What memory says is the first time's: later some of it is used again. */
static void fill(const struct options *o, struct bench_run *runs, bool memory)
{
	unsigned int n = o->op[BENCH_INSERT] ? fills(runs->entries) : 1;
	unsigned int round, t;
	uint64_t before;

	for (round = 0; round < n; round++)
		for (t = 0; t < TABLES; t++) {
			if (!o->table[t])
				continue;
			if (round)
				bench_run_destroy(&runs[t]);
			before = bench_bytes(tables[t]);
			bench_run_create(&runs[t]);
			measure_op(runs, t, BENCH_INSERT);
			bench_run_settle(&runs[t]);
			if (!round && memory)
				bench_report_memory(&runs[t],
						    bench_bytes(tables[t]) -
						    before);
		}
}

static bool has_op(const struct options *o, unsigned int t, enum bench_op op,
		   bool shared)
{
	return o->table[t] && o->op[op] &&
	       (op != BENCH_BULK_HIT || tables[t]->bulk) &&
	       (op != BENCH_UPDATE || shared);
}

static void measure_rounds(const struct options *o, struct bench_run *runs,
			   enum bench_op op)
{
	unsigned int round, t;

	for (round = 0; round < o->rounds; round++)
		for (t = 0; t < TABLES; t++) {
			if (!has_op(o, t, op, runs->shared))
				continue;
			measure_op(runs, t, op);
			if (op == BENCH_DELETE)
				measure_op(runs, t, BENCH_REFILL);
		}
}

static void measure(const struct options *o, uint64_t entries,
		    unsigned int threads, bool shared)
{
	struct bench_run runs[TABLES];
	unsigned int op, t;

	memset(rates, 0, sizeof(rates));
	for (t = 0; t < TABLES; t++)
		runs[t] = (struct bench_run){
			.table = tables[t], .threads = threads,
			.shared = shared, .entries = entries, .ops = o->ops,
		};
	fill(o, runs, threads == 1);
	for (op = BENCH_HIT; op <= BENCH_DELETE; op++)
		measure_rounds(o, runs, op);
	for (op = 0; op < __BENCH_OP_MAX; op++)
		for (t = 0; t < TABLES; t++)
			if (has_op(o, t, op, shared))
				bench_report_rates(&runs[t], op, &rates[t][op]);
	for (t = 0; t < TABLES; t++)
		if (o->table[t])
			bench_run_destroy(&runs[t]);
}

/* What tables of both kinds weigh when ours is as full as it gets. */
static void weigh(const struct options *o)
{
	struct bench_run run = { .threads = 1, .entries = FULL };
	uint64_t before;
	unsigned int t, i;

	for (t = 0; t < TABLES; t++)
		for (i = 0; o->table[t] && i < 2; i++) {
			run.table = tables[t];
			run.shared = i;
			before = bench_bytes(tables[t]);
			bench_run_create(&run);
			bench_run_op(&run, BENCH_INSERT);
			bench_run_settle(&run);
			bench_report_memory(&run, bench_bytes(tables[t]) -
					    before);
			bench_run_destroy(&run);
		}
}

static int order(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void measure_growing(const struct options *o, uint64_t entries)
{
	static uint64_t ns[TABLES][4][FILLS];
	uint64_t now[4], median[4];
	unsigned int n = fills(entries), round, t, i;

	for (round = 0; round < n; round++)
		for (t = 0; t < TABLES; t++) {
			if (!o->table[t])
				continue;
			bench_latency(tables[t], entries, now);
			for (i = 0; i < 4; i++)
				ns[t][i][round] = now[i];
		}
	for (t = 0; t < TABLES; t++) {
		if (!o->table[t])
			continue;
		for (i = 0; i < 4; i++) {
			qsort(ns[t][i], n, sizeof(uint64_t), order);
			median[i] = ns[t][i][n / 2];
		}
		bench_report_growing(tables[t], entries, median);
	}
}

static int usage(FILE *out)
{
	fprintf(out,
		"usage: table [-n ENTRIES]... [-r ROUNDS] [-o OPERATIONS] [-t TABLE]...\n"
		"             [-p OPERATION]... [-j THREADS]... [-w]\n"
		"Measures hash tables side by side; JSON on the output.\n"
		"  -n  keys; default 8000000, 1000000 and 65536\n"
		"  -r  rounds of which the median counts, up to %u; default 9; of what\n"
		"      fills tables, 3, or 1 if they are large\n"
		"  -o  operations of a thread in a round; default 1000000\n"
		"  -t  flowmage, rte_hash, rte_hash+crc, lfht, ck_ht or chains; default\n"
		"      all\n"
		"  -p  insert, hit, known (a hit, of a hash that was computed before),\n"
		"      miss, bulk-hit, update, mixed, delete or refill; default all\n"
		"  -j  1 or 2; default both\n"
		"  -w  weigh tables that are 80 %% full, too\n",
		BENCH_ROUNDS_MAX);
	return out == stderr ? 2 : 0;
}

static bool number(const char *text, uint64_t max, uint64_t *value)
{
	char *end;

	*value = strtoull(text, &end, 10);
	if (*text >= '1' && *text <= '9' && !*end && *value <= max)
		return true;
	fprintf(stderr, "table: '%s' is no number from 1 to %lu\n", text, max);
	return false;
}

static bool choose_table(const char *name, bool *chosen)
{
	unsigned int t;

	for (t = 0; t < TABLES; t++)
		if (!strcmp(tables[t]->name, name))
			return chosen[t] = true;
	fprintf(stderr, "table: there is no table '%s'\n", name);
	return false;
}

static bool choose_op(const char *name, bool *chosen)
{
	unsigned int op;

	for (op = 0; op < __BENCH_OP_MAX; op++)
		if (!strcmp(bench_op_names[op], name)) {
			/* What is removed has to come back, and the reverse. */
			if (op == BENCH_REFILL)
				chosen[BENCH_DELETE] = true;
			return chosen[op] = true;
		}
	fprintf(stderr, "table: there is no operation '%s'\n", name);
	return false;
}

static bool parse_option(int c, struct options *o)
{
	uint64_t value;

	switch (c) {
	case 'n':
		return o->nsizes < SIZES &&
		       number(optarg, 16000000, &o->sizes[o->nsizes++]);
	case 'r':
		if (!number(optarg, BENCH_ROUNDS_MAX, &value))
			return false;
		o->rounds = value;
		return true;
	case 'o':
		return number(optarg, 1000000000, &o->ops);
	case 't':
		return choose_table(optarg, o->table);
	case 'p':
		return choose_op(optarg, o->op);
	case 'j':
		if (!number(optarg, BENCH_THREADS, &value))
			return false;
		return o->threads[value] = true;
	case 'w':
		return o->weigh = true;
	case 'h':
		exit(usage(stdout));
	default:
		return false;
	}
}

static void choose_all(bool *chosen, unsigned int n)
{
	if (!memchr(chosen, true, n))
		memset(chosen, true, n);
}

static void choose_defaults(struct options *o)
{
	static const uint64_t sizes[] = { 8000000, 1000000, 65536 };
	unsigned int t;

	choose_all(o->table, TABLES);
	choose_all(o->op, __BENCH_OP_MAX);
	choose_all(o->threads + 1, BENCH_THREADS);
	for (t = 0; t < TABLES; t++)
		o->table[t] &= !tables[t]->setup || tables[t]->setup();
	if (o->nsizes)
		return;
	o->weigh = true;
	memcpy(o->sizes, sizes, sizeof(sizes));
	o->nsizes = sizeof(sizes) / sizeof(*sizes);
}

int main(int argc, char **argv)
{
	struct options o = { .rounds = 9, .ops = 1000000 };
	unsigned int i, threads;
	int c;

	bench_pages_init(argv);
	while ((c = getopt(argc, argv, "n:r:o:t:p:j:wh")) != -1)
		if (!parse_option(c, &o))
			return usage(stderr);
	if (optind < argc)
		return usage(stderr);
	choose_defaults(&o);
	bench_report_init();
	bench_report_hash("SipHash-1-3", bench_hash_ns(bench_hash));
	bench_report_hash("jhash", bench_hash_ns(bench_hash_jhash));
	bench_report_hash("CRC32", bench_hash_ns(bench_hash_crc));
	if (o.weigh)
		weigh(&o);
	for (i = 0; i < o.nsizes; i++)
		for (threads = 1; threads <= BENCH_THREADS; threads++) {
			if (!o.threads[threads])
				continue;
			measure(&o, o.sizes[i], threads, false);
			measure(&o, o.sizes[i], threads, true);
		}
	if (o.op[BENCH_INSERT])
		for (i = 0; i < o.nsizes; i++)
			measure_growing(&o, o.sizes[i]);
	bench_report_print();
	return 0;
}
