// SPDX-License-Identifier: GPL-2.0-or-later
/* Statements: which paths go on, and where to. */
#include <string.h>

#include "walk.h"

static void run_last(struct fm_walk *walk, const struct fm_cursors *children,
		     struct fm_paths *set)
{
	if (children->n)
		fm_statement_run(walk, children->v[children->n - 1], set);
}

static void run_declaration(struct fm_walk *walk, CXCursor decl,
			    struct fm_paths *set)
{
	CXCursor init = clang.Cursor_getVarDeclInitializer(decl);
	struct fm_value value;
	int id;

	if (clang.getCursorKind(decl) != CXCursor_VarDecl ||
	    clang.Cursor_getStorageClass(decl) == CX_SC_Static)
		return;
	id = fm_walk_local(walk, decl);
	if (!clang.Cursor_isNull(init))
		fm_expression_eval(walk, init, set);
	for (size_t i = 0; i < set->n; i++) {
		value = clang.Cursor_isNull(init) ? fm_value_unknown :
						    fm_path_pop(&set->v[i]);
		if (id != FM_VALUE_NOWHERE)
			fm_path_set(&set->v[i], id, walk->depth, value);
	}
}

static void run_if(struct fm_walk *walk, CXCursor statement,
		   const struct fm_cursors *parts, struct fm_paths *set)
{
	struct fm_paths yes = { 0 }, no = { 0 };

	if (parts->n < 2)
		return;
	fm_meter_count(walk, statement, walk->rules->weights.branch, set);
	fm_condition_part(walk, parts->v[0], set, &yes, &no);
	fm_statement_run(walk, parts->v[1], &yes);
	if (parts->n > 2)
		fm_statement_run(walk, parts->v[2], &no);
	fm_paths_move(set, &yes);
	fm_paths_move(set, &no);
}

/* ---- loops */

struct loop {
	CXCursor condition;	/* each may be null */
	CXCursor step;
	CXCursor body;
	bool body_first;
};

static bool is_endless(const struct loop *loop)
{
	long long value;

	return clang.Cursor_isNull(loop->condition) ||
	       (fm_cursor_evaluate(loop->condition, &value) && value);
}

static void run_round(struct fm_walk *walk, const struct loop *loop,
		      bool test, struct fm_paths *set, struct fm_paths *exits)
{
	struct fm_paths yes = { 0 };

	if (test && !is_endless(loop)) {
		fm_condition_part(walk, loop->condition, set, &yes, exits);
		fm_paths_move(set, &yes);
	}
	fm_statement_run(walk, loop->body, set);
	fm_paths_move(set, walk->frame->continues);
	if (!clang.Cursor_isNull(loop->step)) {
		fm_meter_restart(walk, loop->step);
		fm_expression_drop(walk, loop->step, set);
	}
}

/* Twice, so that what one round leaves behind meets the next. The second costs
 * nothing: the first was counted for all.
 */
static void run_loop(struct fm_walk *walk, CXCursor statement,
		     const struct loop *loop, struct fm_paths *set)
{
	struct fm_paths exits = { 0 }, breaks = { 0 }, continues = { 0 };
	struct fm_paths *old_breaks = walk->frame->breaks;
	struct fm_paths *old_continues = walk->frame->continues;
	uint64_t old_scale = walk->scale;

	walk->frame->breaks = &breaks;
	walk->frame->continues = &continues;
	walk->scale *= fm_meter_rounds(walk, loop->condition);
	fm_meter_count(walk, statement, walk->rules->weights.branch, set);
	run_round(walk, loop, !loop->body_first, set, &exits);
	walk->scale = 0;
	run_round(walk, loop, true, set, &exits);
	walk->scale = old_scale;
	walk->frame->breaks = old_breaks;
	walk->frame->continues = old_continues;
	if (is_endless(loop))
		fm_paths_cleanup(set);
	fm_paths_move(set, &exits);
	fm_paths_move(set, &breaks);
}

/* Offset of the semicolon at or behind a place, outside inner parentheses. */
static size_t find_semicolon(const char *text, size_t from, size_t to)
{
	int depth = 0;

	for (size_t i = from; i < to; i++) {
		depth += (text[i] == '(') - (text[i] == ')');
		if (text[i] == ';' && depth <= 1)
			return i;
	}
	return to;
}

