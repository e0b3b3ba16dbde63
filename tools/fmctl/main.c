// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fmctl [GLOBAL] OBJECT VERB [KEY VALUE]...
 *
 * Words are looked up in the command table and parsed before anything is done;
 * what a command has to say goes to stdout, errors and remarks to stderr.
 */
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include "command.h"

static volatile sig_atomic_t interrupted;

/* What is left of the command line. */
struct line {
	int argc;
	char **argv;
	int i;
};

static void on_signal(int sig)
{
	(void)sig;
	interrupted = 1;
}

/* A second signal kills, should a command not look at the first. */
static void catch_signals(void)
{
	struct sigaction sa = {
		.sa_handler = on_signal,
		.sa_flags = SA_RESETHAND,
	};

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
}

/**
 * fm_cli_interrupted() - was the command told to stop, by ^C or SIGTERM?
 *
 * A command that is then ended returns FM_EXIT_INTERRUPTED.
 */
bool fm_cli_interrupted(void)
{
	return interrupted;
}

static struct fm_nl *open_nl(struct fm_cli *cli, bool any_abi)
{
	struct fm_nl_config config = {
		.timeout_ms = cli->global.timeout.value * 1000,
		.stop = fm_cli_interrupted,
		.any_abi = any_abi,
	};

	if (!cli->nl)
		fm_nl_open(&config, &cli->nl, &cli->err);
	return cli->nl;
}

/**
 * fm_cli_nl() - the module's family, opened when first needed
 * @cli: the run; its err is filled on failure
 *
 * Return: the family, to be closed by main; NULL on failure.
 */
struct fm_nl *fm_cli_nl(struct fm_cli *cli)
{
	return open_nl(cli, false);
}

/**
 * fm_cli_nl_any() - the same for a module of whatever ABI
 * @cli: the run
 *
 * Return: the family or NULL.
 */
struct fm_nl *fm_cli_nl_any(struct fm_cli *cli)
{
	return open_nl(cli, true);
}

/* Global options up to the next word; NULL at the end or on an error. */
static const char *next_word(struct fm_cli *cli, struct line *line)
{
	struct fm_args globals = { fm_global_options, &cli->global, 0 };

	for (; line->i < line->argc; line->i++) {
		if (*line->argv[line->i] != '-')
			return line->argv[line->i++];
		if (fm_args_option(&globals, 1, line->argc, line->argv,
				   &line->i, &cli->err))
			return NULL;
	}
	return NULL;
}

static bool is_help(const char *word)
{
	return word && !strcmp(word, "help");
}

static int help(struct fm_cli *cli, struct line *line, const char *object)
{
	const struct fm_command *command;
	struct fm_command_list list;
	const char *verb;
	bool used;

	if (object && !strcmp(object, "man")) {
		fm_man_print(cli->out.file);
		return 0;
	}
	if (!object || is_help(object)) {
		fm_help_print(cli->out.file);
		return 0;
	}
	if (fm_command_find_object(object, &list, &cli->err))
		return cli->err.code;
	verb = next_word(cli, line);
	if (cli->err.code)
		return cli->err.code;
	if (!verb || is_help(verb)) {
		if (!list.rows[0]->verb)
			fm_help_command_print(cli->out.file, list.rows[0]);
		if (list.n > 1 || list.rows[0]->verb)
			fm_help_object_print(cli->out.file, &list);
		return 0;
	}
	command = fm_command_find_verb(&list, verb, &used, &cli->err);
	if (!command)
		return cli->err.code;
	fm_help_command_print(cli->out.file, command);
	return 0;
}

static enum fm_color color_of(const struct fm_globals *global)
{
	if (!global->color || !strcmp(global->color, "auto"))
		return FM_COLOR_AUTO;
	return strcmp(global->color, "never") ? FM_COLOR_ALWAYS :
		FM_COLOR_NEVER;
}

static void setup_output(struct fm_cli *cli)
{
	const struct fm_globals *global = &cli->global;

	fm_output_setup(&cli->out, stdout, color_of(global));
	cli->out.json = global->json || global->pretty;
	cli->out.pretty = global->pretty;
	cli->out.stats = global->stats;
	fm_log_setup(global->quiet ? FM_LOG_ERROR :
		     global->verbose ? FM_LOG_DEBUG : FM_LOG_INFO,
		     cli->out.json);
}

