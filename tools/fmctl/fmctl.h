/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a command of fmctl is. One row is dispatch, --help, man page and
 * completion. func() gets its options parsed and returns an exit code; when
 * that is not FM_EXIT_OK and cli->err is set, main prints the error.
 */
#ifndef FMCTL_H
#define FMCTL_H

#include "args.h"
#include "log.h"
#include "nl.h"
#include "output.h"

/* The options accepted before and after the command. */
struct fm_globals {
	bool json;
	bool pretty;
	bool stats;
	bool dry_run;
	bool quiet;
	bool verbose;
	bool help;
	bool ipv4;
	bool ipv6;
	const char *netns;
	const char *color;
	struct fm_opt_uint timeout;	/* seconds */
};

/* A run of fmctl; no globals. */
struct fm_cli {
	struct fm_globals global;
	struct fm_output out;
	struct fm_error err;
	struct fm_nl *nl;		/* by fm_cli_nl(), closed by main */
};

/**
 * struct fm_command - a row of a command table
 * @object: first word; NULL ends the table
 * @verb: second word, NULL for a top level command ("deploy")
 * @func: does it; opts is @opts_size zeroed bytes filled by @options
 * @options: option table, or NULL
 * @opts_size: size of the command's struct, 0 without options
 * @implied: the verb may be left out ("stat CHAIN")
 * @help: one line without a full stop
 * @details: more sentences for its own help and the man page, or NULL
 * @examples: lines of "command # what it does", or NULL
 */
struct fm_command {
	const char *object;
	const char *verb;
	int (*func)(struct fm_cli *cli, const void *opts);
	const struct fm_option *options;
	size_t opts_size;
	bool implied;
	const char *help;
	const char *details;
	const char *examples;
};

/* One table per cmd_<object>.c, closed by an empty row. */
extern const struct fm_command cmd_chain_rows[], cmd_check_rows[];
extern const struct fm_command cmd_completion_rows[], cmd_deploy_rows[];
extern const struct fm_command cmd_diff_rows[], cmd_event_rows[];
extern const struct fm_command cmd_flow_rows[], cmd_nf_rows[];
extern const struct fm_command cmd_nic_rows[], cmd_plan_rows[];
extern const struct fm_command cmd_rollback_rows[], cmd_schema_rows[];
extern const struct fm_command cmd_offload_rows[], cmd_priority_rows[];
extern const struct fm_command cmd_shard_rows[], cmd_solve_rows[];
extern const struct fm_command cmd_stat_rows[], cmd_track_rows[];
extern const struct fm_command cmd_version_rows[], cmd_eval_rows[];
extern const struct fm_command cmd_hash_rows[], cmd_predict_rows[], cmd_calibrate_rows[];
extern const struct fm_command cmd_watch_rows[], cmd_features_rows[];

struct fm_nl *fm_cli_nl(struct fm_cli *cli);
struct fm_nl *fm_cli_nl_any(struct fm_cli *cli);
bool fm_cli_interrupted(void);

#endif
