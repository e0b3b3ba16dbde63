// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Parsing a source file.
 *
 * Environments are tried in the order of the rules until one gives no error;
 * if none does, the one with the fewest errors counts. Headers that are missing
 * in an environment with a prelude are given to the compiler as empty files
 * that exist in memory only.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "environment.h"
#include "unit.h"

#define ROUNDS_MAX	8	/* of finding missing headers */
#define HEADERS_MAX	64	/* missing headers */
#define MACROS_MAX	65536

static const char not_found[] = "' file not found";

/* ---- diagnostics */

static void add_problem(struct fm_unit *unit, const char *place,
			const char *text)
{
	char sentence[FM_RECORD_WHY];

	if (unit->problems.n >= FM_RECORD_UNPARSED)
		return;
	snprintf(sentence, sizeof(sentence), "%s%s%s", place,
		 *place ? ": " : "", text);
	fm_strings_add(&unit->problems, sentence);
}

static const char *relative(const struct fm_unit *unit, const char *path)
{
	size_t len = strlen(unit->tree);

	if (!strncmp(path, unit->tree, len) && path[len] == '/')
		return path + len + 1;
	return path;
}

static void add_diagnostic(struct fm_unit *unit, CXDiagnostic diagnostic)
{
	CXString text = clang.getDiagnosticSpelling(diagnostic);
	char place[FM_RECORD_PATH] = "";
	unsigned int line;
	CXString name;
	CXFile file;

	clang.getFileLocation(clang.getDiagnosticLocation(diagnostic), &file,
			      &line, NULL, NULL);
	name = clang.getFileName(file);
	if (clang.getCString(name))
		snprintf(place, sizeof(place), "%s:%u",
			 relative(unit, clang.getCString(name)), line);
	add_problem(unit, place, clang.getCString(text));
	clang.disposeString(name);
	clang.disposeString(text);
}

static void take_diagnostics(struct fm_unit *unit)
{
	unsigned int n = unit->tu ? clang.getNumDiagnostics(unit->tu) : 0;

	for (unsigned int i = 0; i < n; i++) {
		CXDiagnostic d = clang.getDiagnostic(unit->tu, i);

		if (clang.getDiagnosticSeverity(d) >= CXDiagnostic_Error) {
			unit->nerrors++;
			add_diagnostic(unit, d);
		}
		clang.disposeDiagnostic(d);
	}
}

/* ---- headers in memory */

struct headers {
	struct CXUnsavedFile files[HEADERS_MAX + 1];
	struct fm_strings paths;
	unsigned int n;
};

static bool add_header(struct headers *headers, const char *path,
		       const char *text)
{
	if (headers->n > HEADERS_MAX || fm_strings_has(&headers->paths, path) ||
	    !fm_strings_add(&headers->paths, path))
		return false;
	headers->files[headers->n++] = (struct CXUnsavedFile){
		.Filename = headers->paths.v[headers->paths.n - 1],
		.Contents = text,
		.Length = strlen(text),
	};
	return true;
}

/* "'linux/types.h' file not found" */
static bool add_missing(struct headers *headers, const char *text)
{
	const char *end = strstr(text, not_found);
	char *path;
	bool added;

	if (*text != '\'' || !end ||
	    asprintf(&path, FM_ENVIRONMENT_VIRTUAL "/%.*s",
		     (int)(end - text - 1), text + 1) < 0)
		return false;
	added = add_header(headers, path, "#pragma GCC system_header\n");
	free(path);
	return added;
}

static bool find_missing(CXTranslationUnit tu, struct headers *headers)
{
	unsigned int n = clang.getNumDiagnostics(tu);
	bool found = false;

	for (unsigned int i = 0; i < n; i++) {
		CXDiagnostic d = clang.getDiagnostic(tu, i);
		CXString text = clang.getDiagnosticSpelling(d);

		found |= add_missing(headers, clang.getCString(text));
		clang.disposeString(text);
		clang.disposeDiagnostic(d);
	}
	return found;
}

/* ---- parsing in one environment */

static int parse_once(struct fm_unit *unit, const char *file,
		      const struct fm_strings *flags, struct headers *headers)
{
	if (unit->tu)
		clang.disposeTranslationUnit(unit->tu);
	unit->tu = NULL;
	return clang.parseTranslationUnit2(
		unit->index, file, (const char *const *)flags->v, flags->n,
		headers->files, headers->n,
		CXTranslationUnit_DetailedPreprocessingRecord |
		CXTranslationUnit_KeepGoing, &unit->tu);
}

static int parse_with_prelude(struct fm_unit *unit, const char *file,
			      const struct fm_strings *flags)
{
	struct headers headers = { 0 };
	char *prelude;
	int ret;

	if (asprintf(&prelude, "#pragma GCC system_header\n%s",
		     unit->env->prelude) < 0)
		return CXError_Failure;
	add_header(&headers, FM_ENVIRONMENT_PRELUDE, prelude);
	for (int round = 0; round < ROUNDS_MAX; round++) {
		ret = parse_once(unit, file, flags, &headers);
		if (ret || !find_missing(unit->tu, &headers))
			break;
	}
	/* Without an error the prelude had all that was needed. */
	take_diagnostics(unit);
	for (size_t i = 1; i < headers.paths.n && unit->nerrors; i++)
		add_problem(unit, headers.paths.v[i] +
			    strlen(FM_ENVIRONMENT_VIRTUAL "/"),
			    "header is not there and was taken as empty");
	fm_strings_cleanup(&headers.paths);
	free(prelude);
	return ret;
}

