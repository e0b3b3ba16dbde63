// SPDX-License-Identifier: GPL-2.0-or-later
/* From a chain file to packets: check, track, solve, apply, verify. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "deploy.h"
#include "draft.h"
#include "hex.h"
#include "json.h"
#include "nic_json.h"
#include "nictest.h"
#include "nl_attr.h"

#define TEST_PACKETS	64	/* of a class that are enough, see nic test */

struct deploy_opts {
	const char *chain;
	struct fm_opt_strings dev;
	const char *plan;
	const char *cpus;
	const char *tree;
	bool no_hw;
	bool disruptive;
	bool keep_irqs;
	struct fm_opt_uint wait;
	struct fm_opt_uint generation;
};

/**
 * struct run - a deployment on its way
 * @cli: the run of fmctl
 * @o: the options
 * @draft: chain, NFs, devices and, unless a plan was given, the solution
 * @plan: what is applied
 * @deploy: the transaction
 * @doc: what is printed
 */
struct run {
	struct fm_cli *cli;
	const struct deploy_opts *o;
	struct fm_draft draft;
	struct fm_plan *plan;
	struct fm_deploy deploy;
	struct json_object *doc;
};

static const struct fm_column flow_columns[] = {
	{ .key = "dev", .title = "DEVICE" },
	{ .key = "flow", .title = "FLOW" },
	{ .key = "before", .title = "BEFORE" },
	{ .key = "after", .title = "AFTER" },
	{ 0 }
};

static const struct fm_column class_columns[] = {
	{ .key = "dev", .title = "DEVICE" },
	{ .key = "class", .title = "CLASS" },
	{ .key = "verdict", .title = "HASH" },
	{ .key = "matched", .title = "EQUAL", .right = true },
	{ .key = "mismatched", .title = "DIFFERENT", .right = true },
	{ .key = "absent", .title = "ABSENT", .right = true },
	{ 0 }
};

/* The plan's own netlink socket: going back must work after ^C, too. */
static int open_module(struct run *run)
{
	struct fm_nl_config config = {
		.timeout_ms = run->cli->global.timeout.value * 1000,
	};

	return fm_nl_open(&config, &run->deploy.nl, &run->cli->err);
}

static int read_plan(struct run *run, const char *path)
{
	struct fm_jsonc *doc = fm_jsonc_read(path);
	int ret;

	if (!doc)
		return fm_error_errno(&run->cli->err, ENOMEM, "%s", path);
	fm_planfile_parse(doc, run->plan);
	ret = fm_draft_complain(run->cli, doc);
	fm_jsonc_destroy(doc);
	return ret;
}

static int make_plan(struct run *run)
{
	int ret;

	if (run->o->plan)
		return read_plan(run, run->o->plan);
	ret = fm_draft_costs(&run->draft, run->cli, NULL);
	if (!ret)
		ret = fm_draft_solve(&run->draft, run->cli, NULL, 0,
				     run->o->no_hw);
	if (!ret)
		*run->plan = run->draft.solving->plan;
	return ret;
}

static void describe(struct run *run)
{
	struct json_object *changes = json_object_new_array();
	size_t i;

	run->doc = run->draft.solving ? fm_solving_json(run->draft.solving) :
					fm_plan_json(run->plan);
	for (i = 0; i < run->draft.ndevices; i++)
		fm_nic_changes(changes, &run->draft.devices[i], run->plan);
	json_object_object_add(run->doc, "nic_changes", changes);
	json_object_object_add(run->doc, "dry_run",
		json_object_new_boolean(run->cli->global.dry_run));
}

static void warn_software(struct run *run)
{
	size_t i;

	if (run->o->no_hw)
		return;
	for (i = 0; i < run->draft.ndevices; i++)
		if (!fm_device_spreads(&run->draft.devices[i]))
			fm_log_print(FM_LOG_INFO, "%s has no RSS: its packets "
				     "are steered in software",
				     run->draft.devices[i].state.ifname);
}

static bool is_changed(const struct fm_device *device,
		       const struct fm_plan *plan)
{
	struct fm_nicstate *want = malloc(sizeof(*want));
	bool changed;

	if (!want)
		return true;
	fm_device_want(device, plan, want);
	changed = !fm_nicstate_equal(&device->state, want);
	free(want);
	return changed;
}

/* A NIC that loses packets while it is changed is changed when told so. */
static int check_disruption(struct run *run)
{
	size_t i;

	for (i = 0; i < run->draft.ndevices; i++) {
		const struct fm_device *device = &run->draft.devices[i];

		if (run->o->disruptive || run->cli->global.dry_run ||
		    !run->plan->steer[0].hw || !device->rule.disruptive ||
		    !is_changed(device, run->plan))
			continue;
		fm_error_set(&run->cli->err, FM_EXIT_CHECK, 0,
			     "%s (%s) closes and opens when its RSS changes, and loses packets meanwhile",
			     device->state.ifname, device->state.driver);
		fm_error_hint(&run->cli->err,
			      "say \"disruptive\" if that may be, or \"no-hw\" to steer in software");
		return FM_EXIT_CHECK;
	}
	return 0;
}

