// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Finding the files of an NF.
 *
 * Names of files come first, then folders, then what a file contains. What
 * those include is read too, as far as the rules tell to follow it.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <fts.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source.h"
#include "token.h"

#define NAMES		4	/* ways to write an NF's name */
#define FOLLOW_DEPTH	3	/* includes inside includes */

struct search {
	const struct fm_rules *rules;
	const struct fm_idiom *idiom;
	struct fm_source *source;
	char names[NAMES][FM_RECORD_NAME];
	struct fm_strings found;
};

/* ---- names */

static void lower(const char *from, char *to)
{
	for (; *from; from++)
		*to++ = tolower((unsigned char)*from);
	*to = '\0';
}

/* UrlFilter and HashLB become url_filter and hash_lb */
static void snake(const char *from, char *to, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; from[i] && n + 2 < size; i++) {
		bool up = isupper((unsigned char)from[i]);

		if (up && i && (islower((unsigned char)from[i - 1]) ||
				(islower((unsigned char)from[i + 1]) &&
				 from[i - 1] != '_')))
			to[n++] = '_';
		to[n++] = from[i] == '-' ? '_' : tolower((unsigned char)from[i]);
	}
	to[n] = '\0';
}

static void set_names(struct search *s, const char *nf)
{
	snprintf(s->names[0], FM_RECORD_NAME, "%s", nf);
	lower(nf, s->names[1]);
	snake(nf, s->names[2], FM_RECORD_NAME);
	snprintf(s->names[3], FM_RECORD_NAME, "%s", nf);
	for (char *p = s->names[3]; *p; p++)
		if (*p == '_')
			*p = '-';
}

/* "a/{nf}.c" with a name in it, below the tree if that is wanted */
static char *fill(const char *tree, const char *template, const char *name)
{
	const char *hole = strstr(template, "{nf}");
	char *text;
	int len;

	if (hole)
		len = asprintf(&text, "%s%s%.*s%s%s", tree, *tree ? "/" : "",
			       (int)(hole - template), template, name,
			       hole + 4);
	else
		len = asprintf(&text, "%s%s%s", tree, *tree ? "/" : "",
			       template);
	return len < 0 ? NULL : text;
}

static const char *relative(const struct search *s, const char *path)
{
	size_t len = strlen(s->source->tree);

	if (!strncmp(path, s->source->tree, len) && path[len] == '/')
		return path + len + 1;
	return path;
}

static bool is_source(const struct search *s, const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot && fm_strings_has(&s->idiom->suffixes, dot) &&
	       !fm_idiom_lists(&s->idiom->skip, relative(s, path));
}

static void add_found(struct search *s, const char *path)
{
	char *real = realpath(path, NULL);

	if (real && !fm_strings_has(&s->found, real) &&
	    s->found.n < FM_RECORD_FILES)
		fm_strings_add(&s->found, real);
	free(real);
}

/* ---- the three ways to find files */

static void by_pattern(struct search *s, const char *pattern)
{
	glob_t list = { 0 };

	if (!glob(pattern, 0, NULL, &list))
		for (size_t i = 0; i < list.gl_pathc; i++)
			if (is_source(s, list.gl_pathv[i]))
				add_found(s, list.gl_pathv[i]);
	globfree(&list);
}

/* The first template that there is something for counts. */
static void by_name(struct search *s, const struct fm_strings *templates,
		    const char *tail)
{
	for (size_t i = 0; i < templates->n && !s->found.n; i++)
		for (size_t k = 0; k < NAMES && !s->found.n; k++) {
			char *path = fill(s->source->tree, templates->v[i],
					  s->names[k]), *all = NULL;

			if (path && asprintf(&all, "%s%s", path, tail) > 0)
				by_pattern(s, all);
			free(all);
			free(path);
		}
}

static bool contains(const struct search *s, const char *text, size_t len)
{
	for (size_t i = 0; i < s->idiom->texts.n; i++)
		for (size_t k = 0; k < NAMES; k++) {
			char *want = fill("", s->idiom->texts.v[i],
					  s->names[k]);
			bool found = want && memmem(text, len, want,
						    strlen(want));

			free(want);
			if (found)
				return true;
		}
	return false;
}

