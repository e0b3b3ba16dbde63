// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "draft.h"
#include "json.h"

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
	solving->times = draft->times;
	solving->costs = draft->measured ? &draft->costs : NULL;
	solving->traffic = draft->traffic.n ? &draft->traffic : NULL;
	return fm_solving_run(solving, &cli->err);
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
	free(draft->times);
	fm_traffic_cleanup(&draft->traffic);
	if (draft->file)
		fm_chainfile_cleanup(draft->file);
	free(draft->file);
	fm_jsonc_destroy(draft->doc);
	fm_catalogue_cleanup(&draft->catalogue);
}
