// SPDX-License-Identifier: GPL-2.0-or-later
/* The shards of a chain, their owners, and their moves. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fmctl.h"
#include "json.h"
#include "move.h"
#include "nl_json.h"
#include "shardlist.h"

#define WAIT_SECONDS	10

static const struct fm_column columns[] = {
	{ .key = "segment", .title = "SEGMENT", .right = true },
	{ .key = "id", .title = "SHARD", .right = true },
	{ .key = "owner", .title = "CPU", .right = true },
	{ .key = "state", .title = "STATE" },
	{ .key = "target", .title = "TO", .right = true },
	{ .key = "packets", .title = "PACKETS", .right = true },
	{ .key = "bytes", .title = "BYTES", .right = true },
	{ .key = "entries", .title = "ENTRIES", .right = true },
	{ .key = "moves", .title = "MOVES", .right = true },
	{ .key = "parked", .title = "PARKED", .right = true },
	{ .key = "park_drops", .title = "PARK_DROPS", .right = true,
	  .stats = true },
	{ .key = "home", .title = "HOME", .right = true, .stats = true },
	{ .key = "forced", .title = "FORCED", .right = true, .stats = true },
	{ 0 }
};

static const struct fm_column move_columns[] = {
	{ .key = "chain_name", .title = "chain" },
	{ .key = "move", .title = "move" },
	{ .key = "shards", .title = "shards" },
	{ .key = "arrived", .title = "arrived" },
	{ .key = "nic", .title = "NIC" },
	{ 0 }
};

struct list_opts {
	const char *chain;
	struct fm_opt_uint segment;
};

struct listing {
	struct fm_list *list;
	const struct list_opts *o;
};

static int list_one(const struct fm_shard_info *shard, void *arg)
{
	const struct listing *listing = arg;
	const struct fm_opt_uint *segment = &listing->o->segment;

	if (!segment->set || segment->value == shard->segment)
		fm_list_add(listing->list, fm_shard_json(shard));
	return 0;
}

static int list(struct fm_cli *cli, const void *opts)
{
	struct listing listing = { .o = opts };
	struct fm_nl *nl = fm_cli_nl(cli);
	int ret;

	if (!nl)
		return cli->err.code;
	listing.list = fm_list_create(&cli->out, "shards", columns);
	if (!listing.list)
		return fm_error_set(&cli->err, FM_EXIT_ERROR, 0, "no memory");
	ret = fm_nl_shard_dump(nl, listing.o->chain, list_one, &listing,
			       &cli->err);
	fm_list_destroy(listing.list, !ret);
	return ret;
}

/* Both ways of naming shards share this. */
struct move_opts {
	const char *chain;
	const char *shards;	/* of move */
	struct fm_opt_uint cpu;
	const char *map;	/* of map */
	struct fm_opt_uint segment;
	bool no_wait;
	bool no_hw;
};

static void show_progress(size_t arrived, size_t n, void *arg)
{
	size_t *before = arg;

	if (arrived == *before)
		return;
	*before = arrived;
	fm_log_print(FM_LOG_DEBUG, "%zu of %zu shards are settled", arrived, n);
}

static void print_move(struct fm_cli *cli, const struct fm_mover *mover,
		       const struct fm_shard_moves *moves, uint32_t id,
		       bool arrived)
{
	struct json_object *doc = json_object_new_object();
	const char *nic = *mover->why ? "refused" :
			  mover->ndevices && !moves->segment ? "told" :
			  "not used";

	json_object_object_add(doc, "chain_name",
			       fm_json_string(mover->chain->name));
	json_object_object_add(doc, "move", fm_json_uint(id));
	json_object_object_add(doc, "segment", fm_json_uint(moves->segment));
	json_object_object_add(doc, "shards", fm_json_uint(moves->n));
	json_object_object_add(doc, "arrived", json_object_new_boolean(arrived));
	json_object_object_add(doc, "nic", fm_json_string(nic));
	json_object_object_add(doc, "refused", fm_json_string(mover->why));
	json_object_object_add(doc, "dry_run",
		json_object_new_boolean(cli->global.dry_run));
	if (!fm_output_document(&cli->out, doc))
		fm_output_fields(&cli->out, doc, move_columns);
	json_object_put(doc);
}

