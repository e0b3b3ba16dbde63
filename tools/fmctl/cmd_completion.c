// SPDX-License-Identifier: GPL-2.0-or-later
/* Completion for shells, from the command table. */
#include <string.h>
#include "command.h"

/*
 * Words before the cursor that are not options choose the command. Names of
 * chains and NFs are those of this moment.
 */
static const char *const bash_tail =
	"_fmctl_names()\n"
	"{\n"
	"	fmctl -j \"$1\" list 2>/dev/null |\n"
	"		grep -o \"\\\"$2\\\":\\\"[^\\\"]*\\\"\" | cut -d'\"' -f4\n"
	"}\n"
	"\n"
	"_fmctl_live()\n"
	"{\n"
	"	case $1 in\n"
	"	chain) _fmctl_names chain chain_name ;;\n"
	"	nf) _fmctl_names nf type ;;\n"
	"	dev) ls /sys/class/net ;;\n"
	"	netns) ls /run/netns 2>/dev/null ;;\n"
	"	file) compgen -f -- \"$2\" ;;\n"
	"	esac\n"
	"}\n"
	"\n"
	"_fmctl()\n"
	"{\n"
	"	local cur=${COMP_WORDS[COMP_CWORD]} words=() word i command\n"
	"	local prev=${COMP_WORDS[COMP_CWORD-1]#--} offer\n"
	"\n"
	"	for ((i = 1; i < COMP_CWORD; i++)); do\n"
	"		word=${COMP_WORDS[i]}\n"
	"		case $word in\n"
	"		-n|--netns|--color|--timeout) ((i++)) ;;\n"
	"		-*) ;;\n"
	"		*) words+=(\"$word\") ;;\n"
	"		esac\n"
	"	done\n"
	"	command=\"${words[0]-} ${words[1]-}\"\n"
	"	[[ -n ${_fmctl_options[$command]+x} ]] || command=${words[0]-}\n"
	"	if ((${#words[@]} == 0)); then\n"
	"		offer=\"${!_fmctl_verbs[*]} help\"\n"
	"	elif [[ -n ${_fmctl_values[$command:$prev]-} ]]; then\n"
	"		offer=$(_fmctl_live \"${_fmctl_values[$command:$prev]}\" "
	"\"$cur\")\n"
	"	elif ((${#words[@]} == 1)) && [[ -n "
	"${_fmctl_verbs[${words[0]}]-} ]]; then\n"
	"		offer=${_fmctl_verbs[${words[0]}]}\n"
	"	else\n"
	"		offer=\"${_fmctl_options[$command]-} $(_fmctl_live "
	"\"${_fmctl_place[$command]-}\" \"$cur\")\"\n"
	"	fi\n"
	"	[[ $cur == -* ]] && offer+=\" $_fmctl_global\"\n"
	"	mapfile -t COMPREPLY < <(compgen -W \"$offer\" -- \"$cur\")\n"
	"}\n"
	"complete -F _fmctl fmctl\n";

static void print_verbs(FILE *file, const struct fm_command_list *all)
{
	size_t i, j;

	fprintf(file, "declare -gA _fmctl_verbs=(\n");
	for (i = 0; i < all->n; i++) {
		const char *object = all->rows[i]->object;
		struct fm_command_list list;

		fm_command_list_object(&list, object);
		if (list.rows[0] != all->rows[i])
			continue;
		fprintf(file, "\t[%s]=\"", object);
		for (j = 0; j < list.n; j++)
			if (list.rows[j]->verb)
				fprintf(file, "%s%s", j ? " " : "",
					list.rows[j]->verb);
		fprintf(file, "\"\n");
	}
	fprintf(file, ")\n");
}

static void print_name(FILE *file, const struct fm_command *command)
{
	fprintf(file, "%s%s%s", command->object, command->verb ? " " : "",
		command->verb ?: "");
}

static void print_options(FILE *file, const struct fm_command_list *all)
{
	const struct fm_option *opt;
	const char *space;
	size_t i;

	fprintf(file, "declare -gA _fmctl_options=(\n");
	for (i = 0; i < all->n; i++) {
		fprintf(file, "\t[");
		print_name(file, all->rows[i]);
		fprintf(file, "]=\"");
		space = "";
		for (opt = all->rows[i]->options; opt && opt->name; opt++) {
			if (opt->flags & FM_OPT_POSITIONAL)
				continue;
			fprintf(file, "%s%s%s", space,
				opt->flags & FM_OPT_DASHED ? "--" : "",
				opt->name);
			space = " ";
		}
		fprintf(file, "\"\n");
	}
	fprintf(file, ")\n");
}

/* What the value of an option, or of a place, may be completed by. */
static void print_values(FILE *file, const struct fm_command_list *all,
			 const char *array, unsigned int positional)
{
	const struct fm_option *opt;
	size_t i;

	fprintf(file, "declare -gA %s=(\n", array);
	for (i = 0; i < all->n; i++) {
		for (opt = all->rows[i]->options; opt && opt->name; opt++) {
			if ((opt->flags & FM_OPT_POSITIONAL) != positional ||
			    !opt->complete)
				continue;
			fprintf(file, "\t[");
			print_name(file, all->rows[i]);
			if (!positional)
				fprintf(file, ":%s", opt->name);
			fprintf(file, "]=%s\n", opt->complete);
		}
	}
	fprintf(file, ")\n");
}

static void print_globals(FILE *file)
{
	const struct fm_option *opt;

	fprintf(file, "_fmctl_global=\"");
	for (opt = fm_global_options; opt->name; opt++)
		fprintf(file, "%s--%s", opt == fm_global_options ? "" : " ",
			opt->name);
	fprintf(file, "\"\n\n");
}

struct completion_opts {
	const char *shell;
};

static int completion(struct fm_cli *cli, const void *opts)
{
	FILE *file = cli->out.file;
	struct fm_command_list all;

	(void)opts;
	fm_command_list_all(&all);
	fprintf(file, "# bash completion for fmctl\n\n");
	print_verbs(file, &all);
	print_options(file, &all);
	print_values(file, &all, "_fmctl_values", 0);
	print_values(file, &all, "_fmctl_place", FM_OPT_POSITIONAL);
	print_globals(file);
	fputs(bash_tail, file);
	return 0;
}

static const struct fm_option completion_options[] = {
	{ "SHELL", FM_OPT_CHOICE, offsetof(struct completion_opts, shell),
	  FM_OPT_POSITIONAL | FM_OPT_REQUIRED, .choices = "bash",
	  .help = "bash" },
	{ 0 }
};

const struct fm_command cmd_completion_rows[] = {
	{
		.object = "completion", .func = completion,
		.options = completion_options,
		.opts_size = sizeof(struct completion_opts),
		.help = "Print a completion script for a shell",
		.examples = "source <(fmctl completion bash)",
	},
	{ 0 }
};