static int complete(struct run *run)
{
	struct fm_chain *chain = &run->draft.file->chain;
	size_t i;

	for (i = 0; i < run->draft.ndevices; i++)
		chain->ifindex[i] = run->draft.devices[i].state.ifindex;
	chain->ndevs = run->draft.ndevices;
	if (run->o->no_hw)
		run->plan->steer[0].hw = false;
	run->deploy.chain = chain;
	run->deploy.plan = run->plan;
	run->deploy.devices = run->draft.devices;
	run->deploy.ndevices = run->draft.ndevices;
	run->deploy.generation = run->o->generation.value;
	run->deploy.stop = fm_cli_interrupted;
	if (check_disruption(run))
		return run->cli->err.code;
	return fm_plan_apply(run->plan, chain, &run->cli->err);
}

/* All that is found out before anything is changed. */
static int prepare(struct run *run)
{
	const struct deploy_opts *o = run->o;
	size_t i;
	int ret;

	ret = fm_draft_read(&run->draft, run->cli, o->chain, o->cpus);
	if (!ret && !run->cli->global.dry_run)
		ret = open_module(run);
	if (!ret && !o->plan)
		ret = fm_draft_track(&run->draft, run->cli, o->tree);
	if (!ret && !run->cli->global.dry_run) {
		run->deploy.chain = &run->draft.file->chain;
		run->deploy.generation = o->generation.value;
		ret = fm_deploy_begin(&run->deploy, &run->cli->err);
	}
	if (!ret)
		ret = fm_draft_devices(&run->draft, run->cli, &o->dev);
	if (!ret && !o->plan && !o->no_hw && !o->keep_irqs)
		for (i = 0; i < run->draft.ndevices; i++)
			fm_device_place(&run->draft.devices[i],
					&run->draft.cpus);
	if (!ret)
		ret = make_plan(run);
	return ret ? ret : complete(run);
}

static struct json_object *class_json(const char *dev,
				      const struct fm_nic_class *row)
{
	struct json_object *obj = json_object_new_object();
	enum fm_nictest_verdict verdict = fm_nictest_judge(row, TEST_PACKETS);

	json_object_object_add(obj, "dev", fm_json_string(dev));
	json_object_object_add(obj, "class",
			       fm_json_string(fm_nl_class_names[row->id]));
	json_object_object_add(obj, "verdict",
			       fm_json_string(fm_nictest_name(verdict)));
	json_object_object_add(obj, "matched", fm_json_uint(row->matched));
	json_object_object_add(obj, "mismatched",
			       fm_json_uint(row->mismatched));
	json_object_object_add(obj, "absent", fm_json_uint(row->absent));
	return obj;
}

static int wait_device(struct run *run, const struct fm_device *device,
		       struct fm_nic *nic, struct json_object *list)
{
	struct fm_nictest test = {
		.nl = run->deploy.nl,
		.stop = fm_cli_interrupted,
		.ifindex = device->state.ifindex,
		.packets = TEST_PACKETS,
		.timeout_ms = run->o->wait.value * 1000,
	};
	size_t i;
	int ret = fm_nictest_wait(&test, nic, &run->cli->err);

	for (i = 0; i < nic->nclasses; i++)
		if (fm_nictest_judge(&nic->classes[i], TEST_PACKETS) !=
		    FM_NICTEST_UNSEEN)
			json_object_array_add(list,
				class_json(device->state.ifname,
					   &nic->classes[i]));
	if (!ret && fm_nictest_failed(nic, TEST_PACKETS))
		fm_log_print(FM_LOG_WARN, "%s: the NIC's hash is not the "
			     "plan's; what it concerns is steered in software",
			     device->state.ifname);
	return ret;
}

static int wait_verdict(struct run *run)
{
	struct json_object *list = json_object_new_array();
	struct fm_nic *nic = calloc(1, sizeof(*nic));
	int ret = 0;
	size_t i;

	json_object_object_add(run->doc, "classes", list);
	if (!nic)
		return fm_error_errno(&run->cli->err, ENOMEM, "waiting");
	for (i = 0; !ret && i < run->draft.ndevices; i++)
		if (fm_device_spreads(&run->draft.devices[i]))
			ret = wait_device(run, &run->draft.devices[i], nic,
					  list);
	free(nic);
	return ret;
}

static void report(struct run *run)
{
	const struct fm_deploy *deploy = &run->deploy;
	struct json_object *doc = run->doc;

	if (deploy->restored)
		fm_log_print(FM_LOG_WARN, "%u NICs had left-over settings of a "
			     "deployment that was cut off; they were brought "
			     "back first", deploy->restored);
	if (deploy->fell_back)
		fm_log_print(FM_LOG_WARN, "packets are steered in software: %s",
			     deploy->why);
	json_object_object_add(doc, "replaced",
			       json_object_new_boolean(deploy->old != NULL));
	json_object_object_add(doc, "software",
		json_object_new_boolean(!deploy->chain->steer[0].hw));
	json_object_object_add(doc, "refused", fm_json_string(deploy->why));
	json_object_object_add(doc, "applied_us",
			       fm_json_uint(deploy->applied_ns / 1000));
}