static int parse_in(struct fm_unit *unit, const char *file, const char *root)
{
	struct fm_strings flags = { 0 };
	struct headers none = { 0 };
	int ret = CXError_Failure;

	if (fm_environment_flags(unit->rules, unit->env, unit->tree, root,
				 &flags))
		ret = unit->env->prelude ?
			parse_with_prelude(unit, file, &flags) :
			parse_once(unit, file, &flags, &none);
	if (!unit->env->prelude)
		take_diagnostics(unit);
	fm_strings_cleanup(&flags);
	return ret;
}

/* ---- what the preprocessor did */

static bool read_macro(struct fm_unit_macro *m, CXCursor cursor)
{
	CXSourceRange range = clang.getCursorExtent(cursor);
	CXCursor definition = clang.getCursorReferenced(cursor);
	CXString name = clang.getCursorSpelling(cursor);
	CXSourceLocation where = clang.getCursorLocation(definition);

	clang.getFileLocation(clang.getRangeStart(range), &m->file, NULL, NULL,
			      &m->start);
	clang.getFileLocation(clang.getRangeEnd(range), NULL, NULL, NULL,
			      &m->end);
	m->system = clang.Location_isInSystemHeader(where);
	m->function_like = clang.Cursor_isMacroFunctionLike(definition);
	snprintf(m->name, sizeof(m->name), "%s", clang.getCString(name));
	clang.disposeString(name);
	return m->file;
}

static enum CXChildVisitResult visit_macro(CXCursor cursor, CXCursor parent,
					   CXClientData data)
{
	CXSourceLocation where = clang.getCursorLocation(cursor);
	struct fm_unit *unit = data;
	struct fm_unit_macro *macros;

	(void)parent;
	if (clang.getCursorKind(cursor) != CXCursor_MacroExpansion ||
	    clang.Location_isInSystemHeader(where))
		return CXChildVisit_Continue;
	macros = reallocarray(unit->macros, unit->nmacros + 1,
			      sizeof(*macros));
	if (!macros || unit->nmacros == MACROS_MAX)
		return CXChildVisit_Break;
	unit->macros = macros;
	if (read_macro(&macros[unit->nmacros], cursor))
		unit->nmacros++;
	return CXChildVisit_Continue;
}

static void visit_inclusion(CXFile file, CXSourceLocation *stack,
			    unsigned int len, CXClientData data)
{
	CXString name = clang.getFileName(file);
	char *path = realpath(clang.getCString(name), NULL);
	struct fm_unit *unit = data;

	(void)stack;
	(void)len;
	clang.disposeString(name);
	if (path && relative(unit, path) != path &&
	    !fm_strings_has(&unit->files, relative(unit, path)) &&
	    unit->files.n < FM_UNIT_FILES_MAX)
		fm_strings_add(&unit->files, relative(unit, path));
	free(path);
}

static void take_all(struct fm_unit *unit, const char *file)
{
	unit->file = clang.getFile(unit->tu, file);
	clang.visitChildren(clang.getTranslationUnitCursor(unit->tu),
			    visit_macro, unit);
	fm_strings_add(&unit->files, unit->path);
	clang.getInclusions(unit->tu, visit_inclusion, unit);
}

static struct fm_unit *create_unit(const struct fm_rules *rules,
				   const struct fm_rules_env *env,
				   const char *tree)
{
	struct fm_unit *unit = calloc(1, sizeof(*unit));

	if (!unit)
		return NULL;
	unit->rules = rules;
	unit->env = env;
	unit->tree = strdup(tree);
	unit->index = clang.createIndex(0, 0);
	if (unit->tree && unit->index)
		return unit;
	fm_unit_destroy(unit);
	return NULL;
}

static struct fm_unit *try_env(const struct fm_rules *rules,
			       const struct fm_rules_env *env,
			       const char *tree, const char *file)
{
	struct fm_unit *unit = NULL;
	char *root;

	if (!fm_environment_find(env, tree, &root))
		return NULL;
	unit = create_unit(rules, env, tree);
	if (unit && !parse_in(unit, file, root)) {
		snprintf(unit->path, sizeof(unit->path), "%s",
			 relative(unit, file));
		take_all(unit, file);
	} else {
		fm_unit_destroy(unit);
		unit = NULL;
	}
	free(root);
	return unit;
}

static struct fm_unit *parse_best(const struct fm_rules *rules,
				  const char *tree, const char *file,
				  const char *env)
{
	struct fm_unit *best = NULL, *unit;

	for (size_t i = 0; i < rules->nenvs; i++) {
		if (env && strcmp(rules->envs[i].name, env))
			continue;
		unit = try_env(rules, &rules->envs[i], tree, file);
		if (unit && best && unit->nerrors >= best->nerrors) {
			fm_unit_destroy(unit);
		} else if (unit) {
			fm_unit_destroy(best);
			best = unit;
		}
		if (best && !best->nerrors)
			break;
	}
	return best;
}

