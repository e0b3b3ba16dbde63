// SPDX-License-Identifier: GPL-2.0-or-later
/* Flows of shards that another CPU runs for their owner. */
#include <errno.h>
#include <stdlib.h>

#include "cpulist.h"
#include "fmctl.h"
#include "json.h"
#include "nl_json.h"
#include "shardlist.h"

#define PERCENT	100

static const struct fm_column columns[] = {
	{ .key = "segment", .title = "SEGMENT", .right = true },
	{ .key = "shard", .title = "SHARD", .right = true },
	{ .key = "owner", .title = "CPU", .right = true },
	{ .key = "cpu", .title = "OFFLOAD_CPU", .right = true },
	{ .key = "nslices", .title = "SLICES", .right = true },
	{ .key = "naway", .title = "AWAY", .right = true },
	{ .key = "sent", .title = "SENT", .right = true },
	{ .key = "returns", .title = "RETURNS", .right = true, .stats = true },
	{ .key = "waited", .title = "WAITED", .right = true, .stats = true },
	{ 0 }
};

static const struct fm_column done_columns[] = {
	{ .key = "chain_name", .title = "chain" },
	{ .key = "shards", .title = "shards" },
	{ .key = "cpu", .title = "offload CPU" },
	{ .key = "slices", .title = "slices of each" },
	{ 0 }
};

struct offload_opts {
	const char *chain;
	const char *shards;
	struct fm_opt_uint segment;
	struct fm_opt_uint cpu;
	struct fm_opt_uint share;	/* per cent */
	const char *slices;
};

struct listing {
	struct fm_list *list;
	bool json;
};

static void add_count(struct json_object *row, const char *key,
		      const char *list)
{
	size_t n = json_object_array_length(fm_json_get(row, list));

	json_object_object_add(row, key, fm_json_uint(n));
}

static int list_one(const struct fm_offload_info *offload, void *arg)
{
	struct listing *listing = arg;
	struct json_object *row = fm_offload_json(offload);

	if (!listing->json) {
		add_count(row, "nslices", "slices");
		add_count(row, "naway", "away");
	}
	fm_list_add(listing->list, row);
	return 0;
}

static int list(struct fm_cli *cli, const void *opts)
{
	const struct offload_opts *o = opts;
	struct listing listing = { .json = cli->out.json };
	struct fm_nl *nl = fm_cli_nl(cli);
	int ret;

	if (!nl)
		return cli->err.code;
	listing.list = fm_list_create(&cli->out, "offloads", columns);
	if (!listing.list)
		return fm_error_errno(&cli->err, ENOMEM, "offload list");
	ret = fm_nl_offload_dump(nl, o->chain, list_one, &listing, &cli->err);
	fm_list_destroy(listing.list, !ret);
	return ret;
}

static int parse_slices(const char *text, uint64_t *slices,
			struct fm_error *err)
{
	struct fm_cpulist list;
	size_t i;

	if (fm_cpulist_parse(text, &list) ||
	    list.cpus[list.n - 1] >= FM_SLICES)
		return fm_error_set(err, FM_EXIT_USAGE, EINVAL,
				    "slices: \"%.100s\" is not a list of numbers from 0 to %u, as 0-7,12",
				    text, FM_SLICES - 1);
	for (i = 0; i < list.n; i++)
		*slices |= UINT64_C(1) << list.cpus[i];
	return 0;
}

/* The first slices, so many that it is the share or more. */
static uint64_t share_slices(uint64_t percent)
{
	uint64_t n = (percent * FM_SLICES + PERCENT - 1) / PERCENT;

	return n == FM_SLICES ? UINT64_MAX : (UINT64_C(1) << n) - 1;
}

static int choose_slices(const struct offload_opts *o, uint64_t *slices,
			 struct fm_error *err)
{
	*slices = 0;
	if (o->slices && o->share.set)
		return fm_error_set(err, FM_EXIT_USAGE, EINVAL,
				    "either share or slices, not both");
	if (o->slices)
		return parse_slices(o->slices, slices, err);
	*slices = share_slices(o->share.set ? o->share.value : PERCENT);
	return 0;
}

static void print_done(struct fm_cli *cli, const struct offload_opts *o,
		       const struct fm_shard_moves *shards, uint64_t slices)
{
	struct json_object *doc = json_object_new_object();

	json_object_object_add(doc, "chain_name", fm_json_string(o->chain));
	json_object_object_add(doc, "shards", shards->n ?
			       fm_json_uint(shards->n) : fm_json_string("all"));
	if (o->cpu.set) {
		json_object_object_add(doc, "cpu", fm_json_uint(o->cpu.value));
		json_object_object_add(doc, "slices", fm_json_uint(
				       __builtin_popcountll(slices)));
	}
	json_object_object_add(doc, "dry_run",
		json_object_new_boolean(cli->global.dry_run));
	if (!fm_output_document(&cli->out, doc))
		fm_output_fields(&cli->out, doc, done_columns);
	json_object_put(doc);
}

