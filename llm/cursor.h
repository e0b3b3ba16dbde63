/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Questions about the syntax tree that libclang does not answer itself. It
 * names no operators; they are read from the text where there is one, and told
 * by shape where a macro hides it.
 */
#ifndef FM_LLM_CURSOR_H
#define FM_LLM_CURSOR_H

#include <stdbool.h>
#include <stddef.h>

#include "libclang.h"
#include "record.h"

#define FM_CURSOR_CHILDREN	4096	/* of one cursor that are looked at */

struct fm_cursors {
	CXCursor *v;
	size_t n;
};

/* What a unary operator is. */
enum fm_unary {
	FM_UNARY_ARITHMETIC,	/* - ~ + */
	FM_UNARY_NOT,
	FM_UNARY_ADDRESS,
	FM_UNARY_DEREF,
	FM_UNARY_STEP,		/* ++ and -- */
	FM_UNARY_EXTENSION,	/* __extension__ */
};

enum fm_binary {
	FM_BINARY_OTHER,
	FM_BINARY_ASSIGN,
	FM_BINARY_COMMA,
	FM_BINARY_AND,		/* && */
	FM_BINARY_OR,		/* || */
	FM_BINARY_EQUAL,
	FM_BINARY_UNEQUAL,
	FM_BINARY_LESS,		/* < and <= */
	FM_BINARY_DIVIDE,	/* / and %, also with = */
};

struct fm_cursors fm_cursor_children(CXCursor cursor);
void fm_cursor_free(struct fm_cursors *list);
CXCursor fm_cursor_last(CXCursor cursor);
CXCursor fm_cursor_strip(CXCursor cursor);
enum fm_unary fm_cursor_unary(CXTranslationUnit tu, CXCursor cursor);
enum fm_binary fm_cursor_binary(CXTranslationUnit tu, CXCursor cursor,
				const struct fm_cursors *operands);
unsigned int fm_cursor_start(CXCursor cursor, CXFile *file);
unsigned int fm_cursor_end(CXCursor cursor);
const char *fm_cursor_text(CXTranslationUnit tu, CXFile file, size_t *len);
bool fm_cursor_evaluate(CXCursor cursor, long long *value);
void fm_cursor_name(CXCursor cursor, char name[FM_RECORD_NAME]);
bool fm_cursor_record(CXType type, char name[FM_RECORD_NAME]);

#endif
