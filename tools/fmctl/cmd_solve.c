// SPDX-License-Identifier: GPL-2.0-or-later
/* The plan of least cost for a chain, and why. Changes nothing. */
#include <errno.h>
#include <string.h>

#include "clicksolve.h"
#include "draft.h"

#define SECONDS	5	/* of a live sample */

struct solve_opts {
	const char *chain;
	const char *click;
	const char *out;
	struct fm_opt_strings dev;
	const char *nic;
	struct fm_opt_uint cores;
	const char *cpus;
	const char *tree;
	struct fm_opt_strings local;
	struct fm_opt_strings shared;
	struct fm_opt_uint segments;
	const char *costs;
	const char *traffic;
	const char *live;
	struct fm_opt_uint seconds;
	struct fm_opt_uint every;
	bool measured;
	bool no_hw;
	bool explain;
};

/* A driver's name, or a file if it looks like one. */
static int read_rule(struct fm_cli *cli, const char *nic,
		     struct fm_nicrule *rule)
{
	const char *end = strrchr(nic, '.');
	bool is_file = strchr(nic, '/') || (end && !strcmp(end, ".json"));
	struct fm_jsonc *doc = is_file ? fm_nicrule_read_file(nic, rule) :
					 fm_nicrule_read(nic, rule);
	int ret;

	if (!doc)
		return fm_error_set(&cli->err, FM_EXIT_NOT_FOUND, ENOENT,
				    "there is no rule for a driver %s", nic);
	ret = fm_draft_complain(cli, doc);
	fm_jsonc_destroy(doc);
	return ret;
}

/* What the command line wishes goes before what the file does. */
static int add_wishes(struct fm_cli *cli, const struct solve_opts *o,
		      struct fm_draft *draft)
{
	size_t i, j;
	int ret;

	for (i = 0; i < o->local.n; i++)
		for (j = 0; j < o->shared.n; j++)
			if (!strcmp(o->local.v[i], o->shared.v[j]))
				return fm_error_set(&cli->err, FM_EXIT_USAGE,
						    EINVAL,
						    "NF %s cannot be both local and shared",
						    o->local.v[i]);
	if (o->segments.set)
		draft->file->segments = o->segments.value;
	ret = fm_draft_pin(draft, cli, &o->local, FM_MODE_LOCAL);
	return ret ?: fm_draft_pin(draft, cli, &o->shared, FM_MODE_SHARED);
}

static int take_sample(struct fm_cli *cli, const struct solve_opts *o,
		       struct fm_draft *draft)
{
	struct fm_capture capture = {
		.path = o->traffic, .dev = o->live,
		.seconds = o->seconds.set ? o->seconds.value : SECONDS,
		.every = o->every.set ? o->every.value : 1,
	};

	if (o->traffic && o->live)
		return fm_error_set(&cli->err, FM_EXIT_USAGE, EINVAL,
				    "traffic and live exclude each other");
	if (!o->live && (o->seconds.set || o->every.set))
		return fm_error_set(&cli->err, FM_EXIT_USAGE, EINVAL,
				    "seconds and every go with live only");
	if (!o->traffic && !o->live)
		return 0;
	return fm_draft_traffic(draft, cli, &capture);
}

/* "nic live:DEV" is another way to say "dev DEV". */
static int settle_nic(struct fm_cli *cli, struct solve_opts *o)
{
	if (o->nic && o->dev.n)
		return fm_error_set(&cli->err, FM_EXIT_USAGE, EINVAL,
				    "dev and nic exclude each other");
	if (!o->nic || strncmp(o->nic, "live:", 5))
		return 0;
	o->dev.v[o->dev.n++] = o->nic + 5;
	o->nic = NULL;
	return 0;
}

static int gather(struct fm_cli *cli, const struct solve_opts *o,
		  struct fm_draft *draft)
{
	struct fm_nicrule rule;
	int ret;