static int check_file(const char *file, char *err)
{
	struct stat st;

	if (stat(file, &st))
		return fm_sentence_set(err, -errno, "%s: %s", file,
				    strerror(errno));
	if (!S_ISREG(st.st_mode))
		return fm_sentence_set(err, -EINVAL, "%s: is not a regular file",
				    file);
	if (st.st_size > FM_UNIT_SOURCE_MAX)
		return fm_sentence_set(err, -EFBIG, "%s: is longer than %u bytes",
				    file, FM_UNIT_SOURCE_MAX);
	return 0;
}

/**
 * fm_unit_parse - parse a source file
 * @rules: of its framework; must outlive the unit
 * @tree: directory that paths are relative to
 * @file: the file, absolute or relative to the working directory
 * @env: name of the environment, NULL for the best
 * @unit: the parsed file, to be destroyed; untouched on error
 * @err: FM_ERROR_LEN bytes for a sentence, or NULL
 *
 * Errors in the source are no failure, see @unit->problems.
 *
 * Return: 0, -ENOENT if a file or the environment is not there, -EFBIG,
 * -EINVAL if libclang cannot read it at all, -ENAMETOOLONG, -ELIBACC if there is
 * no libclang.
 */
int fm_unit_parse(const struct fm_rules *rules, const char *tree,
		  const char *file, const char *env, struct fm_unit **unit,
		  char *err)
{
	char *root = realpath(tree, NULL);
	char *path = realpath(file, NULL);
	int ret;

	if (!root || !path)
		ret = fm_sentence_set(err, -errno, "%s: %s", root ? file : tree,
				   strerror(errno));
	else if (strlen(path) >= FM_RECORD_PATH + strlen(root))
		ret = fm_sentence_set(err, -ENAMETOOLONG,
				   "%.64s...: name is too long", path);
	else
		ret = check_file(path, err);
	if (!ret)
		ret = fm_libclang_load(err);
	if (!ret) {
		*unit = parse_best(rules, root, path, env);
		if (!*unit)
			ret = fm_sentence_set(err, env ? -ENOENT : -EINVAL,
					   "%s: cannot be parsed in %s", file,
					   env ? env : "any environment");
	}
	free(path);
	free(root);
	return ret;
}

/**
 * fm_unit_destroy - free a parsed file
 * @unit: the unit, or NULL
 */
void fm_unit_destroy(struct fm_unit *unit)
{
	if (!unit)
		return;
	if (unit->tu)
		clang.disposeTranslationUnit(unit->tu);
	if (unit->index)
		clang.disposeIndex(unit->index);
	fm_strings_cleanup(&unit->files);
	fm_strings_cleanup(&unit->problems);
	free(unit->macros);
	free(unit->tree);
	free(unit);
}

/**
 * fm_unit_macro_at - the macro use that begins at a place
 * @unit: the unit
 * @file: the file
 * @start: in bytes
 *
 * Return: the use, or NULL. What comes from the macro's own text, not from its
 * arguments, has the place of the macro's name.
 */
const struct fm_unit_macro *fm_unit_macro_at(const struct fm_unit *unit,
					     CXFile file, unsigned int start)
{
	for (size_t i = 0; i < unit->nmacros; i++)
		if (unit->macros[i].start == start &&
		    clang.File_isEqual(unit->macros[i].file, file))
			return &unit->macros[i];
	return NULL;
}

/**
 * fm_unit_macro_around - the environment's macro whose arguments have a place
 * @unit: the unit
 * @file: the file
 * @offset: in bytes
 *
 * Return: the outermost use of such a macro, or NULL.
 */
const struct fm_unit_macro *fm_unit_macro_around(const struct fm_unit *unit,
						 CXFile file,
						 unsigned int offset)
{
	for (size_t i = 0; i < unit->nmacros; i++) {
		const struct fm_unit_macro *m = &unit->macros[i];

		if (m->system && m->function_like && m->start < offset &&
		    offset < m->end && clang.File_isEqual(m->file, file))
			return m;
	}
	return NULL;
}

/**
 * fm_unit_place - where a cursor is
 * @unit: the unit
 * @cursor: the cursor
 * @path: gets the file, relative to the tree if below it
 *
 * Return: the line, 0 if it is nowhere.
 */
unsigned int fm_unit_place(const struct fm_unit *unit, CXCursor cursor,
			   char path[FM_RECORD_PATH])
{
	unsigned int line;
	CXString name;
	CXFile file;

	clang.getFileLocation(clang.getCursorLocation(cursor), &file, &line,
			      NULL, NULL);
	name = clang.getFileName(file);
	snprintf(path, FM_RECORD_PATH, "%s", clang.getCString(name) ?
		 relative(unit, clang.getCString(name)) : "?");
	clang.disposeString(name);
	return file ? line : 0;
}