/* libclang leaves out the parts of a for that are empty. */
static void split_for(struct fm_walk *walk, CXCursor statement,
		      const struct fm_cursors *parts, CXCursor head[3])
{
	size_t len, first, second, start, end = 0, n = parts->n - 1;
	const char *text;
	CXFile file;

	for (int i = 0; i < 3; i++)
		head[i] = clang.getNullCursor();
	start = fm_cursor_start(statement, &file);
	text = fm_cursor_text(walk->unit->tu, file, &len);
	if (text)
		end = fm_cursor_start(parts->v[n], NULL);
	if (n == 3 || !text || end > len || start >= end) {
		memcpy(head, parts->v, (n < 3 ? n : 3) * sizeof(*head));
		return;
	}
	first = find_semicolon(text, start, end);
	second = find_semicolon(text, first + 1, end);
	for (size_t i = 0; i < n; i++) {
		size_t at = fm_cursor_start(parts->v[i], NULL);

		head[(at > first) + (at > second)] = parts->v[i];
	}
}

static void run_for(struct fm_walk *walk, CXCursor statement,
		    const struct fm_cursors *parts, struct fm_paths *set)
{
	CXCursor head[3];
	struct loop loop;

	if (!parts->n)
		return;
	split_for(walk, statement, parts, head);
	if (!clang.Cursor_isNull(head[0]))
		fm_statement_run(walk, head[0], set);
	loop = (struct loop){
		.condition = head[1],
		.step = head[2],
		.body = parts->v[parts->n - 1],
	};
	run_loop(walk, statement, &loop, set);
}

static void run_while(struct fm_walk *walk, CXCursor statement,
		      const struct fm_cursors *parts, struct fm_paths *set)
{
	bool is_do = clang.getCursorKind(statement) == CXCursor_DoStmt;
	struct loop loop = { .body_first = is_do };

	if (parts->n < 2)
		return;
	loop.condition = parts->v[is_do];
	loop.body = parts->v[!is_do];
	loop.step = clang.getNullCursor();
	run_loop(walk, statement, &loop, set);
}

/* "do { } while (0)" is no loop. */
static void run_do(struct fm_walk *walk, CXCursor statement,
		   const struct fm_cursors *parts, struct fm_paths *set)
{
	struct fm_paths breaks = { 0 };
	struct fm_paths *old_breaks = walk->frame->breaks;
	struct fm_paths *old_continues = walk->frame->continues;
	long long value;

	if (parts->n < 2 || !fm_cursor_evaluate(parts->v[1], &value) ||
	    value) {
		run_while(walk, statement, parts, set);
		return;
	}
	walk->frame->breaks = &breaks;
	walk->frame->continues = &breaks;
	fm_statement_run(walk, parts->v[0], set);
	walk->frame->breaks = old_breaks;
	walk->frame->continues = old_continues;
	fm_paths_move(set, &breaks);
}

/* ---- jumps */

static void run_switch(struct fm_walk *walk, CXCursor statement,
		       const struct fm_cursors *parts, struct fm_paths *set)
{
	struct fm_paths breaks = { 0 }, entry = { 0 };
	struct fm_frame *frame = walk->frame;
	struct fm_paths *old_breaks = frame->breaks;
	const struct fm_paths *old_entry = frame->entry;
	bool old_default = frame->has_default;

	if (parts->n < 2)
		return;
	fm_meter_count(walk, statement, walk->rules->weights.branch, set);
	fm_expression_drop(walk, parts->v[0], set);
	fm_paths_move(&entry, set);
	frame->breaks = &breaks;
	frame->entry = &entry;
	frame->has_default = false;
	run_last(walk, parts, set);
	if (!frame->has_default)
		fm_paths_copy(set, &entry);
	fm_paths_move(set, &breaks);
	fm_paths_cleanup(&entry);
	frame->breaks = old_breaks;
	frame->entry = old_entry;
	frame->has_default = old_default;
}

static struct fm_paths *find_goto(struct fm_walk *walk, CXCursor label)
{
	struct fm_frame *frame = walk->frame;

	for (size_t i = 0; i < frame->ngotos; i++)
		if (clang.equalCursors(frame->gotos[i].label, label))
			return &frame->gotos[i].paths;
	if (frame->ngotos == FM_WALK_GOTOS)
		return NULL;
	frame->gotos[frame->ngotos].label = label;
	frame->gotos[frame->ngotos].paths = (struct fm_paths){ 0 };
	return &frame->gotos[frame->ngotos++].paths;
}

static void run_goto(struct fm_walk *walk, CXCursor statement,
		     const struct fm_cursors *parts, struct fm_paths *set)
{
	CXCursor label = parts->n ? clang.getCursorReferenced(parts->v[0]) :
				    clang.getNullCursor();
	struct fm_paths *target = find_goto(walk, label);

	if (clang.getCursorKind(label) != CXCursor_LabelStmt || !target ||
	    fm_cursor_start(label, NULL) < fm_cursor_start(statement, NULL))
		fm_walk_problem(walk, statement,
				"a goto that does not go forward was not followed");
	else
		fm_paths_copy(target, set);
	fm_paths_cleanup(set);
}