static void by_text(struct search *s)
{
	char *const roots[] = { s->source->tree, NULL };
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	size_t files = 0, bytes = 0, len;
	FTSENT *e;

	while (fts && (e = fts_read(fts))) {
		char *text;

		if (e->fts_info == FTS_D && e->fts_level &&
		    *e->fts_name == '.')
			fts_set(fts, e, FTS_SKIP);
		if (e->fts_info != FTS_F || !is_source(s, e->fts_path))
			continue;
		if (++files > FM_SOURCE_TREE_MAX ||
		    bytes > FM_SOURCE_SEARCH_MAX)
			break;
		text = fm_source_text(e->fts_path, FM_SOURCE_FILE_MAX, &len);
		if (text && contains(s, text, len))
			add_found(s, e->fts_path);
		bytes += text ? len : 0;
		free(text);
	}
	if (fts)
		fts_close(fts);
}

/* ---- reading what was found */

static int add_file(struct search *s, const char *path, char *err)
{
	struct fm_source *source = s->source;
	struct fm_source_file *f = &source->files[source->nfiles];
	const char *name = relative(s, path);

	for (size_t i = 0; i < source->nfiles; i++)
		if (!strcmp(source->files[i].path, name))
			return 0;
	if (source->nfiles == FM_RECORD_FILES ||
	    strlen(name) >= sizeof(f->path)) {
		source->left_out++;
		return 0;
	}
	f->text = fm_source_text(path, FM_SOURCE_FILE_MAX, &f->len);
	if (!f->text)
		return fm_sentence_set(err, -errno, "%s: %s", path,
				       strerror(errno));
	snprintf(f->path, sizeof(f->path), "%s", name);
	source->nfiles++;
	return 0;
}

static bool try_include(struct search *s, const char *dir, const char *path,
			char **full)
{
	if (asprintf(full, "%s/%s", dir, path) < 0)
		*full = NULL;
	if (*full && !access(*full, R_OK))
		return true;
	free(*full);
	*full = NULL;
	(void)s;
	return false;
}

static char *resolve(struct search *s, const char *from, const char *path)
{
	const char *tree = s->source->tree, *slash = strrchr(from, '/');
	char *full, *dir = NULL;
	bool found;

	if (asprintf(&dir, "%s%s%.*s", *from == '/' ? "" : tree,
		     *from == '/' ? "" : "/", slash ? (int)(slash - from) : 0,
		     from) < 0)
		return NULL;
	found = try_include(s, dir, path, &full);
	free(dir);
	for (size_t i = 0; !found && i < s->source->build.dirs.n; i++)
		found = try_include(s, s->source->build.dirs.v[i], path, &full);
	for (size_t i = 0; !found && i < s->rules->include_dirs.n; i++) {
		if (asprintf(&dir, "%s/%s", tree,
			     s->rules->include_dirs.v[i]) < 0)
			break;
		found = try_include(s, dir, path, &full);
		free(dir);
	}
	if (!found)
		found = try_include(s, tree, path, &full);
	return found ? full : NULL;
}

/* Headers of the language and the system say nothing of an NF. */
static bool is_of_system(struct search *s, const char *path)
{
	static const char *const dirs[] = {
		"/usr/include", "/usr/include/x86_64-linux-gnu",
		"/usr/include/c++/12", "/usr/lib/llvm-14/lib/clang/14.0.6/include",
	};
	char *full;

	if (fm_idiom_lists(&s->idiom->ignore, path) || !strchr(path, '.'))
		return true;
	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++)
		if (try_include(s, dirs[i], path, &full)) {
			free(full);
			return true;
		}
	return false;
}

static void follow(struct search *s, const struct fm_token_include *include,
		   const char *from)
{
	char *full = resolve(s, from, include->path), *real;

	if (!full) {
		if (!is_of_system(s, include->path) &&
		    s->source->missing.n < FM_RECORD_UNPARSED &&
		    !fm_strings_has(&s->source->missing, include->path))
			fm_strings_add(&s->source->missing, include->path);
		return;
	}
	real = realpath(full, NULL);
	if (real && is_source(s, real) &&
	    (include->quoted ||
	     fm_idiom_lists(&s->idiom->follow, include->path)))
		add_file(s, real, NULL);
	free(real);
	free(full);
}

static void follow_all(struct search *s, size_t first)
{
	size_t end = s->source->nfiles;

	for (size_t i = first; i < end; i++) {
		struct fm_tokens tokens = {
			.undefined = &s->idiom->undefined,
			.build = &s->source->build,
		};
		const struct fm_source_file *f = &s->source->files[i];

		fm_tokens_add(&tokens, f->text, f->len);
		for (size_t k = 0; k < tokens.nincludes; k++)
			follow(s, &tokens.includes[k], s->source->files[i].path);
		fm_tokens_cleanup(&tokens);
	}
}

