// SPDX-License-Identifier: GPL-2.0-or-later
/* One table: dispatch, help, man page, completion and schema read it. */
#include <stddef.h>
#include <string.h>
#include "command.h"

static const struct fm_command *const tables[] = {
	cmd_track_rows, cmd_eval_rows, cmd_watch_rows, cmd_check_rows,
	cmd_solve_rows, cmd_calibrate_rows, cmd_predict_rows, cmd_deploy_rows,
	cmd_diff_rows, cmd_rollback_rows, cmd_nf_rows, cmd_features_rows, cmd_chain_rows,
	cmd_plan_rows, cmd_shard_rows, cmd_offload_rows, cmd_priority_rows,
	cmd_flow_rows, cmd_nic_rows, cmd_hash_rows,
	cmd_stat_rows, cmd_event_rows, cmd_version_rows, cmd_schema_rows,
	cmd_completion_rows,
};

#define G(_member) .offset = offsetof(struct fm_globals, _member), \
	.flags = FM_OPT_DASHED

/* Accepted before and after the command, with dashes only. */
const struct fm_option fm_global_options[] = {
	{ "json", FM_OPT_FLAG, G(json), .letter = 'j',
	  .help = "print JSON, errors too" },
	{ "pretty", FM_OPT_FLAG, G(pretty), .letter = 'p',
	  .help = "indent the JSON" },
	{ "stats", FM_OPT_FLAG, G(stats), .letter = 's',
	  .help = "show more counters, and those that are 0" },
	{ "netns", FM_OPT_STRING, G(netns), .letter = 'n', .value = "NETNS",
	  .complete = "netns",
	  .help = "work in this network namespace, a name or a path" },
	{ "ipv4", FM_OPT_FLAG, G(ipv4), .letter = '4',
	  .help = "show IPv4 flows only" },
	{ "ipv6", FM_OPT_FLAG, G(ipv6), .letter = '6',
	  .help = "show IPv6 flows only" },
	{ "color", FM_OPT_CHOICE, G(color), .choices = "auto|always|never",
	  .value = "WHEN",
	  .help = "colours: auto, always or never; NO_COLOR is respected" },
	{ "timeout", FM_OPT_UINT, G(timeout), .min = 1, .max = 86400,
	  .value = "SEC", .help = "seconds to wait for the kernel, by default 10" },
	{ "dry-run", FM_OPT_FLAG, G(dry_run),
	  .help = "say what would be done and change nothing" },
	{ "quiet", FM_OPT_FLAG, G(quiet), .letter = 'q',
	  .help = "no words but errors" },
	{ "verbose", FM_OPT_FLAG, G(verbose), .letter = 'v',
	  .help = "more words on the way" },
	{ "help", FM_OPT_FLAG, G(help), .letter = 'h',
	  .help = "explain the command" },
	{ 0 }
};

static void add_rows(struct fm_command_list *list,
		     const struct fm_command *row, const char *object)
{
	for (; row && row->object; row++)
		if ((!object || !strcmp(row->object, object)) &&
		    list->n < FM_COMMANDS_MAX)
			list->rows[list->n++] = row;
}

/**
 * fm_command_list_object() - the commands of an object
 * @list: filled, in the order of the tables
 * @object: its name, NULL for every object
 */
void fm_command_list_object(struct fm_command_list *list, const char *object)
{
	size_t i;

	memset(list, 0, sizeof(*list));
	for (i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		add_rows(list, tables[i], object);
}

/**
 * fm_command_list_all() - all commands
 * @list: filled, in the order of the tables
 */
void fm_command_list_all(struct fm_command_list *list)
{
	fm_command_list_object(list, NULL);
}

/* Name the candidates, so that the user can choose. */
static int refuse(const char *what, const char *word, int match,
		  const char *const *names, size_t n, struct fm_error *err)
{
	const char *seen = "";
	size_t i, len = 0;

	fm_error_set(err, FM_EXIT_USAGE, 0, match == FM_ARGS_AMBIGUOUS ?
		     "\"%s\" is more than one %s" : "\"%s\" is no %s", word,
		     what);
	for (i = 0; i < n && len < sizeof(err->hint); i++) {
		if (!names[i] || !strcmp(names[i], seen) ||
		    (match == FM_ARGS_AMBIGUOUS &&
		     strncmp(names[i], word, strlen(word))))
			continue;
		seen = names[i];
		len += snprintf(err->hint + len, sizeof(err->hint) - len,
				"%s%s", len ? " " : "one of: ", names[i]);
	}
	return err->code;
}

/**
 * fm_command_find_object() - the commands of an abbreviated object
 * @word: object or a beginning of its name
 * @list: filled with its commands
 * @err: filled if there is none or more than one
 *
 * Return: 0 or FM_EXIT_USAGE.
 */
int fm_command_find_object(const char *word, struct fm_command_list *list,
			   struct fm_error *err)
{
	const char *names[FM_COMMANDS_MAX];
	struct fm_command_list all;
	size_t i;
	int match;

	fm_command_list_all(&all);
	for (i = 0; i < all.n; i++)
		names[i] = all.rows[i]->object;
	match = fm_args_match(word, names, all.n);
	if (match < 0)
		return refuse("command", word, match, names, all.n, err);
	fm_command_list_object(list, names[match]);
	return 0;
}

static const struct fm_command *find_implied(const struct fm_command_list *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (!list->rows[i]->verb || list->rows[i]->implied)
			return list->rows[i];
	return NULL;
}

/**
 * fm_command_find_verb() - the command of an object that a word means
 * @list: commands of the object
 * @word: verb or a beginning of it, NULL at the end of the line
 * @used: false if the verb is implied and the word belongs to the options
 * @err: filled if there is none or more than one
 *
 * Return: the command or NULL.
 */
const struct fm_command *fm_command_find_verb(const struct fm_command_list *list,
					      const char *word, bool *used,
					      struct fm_error *err)
{
	const struct fm_command *implied = find_implied(list);
	const char *names[FM_COMMANDS_MAX] = { NULL };
	int match = FM_ARGS_NONE;
	size_t i;

	for (i = 0; i < list->n; i++)
		names[i] = list->rows[i]->verb;
	if (word)
		match = fm_args_match(word, names, list->n);
	*used = match >= 0;
	if (match >= 0)
		return list->rows[match];
	if (implied && (match == FM_ARGS_NONE || !word))
		return implied;
	refuse("verb", word ?: "", match, names, list->n, err);
	if (!word)
		snprintf(err->message, sizeof(err->message),
			 "\"%s\" needs a verb", list->rows[0]->object);
	return NULL;
}
