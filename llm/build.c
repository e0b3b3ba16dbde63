// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How a tree that was built compiles an NF. The command is in a file that the
 * build left beside the object, or in a list of all commands; both are read,
 * nothing of them is run.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <json-c/json.h>

#include "build.h"
#include "source.h"

#define LIST_DEPTH	8	/* JSON in JSON */

struct reader {
	struct fm_build *build;
	const char *tree;
	const char *file;	/* that is compiled, absolute */
	const char *dir;	/* where the compiler is called */
};

/* ---- arguments */

static bool starts(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

static void add_dir(struct reader *r, const char *dir)
{
	char *full, *real;

	if (asprintf(&full, "%s%s%s", *dir == '/' ? "" : r->dir,
		     *dir == '/' ? "" : "/", dir) < 0)
		return;
	real = realpath(full, NULL);
	if (real && !fm_strings_has(&r->build->dirs, real))
		fm_strings_add(&r->build->dirs, real);
	free(real);
	free(full);
}

/* NAME, NAME=VALUE and NAME(PARAMETERS)=VALUE */
static void add_macro(struct fm_intern *to, const char *text)
{
	size_t len = strcspn(text, "=(");

	if (len)
		fm_intern(to, text, len);
}

/* What the arguments with a value of their own do. */
static void take_value(struct reader *r, const char *option, const char *value)
{
	if (!strcmp(option, "-D"))
		add_macro(&r->build->defined, value);
	else if (!strcmp(option, "-U"))
		add_macro(&r->build->undefined, value);
	else
		add_dir(r, value);
}

static void take_arguments(struct reader *r, const struct fm_strings *args)
{
	static const char *const options[] = {
		"-D", "-U", "-isystem", "-iquote", "-idirafter", "-I",
	};
	size_t n = sizeof(options) / sizeof(*options);

	for (size_t i = 0; i < args->n; i++)
		for (size_t k = 0; k < n; k++) {
			const char *arg = args->v[i];

			if (!starts(arg, options[k]))
				continue;
			arg += strlen(options[k]);
			if (*arg)
				take_value(r, options[k], arg);
			else if (++i < args->n)
				take_value(r, options[k], args->v[i]);
			break;
		}
}

/* ---- a command as a shell reads it */

static const char *take_quoted(const char *p, char *word, size_t *len)
{
	char quote = *p++;

	while (*p && *p != quote) {
		if (*p == '\\' && quote == '"' && p[1])
			p++;
		word[(*len)++] = *p++;
	}
	return *p ? p + 1 : p;
}

static const char *take_word(const char *p, char *word)
{
	size_t len = 0;

	while (*p && !isspace((unsigned char)*p)) {
		if (*p == '\'' || *p == '"') {
			p = take_quoted(p, word, &len);
			continue;
		}
		if (*p == '\\' && p[1])
			p++;
		word[len++] = *p++;
	}
	word[len] = '\0';
	return p;
}

static void split(const char *command, struct fm_strings *args)
{
	char *word = malloc(strlen(command) + 1);

	while (word && args->n < FM_BUILD_WORDS) {
		while (isspace((unsigned char)*command))
			command++;
		if (!*command)
			break;
		command = take_word(command, word);
		fm_strings_add(args, word);
	}
	free(word);
}

static void take_command(struct reader *r, const char *command)
{
	struct fm_strings args = { 0 };

	split(command, &args);
	take_arguments(r, &args);
	fm_strings_cleanup(&args);
}

/* ---- where commands are */

/* cmd_net/sched/x.o := gcc ... */
static bool read_one(struct reader *r, char *text)
{
	char *command = strstr(text, ":="), *end;

	if (!command)
		return false;
	end = strchr(command, '\n');
	if (end)
		*end = '\0';
	r->dir = r->tree;
	take_command(r, command + 2);
	return true;
}

static const char *member(struct json_object *obj, const char *key)
{
	struct json_object *value;

	if (!json_object_object_get_ex(obj, key, &value) ||
	    !json_object_is_type(value, json_type_string))
		return NULL;
	return json_object_get_string(value);
}

static bool is_of_file(const struct reader *r, const char *dir,
		       const char *file)
{
	char *full, *real;
	bool same;

	if (asprintf(&full, "%s%s%s", *file == '/' ? "" : dir,
		     *file == '/' ? "" : "/", file) < 0)
		return false;
	real = realpath(full, NULL);
	same = real && !strcmp(real, r->file);
	free(real);
	free(full);
	return same;
}

static void take_list(struct reader *r, struct json_object *list)
{
	struct fm_strings args = { 0 };
	size_t n = json_object_array_length(list);

	for (size_t i = 0; i < n && i < FM_BUILD_WORDS; i++) {
		struct json_object *arg = json_object_array_get_idx(list, i);

		if (json_object_is_type(arg, json_type_string))
			fm_strings_add(&args, json_object_get_string(arg));
	}
	take_arguments(r, &args);
	fm_strings_cleanup(&args);
}

static bool take_entry(struct reader *r, struct json_object *entry)
{
	const char *file, *command, *base = strrchr(r->file, '/') + 1;
	struct json_object *list;
	size_t len = strlen(base);

	if (!json_object_is_type(entry, json_type_object))
		return false;
	r->dir = member(entry, "directory");
	file = member(entry, "file");
	if (!r->dir || !file || strlen(file) < len ||
	    strcmp(file + strlen(file) - len, base) ||
	    !is_of_file(r, r->dir, file))
		return false;
	command = member(entry, "command");
	if (command)
		take_command(r, command);
	else if (json_object_object_get_ex(entry, "arguments", &list) &&
		 json_object_is_type(list, json_type_array))
		take_list(r, list);
	return true;
}

/* [{"directory": ..., "file": ..., "command" or "arguments": ...}, ...] */
static bool read_list(struct reader *r, const char *text, size_t len)
{
	struct json_tokener *tok = json_tokener_new_ex(LIST_DEPTH);
	struct json_object *root = tok ?
		json_tokener_parse_ex(tok, text, len) : NULL;
	bool found = false;

	if (json_object_is_type(root, json_type_array))
		for (size_t i = 0; i < json_object_array_length(root) &&
		     !found; i++)
			found = take_entry(r, json_object_array_get_idx(root,
									i));
	json_object_put(root);
	if (tok)
		json_tokener_free(tok);
	return found;
}

static bool ends(const char *text, const char *with)
{
	size_t len = strlen(text), n = strlen(with);

	return len >= n && !strcmp(text + len - n, with);
}

/* "{dir}/.{base}.o.cmd" of a/b.c is a/.b.o.cmd; others are of the tree. */
static char *fill(const struct reader *r, const char *template)
{
	const char *slash = strrchr(r->file, '/'), *dot = strrchr(slash, '.');
	char *path = NULL;
	size_t len;
	FILE *out = open_memstream(&path, &len);

	if (!out)
		return NULL;
	if (!starts(template, "{dir}"))
		fprintf(out, "%s/", r->tree);
	while (*template) {
		if (starts(template, "{dir}")) {
			fprintf(out, "%.*s", (int)(slash - r->file), r->file);
			template += strlen("{dir}");
		} else if (starts(template, "{base}")) {
			fprintf(out, "%.*s", dot ? (int)(dot - slash - 1) :
				(int)strlen(slash + 1), slash + 1);
			template += strlen("{base}");
		} else {
			fputc(*template++, out);
		}
	}
	if (!fclose(out))
		return path;
	free(path);
	return NULL;
}

static void note(struct reader *r, const char *path)
{
	size_t len = strlen(r->tree);

	if (!strncmp(path, r->tree, len) && path[len] == '/')
		path += len + 1;
	if (strlen(path) < FM_RECORD_PATH)
		fm_strings_add(&r->build->files, path);
}

static bool read_commands(struct reader *r, const char *template)
{
	char *path = fill(r, template), *text = NULL;
	bool found = false;
	size_t len;

	if (path)
		text = fm_source_text(path, FM_BUILD_FILE_MAX, &len);
	if (text)
		found = ends(path, ".json") ? read_list(r, text, len) :
					      read_one(r, text);
	if (found)
		note(r, path);
	free(text);
	free(path);
	return found;
}

/* ---- the configuration */

static bool is_named(const struct fm_build *build, const char *name)
{
	return build->rules && fm_idiom_lists(&build->rules->names, name);
}

/* "#define NAME ..." of a header that is made by the configuration */
static void take_define(struct fm_build *build, const char *line)
{
	const char *apart = build->rules->apart;
	size_t len;
	char *name;

	line += strspn(line, " \t");
	len = strcspn(line, " \t(\r\n");
	name = strndup(line, len);
	if (name && len && is_named(build, name)) {
		fm_intern(&build->defined, line, len);
		if (*apart && ends(name, apart))
			fm_intern(&build->parts, line, len - strlen(apart));
	}
	free(name);
}

static void read_config(struct reader *r)
{
	char *path = NULL, *text = NULL, *line, *rest;
	size_t len;

	if (!*r->build->rules->config ||
	    asprintf(&path, "%s/%s", r->tree, r->build->rules->config) < 0)
		return;
	text = fm_source_text(path, FM_BUILD_FILE_MAX, &len);
	for (rest = text; rest && (line = strsep(&rest, "\n"));)
		if (starts(line, "#define "))
			take_define(r->build, line + strlen("#define "));
	if (text) {
		r->build->configured = true;
		note(r, path);
	}
	free(text);
	free(path);
}

/**
 * fm_build_read - find out how a file is compiled
 * @rules: where that is told
 * @tree: absolute path of the tree
 * @file: absolute path of the file
 * @build: gets it, to be cleaned up; nothing if the tree was not built
 */
void fm_build_read(const struct fm_idiom_build *rules, const char *tree,
		   const char *file, struct fm_build *build)
{
	struct reader r = { .build = build, .tree = tree, .file = file };
	bool found = false;

	*build = (struct fm_build){ .rules = rules };
	if (!strrchr(file, '/'))
		return;
	for (size_t i = 0; i < rules->commands.n && !found; i++)
		found = read_commands(&r, rules->commands.v[i]);
	if (found)
		read_config(&r);
}

/**
 * fm_build_macro - is a macro defined?
 * @build: how the file is compiled, or NULL
 * @name: of the macro
 * @tested: it is an argument of what tests configurations, as in IF(NAME),
 *	and what is built apart counts too
 */
enum fm_build_macro fm_build_macro(const struct fm_build *build,
				   const char *name, bool tested)
{
	if (!build)
		return FM_BUILD_UNKNOWN;
	if (tested && !is_named(build, name))
		return FM_BUILD_UNKNOWN;
	if (fm_intern_find(&build->undefined, name))
		return FM_BUILD_UNDEFINED;
	if (fm_intern_find(&build->defined, name) ||
	    (tested && fm_intern_find(&build->parts, name)))
		return FM_BUILD_DEFINED;
	return build->configured && is_named(build, name) ?
	       FM_BUILD_UNDEFINED : FM_BUILD_UNKNOWN;
}

/**
 * fm_build_cleanup - forget how it is compiled
 * @build: it
 */
void fm_build_cleanup(struct fm_build *build)
{
	fm_intern_cleanup(&build->defined);
	fm_intern_cleanup(&build->undefined);
	fm_intern_cleanup(&build->parts);
	fm_strings_cleanup(&build->dirs);
	fm_strings_cleanup(&build->files);
	*build = (struct fm_build){ 0 };
}
