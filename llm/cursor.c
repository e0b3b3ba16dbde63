// SPDX-License-Identifier: GPL-2.0-or-later
/* Questions about the syntax tree. */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cursor.h"

static enum CXChildVisitResult push(CXCursor cursor, CXCursor parent,
				    CXClientData data)
{
	struct fm_cursors *list = data;
	CXCursor *v = reallocarray(list->v, list->n + 1, sizeof(*v));

	(void)parent;
	if (!v || list->n == FM_CURSOR_CHILDREN)
		return CXChildVisit_Break;
	list->v = v;
	list->v[list->n++] = cursor;
	return CXChildVisit_Continue;
}

/**
 * fm_cursor_children - the children of a cursor
 * @cursor: the cursor
 *
 * Return: the first FM_CURSOR_CHILDREN of them, to be freed.
 */
struct fm_cursors fm_cursor_children(CXCursor cursor)
{
	struct fm_cursors list = { 0 };

	clang.visitChildren(cursor, push, &list);
	return list;
}

/**
 * fm_cursor_free - free a list of children
 * @list: the list
 */
void fm_cursor_free(struct fm_cursors *list)
{
	free(list->v);
	*list = (struct fm_cursors){ 0 };
}

static enum CXChildVisitResult take_last(CXCursor cursor, CXCursor parent,
					 CXClientData data)
{
	(void)parent;
	*(CXCursor *)data = cursor;
	return CXChildVisit_Continue;
}

/**
 * fm_cursor_last - the last child of a cursor
 * @cursor: the cursor
 *
 * Return: the child, or the null cursor.
 */
CXCursor fm_cursor_last(CXCursor cursor)
{
	CXCursor inner = clang.getNullCursor();

	clang.visitChildren(cursor, take_last, &inner);
	return inner;
}

static bool is_wrapper(enum CXCursorKind kind)
{
	return kind == CXCursor_ParenExpr || kind == CXCursor_UnexposedExpr ||
	       kind == CXCursor_CStyleCastExpr;
}

/**
 * fm_cursor_strip - what is inside parentheses and casts
 * @cursor: an expression
 *
 * Return: the innermost expression.
 */
CXCursor fm_cursor_strip(CXCursor cursor)
{
	while (is_wrapper(clang.getCursorKind(cursor))) {
		CXCursor inner = fm_cursor_last(cursor);

		if (clang.Cursor_isNull(inner))
			break;
		cursor = inner;
	}
	return cursor;
}

/**
 * fm_cursor_start - where a cursor begins
 * @cursor: the cursor
 * @file: gets the file, if not NULL
 *
 * Return: offset in bytes; of text that a macro made, of the macro's name.
 */
unsigned int fm_cursor_start(CXCursor cursor, CXFile *file)
{
	unsigned int offset;

	clang.getFileLocation(clang.getRangeStart(clang.getCursorExtent(cursor)),
			      file, NULL, NULL, &offset);
	return offset;
}

/**
 * fm_cursor_end - where a cursor ends
 * @cursor: the cursor
 *
 * Return: offset in bytes of what follows it.
 */
unsigned int fm_cursor_end(CXCursor cursor)
{
	unsigned int offset;

	clang.getFileLocation(clang.getRangeEnd(clang.getCursorExtent(cursor)),
			      NULL, NULL, NULL, &offset);
	return offset;
}

/**
 * fm_cursor_text - what is in a file
 * @tu: libclang's unit
 * @file: one of its files
 * @len: gets the number of bytes
 *
 * Return: the text, or NULL.
 */
const char *fm_cursor_text(CXTranslationUnit tu, CXFile file, size_t *len)
{
	*len = 0;
	return file ? clang.getFileContents(tu, file, len) : NULL;
}

static bool is_pointer_to(CXType type, CXType pointee)
{
	type = clang.getCanonicalType(type);
	return type.kind == CXType_Pointer &&
	       clang.equalTypes(clang.getCanonicalType(
					clang.getPointeeType(type)),
				clang.getCanonicalType(pointee));
}

/* Is it an lvalue whose value is not taken, as on the left of '='? */
static bool is_place(CXCursor cursor)
{
	while (clang.getCursorKind(cursor) == CXCursor_ParenExpr)
		cursor = fm_cursor_last(cursor);
	switch (clang.getCursorKind(cursor)) {
	case CXCursor_DeclRefExpr:
		return clang.getCursorKind(clang.getCursorReferenced(cursor)) !=
		       CXCursor_EnumConstantDecl;
	case CXCursor_MemberRefExpr:
	case CXCursor_ArraySubscriptExpr:
		return true;
	case CXCursor_UnaryOperator:
		return is_pointer_to(clang.getCursorType(fm_cursor_last(cursor)),
				     clang.getCursorType(cursor));
	default:
		return false;
	}
}

/* The shape tells most operators apart; '!' of an int pointer looks like '*'
 * and is taken for it, which does no harm: no state comes out of an int.
 */
static enum fm_unary guess_unary(CXCursor cursor, CXCursor operand)
{
	CXType type = clang.getCursorType(cursor);
	CXType inner = clang.getCursorType(operand);

	if (is_place(operand))
		return is_pointer_to(type, inner) ? FM_UNARY_ADDRESS :
						    FM_UNARY_STEP;
	if (is_pointer_to(type, inner))
		return FM_UNARY_ADDRESS;
	if (is_pointer_to(inner, type))
		return FM_UNARY_DEREF;
	if (clang.getCanonicalType(inner).kind == CXType_Pointer)
		return FM_UNARY_NOT;
	return FM_UNARY_EXTENSION;
}

