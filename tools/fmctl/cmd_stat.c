// SPDX-License-Identifier: GPL-2.0-or-later
/* Counters of a chain. */
#include "fmctl.h"
#include "json.h"
#include "nl_json.h"

static const struct fm_column columns[] = {
	{ .key = "packets", .title = "packets" },
	{ .key = "bytes", .title = "bytes" },
	{ .key = "accepted", .title = "accepted" },
	{ .key = "dropped", .title = "dropped" },
	{ .key = "memory", .title = "memory" },
	{ .key = "frags", .title = "fragments taken", .stats = true },
	{ .key = "frags_merged", .title = "fragments merged", .stats = true },
	{ .key = "reassembled", .title = "packets made", .stats = true },
	{ 0 }
};

static const struct fm_column inst_columns[] = {
	{ .key = "name", .title = "NF" },
	{ .key = "packets", .title = "PACKETS", .right = true },
	{ .key = "bytes", .title = "BYTES", .right = true },
	{ .key = "dropped", .title = "DROPPED", .right = true },
	{ .key = "entries", .title = "STATES", .right = true },
	{ .key = "created", .title = "CREATED", .right = true, .stats = true },
	{ .key = "expired", .title = "EXPIRED", .right = true, .stats = true },
	{ .key = "evicted", .title = "EVICTED", .right = true, .stats = true },
	{ .key = "refused", .title = "REFUSED", .right = true },
	{ .key = "samples", .title = "SAMPLES", .right = true, .stats = true },
	{ .key = "mean_ns", .title = "NS/PACKET", .right = true,
	  .stats = true },
	{ 0 }
};

static const struct fm_column reason_columns[] = {
	{ .key = "by", .title = "DROPPED_BY" },
	{ .key = "reason", .title = "REASON" },
	{ .key = "packets", .title = "PACKETS", .right = true },
	{ 0 }
};

static const struct fm_column cpu_columns[] = {
	{ .key = "cpu", .title = "CPU", .right = true },
	{ .key = "arrived", .title = "ARRIVED", .right = true },
	{ .key = "run", .title = "RUN", .right = true },
	{ .key = "handed", .title = "HANDED_OVER", .right = true },
	{ .key = "handoff_drops", .title = "DROPPED", .right = true },
	{ .key = "wakeups", .title = "WAKE-UPS", .right = true, .stats = true },
	{ .key = "parked", .title = "PARKED", .right = true, .stats = true },
	{ .key = "parked_drops", .title = "PARKED_DROPPED", .right = true,
	  .stats = true },
	{ .key = "offloaded", .title = "OFFLOADED", .right = true,
	  .stats = true },
	{ .key = "offload_run", .title = "RUN_FOR_OTHERS", .right = true,
	  .stats = true },
	{ .key = "offload_waited", .title = "WAITED", .right = true,
	  .stats = true },
	{ .key = "priority", .title = "PRIORITY", .right = true,
	  .stats = true },
	{ 0 }
};

static const struct fm_column segment_columns[] = {
	{ .key = "id", .title = "SEGMENT", .right = true },
	{ .key = "packets", .title = "PACKETS", .right = true },
	{ .key = "handed", .title = "HANDED_OVER", .right = true },
	{ .key = "parked", .title = "PARKED", .right = true },
	{ .key = "lost", .title = "LOST", .right = true },
	{ 0 }
};

static const struct fm_column group_columns[] = {
	{ .key = "id", .title = "GROUP", .right = true },
	{ .key = "entries", .title = "ENTRIES", .right = true },
	{ .key = "memory", .title = "MEMORY", .right = true },
	{ .key = "tables", .title = "BUCKETS", .right = true },
	{ .key = "failures", .title = "FAILURES", .right = true },
	{ 0 }
};

static const struct fm_column value_columns[] = {
	{ .key = "by", .title = "NF" },
	{ .key = "value", .title = "TELLS" },
	{ .key = "number", .title = "NUMBER", .right = true },
	{ 0 }
};

struct show_opts {
	const char *chain;
};

/* Reasons with packets, or all of them, as rows of a table. */
static void add_reasons(struct json_object *rows, const char *by,
			struct json_object *reasons, bool all)
{
	struct json_object *row;

	json_object_object_foreach(reasons, key, value) {
		if (!all && !json_object_get_uint64(value))
			continue;
		row = json_object_new_object();
		json_object_object_add(row, "by", fm_json_string(by));
		json_object_object_add(row, "reason", fm_json_string(key));
		json_object_object_add(row, "packets", json_object_get(value));
		json_object_array_add(rows, row);
	}
}

static void add_values(struct json_object *rows, const char *by,
		       struct json_object *values)
{
	struct json_object *row;