static int run_move(struct fm_cli *cli, const struct move_opts *o,
		    struct fm_mover *mover, const struct fm_shard_moves *moves)
{
	bool dry = cli->global.dry_run;
	uint32_t id = 0;
	int ret = fm_move_open(mover, o->chain, &cli->err);

	if (!ret && !dry)
		ret = fm_move_run(mover, moves, &id, &cli->err);
	if (!ret && *mover->why)
		fm_log_print(FM_LOG_WARN, "the module hands the packets over, "
			     "for the NIC refused: %s", mover->why);
	if (!ret && !dry && !o->no_wait)
		ret = fm_move_wait(mover, moves, &cli->err);
	if (!ret)
		print_move(cli, mover, moves, id, !dry && !o->no_wait);
	fm_move_close(mover);
	return ret;
}

static int start_move(struct fm_cli *cli, const struct move_opts *o,
		      const struct fm_shard_moves *moves)
{
	size_t arrived = SIZE_MAX;
	struct fm_mover mover = {
		.nl = fm_cli_nl(cli),
		.stop = fm_cli_interrupted,
		.progress = show_progress,
		.arg = &arrived,
		.software = o->no_hw,
		.timeout_ms = 1000 * (cli->global.timeout.set ?
				      cli->global.timeout.value : WAIT_SECONDS),
	};

	if (!mover.nl)
		return cli->err.code;
	return run_move(cli, o, &mover, moves);
}

static int read_file(struct fm_shard_moves *moves, const char *name,
		     struct fm_error *err)
{
	FILE *file;
	int ret;

	if (!strcmp(name, "-"))
		return fm_shardlist_read(moves, stdin, "<stdin>", err);
	file = fopen(name, "re");
	if (!file)
		return fm_error_errno(err, errno, "%.256s", name);
	ret = fm_shardlist_read(moves, file, name, err);
	fclose(file);
	return ret;
}

static int read_moves(const struct move_opts *o, struct fm_shard_moves *moves,
		      struct fm_error *err)
{
	if (o->shards)
		return fm_shardlist_add(moves, o->shards, o->cpu.value, err);
	if (strchr(o->map, ':') && access(o->map, F_OK))
		return fm_shardlist_parse(moves, o->map, err);
	return read_file(moves, o->map, err);
}

static int move(struct fm_cli *cli, const void *opts)
{
	struct fm_shard_moves *moves = calloc(1, sizeof(*moves));
	const struct move_opts *o = opts;
	int ret;

	if (!moves)
		return fm_error_errno(&cli->err, ENOMEM, "moving shards");
	moves->has_segment = o->segment.set;
	moves->segment = o->segment.value;
	ret = read_moves(opts, moves, &cli->err);
	if (!ret)
		ret = start_move(cli, opts, moves);
	free(moves);
	return ret;
}

static const struct fm_option list_options[] = {
	{ "CHAIN", FM_OPT_NAME, offsetof(struct list_opts, chain),
	  FM_OPT_POSITIONAL | FM_OPT_REQUIRED, .complete = "chain",
	  .help = "the chain" },
	{ "segment", FM_OPT_UINT, offsetof(struct list_opts, segment),
	  .max = FM_SEGMENTS_MAX - 1, .value = "N",
	  .help = "shards of this segment only" },
	{ 0 }
};

