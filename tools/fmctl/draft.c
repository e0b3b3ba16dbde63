// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "costfile.h"
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

/**
 * fm_draft_complain - report what is wrong with a file
 * @cli: the run; its err is set where JSON is wanted
 * @doc: the file
 *
 * Return: the exit code that fits, 0 if nothing is wrong.
 */
int fm_draft_complain(struct fm_cli *cli, const struct fm_jsonc *doc)
{
	const struct fm_jsonc_error *error = &doc->errors[0];
	int code = fm_error_code(doc->code);

	if (!doc->nerrors)
		return 0;
	if (code != FM_EXIT_NOT_FOUND && code != FM_EXIT_PERMISSION)
		code = FM_EXIT_CHECK;
	if (!cli->out.json)
		fm_jsonc_print(doc, stderr);
	else if (error->line)
		fm_error_set(&cli->err, code, 0, "%s:%u:%u: %s", doc->name,
			     error->line, error->col, error->text);
	else
		fm_error_set(&cli->err, code, doc->code, "%s: %s", doc->name,
			     error->text);
	return code;
}

/**
 * fm_draft_catalogue - the NFs of the loaded module, or of the one that came
 *	with this program if none is loaded
 * @cli: the run
 * @catalogue: gets them
 *
 * Return: 0 or an exit code.
 */
int fm_draft_catalogue(struct fm_cli *cli, struct fm_catalogue *catalogue)
{
	struct fm_nl_config config = {
		.timeout_ms = cli->global.timeout.value * 1000,
		.stop = fm_cli_interrupted,
	};
	struct fm_error ignored;
	struct fm_nl *nl = NULL;
	int ret;

	ret = fm_nl_open(&config, &nl, &ignored);
	if (!ret)
		ret = fm_catalogue_query(catalogue, nl, &ignored);
	fm_nl_close(nl);
	if (!ret)
		return 0;
	fm_catalogue_cleanup(catalogue);
	return fm_catalogue_load(catalogue, &cli->err);
}

/**
 * fm_draft_read - read a chain file
 * @draft: all zero
 * @cli: the run
 * @path: the file
 * @cpus: CPUs that may own shards, goes before the file's; or NULL
 *
 * Return: 0 or an exit code; fm_draft_cleanup() is called after both.
 */
int fm_draft_read(struct fm_draft *draft, struct fm_cli *cli,
		  const char *path, const char *cpus)
{
	int ret;

	draft->file = calloc(1, sizeof(*draft->file));
	draft->doc = fm_jsonc_read(path);
	if (!draft->file || !draft->doc)
		return fm_error_errno(&cli->err, ENOMEM, "%s", path);
	ret = fm_draft_catalogue(cli, &draft->catalogue);
	if (ret)
		return ret;
	fm_chainfile_parse(draft->doc, &draft->catalogue, draft->file);
	ret = fm_draft_complain(cli, draft->doc);
	if (ret)
		return ret;
	draft->cpus = draft->file->cpus;
	if (cpus && fm_cpulist_parse(cpus, &draft->cpus))
		return fm_error_set(&cli->err, FM_EXIT_USAGE, EINVAL,
				    "cpus \"%s\" is no list such as 0-3,8",
				    cpus);
	return 0;
}

static struct fm_chain_inst *find_inst(struct fm_chain *chain,
				       const char *name)
{
	size_t i;

	for (i = 0; i < chain->nnfs; i++)
		if (!strcmp(chain->nfs[i].name, name))
			return &chain->nfs[i];
	return NULL;
}

/**
 * fm_draft_pin - state wishes for single NFs, instead of the file's
 * @draft: read
 * @cli: the run
 * @names: of the NFs, in the chain
 * @mode: that they are to have
 *
 * Return: 0 or FM_EXIT_USAGE.
 */