	json_object_object_foreach(values, key, value) {
		row = json_object_new_object();
		json_object_object_add(row, "by", fm_json_string(by));
		json_object_object_add(row, "value", fm_json_string(key));
		json_object_object_add(row, "number", json_object_get(value));
		json_object_array_add(rows, row);
	}
}

static void add_mean(struct json_object *inst)
{
	uint64_t n = json_object_get_uint64(fm_json_get(inst, "samples"));
	uint64_t ns = json_object_get_uint64(fm_json_get(inst, "sampled_ns"));

	json_object_object_add(inst, "mean_ns", n ? fm_json_uint(ns / n) : NULL);
}

static void add_lost(struct json_object *segment)
{
	uint64_t lost = 0;

	json_object_object_foreach(fm_json_get(segment, "reason"), key, value) {
		(void)key;
		lost += json_object_get_uint64(value);
	}
	json_object_object_add(segment, "lost", fm_json_uint(lost));
}

static void print_segments(struct fm_output *out, struct json_object *segments)
{
	size_t i, n = json_object_array_length(segments);

	if (n < 2 && !out->stats)
		return;
	for (i = 0; i < n; i++)
		add_lost(json_object_array_get_idx(segments, i));
	fm_output_title(out, "\nSegments");
	fm_output_table(out, segments, segment_columns);
}

static void print_text(struct fm_output *out, struct json_object *stat)
{
	struct json_object *insts = fm_json_get(stat, "inst"), *inst;
	struct json_object *rows = json_object_new_array();
	struct json_object *values = json_object_new_array();
	size_t i;

	add_reasons(rows, "core", fm_json_get(stat, "reason"), out->stats);
	for (i = 0; i < json_object_array_length(insts); i++) {
		inst = json_object_array_get_idx(insts, i);
		add_mean(inst);
		add_reasons(rows, json_object_get_string(
				fm_json_get(inst, "name")),
			    fm_json_get(inst, "reason"), out->stats);
		add_values(values, json_object_get_string(
				fm_json_get(inst, "name")),
			   fm_json_get(inst, "value"));
	}
	fm_output_fields(out, stat, columns);
	fm_output_title(out, "\nNFs");
	fm_output_table(out, insts, inst_columns);
	if (json_object_array_length(rows))
		fm_output_title(out, "\nDrops");
	fm_output_table(out, rows, reason_columns);
	print_segments(out, fm_json_get(stat, "segment"));
	if (json_object_array_length(values))
		fm_output_title(out, "\nWhat NFs tell");
	fm_output_table(out, values, value_columns);
	fm_output_title(out, "\nCPUs");
	fm_output_table(out, fm_json_get(stat, "cpu"), cpu_columns);
	if (out->stats) {
		fm_output_title(out, "\nState groups, in bytes");
		fm_output_table(out, fm_json_get(stat, "group"), group_columns);
	}
	json_object_put(rows);
	json_object_put(values);
}

static int show(struct fm_cli *cli, const void *opts)
{
	const struct show_opts *o = opts;
	struct json_object *doc, *body;
	struct fm_nl *nl = fm_cli_nl(cli);
	struct fm_stat stat;
	int ret;

	if (!nl)
		return cli->err.code;
	ret = fm_nl_stat_get(nl, o->chain, &stat, &cli->err);
	if (!ret) {
		doc = json_object_new_object();
		body = fm_stat_json(&stat);
		json_object_object_add(doc, "chain_name",
				       fm_json_string(o->chain));
		json_object_object_add(doc, "stat", body);
		if (!fm_output_document(&cli->out, doc))
			print_text(&cli->out, body);
		json_object_put(doc);
	}
	fm_nl_stat_free(&stat);
	return ret;
}

static const struct fm_option show_options[] = {
	{ "CHAIN", FM_OPT_NAME, offsetof(struct show_opts, chain),
	  FM_OPT_POSITIONAL | FM_OPT_REQUIRED, .complete = "chain",
	  .help = "the chain" },
	{ 0 }
};

const struct fm_command cmd_stat_rows[] = {
	{
		.object = "stat", .verb = "show", .func = show,
		.options = show_options,
		.opts_size = sizeof(struct show_opts),
		.implied = true,
		.help = "Show a chain's counters per NF, reason and CPU",
		.details = "The verb may be left out. What NFs tell of "
			   "themselves is in a table of its own.\n"
			   "With -s also counters "
			   "of states and time, fragments\n"
			   "that were put together, state groups, and reasons "
			   "that dropped nothing.\n"
			   "A CPU's RUN counts a packet once per segment.",
		.examples = "fmctl stat edge\n"
			    "fmctl -s stat show edge",
	},
	{ 0 }
};
