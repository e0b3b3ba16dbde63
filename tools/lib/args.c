// SPDX-License-Identifier: GPL-2.0-or-later
/* Which word is which option, and what is wrong with the one that is none. */
#include <string.h>
#include "args.h"
#include "args_value.h"

/* A word taken apart: "--limit=5" is the name "limit" with the value "5". */
struct word {
	const char *name;
	size_t len;
	const char *value;
	bool dashed;
};

static struct word split(const char *text)
{
	struct word word = { .name = text, .len = strlen(text) };
	const char *equals;

	if (strncmp(text, "--", 2))
		return word;
	word.dashed = true;
	word.name += 2;
	equals = strchr(word.name, '=');
	if (equals)
		word.value = equals + 1;
	word.len = equals ? (size_t)(equals - word.name) : strlen(word.name);
	return word;
}

static bool candidate(const struct fm_option *opt, const struct word *word)
{
	if (opt->flags & FM_OPT_POSITIONAL)
		return false;
	if (opt->flags & FM_OPT_DASHED && !word->dashed)
		return false;
	return word->len && !strncmp(opt->name, word->name, word->len);
}

/* The row of an option and the set it is in. */
struct found {
	struct fm_args *set;
	const struct fm_option *opt;
	const struct fm_option *other;	/* fits as well */
};

static void find(struct fm_args *sets, size_t nsets, const struct word *word,
		 struct found *found)
{
	const struct fm_option *opt;
	size_t i;

	memset(found, 0, sizeof(*found));
	for (i = 0; i < nsets; i++) {
		for (opt = sets[i].table; opt && opt->name; opt++) {
			if (!candidate(opt, word))
				continue;
			found->other = found->opt;
			found->opt = opt;
			found->set = &sets[i];
			if (!opt->name[word->len]) {
				found->other = NULL;
				return;
			}
		}
	}
}

static int find_letter(struct fm_args *sets, size_t nsets, char letter,
		       struct found *found)
{
	const struct fm_option *opt;
	size_t i;

	memset(found, 0, sizeof(*found));
	for (i = 0; i < nsets; i++) {
		for (opt = sets[i].table; opt && opt->name; opt++) {
			if (!letter || opt->letter != letter)
				continue;
			found->opt = opt;
			found->set = &sets[i];
			return 0;
		}
	}
	return FM_ARGS_NONE;
}

static int mark(const struct found *found, struct fm_error *err)
{
	uint64_t bit = 1ULL << (found->opt - found->set->table);
	bool again = found->set->seen & bit;

	found->set->seen |= bit;
	if (!again || found->opt->type == FM_OPT_FLAG ||
	    found->opt->type == FM_OPT_STRINGS)
		return 0;
	fm_error_set(err, FM_EXIT_USAGE, 0, "\"%s\" is given twice",
		     found->opt->name);
	return err->code;
}

/* Take the value of an option: the one at hand, or the next word. */
static int take(const struct found *found, const char *value, int argc,
		char *const *argv, int *i, struct fm_error *err)
{
	const struct fm_option *opt = found->opt;
	int ret = mark(found, err);

	if (ret)
		return ret;
	if (opt->type == FM_OPT_FLAG && value)
		return fm_error_set(err, FM_EXIT_USAGE, 0,
				    "\"%s\" takes no value", opt->name);
	if (opt->type != FM_OPT_FLAG && !value) {
		if (*i + 1 >= argc)
			return fm_error_set(err, FM_EXIT_USAGE, 0,
					    "\"%s\" needs a value: %s",
					    opt->name, opt->value ?: "VALUE");
		value = argv[++*i];
	}
	return fm_args_value(opt, value, found->set->into, err);
}

static int take_letters(struct fm_args *sets, size_t nsets, int argc,
			char *const *argv, int *i, struct fm_error *err)
{
	const char *c = argv[*i] + 1;
	struct found found;
	int ret;

	do {
		if (find_letter(sets, nsets, *c, &found))
			return fm_error_set(err, FM_EXIT_USAGE, 0,
					    "unknown option \"%s\"", argv[*i]);
		if (found.opt->type != FM_OPT_FLAG)
			return take(&found, c[1] ? c + 1 : NULL, argc, argv, i,
				    err);
		ret = take(&found, NULL, argc, argv, i, err);
	} while (!ret && *++c);
	return ret;
}

