// SPDX-License-Identifier: GPL-2.0-or-later
/* Help on a terminal and the COMMANDS of the man page, from the same rows. */
#include <string.h>
#include "command.h"

#define INDENT 26		/* column where explanations begin */

static void print_row(FILE *file, const char *left, const char *right)
{
	int width = INDENT - 4;

	if ((int)strlen(left) > width)
		fprintf(file, "  %s\n%*s", left, INDENT, "");
	else
		fprintf(file, "  %-*s  ", width, left);
	fprintf(file, "%s\n", right);
}

static void name_command(char *buf, size_t size, const struct fm_command *c)
{
	snprintf(buf, size, "%s%s%s", c->object, c->verb ? " " : "",
		 c->verb ?: "");
}

/* How an option is written: "limit N", "--json, -j", "CHAIN". */
static void name_option(char *buf, size_t size, const struct fm_option *opt)
{
	const char *dashes = opt->flags & FM_OPT_DASHED ? "--" : "";
	size_t len;

	len = snprintf(buf, size, "%s%s", dashes, opt->name);
	if (opt->value && len < size)
		len += snprintf(buf + len, size - len, " %s", opt->value);
	if (opt->letter && len < size)
		snprintf(buf + len, size - len, ", -%c", opt->letter);
}

static void print_options(FILE *file, const struct fm_option *opt)
{
	char left[64];

	for (; opt && opt->name; opt++) {
		name_option(left, sizeof(left), opt);
		print_row(file, left, opt->help);
	}
}

static void print_synopsis(FILE *file, const struct fm_command *command)
{
	const struct fm_option *opt = command->options;
	char name[64];

	name_command(name, sizeof(name), command);
	fprintf(file, "fmctl %s", name);
	for (; opt && opt->name; opt++) {
		bool optional = !(opt->flags & FM_OPT_REQUIRED);

		name_option(name, sizeof(name), opt);
		fprintf(file, " %s%s%s%s", optional ? "[" : "", name,
			optional ? "]" : "",
			opt->type == FM_OPT_STRINGS ? "..." : "");
	}
}

static void print_commands(FILE *file, const struct fm_command_list *list)
{
	char name[64];
	size_t i;

	for (i = 0; i < list->n; i++) {
		name_command(name, sizeof(name), list->rows[i]);
		print_row(file, name, list->rows[i]->help);
	}
}

/**
 * fm_help_print() - explain fmctl
 * @file: where
 */
void fm_help_print(FILE *file)
{
	struct fm_command_list all;

	fm_command_list_all(&all);
	fprintf(file, "Usage: fmctl [GLOBAL] OBJECT VERB [KEY VALUE]...\n\n"
		"Chains of network functions in the kernel.\n\nCommands:\n");
	print_commands(file, &all);
	print_row(file, "help [OBJECT [VERB]]", "explain a command");
	fprintf(file, "\nGlobal options, before or after the command:\n");
	print_options(file, fm_global_options);
	fprintf(file, "\nWords may be abbreviated. See fmctl(8).\n");
}

/**
 * fm_help_object_print() - explain the commands of an object
 * @file: where
 * @list: the commands
 */
void fm_help_object_print(FILE *file, const struct fm_command_list *list)
{
	if (list->n == 1 && !list->rows[0]->verb) {
		fm_help_command_print(file, list->rows[0]);
		return;
	}
	fprintf(file, "Usage: fmctl %s VERB [KEY VALUE]...\n\nCommands:\n",
		list->rows[0]->object);
	print_commands(file, list);
}

/**
 * fm_help_command_print() - explain a command
 * @file: where
 * @command: the command
 */
void fm_help_command_print(FILE *file, const struct fm_command *command)
{
	fprintf(file, "Usage: ");
	print_synopsis(file, command);
	fprintf(file, "\n\n%s.\n", command->help);
	if (command->details)
		fprintf(file, "%s\n", command->details);
	if (command->options) {
		fprintf(file, "\nOptions:\n");
		print_options(file, command->options);
	}
	if (command->examples)
		fprintf(file, "\nExamples:\n%s\n", command->examples);
}

/* Text for roff: no escapes, no line that begins with a request. */
static void print_roff(FILE *file, const char *text)
{
	bool start = true;

	for (; *text; text++) {
		if (start && (*text == '.' || *text == '\''))
			fputs("\\&", file);
		if (*text == '\\')
			fputs("\\e", file);
		else if (*text == '-')
			fputs("\\-", file);
		else
			fputc(*text, file);
		start = *text == '\n';
	}
}

static void print_man_options(FILE *file, const struct fm_option *opt)
{
	char name[64];

	for (; opt && opt->name; opt++) {
		name_option(name, sizeof(name), opt);
		fprintf(file, ".TP\n.B ");
		print_roff(file, name);
		fputc('\n', file);
		print_roff(file, opt->help);
		fputc('\n', file);
	}
}

static void print_man_command(FILE *file, const struct fm_command *command)
{
	char name[64];

	name_command(name, sizeof(name), command);
	fprintf(file, ".SS %s\n.nf\n.B ", name);
	print_synopsis(file, command);
	fprintf(file, "\n.fi\n.PP\n");
	print_roff(file, command->help);
	fputs(".\n", file);
	if (command->details) {
		print_roff(file, command->details);
		fputc('\n', file);
	}
	if (!command->options && !command->examples)
		return;
	fprintf(file, ".RS\n");
	print_man_options(file, command->options);
	fprintf(file, ".RE\n");
	if (command->examples) {
		fprintf(file, ".PP\nExamples:\n.PP\n.nf\n");
		print_roff(file, command->examples);
		fprintf(file, "\n.fi\n");
	}
}

/**
 * fm_man_print() - the generated part of fmctl(8)
 * @file: where
 */
void fm_man_print(FILE *file)
{
	struct fm_command_list all;
	size_t i;

	fprintf(file, ".SH GLOBAL OPTIONS\n"
		"They are accepted before and after the command.\n");
	print_man_options(file, fm_global_options);
	fprintf(file, ".SH COMMANDS\n");
	fm_command_list_all(&all);
	for (i = 0; i < all.n; i++)
		print_man_command(file, all.rows[i]);
}
