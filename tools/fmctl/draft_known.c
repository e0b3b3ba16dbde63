// SPDX-License-Identifier: GPL-2.0-or-later
/* What is known of the machine, of the traffic and of the chain that runs. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "costfile.h"
#include "dirs.h"
#include "draft.h"

#define SAMPLES_ENOUGH	32	/* of an NF's time */

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
	stored = fm_dirs_place(FM_COSTFILE_ENV, FM_COSTFILE_NAME);
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

static const struct fm_inst_stat *find_stat(const struct fm_stat *stat,
					    const struct fm_chain_inst *inst)
{
	size_t i;

	for (i = 0; i < stat->ninsts; i++)
		if (!strcmp(stat->insts[i].name, inst->name) &&
		    stat->insts[i].samples >= SAMPLES_ENOUGH)
			return &stat->insts[i];
	return NULL;
}

/**
 * fm_draft_measure - take the NFs' times from the chain that runs
 * @draft: read
 * @cli: the run
 *
 * Of an NF that was sampled too seldom, or is not in that chain, the time stays
 * unknown, with a warning.
 *
 * Return: 0 or an exit code.
 */
int fm_draft_measure(struct fm_draft *draft, struct fm_cli *cli)
{
	const struct fm_chain *chain = &draft->file->chain;
	const struct fm_inst_stat *one;
	struct fm_stat stat = { 0 };
	struct fm_nl *nl;
	size_t i;
	int ret;

	draft->times = calloc(chain->nnfs, sizeof(*draft->times));
	if (!draft->times)
		return fm_error_errno(&cli->err, ENOMEM, "measured");
	nl = fm_cli_nl(cli);
	if (!nl)
		return cli->err.code;
	ret = fm_nl_stat_get(nl, chain->name, &stat, &cli->err);
	for (i = 0; !ret && i < chain->nnfs; i++) {
		one = find_stat(&stat, &chain->nfs[i]);
		if (one)
			draft->times[i] = (double)one->sampled_ns / one->samples;
		else
			fm_log_print(FM_LOG_WARN, "%s: less than %u samples of its time, so its source counts",
				     chain->nfs[i].name, SAMPLES_ENOUGH);
	}
	fm_nl_stat_free(&stat);
	return ret;
}
