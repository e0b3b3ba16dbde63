// SPDX-License-Identifier: GPL-2.0-or-later
/* The struct that a state is. */
#include <string.h>

#include "cursor.h"
#include "layout.h"

struct search {
	const struct fm_rules *rules;
	unsigned int depth;
	CXCursor found;
};

static bool is_named(const struct fm_strings *names, CXType type)
{
	CXString text = clang.getTypeSpelling(
		clang.getTypeDeclaration(type).kind == CXCursor_NoDeclFound ?
		type : clang.getCursorType(clang.getTypeDeclaration(type)));
	const char *name = clang.getCString(text);
	bool known;

	if (!strncmp(name, "struct ", 7))
		name += 7;
	known = fm_strings_has(names, name);
	clang.disposeString(text);
	return known;
}

static CXType element_of(CXType type)
{
	CXType element = clang.getArrayElementType(type);

	return element.kind == CXType_Invalid ? type : element_of(element);
}

static bool is_data_pointer(CXType type)
{
	CXType pointee = clang.getCanonicalType(clang.getPointeeType(type));

	return type.kind == CXType_Pointer &&
	       pointee.kind != CXType_FunctionProto &&
	       pointee.kind != CXType_FunctionNoProto;
}

static enum CXVisitorResult visit_field(CXCursor field, CXClientData data)
{
	struct search *search = data;
	CXType type = element_of(clang.getCursorType(field));
	CXType canonical = clang.getCanonicalType(type);

	if (is_named(&search->rules->opaque, type))
		return CXVisit_Continue;
	if (is_data_pointer(canonical) ||
	    is_named(&search->rules->links, canonical)) {
		search->found = field;
		return CXVisit_Break;
	}
	if (canonical.kind == CXType_Record &&
	    search->depth < FM_LAYOUT_DEPTH) {
		search->depth++;
		clang.Type_visitFields(canonical, visit_field, search);
		search->depth--;
	}
	return clang.Cursor_isNull(search->found) ? CXVisit_Continue :
						    CXVisit_Break;
}

/**
 * fm_layout_read - look at a struct
 * @rules: which types point, or do not, whatever they are made of
 * @type: the struct
 * @layout: what it is like
 */
void fm_layout_read(const struct fm_rules *rules, CXType type,
		    struct fm_layout *layout)
{
	struct search search = {
		.rules = rules,
		.found = clang.getNullCursor(),
	};
	CXCursor decl = clang.getTypeDeclaration(type);
	long long size = clang.isInvalidDeclaration(decl) ?
		0 : clang.Type_getSizeOf(type);

	*layout = (struct fm_layout){
		.decl = decl,
		.size = size > 0 && size <= FM_RECORD_STATE_MAX ? size : 0,
	};
	fm_cursor_name(layout->decl, layout->name);
	clang.Type_visitFields(type, visit_field, &search);
	layout->pointer = search.found;
}