static int search(struct search *s, const char *nf, const char *const *files,
		  size_t nfiles, char *err)
{
	for (size_t i = 0; i < nfiles; i++) {
		char *real = realpath(files[i], NULL);
		int ret = real ? 0 : fm_sentence_set(err, -errno, "%s: %s",
					files[i], strerror(errno));

		if (real && s->found.n == FM_RECORD_FILES)
			s->source->left_out++;
		else if (real)
			fm_strings_add(&s->found, real);
		free(real);
		if (ret)
			return ret;
	}
	if (!nfiles) {
		by_name(s, &s->idiom->folders, "/*");
		by_name(s, &s->rules->sources, "");
		if (!s->found.n && s->idiom->texts.n)
			by_text(s);
	}
	if (s->found.n)
		return 0;
	return fm_sentence_set(err, -ENOENT,
		"%s: no source of the NF '%s' here, looked for %s%s",
		s->source->tree, nf, s->rules->sources.n ?
		s->rules->sources.v[0] : "nothing",
		s->rules->sources.n > 1 ? " and others" : "");
}

/**
 * fm_source_find - find and read the files of an NF
 * @rules: of its framework, with an idiom
 * @tree: directory to look in
 * @nf: name of the NF
 * @files: @nfiles that are known to be its own, instead of looking for them
 * @source: gets them, to be cleaned up in any case
 * @err: FM_ERROR_LEN bytes for a sentence, or NULL
 *
 * Return: 0, -ENOENT if nothing is found, -EFBIG, -ENOMEM, or the negative
 * errno of reading.
 */
int fm_source_find(const struct fm_rules *rules, const char *tree,
		   const char *nf, const char *const *files, size_t nfiles,
		   struct fm_source *source, char *err)
{
	struct search s = { .rules = rules, .idiom = rules->idiom,
			    .source = source };
	size_t first = 0;
	int ret = 0;

	*source = (struct fm_source){ .tree = realpath(tree, NULL) };
	if (!source->tree)
		return fm_sentence_set(err, -errno, "%s: %s", tree,
				       strerror(errno));
	set_names(&s, nf);
	ret = search(&s, nf, files, nfiles, err);
	for (size_t i = 0; i < s.found.n && !ret; i++)
		ret = add_file(&s, s.found.v[i], err);
	source->nown = source->nfiles;
	if (!ret)
		fm_build_read(&rules->idiom->build, source->tree, s.found.v[0],
			      &source->build);
	for (int depth = 0; depth < FOLLOW_DEPTH && !ret; depth++) {
		size_t end = source->nfiles;

		follow_all(&s, first);
		first = end;
	}
	fm_strings_cleanup(&s.found);
	return ret;
}

/**
 * fm_source_read - read the files that a record was made of
 * @tree: directory that the record's paths are relative to
 * @record: the record
 * @source: gets them, to be cleaned up in any case
 * @err: FM_ERROR_LEN bytes for a sentence, or NULL
 *
 * Return: 0, or the negative errno of reading.
 */
int fm_source_read(const char *tree, const struct fm_record *record,
		   struct fm_source *source, char *err)
{
	*source = (struct fm_source){ .tree = realpath(tree, NULL) };
	if (!source->tree)
		return fm_sentence_set(err, -errno, "%s: %s", tree,
				       strerror(errno));
	for (size_t i = 0; i < record->nfiles; i++) {
		struct fm_source_file *f = &source->files[source->nfiles];
		const char *path = record->files[i].path;
		char *full;

		if (asprintf(&full, "%s%s%s", *path == '/' ? "" : source->tree,
			     *path == '/' ? "" : "/", path) < 0)
			return fm_sentence_set(err, -ENOMEM, "out of memory");
		f->text = fm_source_text(full, FM_SOURCE_FILE_MAX, &f->len);
		free(full);
		if (!f->text)
			return fm_sentence_set(err, -errno, "%s: %s", path,
					       strerror(errno));
		strcpy(f->path, path);
		source->nfiles++;
	}
	return 0;
}

/**
 * fm_source_cleanup - free what was read
 * @source: the files
 */
void fm_source_cleanup(struct fm_source *source)
{
	for (size_t i = 0; i < source->nfiles; i++)
		free(source->files[i].text);
	fm_strings_cleanup(&source->missing);
	fm_build_cleanup(&source->build);
	free(source->tree);
	*source = (struct fm_source){ 0 };
}