int fm_draft_pin(struct fm_draft *draft, struct fm_cli *cli,
		 const struct fm_opt_strings *names, enum fm_mode mode)
{
	struct fm_chain *chain = &draft->file->chain;
	const struct fm_nf_info *nf;
	struct fm_chain_inst *inst;
	size_t i;

	for (i = 0; i < names->n; i++) {
		inst = find_inst(chain, names->v[i]);
		if (!inst)
			return fm_error_set(&cli->err, FM_EXIT_USAGE, EINVAL,
					    "chain %s has no NF %s",
					    chain->name, names->v[i]);
		nf = fm_catalogue_find(&draft->catalogue, inst->type);
		if (nf && !nf->stateful)
			return fm_error_set(&cli->err, FM_EXIT_USAGE, EINVAL,
					    "NF %s keeps no state: there is nothing to pin",
					    names->v[i]);
		inst->pin = mode;
	}
	return 0;
}

static int track_one(struct fm_draft *draft, struct fm_cli *cli,
		     const struct fm_tracking *tracking, const char *type)
{
	struct fm_tracked *tracked = &draft->tracked[draft->ntracked];
	const struct fm_nf_info *nf;
	int ret;

	ret = fm_tracking_run(tracking, type, tracked, &cli->err);
	if (ret)
		return ret;
	draft->ntracked++;
	if (*tracked->note)
		fm_log_print(FM_LOG_WARN, "%s", tracked->note);
	nf = fm_catalogue_find(&draft->catalogue, type);
	return nf ? fm_tracked_compare(tracked, nf, &cli->err) : 0;
}

/**
 * fm_draft_track - read the sources of the NFs and hold them against the module
 * @draft: read
 * @cli: the run
 * @tree: directory of the sources, or NULL
 *
 * Return: 0, FM_EXIT_CHECK if source and module disagree, or another exit code.
 */
int fm_draft_track(struct fm_draft *draft, struct fm_cli *cli,
		   const char *tree)
{
	struct fm_tracking tracking = {
		.tree = tree,
		.store = !cli->global.dry_run,
	};
	const struct fm_chain *chain = &draft->file->chain;
	int ret = 0;
	size_t i;

	draft->tracked = calloc(chain->nnfs, sizeof(*draft->tracked));
	if (!draft->tracked)
		return fm_error_errno(&cli->err, ENOMEM, "tracking");
	for (i = 0; !ret && i < chain->nnfs; i++)
		ret = fm_cli_interrupted() ?
		      fm_error_set(&cli->err, FM_EXIT_INTERRUPTED, EINTR,
				   "interrupted") :
		      track_one(draft, cli, &tracking, chain->nfs[i].type);
	return ret;
}

/**
 * fm_draft_devices - read the NICs
 * @draft: gets them
 * @cli: the run
 * @names: of the devices
 *
 * Return: 0 or an exit code.
 */
int fm_draft_devices(struct fm_draft *draft, struct fm_cli *cli,
		     const struct fm_opt_strings *names)
{
	struct fm_device *device;
	size_t i, j;
	int ret = 0;

	draft->devices = calloc(names->n ? names->n : 1,
				sizeof(*draft->devices));
	if (!draft->devices)
		return fm_error_errno(&cli->err, ENOMEM, "devices");
	for (i = 0; !ret && i < names->n; i++) {
		for (j = 0; j < i; j++)
			if (!strcmp(names->v[i], names->v[j]))
				return fm_error_set(&cli->err, FM_EXIT_USAGE,
						    EINVAL,
						    "device %s is named twice",
						    names->v[i]);
		device = &draft->devices[draft->ndevices++];
		ret = fm_device_read(device, names->v[i], &cli->err);
		if (!ret && device->rps)
			fm_log_print(FM_LOG_WARN, "%s: RPS is on and moves "
				     "packets to other CPUs once more; turn it "
				     "off in /sys/class/net/%s/queues",
				     names->v[i], names->v[i]);
	}
	return ret;
}

static int read_costs(struct fm_draft *draft, struct fm_cli *cli,
		      const char *path)
{
	struct fm_jsonc *doc = fm_jsonc_read(path);
	char of[FM_COSTFILE_CPU], here[FM_COSTFILE_CPU];
	int ret;

	if (!doc)
		return fm_error_errno(&cli->err, ENOMEM, "%s", path);
	fm_costfile_parse(doc, &draft->costs, of);
	ret = fm_draft_complain(cli, doc);
	fm_jsonc_destroy(doc);
	draft->measured = !ret;
	fm_costfile_cpu(here);
	if (!ret && strcmp(of, here))
		fm_log_print(FM_LOG_WARN, "%s: the costs were measured on \"%s\", this is \"%s\"",
			     path, of, here);
	return ret;
}

