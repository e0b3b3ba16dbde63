// SPDX-License-Identifier: GPL-2.0-or-later
/* How a chain's packets find their shard and shards their CPU. */
#include <errno.h>
#include <stdlib.h>
#include "fmctl.h"
#include "json.h"
#include "nl_json.h"

static const struct fm_column steer_columns[] = {
	{ .key = "fields", .title = "fields" },
	{ .key = "fields6", .title = "fields, IPv6" },
	{ .key = "symmetric", .title = "symmetric" },
	{ .key = "l4", .title = "ports hashed of" },
	{ .key = "key", .title = "key" },
	{ .key = "key6", .title = "key, IPv6" },
	{ .key = "shards", .title = "shards" },
	{ .key = "hw", .title = "uses the NIC's hash" },
	{ 0 }
};

static const struct fm_column head_columns[] = {
	{ .key = "chain_name", .title = "chain" },
	{ .key = "generation", .title = "generation" },
	{ 0 }
};

static const struct fm_column cpu_columns[] = {
	{ .key = "segment", .title = "SEGMENT", .right = true },
	{ .key = "cpu", .title = "CPU", .right = true },
	{ .key = "shards", .title = "SHARDS", .right = true },
	{ .key = "ranges", .title = "WHICH" },
	{ 0 }
};

static const struct fm_column inst_columns[] = {
	{ .key = "name", .title = "NAME" },
	{ .key = "type", .title = "NF" },
	{ .key = "mode", .title = "MODE" },
	{ .key = "group", .title = "GROUP", .right = true },
	{ .key = "segment", .title = "SEGMENT", .right = true },
	{ .key = "kept", .title = "STATE_KEPT" },
	{ 0 }
};

static const struct fm_column nic_columns[] = {
	{ .key = "dev", .title = "DEVICE" },
	{ .key = "id", .title = "CLASS" },
	{ .key = "state", .title = "HASH" },
	{ .key = "matched", .title = "MATCHED", .right = true },
	{ .key = "mismatched", .title = "MISMATCHED", .right = true },
	{ .key = "absent", .title = "ABSENT", .right = true },
	{ 0 }
};

struct show_opts {
	const char *chain;
};

/* Last shard of the run that begins at first, and the step of the run. */
static uint32_t find_run(const struct fm_steering *steer, uint32_t first,
			 uint32_t *step)
{
	uint32_t cpu = steer->owners[first], last = first, i;

	*step = 0;
	for (i = first + 1; i < steer->nshards; i++) {
		if (*step && i != last + *step)
			continue;
		if (steer->owners[i] != cpu) {
			if (*step)
				break;
			continue;
		}
		if (!*step)
			*step = i - first;
		last = i;
	}
	return last;
}

/* Is the shard in a run that was printed already? */
static bool printed(uint32_t i, uint32_t first, uint32_t last, uint32_t step)
{
	return i >= first && i <= last && (!step || !((i - first) % step));
}

static void print_run(FILE *f, uint32_t first, uint32_t last, uint32_t step)
{
	fprintf(f, ftell(f) ? ",%u" : "%u", first);
	if (last == first)
		return;
	fprintf(f, "-%u", last);
	if (step > 1)
		fprintf(f, "/%u", step);
}

/* Shards of a CPU: "0-31" is a range, "0-124/4" every fourth. */
static struct json_object *ranges(const struct fm_steering *steer, uint32_t cpu,
				  uint32_t *n)
{
	uint32_t i, first = 1, last = 0, step = 0;
	struct json_object *obj;
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	*n = 0;
	if (!f)
		return NULL;
	for (i = 0; i < steer->nshards; i++) {
		if (steer->owners[i] != cpu)
			continue;
		++*n;
		if (printed(i, first, last, step))
			continue;
		first = i;
		last = find_run(steer, i, &step);
		print_run(f, first, last, step);
	}
	fclose(f);
	obj = text ? json_object_new_string(text) : NULL;
	free(text);
	return obj;
}

static bool owned_before(const struct fm_steering *steer, uint32_t shard)
{
	uint32_t i;

	for (i = 0; i < shard; i++)
		if (steer->owners[i] == steer->owners[shard])
			return true;
	return false;
}

static void add_cpus(struct json_object *rows, const struct fm_steering *steer,
		     uint32_t segment)
{
	uint32_t i, n;

	for (i = 0; i < steer->nshards; i++) {
		struct json_object *row, *which;

		if (owned_before(steer, i))
			continue;
		row = json_object_new_object();
		which = ranges(steer, steer->owners[i], &n);
		json_object_object_add(row, "segment", fm_json_uint(segment));
		json_object_object_add(row, "cpu",
				       fm_json_uint(steer->owners[i]));
		json_object_object_add(row, "shards", fm_json_uint(n));
		json_object_object_add(row, "ranges", which);
		json_object_array_add(rows, row);
	}
}

static struct json_object *plan_json(const struct fm_chain *chain)
{
	struct json_object *doc = json_object_new_object();
	struct json_object *body = fm_chain_json(chain), *steers;
	struct json_object *cpus = json_object_new_array();
	uint32_t i;

