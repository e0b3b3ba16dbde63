// SPDX-License-Identifier: GPL-2.0-or-later
/* A plan as text. */
#include "draft.h"
#include "json.h"

#define ALTERNATIVES	5	/* shown without "explain" */

static const struct fm_column plan_columns[] = {
	{ .key = "chain_name", .title = "chain" },
	{ .key = "fields", .title = "spread by" },
	{ .key = "symmetric", .title = "both ways alike" },
	{ .key = "means", .title = "IPv4 by" },
	{ .key = "means6", .title = "IPv6 by" },
	{ .key = "key", .title = "hash key" },
	{ .key = "shards", .title = "shards" },
	{ .key = "cpus", .title = "on CPUs" },
	{ .key = "cost", .title = "cost per packet" },
	{ .key = "status", .title = "search" },
	{ .key = "gap", .title = "gap" },
	{ .key = "default_cost", .title = "5-tuple RSS costs" },
	{ .key = "constants", .title = "by costs" },
	{ .key = "why", .title = "why" },
	{ .key = "note", .title = "note" },
	{ 0 }
};

static const struct fm_column inst_columns[] = {
	{ .key = "name", .title = "NAME" },
	{ .key = "type", .title = "NF" },
	{ .key = "segment", .title = "SEGMENT", .right = true },
	{ .key = "mode", .title = "MODE" },
	{ .key = "group", .title = "GROUP", .right = true },
	{ .key = "own", .title = "OWN", .right = true },
	{ .key = "lookup", .title = "LOOKUP", .right = true },
	{ .key = "penalty", .title = "SHARING", .right = true },
	{ 0 }
};

static const struct fm_column segment_columns[] = {
	{ .key = "segment", .title = "SEGMENT", .right = true },
	{ .key = "fields", .title = "FIELDS" },
	{ .key = "symmetric", .title = "SYMMETRIC", .stats = true },
	{ .key = "means", .title = "IPV4_BY" },
	{ .key = "means6", .title = "IPV6_BY" },
	{ .key = "cost", .title = "COST", .right = true },
	{ .key = "steer_cost", .title = "STEERING", .right = true },
	{ .key = "nfs", .title = "NFS" },
	{ 0 }
};

static const struct fm_column alternative_columns[] = {
	{ .key = "rank", .title = "RANK", .right = true },
	{ .key = "fields", .title = "FIELDS" },
	{ .key = "symmetric", .title = "SYMMETRIC", .stats = true },
	{ .key = "means", .title = "IPV4_BY" },
	{ .key = "means6", .title = "IPV6_BY" },
	{ .key = "cost", .title = "COST", .right = true },
	{ .key = "load", .title = "LOAD", .right = true },
	{ .key = "local", .title = "LOCAL" },
	{ .key = "heavy", .title = "HEAVIEST", .stats = true },
	{ .key = "note", .title = "NOTE" },
	{ 0 }
};

static const struct fm_column prediction_columns[] = {
	{ .key = "cores", .title = "CORES", .right = true },
	{ .key = "plan_mpps", .title = "PLAN_MPPS", .right = true },
	{ .key = "default_mpps", .title = "5-TUPLE_RSS_MPPS", .right = true },
	{ .key = "ratio", .title = "RATIO", .right = true },
	{ 0 }
};

static int compare_cpus(const void *a, const void *b)
{
	return json_object_get_int(*(struct json_object *const *)a) -
	       json_object_get_int(*(struct json_object *const *)b);
}

/* The owners, each once. */
static struct json_object *cpus_json(struct json_object *owners)
{
	struct json_object *cpus = json_object_new_array();
	size_t n = json_object_array_length(owners), i, j;
	int cpu;

	for (i = 0; i < n; i++) {
		cpu = json_object_get_int(json_object_array_get_idx(owners, i));
		for (j = 0; j < json_object_array_length(cpus); j++)
			if (json_object_get_int(json_object_array_get_idx(cpus,
						j)) == cpu)
				break;
		if (j == json_object_array_length(cpus))
			json_object_array_add(cpus, json_object_new_int(cpu));
	}
	json_object_array_sort(cpus, compare_cpus);
	return cpus;
}

/* Of 64 lines seven are enough to see. */
static struct json_object *powers_of_two(struct json_object *prediction)
{
	size_t n = json_object_array_length(prediction);

	while (n--)
		if (n & (n + 1))
			json_object_array_del_idx(prediction, n, 1);
	return prediction;
}

static void lift(struct json_object *plan, struct json_object *steer,
		 const char *key)
{
	json_object_object_add(plan, key,
			       json_object_get(fm_json_get(steer, key)));
}

/**
 * fm_draft_print - show a plan as text
 * @cli: the run
 * @plan: from fm_solving_json(); changed
 * @explain: show all alternatives and what throughput to expect
 */
void fm_draft_print(struct fm_cli *cli, struct json_object *plan,
		    bool explain)
{
	struct json_object *alternatives = fm_json_get(plan, "alternatives");
	struct json_object *segments = fm_json_get(plan, "segments");
	struct json_object *steer, *owners;
	size_t n = json_object_array_length(alternatives);

	steer = json_object_array_get_idx(fm_json_get(plan, "steer"), 0);
	owners = fm_json_get(steer, "owners");
	lift(plan, steer, "fields");
	lift(plan, steer, "symmetric");
	lift(plan, steer, "key");
	json_object_object_add(plan, "shards",
			fm_json_uint(json_object_array_length(owners)));
	json_object_object_add(plan, "cpus", cpus_json(owners));
	if (!json_object_get_string_len(fm_json_get(plan, "note")))
		json_object_object_del(plan, "note");
	fm_output_fields(&cli->out, plan, plan_columns);
	if (json_object_array_length(segments) > 1) {
		fm_output_title(&cli->out, "\nSegments; the above is about the first one");
		fm_output_table(&cli->out, segments, segment_columns);
	}
	fm_output_title(&cli->out, "\nNetwork functions");
	fm_output_table(&cli->out, fm_json_get(plan, "inst"), inst_columns);
	if (!explain && n > ALTERNATIVES)
		json_object_array_del_idx(alternatives, ALTERNATIVES,
					  n - ALTERNATIVES);
	fm_output_title(&cli->out, json_object_array_length(segments) > 1 ?
			"\nAlternatives without re-steering" :
			"\nAlternatives");
	fm_output_table(&cli->out, alternatives, alternative_columns);
	if (!explain)
		return;
	fm_output_title(&cli->out,
			"\nExpected throughput, of the cost model's constants");
	fm_output_table(&cli->out, powers_of_two(fm_json_get(plan, "prediction")),
			prediction_columns);
}