static int run(struct fm_cli *cli, const struct fm_command *command,
	       struct line *line)
{
	void *opts = calloc(1, command->opts_size + 1);
	struct fm_args sets[] = {
		{ command->options, opts, 0 },
		{ fm_global_options, &cli->global, 0 },
	};
	int ret;

	if (!opts)
		return fm_error_set(&cli->err, FM_EXIT_ERROR, 0, "no memory");
	ret = fm_args_parse(sets, 2, line->argc - line->i,
			    line->argv + line->i, &cli->err);
	if (cli->global.help) {
		memset(&cli->err, 0, sizeof(cli->err));
		fm_help_command_print(cli->out.file, command);
		ret = 0;
		goto free;
	}
	if (ret) {
		fm_error_hint(&cli->err, "fmctl %s%s%s help", command->object,
			      command->verb ? " " : "", command->verb ?: "");
		goto free;
	}
	setup_output(cli);
	if (cli->global.netns)
		ret = fm_nl_netns_enter(cli->global.netns, &cli->err);
	ret = ret ?: command->func(cli, opts);
	if (!ret)
		ret = fm_output_flush(&cli->out, &cli->err);
free:
	free(opts);
	return ret;
}

static bool help_follows(const struct line *line)
{
	return line->i < line->argc && is_help(line->argv[line->i]);
}

/* The command of an object; NULL with or without an error: help was asked. */
static const struct fm_command *choose(struct fm_cli *cli, struct line *line,
				       const struct fm_command_list *list)
{
	const struct fm_command *command;
	int word = line->i;
	const char *verb;
	bool used;

	if (list->n == 1 && !list->rows[0]->verb)
		return list->rows[0];
	verb = next_word(cli, line);
	/* an option of the command whose verb is left out */
	if (cli->err.code && line->i < line->argc && !list->rows[0]->verb) {
		memset(&cli->err, 0, sizeof(cli->err));
		line->i = word;
		return list->rows[0];
	}
	if (cli->err.code || (cli->global.help && !verb))
		return NULL;
	command = fm_command_find_verb(list, verb, &used, &cli->err);
	if (!used)
		line->i = word;
	return command;
}

static int dispatch_object(struct fm_cli *cli, struct line *line,
			   const char *object)
{
	const struct fm_command *command;
	struct fm_command_list list;

	if (fm_command_find_object(object, &list, &cli->err))
		return cli->err.code;
	if (help_follows(line))
		return help(cli, line, object);
	command = choose(cli, line, &list);
	if (cli->err.code)
		return cli->err.code;
	if (!command) {
		fm_help_object_print(cli->out.file, &list);
		return 0;
	}
	if (help_follows(line)) {
		fm_help_command_print(cli->out.file, command);
		return 0;
	}
	return run(cli, command, line);
}

static int dispatch(struct fm_cli *cli, struct line *line)
{
	const char *object = next_word(cli, line);

	if (cli->err.code)
		return cli->err.code;
	if (object && !is_help(object))
		return dispatch_object(cli, line, object);
	if (!object && !cli->global.help)
		return fm_error_set(&cli->err, FM_EXIT_USAGE, 0,
				    "no command; try \"fmctl help\"");
	object = next_word(cli, line);
	return cli->err.code ?: help(cli, line, object);
}

/* Was JSON wanted, even if the words could not be parsed? */
static bool wants_json(const struct fm_cli *cli, int argc, char **argv)
{
	int i;

	if (cli->global.json || cli->global.pretty)
		return true;
	for (i = 1; i < argc; i++) {
		const char *word = argv[i];

		if (!strcmp(word, "--json") || !strcmp(word, "--pretty"))
			return true;
		if (*word == '-' && word[strspn(word, "-46pqsv")] == 'j' &&
		    word[1] != '-')
			return true;
	}
	return false;
}

int main(int argc, char **argv)
{
	struct line line = { argc, argv, 1 };
	struct fm_cli cli = { 0 };
	int ret;

	setlocale(LC_CTYPE, "");
	catch_signals();
	fm_output_setup(&cli.out, stdout, FM_COLOR_AUTO);
	ret = dispatch(&cli, &line);
	fm_nl_close(cli.nl);
	if (cli.err.code != FM_EXIT_INTERRUPTED || cli.global.json)
		fm_error_print(&cli.err, "fmctl",
			       wants_json(&cli, argc, argv));
	return ret;
}