/**
 * fm_cursor_unary - which unary operator is it?
 * @tu: libclang's unit
 * @cursor: a CXCursor_UnaryOperator
 */
enum fm_unary fm_cursor_unary(CXTranslationUnit tu, CXCursor cursor)
{
	CXCursor operand = fm_cursor_last(cursor);
	unsigned int start;
	const char *text;
	CXFile file;
	size_t len;

	start = fm_cursor_start(cursor, &file);
	text = fm_cursor_text(tu, file, &len);
	if (!text || start + 1 >= len)
		return guess_unary(cursor, operand);
	switch (text[start]) {
	case '!':
		return FM_UNARY_NOT;
	case '&':
		return FM_UNARY_ADDRESS;
	case '~':
		return FM_UNARY_ARITHMETIC;
	case '-':
	case '+':
		return text[start + 1] == text[start] ? FM_UNARY_STEP :
							FM_UNARY_ARITHMETIC;
	case '*':
		/* "*p++" begins as its operand does not */
		return fm_cursor_start(operand, NULL) == start ?
			FM_UNARY_STEP : FM_UNARY_DEREF;
	default:
		return guess_unary(cursor, operand);
	}
}

/* Skips blanks, comments and the parentheses that close the left operand. */
static const char *skip_to_operator(const char *text, const char *end)
{
	while (text < end) {
		if (isspace((unsigned char)*text) || *text == ')' ||
		    *text == '\\') {
			text++;
		} else if (end - text > 1 && !memcmp(text, "/*", 2)) {
			text = memmem(text + 2, end - text - 2, "*/", 2);
			if (!text)
				return end;
			text += 2;
		} else if (end - text > 1 && !memcmp(text, "//", 2)) {
			text = memchr(text, '\n', end - text);
			if (!text)
				return end;
		} else {
			break;
		}
	}
	return text;
}

static enum fm_binary name_binary(const char *op, size_t len)
{
	static const struct {
		const char *text;
		enum fm_binary binary;
	} table[] = {
		{ "==", FM_BINARY_EQUAL }, { "!=", FM_BINARY_UNEQUAL },
		{ "&&", FM_BINARY_AND }, { "||", FM_BINARY_OR },
		{ "<<", FM_BINARY_OTHER }, { "=", FM_BINARY_ASSIGN },
		{ ",", FM_BINARY_COMMA }, { "<", FM_BINARY_LESS },
		{ "/", FM_BINARY_DIVIDE }, { "%", FM_BINARY_DIVIDE },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (len >= strlen(table[i].text) &&
		    !memcmp(table[i].text, op, strlen(table[i].text)))
			return table[i].binary;
	return FM_BINARY_OTHER;
}

/**
 * fm_cursor_binary - which binary operator is it?
 * @tu: libclang's unit
 * @cursor: a CXCursor_BinaryOperator or CXCursor_CompoundAssignOperator
 * @operands: its children
 */
enum fm_binary fm_cursor_binary(CXTranslationUnit tu, CXCursor cursor,
				const struct fm_cursors *operands)
{
	unsigned int from, to;
	enum fm_binary binary = FM_BINARY_OTHER;
	const char *text, *op;
	CXFile file;
	size_t len;

	if (operands->n != 2)
		return FM_BINARY_OTHER;
	fm_cursor_start(cursor, &file);
	from = fm_cursor_end(operands->v[0]);
	to = fm_cursor_start(operands->v[1], NULL);
	text = fm_cursor_text(tu, file, &len);
	if (text && from < to && to <= len) {
		op = skip_to_operator(text + from, text + to);
		if (op < text + to)
			binary = name_binary(op, text + to - op);
	}
	/* A comma may be the one between the arguments of a macro. */
	if ((binary == FM_BINARY_OTHER || binary == FM_BINARY_COMMA) &&
	    clang.getCursorKind(cursor) == CXCursor_BinaryOperator &&
	    is_place(operands->v[0]))
		return FM_BINARY_ASSIGN;
	return binary;
}

/**
 * fm_cursor_evaluate - the value of a constant expression
 * @cursor: the expression
 * @value: its value; untouched if it has none
 *
 * Return: whether it is an integer constant.
 */
bool fm_cursor_evaluate(CXCursor cursor, long long *value)
{
	CXEvalResult result = clang.Cursor_Evaluate(cursor);
	bool ok = result && clang.EvalResult_getKind(result) == CXEval_Int;

	if (ok)
		*value = clang.EvalResult_getAsLongLong(result);
	if (result)
		clang.EvalResult_dispose(result);
	return ok;
}

/**
 * fm_cursor_name - the name of a cursor
 * @cursor: the cursor
 * @name: gets it, cut if it is too long
 */
void fm_cursor_name(CXCursor cursor, char name[FM_RECORD_NAME])
{
	CXString text = clang.getCursorSpelling(cursor);

	snprintf(name, FM_RECORD_NAME, "%s", clang.getCString(text));
	clang.disposeString(text);
}

/**
 * fm_cursor_record - the struct that a type is, or points to
 * @type: the type
 * @name: gets the struct's name without "struct", if not NULL
 *
 * Return: whether there is one.
 */
bool fm_cursor_record(CXType type, char name[FM_RECORD_NAME])
{
	type = clang.getCanonicalType(type);
	if (type.kind == CXType_Pointer)
		type = clang.getCanonicalType(clang.getPointeeType(type));
	if (type.kind != CXType_Record)
		return false;
	if (name)
		fm_cursor_name(clang.getTypeDeclaration(type), name);
	return true;
}
