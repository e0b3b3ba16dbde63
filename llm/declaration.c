// SPDX-License-Identifier: GPL-2.0-or-later
/* The variable by which an NF makes itself known to its framework. */
#include <errno.h>
#include <string.h>

#include "cursor.h"
#include "declaration.h"

struct search {
	const struct fm_rules_declaration *rules;
	const char *nf;
	unsigned int variables;		/* of the type, whatever their name */
	CXCursor found;
	char other[FM_RECORD_NAME];	/* name that another declares */
};

/* The value that an initialiser gives a member; null if it gives none. */
static CXCursor find_member(CXCursor list, const char *member)
{
	struct fm_cursors items = fm_cursor_children(list);
	CXCursor value = clang.getNullCursor();
	char name[FM_RECORD_NAME];

	for (size_t i = 0; i < items.n; i++) {
		struct fm_cursors parts = fm_cursor_children(items.v[i]);

		if (parts.n == 2 && parts.v[0].kind == CXCursor_MemberRef) {
			fm_cursor_name(parts.v[0], name);
			if (!strcmp(name, member))
				value = parts.v[1];
		}
		fm_cursor_free(&parts);
	}
	fm_cursor_free(&items);
	return value;
}

static bool has_text(CXCursor value, const char *text)
{
	CXEvalResult result = clang.Cursor_Evaluate(value);
	bool equal = result &&
		     clang.EvalResult_getKind(result) == CXEval_StrLiteral &&
		     !strcmp(clang.EvalResult_getAsStr(result), text);

	if (result)
		clang.EvalResult_dispose(result);
	return equal;
}

/* A string literal, perhaps in casts; its spelling has its quotes. */
static bool is_name(CXCursor value, const char *nf, char name[FM_RECORD_NAME])
{
	CXCursor literal = fm_cursor_strip(value);
	size_t len;

	if (clang.getCursorKind(literal) != CXCursor_StringLiteral)
		return has_text(value, nf);
	fm_cursor_name(literal, name);
	len = strlen(name);
	if (len >= 2 && name[0] == '"' && name[len - 1] == '"') {
		memmove(name, name + 1, len - 2);
		name[len - 2] = '\0';
	}
	return !strcmp(name, nf);
}

static enum CXChildVisitResult visit(CXCursor cursor, CXCursor parent,
				     CXClientData data)
{
	struct search *search = data;
	CXCursor init, name;
	char type[FM_RECORD_NAME];

	(void)parent;
	if (clang.getCursorKind(cursor) != CXCursor_VarDecl ||
	    clang.getCanonicalType(clang.getCursorType(cursor)).kind !=
	    CXType_Record ||
	    !fm_cursor_record(clang.getCursorType(cursor), type) ||
	    strcmp(type, search->rules->type))
		return CXChildVisit_Continue;
	init = clang.Cursor_getVarDeclInitializer(cursor);
	if (clang.Cursor_isNull(init))
		return CXChildVisit_Continue;
	search->variables++;
	name = find_member(init, search->rules->name);
	if (clang.Cursor_isNull(name) ||
	    !is_name(name, search->nf, search->other))
		return CXChildVisit_Continue;
	search->found = cursor;
	return CXChildVisit_Break;
}

static bool read_number(CXCursor init, const char *member, CXCursor *at,
			long long *value)
{
	*at = find_member(init, member);
	*value = 0;
	return clang.Cursor_isNull(*at) || fm_cursor_evaluate(*at, value);
}

static void read_numbers(const struct fm_rules_declaration *rules,
			 CXCursor init, struct fm_declaration *d)
{
	long long value;

	d->key_known = read_number(init, rules->key, &d->key_at, &value) &&
		       !(value & ~(long long)FM_F_ALL);
	d->key = d->key_known ? value : 0;
	d->bidirectional_known = read_number(init, rules->bidirectional,
					     &d->bidirectional_at, &value);
	d->bidirectional = d->bidirectional_known && value;
}

static int read_entry(const struct fm_unit *unit, CXCursor init,
		      struct fm_declaration *d, char *err)
{
	const struct fm_rules_declaration *rules = &unit->rules->declaration;
	CXCursor reference;

	d->entry_at = find_member(init, rules->entry);
	reference = clang.Cursor_isNull(d->entry_at) ? d->entry_at :
		fm_cursor_strip(d->entry_at);
	if (clang.getCursorKind(reference) == CXCursor_UnaryOperator) {
		struct fm_cursors parts = fm_cursor_children(reference);

		reference = parts.n ? fm_cursor_strip(parts.v[0]) : reference;
		fm_cursor_free(&parts);
	}
	d->entry = clang.getCursorDefinition(
		clang.getCursorReferenced(reference));
	if (clang.getCursorKind(d->entry) == CXCursor_FunctionDecl)
		return 0;
	return fm_sentence_set(err, -EINVAL,
			    "%s: the %s has no .%s with a function of this file",
			    unit->path, rules->type, rules->entry);
}

static int complain(const struct fm_unit *unit, const struct search *search,
		    char *err)
{
	const char *problem = unit->nerrors && unit->problems.n ?
		unit->problems.v[0] : "";

	if (search->variables)
		return fm_sentence_set(err, -ENOENT,
				    "%s: declares the NF '%s', not '%s'",
				    unit->path, search->other, search->nf);
	return fm_sentence_set(err, -ENOENT,
			    "%s: no variable of type %s declares an NF%s%s",
			    unit->path, search->rules->type,
			    *problem ? "; " : "", problem);
}

/**
 * fm_declaration_find - find an NF's declaration in its source
 * @unit: the parsed source
 * @nf: name of the NF
 * @declaration: what it says
 * @err: FM_ERROR_LEN bytes for a sentence, or NULL
 *
 * Return: 0, -ENOENT if there is none for @nf, -EINVAL if it has no entry.
 */
int fm_declaration_find(const struct fm_unit *unit, const char *nf,
			struct fm_declaration *declaration, char *err)
{
	struct search search = {
		.rules = &unit->rules->declaration,
		.nf = nf,
		.found = clang.getNullCursor(),
	};
	CXCursor init;

	clang.visitChildren(clang.getTranslationUnitCursor(unit->tu), visit,
			    &search);
	if (clang.Cursor_isNull(search.found))
		return complain(unit, &search, err);
	*declaration = (struct fm_declaration){ .variable = search.found };
	init = clang.Cursor_getVarDeclInitializer(search.found);
	read_numbers(search.rules, init, declaration);
	return read_entry(unit, init, declaration, err);
}