	json_object_object_add(doc, "chain_name", fm_json_string(chain->name));
	json_object_object_add(doc, "generation",
			       fm_json_uint(chain->generation));
	steers = fm_json_get(body, "steer");
	for (i = 0; i < chain->nsegs; i++) {
		json_object_object_add(json_object_array_get_idx(steers, i),
				       "shards",
				       fm_json_uint(chain->steer[i].nshards));
		add_cpus(cpus, &chain->steer[i], i);
	}
	json_object_object_add(doc, "steer", json_object_get(steers));
	json_object_object_add(doc, "cpu", cpus);
	json_object_object_add(doc, "inst",
			       json_object_get(fm_json_get(body, "inst")));
	json_object_put(body);
	return doc;
}

static int add_nics(struct fm_cli *cli, const struct fm_chain *chain,
		    struct json_object *doc)
{
	struct json_object *array = json_object_new_array();
	struct fm_nic *nic = malloc(sizeof(*nic));
	int ret = 0;
	size_t i;

	json_object_object_add(doc, "nic", array);
	if (!nic)
		return fm_error_errno(&cli->err, ENOMEM, "NIC");
	for (i = 0; i < chain->ndevs && !ret; i++) {
		ret = fm_nl_nic_get(cli->nl, chain->ifindex[i], nic, &cli->err);
		if (!ret)
			json_object_array_add(array, fm_nic_json(nic));
	}
	free(nic);
	return ret;
}

/* A row per device and class that has seen packets. */
static struct json_object *class_rows(struct json_object *nics, bool all)
{
	struct json_object *rows = json_object_new_array();
	size_t i, j;

	for (i = 0; i < json_object_array_length(nics); i++) {
		struct json_object *nic = json_object_array_get_idx(nics, i);
		struct json_object *classes = fm_json_get(nic, "class");

		for (j = 0; j < json_object_array_length(classes); j++) {
			struct json_object *c =
				json_object_array_get_idx(classes, j);

			if (!all && !json_object_get_uint64(
					fm_json_get(c, "matched")) &&
			    !json_object_get_uint64(
					fm_json_get(c, "mismatched")) &&
			    !json_object_get_uint64(fm_json_get(c, "absent")))
				continue;
			json_object_object_add(c, "dev", json_object_get(
					fm_json_get(nic, "dev")));
			json_object_array_add(rows, json_object_get(c));
		}
	}
	return rows;
}

static void print_steers(struct fm_cli *cli, struct json_object *steers)
{
	size_t i, n = json_object_array_length(steers);
	char title[32];

	for (i = 0; i < n; i++) {
		snprintf(title, sizeof(title), "\nSegment %zu", i);
		if (n > 1)
			fm_output_title(&cli->out, title);
		fm_output_fields(&cli->out, json_object_array_get_idx(steers, i),
				 steer_columns);
	}
}

static void print_text(struct fm_cli *cli, struct json_object *doc)
{
	struct json_object *rows;

	fm_output_fields(&cli->out, doc, head_columns);
	print_steers(cli, fm_json_get(doc, "steer"));
	fm_output_title(&cli->out, "\nOwners");
	fm_output_table(&cli->out, fm_json_get(doc, "cpu"), cpu_columns);
	fm_output_title(&cli->out, "\nNFs");
	fm_output_table(&cli->out, fm_json_get(doc, "inst"), inst_columns);
	rows = class_rows(fm_json_get(doc, "nic"), cli->out.stats);
	if (json_object_array_length(rows))
		fm_output_title(&cli->out, "\nThe NIC's hash");
	fm_output_table(&cli->out, rows, nic_columns);
	json_object_put(rows);
}

static int show_chain(struct fm_cli *cli, const char *name,
		      struct fm_chain *chain)
{
	int ret = fm_nl_chain_get(cli->nl, name, chain, &cli->err);
	struct json_object *doc;

	if (ret)
		return ret;
	doc = plan_json(chain);
	ret = add_nics(cli, chain, doc);
	if (!ret && !fm_output_document(&cli->out, doc))
		print_text(cli, doc);
	json_object_put(doc);
	return ret;
}

static int show(struct fm_cli *cli, const void *opts)
{
	const struct show_opts *o = opts;
	struct fm_chain *chain;
	int ret;

	if (!fm_cli_nl(cli))
		return cli->err.code;
	chain = malloc(sizeof(*chain));
	if (!chain)
		return fm_error_errno(&cli->err, ENOMEM, "plan");
	ret = show_chain(cli, o->chain, chain);
	free(chain);
	return ret;
}

static const struct fm_option show_options[] = {
	{ "CHAIN", FM_OPT_NAME, offsetof(struct show_opts, chain),
	  FM_OPT_POSITIONAL | FM_OPT_REQUIRED, .complete = "chain",
	  .help = "the chain" },
	{ 0 }
};

const struct fm_command cmd_plan_rows[] = {
	{
		.object = "plan", .verb = "show", .func = show,
		.options = show_options,
		.opts_size = sizeof(struct show_opts),
		.help = "Show how a chain's packets are spread over CPUs",
		.details = "Shards are listed as ranges: 0-31 is 0 to 31, "
			   "0-124/4 every fourth of 0 to 124.\n"
			   "With -s also classes of packets that were not "
			   "seen yet.",
		.examples = "fmctl plan show edge",
	},
	{ 0 }
};
