// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The module's hash table beside others, on the same keys with the same hash:
 * medians of rounds in which all tables take turns. JSON goes to the output.
 */
#include <getopt.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "run.h"

#define TABLES	5
#define ROUNDS_MAX	51

static const struct bench_table *const tables[TABLES] = {
	&bench_flowmage, &bench_rte, &bench_lfht, &bench_ck, &bench_chains,
};

static const char *const op_names[__BENCH_OP_MAX] = {
	[BENCH_INSERT] = "insert",
	[BENCH_HIT] = "hit",
	[BENCH_MISS] = "miss",
	[BENCH_BULK_HIT] = "bulk-hit",
	[BENCH_DELETE] = "delete",
	[BENCH_MIXED] = "mixed",
};

struct options {
	uint64_t sizes[8];
	unsigned int nsizes;
	unsigned int rounds;
	uint64_t ops;
};

static bool usable[TABLES];

static int order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void add_row(struct json_object *rows, const struct bench_run *run,
		    enum bench_op op, double *rates, unsigned int n)
{
	struct json_object *row = json_object_new_object();

	qsort(rates, n, sizeof(*rates), order);
	json_object_object_add(row, "table",
			       json_object_new_string(run->table->name));
	json_object_object_add(row, "op", json_object_new_string(op_names[op]));
	json_object_object_add(row, "entries",
			       json_object_new_int64(run->entries));
	json_object_object_add(row, "threads",
			       json_object_new_int(run->threads));
	json_object_object_add(row, "mode",
			       json_object_new_string(run->shared ? "shared" :
						      "local"));
	json_object_object_add(row, "mops",
			       json_object_new_double(rates[n / 2]));
	json_object_object_add(row, "mops_min",
			       json_object_new_double(rates[0]));
	json_object_object_add(row, "mops_max",
			       json_object_new_double(rates[n - 1]));
	json_object_object_add(row, "rounds", json_object_new_int(n));
	json_object_array_add(rows, row);
	fprintf(stderr, "%8lu %u %-6s %-8s %-9s %8.2f Mops/s\n", run->entries,
		run->threads, run->shared ? "shared" : "local", op_names[op],
		run->table->name, rates[n / 2]);
}

/* Fills each table twice: memory is measured the first time, time the second. */
static void fill(struct bench_run *runs, struct json_object *rows,
		 struct json_object *memory)
{
	struct json_object *row;
	uint64_t before;
	unsigned int t;
	double rate;

	for (t = 0; t < TABLES; t++) {
		if (!usable[t])
			continue;
		before = bench_resident();
		bench_run_create(&runs[t]);
		bench_run_op(&runs[t], BENCH_INSERT);
		bench_run_settle(&runs[t]);
		runs[t].bytes = bench_resident() - before;
		bench_run_destroy(&runs[t]);
		bench_run_create(&runs[t]);
		rate = bench_run_op(&runs[t], BENCH_INSERT);
		bench_run_settle(&runs[t]);
		add_row(rows, &runs[t], BENCH_INSERT, &rate, 1);
		if (!memory)
			continue;
		row = json_object_new_object();
		json_object_object_add(row, "table",
				json_object_new_string(tables[t]->name));
		json_object_object_add(row, "entries",
				json_object_new_int64(runs[t].entries));
		json_object_object_add(row, "mode",
				json_object_new_string(runs[t].shared ?
						       "shared" : "local"));
		json_object_object_add(row, "bytes_per_entry",
				json_object_new_double((double)runs[t].bytes /
						       runs[t].entries));
		json_object_array_add(memory, row);
	}
}

static void measure(const struct options *o, uint64_t entries,
		    unsigned int threads, bool shared,
		    struct json_object *rows, struct json_object *memory)
{
	static double rates[TABLES][ROUNDS_MAX];
	struct bench_run runs[TABLES];
	unsigned int op, round, t;

	for (t = 0; t < TABLES; t++)
		runs[t] = (struct bench_run){
			.table = tables[t], .threads = threads,
			.shared = shared, .entries = entries, .ops = o->ops,
		};
	fill(runs, rows, memory);
	for (op = BENCH_HIT; op < __BENCH_OP_MAX; op++) {
		for (round = 0; round < o->rounds; round++)
			for (t = 0; t < TABLES; t++)
				if (usable[t] && (op != BENCH_BULK_HIT ||
						  tables[t]->bulk))
					rates[t][round] =
						bench_run_op(&runs[t], op);
		for (t = 0; t < TABLES; t++)
			if (usable[t] && (op != BENCH_BULK_HIT ||
					  tables[t]->bulk))
				add_row(rows, &runs[t], op, rates[t],
					o->rounds);
	}
	for (t = 0; t < TABLES; t++)
		if (usable[t])
			bench_run_destroy(&runs[t]);
}

