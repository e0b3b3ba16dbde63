// SPDX-License-Identifier: GPL-2.0-or-later
/* The cost model's constants, measured on this machine. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "calibrate.h"
#include "costfile.h"
#include "cpulist.h"
#include "dirs.h"
#include "cpulist.h"
#include "dirs.h"
#include "fmctl.h"
#include "json.h"

struct calibrate_opts {
	const char *cpus;
	const char *out;
};

static const struct fm_column columns[] = {
	{ .key = "constant", .title = "CONSTANT" },
	{ .key = "default", .title = "DEFAULT", .right = true },
	{ .key = "measured", .title = "MEASURED", .right = true },
	{ 0 }
};

static bool is_watched(const struct fm_cli *cli)
{
	return !cli->global.quiet && !cli->global.json &&
	       isatty(STDERR_FILENO);
}

static void show_progress(unsigned int i, unsigned int n, const char *name)
{
	fprintf(stderr, "\r\033[K[%u/%u] %s", i + 1, n, name);
	fflush(stderr);
}

static int choose_cpus(struct fm_cli *cli, const char *text,
		       struct fm_calibrate *how)
{
	struct fm_cpulist cpus;

	if (text && (fm_cpulist_parse(text, &cpus) || cpus.n != 2))
		return fm_error_set(&cli->err, FM_EXIT_USAGE, EINVAL,
				    "cpus \"%s\" is no list of two such as 0,2",
				    text);
	if (!text && fm_cpulist_online("", &cpus))
		return fm_error_set(&cli->err, FM_EXIT_ERROR, 0,
				    "the kernel does not tell which CPUs are online");
	how->cpu[0] = cpus.cpus[0];
	how->cpu[1] = cpus.cpus[cpus.n > 1];
	if (cpus.n < 2)
		fm_log_print(FM_LOG_WARN, "there is one CPU: transfer, contend and handoff keep their defaults");
	return 0;
}

/* Of the file, which has what was measured, and of the defaults. */
static struct json_object *rows_json(struct json_object *file)
{
	struct json_object *rows = json_object_new_array(), *defaults, *row;
	struct fm_cost_model model;

	fm_cost_setup(&model);
	defaults = fm_costfile_json(&model);
	json_object_object_foreach(fm_json_get(file, "costs"), name, value) {
		row = json_object_new_object();
		json_object_object_add(row, "constant", fm_json_string(name));
		json_object_object_add(row, "default", json_object_get(
			fm_json_get(fm_json_get(defaults, "costs"), name)));
		json_object_object_add(row, "measured", json_object_get(value));
		json_object_array_add(rows, row);
	}
	json_object_put(defaults);
	return rows;
}

static int store(struct fm_cli *cli, const char *out, struct json_object *file)
{
	char *place = out ? NULL : fm_dirs_place(FM_COSTFILE_ENV,
						 FM_COSTFILE_NAME);
	const char *path = out ?: place;
	int ret;

	if (!path)
		return fm_error_errno(&cli->err, ENOMEM, "costs");
	ret = fm_costfile_write(path, file, &cli->err);
	if (!ret)
		fm_log_print(FM_LOG_INFO, "stored in %s", path);
	free(place);
	return ret;
}

static int calibrate(struct fm_cli *cli, const void *opts)
{
	const struct calibrate_opts *o = opts;
	struct fm_calibrate how = { .stop = fm_cli_interrupted };
	struct json_object *file, *rows;
	struct fm_cost_model model;
	int ret = choose_cpus(cli, o->cpus, &how);

	if (ret)
		return ret;
	how.progress = is_watched(cli) ? show_progress : NULL;
	fm_cost_setup(&model);
	ret = fm_calibrate_run(&how, &model, &cli->err);
	if (how.progress)
		fprintf(stderr, "\r\033[K");
	if (ret)
		return ret;
	file = fm_costfile_json(&model);
	if (!cli->global.dry_run)
		ret = store(cli, o->out, file);
	if (!ret && !fm_output_document(&cli->out, file)) {
		rows = rows_json(file);
		fm_output_table(&cli->out, rows, columns);
		json_object_put(rows);
	}
	json_object_put(file);
	return ret;
}

static const struct fm_option options[] = {
	{ "cpus", FM_OPT_STRING, offsetof(struct calibrate_opts, cpus),
	  .value = "LIST",
	  .help = "two CPUs such as 0,2; default the first two" },
	{ "out", FM_OPT_STRING, offsetof(struct calibrate_opts, out),
	  .letter = 'o', .value = "FILE", .complete = "file",
	  .help = "store it there, for \"solve costs\"" },
	{ 0 }
};

const struct fm_command cmd_calibrate_rows[] = {
	{
		.object = "solve", .verb = "calibrate", .func = calibrate,
		.options = options, .opts_size = sizeof(struct calibrate_opts),
		.help = "Measure the constants of the cost model on this machine",
		.details = "Takes about a second, on a machine with nothing "
			   "else to do, and stores what it finds where \"solve\" "
			   "and \"deploy\" look for it: $FLOWMAGE_COSTS, or else "
			   "/var/lib/flowmage/costs.json for root and "
			   "flowmage/costs.json below $XDG_STATE_HOME for others. "
			   "Deleting the file brings the defaults back. Constants "
			   "are in hits in the L1 cache, unit_ns of which each "
			   "takes. Shares of the traffic and max_lines are not "
			   "measured.",
		.examples =
			"fmctl solve calibrate\n"
			"fmctl solve calibrate cpus 0,8 # on two sockets\n"
			"fmctl --dry-run -j solve calibrate # store nothing",
	},
	{ 0 }
};