static int unknown(const char *text, const struct found *found,
		   struct fm_error *err)
{
	if (found->other)
		return fm_error_set(err, FM_EXIT_USAGE, 0,
				    "\"%s\" may be \"%s\" or \"%s\"", text,
				    found->other->name, found->opt->name);
	return fm_error_set(err, FM_EXIT_USAGE, 0, "unknown %s \"%s\"",
			    *text == '-' ? "option" : "word", text);
}

/**
 * fm_args_option() - take one option and its value
 * @sets: tables to look it up in
 * @nsets: how many
 * @argc: words in @argv
 * @argv: the words
 * @i: index of the option; afterwards of the last word taken
 * @err: names the word if it is refused
 *
 * Return: 0 or FM_EXIT_USAGE.
 */
int fm_args_option(struct fm_args *sets, size_t nsets, int argc,
		   char *const *argv, int *i, struct fm_error *err)
{
	struct word word = split(argv[*i]);
	struct found found;

	if (*argv[*i] == '-' && !word.dashed)
		return take_letters(sets, nsets, argc, argv, i, err);
	find(sets, nsets, &word, &found);
	if (!found.opt || found.other)
		return unknown(argv[*i], &found, err);
	return take(&found, word.value, argc, argv, i, err);
}

static bool next_positional(struct fm_args *sets, size_t nsets,
			    struct found *found)
{
	const struct fm_option *opt;
	size_t i;

	for (i = 0; i < nsets; i++) {
		for (opt = sets[i].table; opt && opt->name; opt++) {
			uint64_t bit = 1ULL << (opt - sets[i].table);

			if (!(opt->flags & FM_OPT_POSITIONAL) ||
			    (sets[i].seen & bit &&
			     opt->type != FM_OPT_STRINGS))
				continue;
			found->set = &sets[i];
			found->opt = opt;
			return true;
		}
	}
	return false;
}

static int check_required(const struct fm_args *set, struct fm_error *err)
{
	const struct fm_option *opt;

	for (opt = set->table; opt && opt->name; opt++)
		if (opt->flags & FM_OPT_REQUIRED &&
		    !(set->seen & 1ULL << (opt - set->table)))
			return fm_error_set(err, FM_EXIT_USAGE, 0,
					    "\"%s\" is missing", opt->name);
	return 0;
}

/**
 * fm_args_parse() - take every word, as an option, its value or a positional
 * @sets: tables to look options up in, with the structs they go to
 * @nsets: how many
 * @argc: words in @argv, all of which are parsed
 * @argv: the words; strings in the structs point to them
 * @err: names the word if one is refused
 *
 * Return: 0 or FM_EXIT_USAGE.
 */
int fm_args_parse(struct fm_args *sets, size_t nsets, int argc,
		  char *const *argv, struct fm_error *err)
{
	struct found found;
	int i, ret = 0;
	size_t set;

	for (i = 0; i < argc && !ret; i++) {
		if ((*argv[i] != '-' || !argv[i][1]) &&
		    next_positional(sets, nsets, &found)) {
			ret = mark(&found, err);
			ret = ret ?: fm_args_value(found.opt, argv[i],
						   found.set->into, err);
		} else {
			ret = fm_args_option(sets, nsets, argc, argv, &i, err);
		}
	}
	for (set = 0; set < nsets && !ret; set++)
		ret = check_required(&sets[set], err);
	return ret;
}

/**
 * fm_args_match() - find the name that a word abbreviates
 * @word: a whole name or an unambiguous beginning
 * @names: the names; equal ones count once, NULL ones not at all
 * @n: how many
 *
 * Return: index of the name, FM_ARGS_NONE or FM_ARGS_AMBIGUOUS.
 */
int fm_args_match(const char *word, const char *const *names, size_t n)
{
	int match = FM_ARGS_NONE;
	size_t i, len = strlen(word);

	for (i = 0; i < n && len; i++) {
		if (!names[i] || strncmp(names[i], word, len))
			continue;
		if (!names[i][len])
			return i;
		if (match == FM_ARGS_NONE)
			match = i;
		else if (match < 0 || strcmp(names[match], names[i]))
			match = FM_ARGS_AMBIGUOUS;
	}
	return match;
}
