// SPDX-License-Identifier: GPL-2.0-or-later
/* What was measured: as JSON at the end, and a line each while it goes on. */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include "report.h"

const char *const bench_op_names[__BENCH_OP_MAX] = {
	[BENCH_INSERT] = "insert",
	[BENCH_HIT] = "hit",
	[BENCH_KNOWN_HIT] = "known",
	[BENCH_MISS] = "miss",
	[BENCH_BULK_HIT] = "bulk-hit",
	[BENCH_UPDATE] = "update",
	[BENCH_MIXED] = "mixed",
	[BENCH_DELETE] = "delete",
	[BENCH_REFILL] = "refill",
};

static struct json_object *root, *rows, *memory, *growing, *hashes;

static void add_text(struct json_object *to, const char *name, const char *text)
{
	json_object_object_add(to, name, json_object_new_string(text));
}

static void add_int(struct json_object *to, const char *name, int64_t value)
{
	json_object_object_add(to, name, json_object_new_int64(value));
}

/* With as many digits as it is worth. */
static void add_real(struct json_object *to, const char *name, double value)
{
	char text[32];

	snprintf(text, sizeof(text), "%.4g", value);
	json_object_object_add(to, name, json_object_new_double_s(value, text));
}

static struct json_object *add_list(const char *name)
{
	struct json_object *list = json_object_new_array();

	json_object_object_add(root, name, list);
	return list;
}

static void describe_machine(void)
{
	char line[256], model[256] = "unknown";
	FILE *f = fopen("/proc/cpuinfo", "r");
	struct utsname host;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "model name : %255[^\n]", model) == 1)
			break;
	if (f)
		fclose(f);
	uname(&host);
	add_text(root, "processor", model);
	add_text(root, "kernel", host.release);
}

void bench_report_init(void)
{
	root = json_object_new_object();
	describe_machine();
	add_text(root, "hash", "the module's: SipHash-1-3 with a seed");
	add_int(root, "key_bytes", sizeof(struct bench_key));
	add_int(root, "state_bytes", sizeof(struct bench_state));
	rows = add_list("rows");
	memory = add_list("memory");
	growing = add_list("growing");
	hashes = add_list("hashes");
}

static const char *mode_of(const struct bench_run *run)
{
	return run->shared ? "shared" : "local";
}

static int order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void bench_report_rates(const struct bench_run *run, enum bench_op op,
			struct bench_rates *rates)
{
	struct json_object *row = json_object_new_object();
	unsigned int n = rates->n;

	qsort(rates->mops, n, sizeof(*rates->mops), order);
	qsort(rates->share, n, sizeof(*rates->share), order);
	add_text(row, "table", run->table->name);
	add_text(row, "op", bench_op_names[op]);
	add_int(row, "entries", run->entries);
	add_int(row, "threads", run->threads);
	add_text(row, "mode", mode_of(run));
	add_real(row, "mops", rates->mops[n / 2]);
	add_real(row, "mops_min", rates->mops[0]);
	add_real(row, "mops_max", rates->mops[n - 1]);
	add_real(row, "cpu_share", rates->share[n / 2]);
	add_int(row, "rounds", n);
	json_object_array_add(rows, row);
	fprintf(stderr,
		"%8lu %u %-6s %-8s %-12s %8.2f Mops/s %8.2f to %.2f, %3.0f %% of the CPU\n",
		run->entries, run->threads, mode_of(run), bench_op_names[op],
		run->table->name, rates->mops[n / 2], rates->mops[0],
		rates->mops[n - 1], rates->share[n / 2] * 100);
}

void bench_report_memory(const struct bench_run *run, uint64_t bytes)
{
	struct json_object *row = json_object_new_object();
	double each = (double)bytes / run->entries;

	add_text(row, "table", run->table->name);
	add_int(row, "entries", run->entries);
	add_text(row, "mode", mode_of(run));
	add_real(row, "bytes_per_entry", each);
	add_real(row, "of_key_and_state", each / (sizeof(struct bench_key) +
						  sizeof(struct bench_state)));
	json_object_array_add(memory, row);
	fprintf(stderr, "%8lu   %-6s memory   %-12s %8.1f bytes an entry\n",
		run->entries, mode_of(run), run->table->name, each);
}

void bench_report_growing(const struct bench_table *table, uint64_t entries,
			  const uint64_t ns[4])
{
	static const char *const names[] = {
		"p50_ns", "p99_ns", "p99.9_ns", "max_ns",
	};
	struct json_object *row = json_object_new_object();
	unsigned int i;

	add_text(row, "table", table->name);
	add_int(row, "entries", entries);
	json_object_object_add(row, "grows",
			       json_object_new_boolean(table->grows));
	for (i = 0; i < 4; i++)
		add_int(row, names[i], ns[i]);
	json_object_array_add(growing, row);
	fprintf(stderr,
		"%8lu insert %-12s p50 %lu p99 %lu p99.9 %lu max %lu ns\n",
		entries, table->name, ns[0], ns[1], ns[2], ns[3]);
}

void bench_report_hash(const char *name, double ns)
{
	struct json_object *row = json_object_new_object();

	add_text(row, "hash", name);
	add_real(row, "ns", ns);
	json_object_array_add(hashes, row);
	fprintf(stderr, "%s %.1f ns\n", name, ns);
}

void bench_report_print(void)
{
	puts(json_object_to_json_string_ext(root, JSON_C_TO_STRING_PRETTY));
	json_object_put(root);
}