static void run_label(struct fm_walk *walk, CXCursor statement,
		      const struct fm_cursors *parts, struct fm_paths *set)
{
	struct fm_paths *waiting = find_goto(walk, statement);

	if (waiting)
		fm_paths_move(set, waiting);
	run_last(walk, parts, set);
}

static void run_return(struct fm_walk *walk, const struct fm_cursors *parts,
		       struct fm_paths *set)
{
	if (parts->n)
		fm_expression_eval(walk, parts->v[0], set);
	for (size_t i = 0; i < set->n && !parts->n; i++)
		fm_path_push(&set->v[i], fm_value_unknown);
	fm_paths_move(&walk->frame->returns, set);
}

static void jump(struct fm_paths *target, struct fm_paths *set)
{
	if (target)
		fm_paths_move(target, set);
	else
		fm_paths_cleanup(set);
}

/* ---- all of them */

static void run_children(struct fm_walk *walk, CXCursor statement,
			 const struct fm_cursors *parts, struct fm_paths *set)
{
	bool is_decl = clang.getCursorKind(statement) == CXCursor_DeclStmt;

	for (size_t i = 0; i < parts->n; i++) {
		if (is_decl)
			run_declaration(walk, parts->v[i], set);
		else if (clang.isExpression(clang.getCursorKind(parts->v[i])) ||
			 clang.isStatement(clang.getCursorKind(parts->v[i])))
			fm_statement_run(walk, parts->v[i], set);
	}
}

static void run(struct fm_walk *walk, CXCursor statement,
		const struct fm_cursors *parts, struct fm_paths *set)
{
	struct fm_frame *frame = walk->frame;

	switch (clang.getCursorKind(statement)) {
	case CXCursor_IfStmt:
		run_if(walk, statement, parts, set);
		break;
	case CXCursor_ForStmt:
		run_for(walk, statement, parts, set);
		break;
	case CXCursor_WhileStmt:
		run_while(walk, statement, parts, set);
		break;
	case CXCursor_DoStmt:
		run_do(walk, statement, parts, set);
		break;
	case CXCursor_SwitchStmt:
		run_switch(walk, statement, parts, set);
		break;
	case CXCursor_DefaultStmt:
		frame->has_default = true;
		/* fall through */
	case CXCursor_CaseStmt:
		if (frame->entry)
			fm_paths_copy(set, frame->entry);
		run_last(walk, parts, set);
		break;
	case CXCursor_ReturnStmt:
		run_return(walk, parts, set);
		break;
	case CXCursor_BreakStmt:
		jump(frame->breaks, set);
		break;
	case CXCursor_ContinueStmt:
		jump(frame->continues, set);
		break;
	case CXCursor_GotoStmt:
		run_goto(walk, statement, parts, set);
		break;
	case CXCursor_LabelStmt:
		run_label(walk, statement, parts, set);
		break;
	default:
		run_children(walk, statement, parts, set);
	}
}

/**
 * fm_statement_run - take a set of paths through a statement
 * @walk: the walk
 * @statement: a statement or an expression
 * @set: the paths before it; those that go on to the next statement after it
 */
void fm_statement_run(struct fm_walk *walk, CXCursor statement,
		      struct fm_paths *set)
{
	struct fm_cursors parts;

	if (!fm_walk_enter(walk, set))
		return;
	fm_meter_restart(walk, statement);
	if (clang.isExpression(clang.getCursorKind(statement))) {
		fm_expression_drop(walk, statement, set);
	} else {
		parts = fm_cursor_children(statement);
		run(walk, statement, &parts, set);
		fm_cursor_free(&parts);
	}
	walk->nest--;
}

/**
 * fm_statement_value - take a set of paths through "({ ... })"
 * @walk: the walk
 * @compound: what is in the parentheses
 * @set: the paths; the value of the last statement is pushed on each
 */
void fm_statement_value(struct fm_walk *walk, CXCursor compound,
			struct fm_paths *set)
{
	struct fm_cursors parts = fm_cursor_children(compound);
	bool pushed = false;

	for (size_t i = 0; i < parts.n; i++) {
		pushed = i + 1 == parts.n &&
			 clang.isExpression(clang.getCursorKind(parts.v[i]));
		if (pushed)
			fm_expression_eval(walk, parts.v[i], set);
		else
			fm_statement_run(walk, parts.v[i], set);
	}
	for (size_t i = 0; i < set->n && !pushed; i++)
		fm_path_push(&set->v[i], fm_value_unknown);
	fm_cursor_free(&parts);
}
