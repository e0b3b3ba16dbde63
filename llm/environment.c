// SPDX-License-Identifier: GPL-2.0-or-later
/* Where an environment of the rules is on this machine, and its flags. */
#define _GNU_SOURCE
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "environment.h"

struct word {
	const char *name;
	const char *value;
};

/* The kernel's name of an architecture, where it is not the machine's. */
static const char *arch_of(const char *machine)
{
	if (!strcmp(machine, "x86_64"))
		return "x86";
	if (!strcmp(machine, "aarch64"))
		return "arm64";
	return machine;
}

static const struct word *lookup_word(const struct word *words,
				      const char *text)
{
	for (; words->name; words++)
		if (!strncmp(words->name, text, strlen(words->name)))
			return words;
	return NULL;
}

/* The template with its {words} replaced; to be freed. */
static char *replace(const char *template, const struct word *words)
{
	const struct word *word;
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	while (*template) {
		word = *template == '{' ? lookup_word(words, template) : NULL;
		fputs(word ? word->value : (char[]){ *template, 0 }, out);
		template += word ? strlen(word->name) : 1;
	}
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

static char *expand(const char *template, const char *tree, const char *root)
{
	struct utsname uts;
	struct word words[] = {
		{ "{tree}", tree }, { "{root}", root },
		{ "{release}", uts.release }, { "{machine}", uts.machine },
		{ "{arch}", NULL }, { 0 }
	};

	uname(&uts);
	words[4].value = arch_of(uts.machine);
	return replace(template, words);
}

static bool has_needs(const struct fm_rules_env *env, const char *root)
{
	bool ok = true;
	char *path;

	for (size_t i = 0; i < env->needs.n && ok; i++) {
		if (asprintf(&path, "%s/%s", root, env->needs.v[i]) < 0)
			return false;
		ok = !access(path, R_OK);
		free(path);
	}
	return ok;
}

/* Of several matches the last, which is the newest of numbered versions. */
static char *find_root(const struct fm_rules_env *env, const char *pattern)
{
	char *root = NULL;
	glob_t found;

	if (glob(pattern, 0, NULL, &found))
		return NULL;
	for (size_t i = found.gl_pathc; i-- && !root;)
		if (has_needs(env, found.gl_pathv[i]))
			root = strdup(found.gl_pathv[i]);
	globfree(&found);
	return root;
}

/**
 * fm_environment_find - is an environment here?
 * @env: the environment
 * @tree: absolute path of the tree
 * @root: gets its root, to be freed; "" if it needs none
 *
 * Return: whether it is.
 */
bool fm_environment_find(const struct fm_rules_env *env, const char *tree,
			 char **root)
{
	char *pattern;

	*root = env->roots.n ? NULL : strdup("");
	for (size_t i = 0; i < env->roots.n && !*root; i++) {
		pattern = expand(env->roots.v[i], tree, "");
		if (pattern)
			*root = find_root(env, pattern);
		free(pattern);
	}
	return *root;
}

static bool add_expanded(const struct fm_strings *templates, const char *tree,
			 const char *root, struct fm_strings *flags)
{
	bool ok = true;
	char *flag;

	for (size_t i = 0; i < templates->n && ok; i++) {
		flag = expand(templates->v[i], tree, root);
		ok = flag && fm_strings_add(flags, flag);
		free(flag);
	}
	return ok;
}

/**
 * fm_environment_flags - the compiler's arguments
 * @rules: the rules
 * @env: one of their environments
 * @tree: absolute path of the tree
 * @root: from fm_environment_find()
 * @flags: gets the arguments
 *
 * Return: false if memory is short.
 */
bool fm_environment_flags(const struct fm_rules *rules,
			  const struct fm_rules_env *env, const char *tree,
			  const char *root, struct fm_strings *flags)
{
	bool ok = add_expanded(&rules->flags, tree, root, flags) &&
		  add_expanded(&env->flags, tree, root, flags) &&
		  fm_strings_add(flags, "-ferror-limit=0");

	for (size_t i = 0; i < rules->include_dirs.n && ok; i++)
		ok = fm_strings_addf(flags, "-I%s/%s", tree,
				     rules->include_dirs.v[i]);
	if (ok && env->prelude)
		ok = fm_strings_add(flags, "-include") &&
		     fm_strings_add(flags, FM_ENVIRONMENT_PRELUDE) &&
		     fm_strings_add(flags, "-isystem") &&
		     fm_strings_add(flags, FM_ENVIRONMENT_VIRTUAL);
	return ok;
}
