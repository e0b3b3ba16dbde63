// SPDX-License-Identifier: GPL-2.0-or-later
/* Events as they happen, one per line. */
#include <string.h>
#include <time.h>
#include "fmctl.h"
#include "json.h"
#include "nl_json.h"

#define DONE (-1)

struct monitor_opts {
	const char *group;
	struct fm_opt_uint count;
};

struct monitor {
	struct fm_cli *cli;
	const struct monitor_opts *opts;
	uint64_t seen;
};

static struct json_object *now_json(void)
{
	char date[32], text[64];
	struct timespec ts;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &ts);
	gmtime_r(&ts.tv_sec, &tm);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text, sizeof(text), "%s.%03ldZ", date, ts.tv_nsec / 1000000);
	return json_object_new_string(text);
}

static const char *text_at(struct json_object *obj, const char *path)
{
	struct json_object *value = fm_json_get(obj, path);

	return value ? json_object_get_string(value) : NULL;
}

static void print_word(FILE *file, const char *name, const char *value)
{
	if (value)
		fprintf(file, " %s=%s", name, value);
}

static void print_text(FILE *file, struct json_object *e)
{
	fprintf(file, "%s %s", text_at(e, "time"), text_at(e, "event"));
	print_word(file, "seq", text_at(e, "seq"));
	print_word(file, "chain", text_at(e, "chain_name"));
	print_word(file, "generation", text_at(e, "generation"));
	print_word(file, "kind", text_at(e, "alert.kind"));
	print_word(file, "nf", text_at(e, "alert.inst"));
	print_word(file, "src", text_at(e, "alert.flow.src"));
	print_word(file, "src_port", text_at(e, "alert.flow.src_port"));
	print_word(file, "dst", text_at(e, "alert.flow.dst"));
	print_word(file, "dst_port", text_at(e, "alert.flow.dst_port"));
	print_word(file, "dev", text_at(e, "alert.dev"));
	print_word(file, "lost", text_at(e, "alert.lost"));
	print_word(file, "move", text_at(e, "move.id"));
	print_word(file, "done", text_at(e, "move.done"));
	print_word(file, "shards", text_at(e, "move.shards"));
	print_word(file, "cpus", text_at(e, "move.cpus"));
	print_word(file, "parked", text_at(e, "move.parked"));
	print_word(file, "held_ns", text_at(e, "move.held_ns"));
	print_word(file, "fence_ns", text_at(e, "move.fence_ns"));
	print_word(file, "play_ns", text_at(e, "move.play_ns"));
	fputc('\n', file);
	fflush(file);
}

static int print(const struct fm_event *event, void *arg)
{
	struct json_object *obj = fm_event_json(event);
	struct monitor *monitor = arg;
	struct fm_output *out = &monitor->cli->out;

	json_object_object_add(obj, "time", now_json());
	if (out->json)
		fm_output_line(out, obj);
	else
		print_text(out->file, obj);
	json_object_put(obj);
	if (ferror(out->file))
		return fm_output_flush(out, &monitor->cli->err);
	monitor->seen++;
	return monitor->opts->count.set &&
	       monitor->seen >= monitor->opts->count.value ? DONE : 0;
}

static int monitor(struct fm_cli *cli, const void *opts)
{
	const char *groups[] = { FM_MCGRP_CONFIG, FM_MCGRP_SHARD,
				 FM_MCGRP_ALERT };
	const struct monitor_opts *o = opts;
	struct monitor monitor = { .cli = cli, .opts = o };
	struct fm_nl *nl = fm_cli_nl(cli);
	size_t n = 3;
	int ret;

	if (!nl)
		return cli->err.code;
	if (o->group && strcmp(o->group, "all")) {
		groups[0] = o->group;
		n = 1;
	}
	ret = fm_nl_event_listen(nl, groups, n, print, &monitor, &cli->err);
	return ret == DONE ? 0 : ret;
}

static const struct fm_option monitor_options[] = {
	{ "group", FM_OPT_CHOICE, offsetof(struct monitor_opts, group),
	  .choices = FM_MCGRP_CONFIG "|" FM_MCGRP_SHARD "|" FM_MCGRP_ALERT
		     "|all",
	  .value = "GROUP",
	  .help = "config, shard, alert or all, by default all" },
	{ "count", FM_OPT_UINT, offsetof(struct monitor_opts, count),
	  .min = 1, .value = "N", .help = "end after that many events" },
	{ 0 }
};

const struct fm_command cmd_event_rows[] = {
	{
		.object = "monitor", .func = monitor,
		.options = monitor_options,
		.opts_size = sizeof(struct monitor_opts),
		.help = "Print events as they happen",
		.details = "With -j one JSON object per line. The event "
			   "\"overrun\" says that events were lost:\n"
			   "look at the chains again after it.",
		.examples = "fmctl monitor\n"
			    "fmctl -j monitor group alert count 1",
	},
	{ 0 }
};