/* With a CPU flows go there, without one they come back. */
static int change(struct fm_cli *cli, const struct offload_opts *o,
		  const struct fm_shard_moves *shards, uint64_t slices)
{
	struct fm_nl *nl = fm_cli_nl(cli);
	int ret = 0;

	if (!nl)
		return cli->err.code;
	if (cli->global.dry_run)
		ret = 0;
	else if (o->cpu.set)
		ret = fm_nl_offload_set(nl, o->chain, shards, o->cpu.value,
					slices, &cli->err);
	else
		ret = fm_nl_offload_del(nl, o->chain, shards, &cli->err);
	if (!ret)
		print_done(cli, o, shards, slices);
	return ret;
}

static int set_or_clear(struct fm_cli *cli, const void *opts)
{
	struct fm_shard_moves *shards = calloc(1, sizeof(*shards));
	const struct offload_opts *o = opts;
	uint64_t slices;
	int ret;

	if (!shards)
		return fm_error_errno(&cli->err, ENOMEM, "offload");
	shards->has_segment = o->segment.set;
	shards->segment = o->segment.value;
	ret = choose_slices(o, &slices, &cli->err);
	if (!ret && o->shards)
		ret = fm_shardlist_add(shards, o->shards, 0, &cli->err);
	if (!ret)
		ret = change(cli, o, shards, slices);
	free(shards);
	return ret;
}

#define AT(_member) offsetof(struct offload_opts, _member)

#define CHAIN_OPTION \
	{ "CHAIN", FM_OPT_NAME, AT(chain), \
	  FM_OPT_POSITIONAL | FM_OPT_REQUIRED, .complete = "chain", \
	  .help = "the chain" }

#define SEGMENT_OPTION(_help) \
	{ "segment", FM_OPT_UINT, AT(segment), .max = FM_SEGMENTS_MAX - 1, \
	  .value = "N", .help = _help }

static const struct fm_option list_options[] = {
	CHAIN_OPTION,
	{ 0 }
};

static const struct fm_option set_options[] = {
	CHAIN_OPTION,
	{ "SHARDS", FM_OPT_STRING, AT(shards),
	  FM_OPT_POSITIONAL | FM_OPT_REQUIRED,
	  .help = "which, as 3 or 0-7,12" },
	{ "cpu", FM_OPT_UINT, AT(cpu), FM_OPT_REQUIRED, .max = 16383,
	  .value = "CPU", .help = "that runs the NFs" },
	{ "share", FM_OPT_UINT, AT(share), .max = PERCENT, .value = "PERCENT",
	  .help = "how much of each shard's flows, by default 100" },
	{ "slices", FM_OPT_STRING, AT(slices), .value = "LIST",
	  .help = "which of the 64 slices instead, as 0-7,12" },
	SEGMENT_OPTION("whose shards, by default 0"),
	{ 0 }
};

static const struct fm_option clear_options[] = {
	CHAIN_OPTION,
	{ "SHARDS", FM_OPT_STRING, AT(shards), FM_OPT_POSITIONAL,
	  .help = "which, as 3 or 0-7,12; all if left out" },
	SEGMENT_OPTION("whose shards, by default 0, and of all if none is named"),
	{ 0 }
};

const struct fm_command cmd_offload_rows[] = {
	{
		.object = "offload", .verb = "list", .func = list,
		.options = list_options,
		.opts_size = sizeof(struct offload_opts),
		.help = "List shards whose flows another CPU runs",
		.details = "Of 64 slices, how many are to go to the offload "
			   "CPU and how many are there. With -j the slices "
			   "themselves, and packets and bytes of each.",
		.examples = "fmctl offload list edge",
	},
	{
		.object = "offload", .verb = "set", .func = set_or_clear,
		.options = set_options,
		.opts_size = sizeof(struct offload_opts),
		.help = "Have another CPU run flows of shards",
		.details = "The owner keeps the table and looks the flows up; "
			   "the other CPU runs the NFs and passes the packets "
			   "on, in order. share 0 only counts what each slice "
			   "has. flow list -s tells the slice of a flow.\n"
			   "Packets with priority stay: see fmctl priority.",
		.examples = "fmctl offload set edge 0-15 cpu 3 share 30\n"
			    "fmctl offload set edge 7 cpu 3 slices 0-3,17",
	},
	{
		.object = "offload", .verb = "clear", .func = set_or_clear,
		.options = clear_options,
		.opts_size = sizeof(struct offload_opts),
		.help = "Have shards' owners run all their packets again",
		.examples = "fmctl offload clear edge\n"
			    "fmctl offload clear edge 0-7",
	},
	{ 0 }
};