	ret = fm_draft_read(draft, cli, o->chain, o->cpus);
	if (!ret)
		ret = add_wishes(cli, o, draft);
	if (!ret && o->nic)
		ret = read_rule(cli, o->nic, &rule);
	if (!ret)
		ret = fm_draft_devices(draft, cli, &o->dev);
	if (!ret)
		ret = fm_draft_costs(draft, cli, o->costs);
	if (!ret)
		ret = take_sample(cli, o, draft);
	if (!ret && o->measured)
		ret = fm_draft_measure(draft, cli);
	if (!ret)
		ret = fm_draft_track(draft, cli, o->tree);
	if (!ret)
		ret = fm_draft_solve(draft, cli, o->nic ? &rule : NULL,
				     o->cores.value, o->no_hw);
	return ret;
}

static int solve_click(struct fm_cli *cli, const struct solve_opts *o)
{
	struct fm_clicksolve solve = {
		.in = o->click, .out = o->out, .tree = o->tree,
		.cores = o->cores.value, .explain = o->explain,
	};
	struct fm_draft draft = { 0 };
	struct fm_nicrule rule;
	int ret = 0;

	if (o->chain || o->no_hw || o->cpus)
		return fm_error_set(&cli->err, FM_EXIT_USAGE, EINVAL,
				    "click goes with no chain, no cpus and no no-hw");
	if (o->measured || o->costs || o->traffic || o->live || o->seconds.set || o->every.set)
		return fm_error_set(&cli->err, FM_EXIT_USAGE, EINVAL,
				    "click goes with no traffic, no costs and nothing measured");
	if (o->local.n || o->shared.n || o->segments.set)
		return fm_error_set(&cli->err, FM_EXIT_USAGE, EINVAL,
				    "click goes with no local, shared or segments");
	if (o->dev.n > 1)
		return fm_error_set(&cli->err, FM_EXIT_USAGE, EINVAL,
				    "click goes with one dev");
	if (o->nic)
		ret = read_rule(cli, o->nic, &rule);
	if (!ret)
		ret = fm_draft_devices(&draft, cli, &o->dev);
	fm_solving_nic(draft.ndevices ? draft.devices : NULL,
		       o->nic ? &rule : NULL, &solve.nic);
	solve.has_nic = o->nic || o->dev.n;
	if (!ret)
		ret = fm_clicksolve_run(&solve, cli);
	fm_draft_cleanup(&draft);
	return ret;
}

static int solve(struct fm_cli *cli, const void *opts)
{
	struct solve_opts settled = *(const struct solve_opts *)opts;
	const struct solve_opts *o = &settled;
	struct fm_draft draft = { 0 };
	struct json_object *plan;
	int ret = settle_nic(cli, &settled);

	if (ret)
		return ret;
	if (o->click)
		return solve_click(cli, o);
	if (!o->chain || o->out)
		return fm_error_set(&cli->err, FM_EXIT_USAGE, EINVAL,
				    o->chain ? "out goes with click only" :
				    "CHAIN is missing");
	ret = gather(cli, o, &draft);

	if (!ret) {
		plan = fm_solving_json(draft.solving);
		if (!fm_output_document(&cli->out, plan))
			fm_draft_print(cli, plan, o->explain);
		json_object_put(plan);
	}
	fm_draft_cleanup(&draft);
	return ret;
}