static const struct fm_option move_options[] = {
	{ "CHAIN", FM_OPT_NAME, offsetof(struct move_opts, chain),
	  FM_OPT_POSITIONAL | FM_OPT_REQUIRED, .complete = "chain",
	  .help = "the chain" },
	{ "SHARDS", FM_OPT_STRING, offsetof(struct move_opts, shards),
	  FM_OPT_POSITIONAL | FM_OPT_REQUIRED,
	  .help = "which, as 3 or 0-7,12" },
	{ "cpu", FM_OPT_UINT, offsetof(struct move_opts, cpu),
	  FM_OPT_REQUIRED, .max = 16383, .value = "CPU",
	  .help = "their new owner" },
	{ "segment", FM_OPT_UINT, offsetof(struct move_opts, segment),
	  .max = FM_SEGMENTS_MAX - 1, .value = "N",
	  .help = "whose shards, by default 0" },
	{ "no-wait", FM_OPT_FLAG, offsetof(struct move_opts, no_wait),
	  .help = "do not wait until they have arrived" },
	{ "no-hw", FM_OPT_FLAG, offsetof(struct move_opts, no_hw),
	  .help = "leave the NIC's table: the module hands packets over" },
	{ 0 }
};

static const struct fm_option map_options[] = {
	{ "CHAIN", FM_OPT_NAME, offsetof(struct move_opts, chain),
	  FM_OPT_POSITIONAL | FM_OPT_REQUIRED, .complete = "chain",
	  .help = "the chain" },
	{ "MAP", FM_OPT_STRING, offsetof(struct move_opts, map),
	  FM_OPT_POSITIONAL | FM_OPT_REQUIRED, .complete = "file",
	  .help = "a file, - for standard input, or a list as 0-31:0;32-63:1" },
	{ "segment", FM_OPT_UINT, offsetof(struct move_opts, segment),
	  .max = FM_SEGMENTS_MAX - 1, .value = "N",
	  .help = "whose shards, by default 0" },
	{ "no-wait", FM_OPT_FLAG, offsetof(struct move_opts, no_wait),
	  .help = "do not wait until they have arrived" },
	{ "no-hw", FM_OPT_FLAG, offsetof(struct move_opts, no_hw),
	  .help = "leave the NIC's table: the module hands packets over" },
	{ 0 }
};

const struct fm_command cmd_shard_rows[] = {
	{
		.object = "shard", .verb = "list", .func = list,
		.options = list_options,
		.opts_size = sizeof(struct list_opts),
		.help = "List a chain's shards with owner and load",
		.details = "A shard that moves is held while the NIC is told, "
			   "then moving until its former owner has run all "
			   "older packets, then playing those that waited. "
			   "With -s also packets that had no room to wait, and "
			   "the CPU it goes back to when that comes online.",
		.examples = "fmctl shard list edge\n"
			    "fmctl shard list edge segment 1",
	},
	{
		.object = "shard", .verb = "move", .func = move,
		.options = move_options,
		.opts_size = sizeof(struct move_opts),
		.help = "Move shards to a CPU while their packets come",
		.details = "All or none begin to move; no packet is lost or "
			   "reordered. Where the NIC steers, its table follows. "
			   "Waits until they have arrived, --timeout seconds at "
			   "most, by default 10.",
		.examples = "fmctl shard move edge 3 cpu 1\n"
			    "fmctl shard move edge 0-31,64 cpu 2 no-wait\n"
			    "fmctl shard move edge 5 cpu 0 segment 1",
	},
	{
		.object = "shard", .verb = "map", .func = move,
		.options = map_options,
		.opts_size = sizeof(struct move_opts),
		.help = "Move many shards at once, each to its CPU",
		.details = "Lines of the file are shards and a CPU, as "
			   "\"0-31 0\"; # begins a comment. Shards that are not "
			   "named stay. Where the NIC steers, its whole table is "
			   "written, so this also mends one that is not as the "
			   "shards are.",
		.examples = "fmctl shard map edge owners.txt\n"
			    "fmctl shard map edge '0-63:0;64-127:1'",
	},
	{ 0 }
};