static void print(struct run *run)
{
	struct fm_output *out = &run->cli->out;
	struct json_object *doc = run->doc;

	if (fm_output_document(out, doc))
		return;
	if (run->draft.solving)
		fm_draft_print(run->cli, doc, false);
	fm_output_title(out, "\nChanges of the NIC");
	fm_output_table(out, fm_json_get(doc, "nic_changes"), flow_columns);
	if (fm_json_get(doc, "classes")) {
		fm_output_title(out, "\nSelf-test");
		fm_output_table(out, fm_json_get(doc, "classes"),
				class_columns);
	}
	if (run->cli->global.dry_run)
		fm_log_print(FM_LOG_INFO, "dry run: nothing was changed");
	else
		fm_log_print(FM_LOG_INFO, "chain %s is %s, in %.1f ms",
			     run->deploy.chain->name,
			     run->deploy.old ? "replaced" : "deployed",
			     run->deploy.applied_ns / 1e6);
}

static int apply(struct run *run)
{
	int ret = prepare(run);

	if (ret)
		return ret;
	describe(run);
	warn_software(run);
	if (run->cli->global.dry_run) {
		print(run);
		return 0;
	}
	ret = fm_deploy_run(&run->deploy, &run->cli->err);
	if (ret)
		return ret;
	report(run);
	if (run->o->wait.set && run->deploy.chain->steer[0].hw)
		ret = wait_verdict(run);
	print(run);
	return ret;
}

static int deploy(struct fm_cli *cli, const void *opts)
{
	struct run run = { .cli = cli, .o = opts, .deploy.lock = -1 };
	int ret;

	run.plan = calloc(1, sizeof(*run.plan));
	ret = run.plan ? apply(&run) :
			 fm_error_errno(&cli->err, ENOMEM, "deploying");
	fm_deploy_end(&run.deploy);
	fm_nl_close(run.deploy.nl);
	fm_draft_cleanup(&run.draft);
	json_object_put(run.doc);
	free(run.plan);
	return ret;
}

static const struct fm_option options[] = {
	{ "CHAIN", FM_OPT_STRING, offsetof(struct deploy_opts, chain),
	  FM_OPT_POSITIONAL | FM_OPT_REQUIRED, .complete = "file",
	  .help = "chain file, - for standard input" },
	{ "dev", FM_OPT_STRINGS, offsetof(struct deploy_opts, dev),
	  FM_OPT_REQUIRED, .value = "DEV", .complete = "dev",
	  .help = "device to bind the chain to; repeat for more" },
	{ "plan", FM_OPT_STRING, offsetof(struct deploy_opts, plan),
	  .value = "FILE", .complete = "file",
	  .help = "apply this plan as it is, do not solve" },
	{ "cpus", FM_OPT_STRING, offsetof(struct deploy_opts, cpus),
	  .value = "LIST", .help = "CPUs that may own shards, as 0-3,8" },
	{ "tree", FM_OPT_STRING, offsetof(struct deploy_opts, tree),
	  .value = "DIR", .help = "where the sources of the NFs are" },
	{ "keep-irqs", FM_OPT_FLAG, offsetof(struct deploy_opts, keep_irqs),
	  .help = "leave the interrupts of the queues with their CPUs" },
	{ "disruptive", FM_OPT_FLAG, offsetof(struct deploy_opts, disruptive),
	  .help = "change a NIC that closes and opens for it, losing packets" },
	{ "no-hw", FM_OPT_FLAG, offsetof(struct deploy_opts, no_hw),
	  .help = "leave the NIC alone, steer in software" },
	{ "wait", FM_OPT_UINT, offsetof(struct deploy_opts, wait),
	  .min = 1, .max = 3600, .value = "SEC",
	  .help = "wait for the self-test's verdict, seconds" },
	{ "generation", FM_OPT_UINT, offsetof(struct deploy_opts, generation),
	  .min = 1, .max = UINT32_MAX, .value = "N",
	  .help = "replace the chain only if it still has this generation" },
	{ 0 }
};

const struct fm_command cmd_deploy_rows[] = {
	{
		.object = "deploy", .func = deploy, .options = options,
		.opts_size = sizeof(struct deploy_opts),
		.help = "Check, solve and apply a chain to devices",
		.details = "Chain and NIC change in one transaction; after an "
			   "error or ^C everything is as before. What the NIC "
			   "was like is kept and comes back with \"chain del\" "
			   "or \"rollback\". A NIC that refuses its part, or "
			   "whose hash turns out to be another, makes no "
			   "difference but speed: the module then steers in "
			   "software.",
		.examples =
			"fmctl deploy examples/psd-policer-fsc.json dev eth0\n"
			"fmctl deploy chain.json dev eth0 dev eth1 wait 10\n"
			"fmctl --dry-run deploy chain.json dev eth0\n"
			"fmctl deploy chain.json dev eth0 plan plan.json",
	},
	{ 0 }
};