/**
 * fm_draft_costs - find the cost model's constants
 * @draft: gets them
 * @cli: the run
 * @path: a file of them; "default": those of the solver; NULL: what
 *	  "solve calibrate" has stored, or else the solver's
 *
 * Return: 0 or an exit code.
 */
int fm_draft_costs(struct fm_draft *draft, struct fm_cli *cli,
		   const char *path)
{
	char *stored;
	int ret = 0;

	fm_cost_setup(&draft->costs);
	if (path && !strcmp(path, "default"))
		return 0;
	if (path)
		return read_costs(draft, cli, path);
	stored = fm_costfile_place();
	if (!stored)
		return fm_error_errno(&cli->err, ENOMEM, "costs");
	if (!access(stored, F_OK))
		ret = read_costs(draft, cli, stored);
	free(stored);
	return ret;
}

static void show_packets(uint64_t packets)
{
	fprintf(stderr, "\r\033[K%llu packets", (unsigned long long)packets);
	fflush(stderr);
}

/**
 * fm_draft_traffic - take a sample of what the chain will get
 * @draft: gets it
 * @cli: the run
 * @capture: from where
 *
 * Return: 0 or an exit code.
 */
int fm_draft_traffic(struct fm_draft *draft, struct fm_cli *cli,
		     struct fm_capture *capture)
{
	bool watched = !cli->global.quiet && !cli->global.json &&
		       isatty(STDERR_FILENO);
	int ret;

	capture->stop = fm_cli_interrupted;
	capture->progress = watched ? show_packets : NULL;
	ret = fm_capture_read(capture, &draft->traffic, &cli->err);
	if (watched)
		fprintf(stderr, "\r\033[K");
	if (!ret && draft->traffic.left_out)
		fm_log_print(FM_LOG_WARN, "%s: %llu packets of flows beyond the first %u are left out",
			     capture->path ?: capture->dev,
			     (unsigned long long)draft->traffic.left_out,
			     FM_TRAFFIC_FLOWS);
	return ret;
}

/**
 * fm_draft_solve - find the plan
 * @draft: tracked, with its devices
 * @cli: the run
 * @rule: the NIC's rule where there is no device, or NULL
 * @cores: CPUs that take part, 0: what the device has
 * @no_hw: leave the NIC alone
 *
 * Return: 0 or an exit code.
 */
int fm_draft_solve(struct fm_draft *draft, struct fm_cli *cli,
		   const struct fm_nicrule *rule, unsigned int cores,
		   bool no_hw)
{
	struct fm_solving *solving = calloc(1, sizeof(*solving));

	if (!solving)
		return fm_error_errno(&cli->err, ENOMEM, "solving");
	draft->solving = solving;
	solving->file = draft->file;
	solving->tracked = draft->tracked;
	solving->device = draft->ndevices ? &draft->devices[0] : NULL;
	solving->rule = rule;
	solving->cores = cores;
	solving->cpus = &draft->cpus;
	solving->no_hw = no_hw;
	solving->costs = draft->measured ? &draft->costs : NULL;
	solving->traffic = draft->traffic.n ? &draft->traffic : NULL;
	return fm_solving_run(solving, &cli->err);
}

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

/**
 * fm_draft_cleanup - forget everything
 * @draft: the draft
 */
void fm_draft_cleanup(struct fm_draft *draft)
{
	size_t i;

	for (i = 0; i < draft->ntracked; i++)
		fm_tracked_cleanup(&draft->tracked[i]);
	for (i = 0; i < draft->ndevices; i++)
		fm_device_cleanup(&draft->devices[i]);
	free(draft->tracked);
	free(draft->devices);
	free(draft->solving);
	fm_traffic_cleanup(&draft->traffic);
	if (draft->file)
		fm_chainfile_cleanup(draft->file);
	free(draft->file);
	fm_jsonc_destroy(draft->doc);
	fm_catalogue_cleanup(&draft->catalogue);
}