static struct json_object *latencies(uint64_t entries)
{
	static const char *const names[] = {
		"p50_ns", "p99_ns", "p99.9_ns", "max_ns",
	};
	struct json_object *list = json_object_new_array(), *row;
	uint64_t ns[4];
	unsigned int t, i;

	for (t = 0; t < TABLES; t++) {
		if (!usable[t])
			continue;
		bench_latency(tables[t], entries, ns);
		row = json_object_new_object();
		json_object_object_add(row, "table",
				json_object_new_string(tables[t]->name));
		json_object_object_add(row, "entries",
				       json_object_new_int64(entries));
		for (i = 0; i < 4; i++)
			json_object_object_add(row, names[i],
					       json_object_new_int64(ns[i]));
		json_object_array_add(list, row);
		fprintf(stderr, "%8lu insert %-9s p50 %lu p99 %lu p99.9 %lu max %lu ns\n",
			entries, tables[t]->name, ns[0], ns[1], ns[2], ns[3]);
	}
	return list;
}

static int usage(FILE *out)
{
	fprintf(out,
		"usage: table [-n ENTRIES]... [-r ROUNDS] [-o OPERATIONS] [-t TABLE]...\n"
		"Measures hash tables side by side; JSON on the output.\n"
		"  -n  keys; default 8000000, 1000000 and 65536;\n"
		"      memory is measured for the first\n"
		"  -r  rounds of which the median counts, up to %u; default 9\n"
		"  -o  operations of a thread in a round; default 1000000\n"
		"  -t  flowmage, rte_hash, lfht, ck_ht or chains; default all\n",
		ROUNDS_MAX);
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

static bool choose(const char *name, bool *chosen)
{
	unsigned int t;

	for (t = 0; t < TABLES; t++)
		if (!strcmp(tables[t]->name, name))
			return chosen[t] = true;
	fprintf(stderr, "table: there is no table '%s'\n", name);
	return false;
}

static int parse(int argc, char **argv, struct options *o, bool *chosen)
{
	uint64_t value;
	int c;

	while ((c = getopt(argc, argv, "n:r:o:t:h")) != -1) {
		switch (c) {
		case 'n':
			if (o->nsizes == 8 ||
			    !number(optarg, 16000000, &o->sizes[o->nsizes++]))
				return usage(stderr);
			break;
		case 'r':
			if (!number(optarg, ROUNDS_MAX, &value))
				return usage(stderr);
			o->rounds = value;
			break;
		case 'o':
			if (!number(optarg, 1000000000, &o->ops))
				return usage(stderr);
			break;
		case 't':
			if (!choose(optarg, chosen))
				return usage(stderr);
			break;
		case 'h':
			exit(usage(stdout));
		default:
			return usage(stderr);
		}
	}
	return optind < argc ? usage(stderr) : 0;
}

static void choose_defaults(struct options *o, bool *chosen)
{
	static const uint64_t sizes[] = { 8000000, 1000000, 65536 };
	bool any = false;
	unsigned int t;

	for (t = 0; t < TABLES; t++)
		any |= chosen[t];
	for (t = 0; t < TABLES; t++)
		usable[t] = (!any || chosen[t]) &&
			    (!tables[t]->setup || tables[t]->setup());
	if (o->nsizes)
		return;
	memcpy(o->sizes, sizes, sizeof(sizes));
	o->nsizes = 3;
}

int main(int argc, char **argv)
{
	struct options o = { .rounds = 9, .ops = 1000000 };
	struct json_object *root = json_object_new_object();
	struct json_object *rows = json_object_new_array();
	struct json_object *memory = json_object_new_array();
	bool chosen[TABLES] = { false };
	unsigned int i, threads;
	int err;

	bench_pages_init(argv);
	err = parse(argc, argv, &o, chosen);
	if (err)
		return err;
	choose_defaults(&o, chosen);
	for (i = 0; i < o.nsizes; i++)
		for (threads = 1; threads <= BENCH_THREADS; threads++) {
			measure(&o, o.sizes[i], threads, false, rows,
				i || threads > 1 ? NULL : memory);
			measure(&o, o.sizes[i], threads, true, rows, NULL);
		}
	json_object_object_add(root, "hash",
			       json_object_new_string("SipHash-1-3 of 40 bytes"));
	json_object_object_add(root, "state_bytes",
			       json_object_new_int(sizeof(struct bench_state)));
	json_object_object_add(root, "rows", rows);
	json_object_object_add(root, "memory", memory);
	json_object_object_add(root, "growing",
			       latencies(o.sizes[o.nsizes > 1 ? 1 : 0]));
	puts(json_object_to_json_string_ext(root, JSON_C_TO_STRING_PRETTY));
	json_object_put(root);
	return 0;
}