static const struct fm_option options[] = {
	{ "CHAIN", FM_OPT_STRING, offsetof(struct solve_opts, chain),
	  FM_OPT_POSITIONAL, .complete = "file",
	  .help = "chain file, - for standard input" },
	{ "click", FM_OPT_STRING, offsetof(struct solve_opts, click),
	  .value = "FILE", .complete = "file",
	  .help = "a FastClick configuration instead of a chain file" },
	{ "out", FM_OPT_STRING, offsetof(struct solve_opts, out),
	  .letter = 'o', .value = "FILE", .complete = "file",
	  .help = "write it there with the plan in it, - for standard output" },
	{ "dev", FM_OPT_STRINGS, offsetof(struct solve_opts, dev),
	  .value = "DEV", .complete = "dev",
	  .help = "the NIC that is to spread the packets" },
	{ "nic", FM_OPT_STRING, offsetof(struct solve_opts, nic),
	  .value = "NIC",
	  .help = "a NIC that is not here: its driver's name, or a FILE.json as those of rules/nic; or live:DEV" },
	{ "cores", FM_OPT_UINT, offsetof(struct solve_opts, cores),
	  .min = 1, .max = 1024, .value = "N",
	  .help = "CPUs that take part, default those of the NIC's queues" },
	{ "cpus", FM_OPT_STRING, offsetof(struct solve_opts, cpus),
	  .value = "LIST", .help = "CPUs that may own shards, as 0-3,8" },
	{ "tree", FM_OPT_STRING, offsetof(struct solve_opts, tree),
	  .value = "DIR", .help = "where the sources of the NFs are" },
	{ "local", FM_OPT_STRINGS, offsetof(struct solve_opts, local),
	  .value = "NF", .help = "this NF of the chain must be local" },
	{ "shared", FM_OPT_STRINGS, offsetof(struct solve_opts, shared),
	  .value = "NF", .help = "this NF of the chain must be shared" },
	{ "segments", FM_OPT_UINT, offsetof(struct solve_opts, segments),
	  .min = 1, .max = FM_SEGMENTS_MAX, .value = "N",
	  .help = "at most, default 4; 1: packets are not re-steered" },
	{ "costs", FM_OPT_STRING, offsetof(struct solve_opts, costs),
	  .value = "FILE", .complete = "file",
	  .help = "the cost model's constants, \"default\" for those that nobody measured; default what \"solve calibrate\" has stored" },
	{ "traffic", FM_OPT_STRING, offsetof(struct solve_opts, traffic),
	  .value = "FILE", .complete = "file",
	  .help = "a capture (pcap, pcapng) of what the chain will get" },
	{ "live", FM_OPT_STRING, offsetof(struct solve_opts, live),
	  .value = "DEV", .complete = "dev",
	  .help = "listen to what this device receives instead" },
	{ "seconds", FM_OPT_UINT, offsetof(struct solve_opts, seconds),
	  .min = 1, .max = 3600, .value = "N",
	  .help = "for so long, default 5" },
	{ "every", FM_OPT_UINT, offsetof(struct solve_opts, every),
	  .min = 1, .max = 1000000, .value = "N",
	  .help = "to one packet in N, picked at random; default all" },
	{ "measured", FM_OPT_FLAG, offsetof(struct solve_opts, measured),
	  .help = "take the NFs' times from the chain of this name that runs (sample_shift)" },
	{ "no-hw", FM_OPT_FLAG, offsetof(struct solve_opts, no_hw),
	  .help = "leave the NIC alone, steer in software" },
	{ "explain", FM_OPT_FLAG, offsetof(struct solve_opts, explain),
	  .help = "show all alternatives, and the throughput to expect" },
	{ 0 }
};

const struct fm_command cmd_solve_rows[] = {
	{
		.object = "solve", .func = solve, .options = options,
		.opts_size = sizeof(struct solve_opts),
		.help = "Find the plan of least cost for a chain",
		.details = "Shows the plan, the cost of every NF and the "
			   "alternatives with the reasons against them; whether "
			   "the plan is proven to be the cheapest, and if not "
			   "by which part another may be cheaper (gap). If "
			   "wishes exclude each other, those that do are named. With "
			   "-j the output is a plan file for \"deploy\". With "
			   "click the chain is what a FastClick configuration "
			   "has behind its devices, and out gets that "
			   "configuration with the field set at the devices "
			   "and the sharing at the stateful elements; nothing "
			   "else in it changes.",
		.examples =
			"fmctl solve examples/psd-policer-fsc.json dev eth0\n"
			"fmctl solve chain.json nic i40e cores 16 explain\n"
			"fmctl solve chain.json dev eth0 local nat segments 1\n"
			"fmctl -j solve chain.json dev eth0 > plan.json\n"
			"fmctl solve --click in.click -o out.click --cores 16",
	},
	{ 0 }
};
