// SPDX-License-Identifier: GPL-2.0-or-later
/* Statements of a trace. */
#include <string.h>

#include "trace_cursor.h"

static void skip_past(struct fm_trace *trace, const char *text)
{
	while (trace->i < trace->end && !fm_trace_at(trace, text) &&
	       !fm_trace_at(trace, "}")) {
		if (fm_trace_at_any(trace, "({["))
			trace->i = fm_trace_match(trace, trace->i);
		trace->i++;
	}
	if (fm_trace_at(trace, text))
		trace->i++;
}

/**
 * fm_trace_block - walk through statements
 * @trace: the walk
 * @start: the first token
 * @end: behind the last
 */
void fm_trace_block(struct fm_trace *trace, uint32_t start, uint32_t end)
{
	uint32_t missing = trace->missing, i = trace->i, outer = trace->end;
	uint32_t empty = trace->empty;

	if (trace->nest == FM_TRACE_NEST || start >= end)
		return;
	trace->nest++;
	trace->i = start;
	trace->end = end;
	while (trace->i < trace->end && trace->steps > 0) {
		uint32_t before = trace->i;

		fm_trace_statement(trace);
		if (trace->i <= before)
			trace->i = before + 1;
	}
	trace->missing = missing;
	trace->empty = empty;
	trace->i = i;
	trace->end = outer;
	trace->nest--;
}

/* The expression in parentheses at hand. */
static struct fm_fact condition(struct fm_trace *trace)
{
	struct fm_fact fact = FM_TRACE_NOTHING;
	uint32_t end = trace->end, close;

	if (!fm_trace_at(trace, "("))
		return fact;
	close = fm_trace_match(trace, trace->i);
	trace->i++;
	trace->end = close;
	while (trace->i < close) {
		struct fm_type type;
		uint32_t before = trace->i;

		if (fm_outline_declares(trace->tokens, trace->i, close, &type))
			fm_trace_statement(trace);
		else
			fact = fm_trace_expression(trace);
		if (trace->i <= before || fm_trace_at(trace, ";"))
			trace->i++;
	}
	trace->end = end;
	trace->i = close + 1;
	fm_trace_count(trace, trace->rules->weights.branch);
	return fact;
}

/* What is known of a lookup by a value that is taken for true or false. */
static void knowledge(const struct fm_fact *fact, uint32_t *yes, uint32_t *no)
{
	*yes = fact->missing_true;
	*no = fact->missing_false;
	if (!fact->signal || *yes || *no)
		return;
	if (fact->how == FM_FOUND_ZERO)
		*yes = fact->signal;
	else if (fact->how == FM_FOUND_POINTER || fact->how == FM_FOUND_TRUE)
		*no = fact->signal;
}

static void branch(struct fm_trace *trace, uint32_t missing, uint32_t implied,
		   uint32_t empty)
{
	uint32_t before = fm_trace_branch(trace), m = trace->missing;
	uint32_t around = trace->implied, outer = trace->empty;

	trace->missing |= missing;
	trace->implied |= implied;
	if (empty)
		trace->empty = empty;
	trace->ended = false;
	fm_trace_statement(trace);
	trace->missing = m;
	trace->implied = around;
	trace->empty = outer;
	trace->branch = before;
}

static void walk_if(struct fm_trace *trace)
{
	uint64_t cost = trace->complexity, then_cost;
	uint32_t yes, no, empty;
	struct fm_fact fact;
	bool then_ended;

	trace->i++;
	if (fm_trace_at(trace, "constexpr"))
		trace->i++;
	fact = condition(trace);
	cost = trace->complexity;
	knowledge(&fact, &yes, &no);
	empty = fact.empty_false ?: fact.place;
	branch(trace, yes, fact.fields, fact.empty_true);
	then_ended = trace->ended;
	then_cost = trace->complexity;
	trace->ended = false;
	if (fm_trace_at(trace, "else")) {
		trace->i++;
		trace->complexity = cost;
		branch(trace, no, fact.fields, empty);
		if (then_cost > trace->complexity)
			trace->complexity = then_cost;
		if (trace->ended && !then_ended)
			trace->missing |= yes;
	}
	/* What follows is only reached on the other branch. */
	if (then_ended && !trace->ended) {
		trace->missing |= no;
		if (empty)
			trace->empty = empty;
	}
	trace->ended &= then_ended;
}

static void loop(struct fm_trace *trace, uint32_t implied)
{
	uint64_t scale = trace->scale;
	uint32_t rounds = trace->rules->weights.loop;

	if (scale < 1000000)
		trace->scale *= rounds ? rounds : 1;
	branch(trace, 0, implied, 0);
	trace->scale = scale;
	trace->ended = false;
}

/* for (auto &x : container) */
static bool range_for(struct fm_trace *trace)
{
	uint32_t close = fm_trace_match(trace, trace->i);
	uint32_t end = trace->end, name;
	struct fm_fact fact;
	struct fm_type type;

	name = fm_outline_declares(trace->tokens, trace->i + 1, close, &type);
	if (!name || !fm_token_is(trace->tokens, name + 1, ":"))
		return false;
	trace->i = name + 2;
	trace->end = close;
	fact = fm_trace_expression(trace);
	trace->end = end;
	trace->i = close + 1;
	fact.ref = fact.path;
	fact.found |= fact.in;
	fact.fresh |= fact.in_fresh;
	fm_trace_set(trace, fm_trace_path(trace, 0, trace->frame->number,
					  trace->tokens->v[name].text), fact);
	return true;
}

static void walk_loop(struct fm_trace *trace)
{
	struct fm_fact fact = FM_TRACE_NOTHING;

	trace->i++;
	if (!fm_trace_at(trace, "(") || !range_for(trace))
		fact = condition(trace);
	loop(trace, fact.fields);
}

static void walk_do(struct fm_trace *trace)
{
	trace->i++;
	branch(trace, 0, 0, 0);
	if (fm_trace_at(trace, "while")) {
		trace->i++;
		condition(trace);
	}
	if (fm_trace_at(trace, ";"))
		trace->i++;
	trace->ended = false;
}

static void walk_switch(struct fm_trace *trace)
{
	struct fm_trace_switch own, *around = trace->cases;
	struct fm_fact fact;

	trace->i++;
	fact = condition(trace);
	own.branch = trace->branch;
	own.missing = trace->missing;
	own.empty = trace->empty;
	trace->cases = &own;
	branch(trace, 0, fact.fields, 0);
	trace->cases = around;
	trace->ended = false;
}

static void walk_return(struct fm_trace *trace)
{
	struct fm_trace_frame *frame = trace->frame;
	struct fm_fact fact = FM_TRACE_NOTHING;

	trace->i++;
	if (!fm_trace_at(trace, ";"))
		fact = fm_trace_expression(trace);
	if (!fact.ref && fact.path && !(fact.found | fact.fresh))
		fact = fm_trace_whole(trace, fact);
	/* "return NULL" says nothing of what else may be returned */
	if (!frame->returned || frame->result.zero) {
		uint32_t signal = frame->result.signal;

		if (!signal && frame->returned && frame->result.zero &&
		    (fact.found | fact.fresh) && !fact.loaded && !fact.signal) {
			fact.signal = fact.found;
			fact.how = FM_FOUND_POINTER;
		}
		frame->result = fact;
	} else {
		if (fact.zero && !frame->result.signal) {
			frame->result.signal = frame->result.found;
			frame->result.how = FM_FOUND_POINTER;
		}
		frame->result = fm_fact_join(frame->result, fact);
	}
	frame->returned = true;
	skip_past(trace, ";");
	trace->ended = true;
}

static void walk_jump(struct fm_trace *trace)
{
	skip_past(trace, ";");
	trace->ended = true;
}

/* type name = value, name2(value), ... */
static void walk_declaration(struct fm_trace *trace, uint32_t name,
			     struct fm_type type)
{
	while (name < trace->end &&
	       trace->tokens->v[name].kind == FM_TOKEN_WORD) {
		uint32_t path = fm_trace_path(trace, 0, trace->frame->number,
					      trace->tokens->v[name].text);
		struct fm_fact fact = FM_TRACE_NOTHING;

		trace->paths[path].fact = FM_TRACE_NOTHING;
		trace->paths[path].fact.type = type;
		trace->paths[path].set = false;
		trace->paths[path].branch = trace->branch;
		fact.type = type;
		fact.path = path;
		trace->i = name + 1;
		while (fm_trace_at(trace, "["))
			trace->i = fm_trace_match(trace, trace->i) + 1;
		while (trace->i < trace->end && !fm_trace_at(trace, "=") &&
		       trace->tokens->v[trace->i].kind == FM_TOKEN_WORD)
			trace->i++;
		if (fm_trace_at_any(trace, "={("))
			fm_trace_initialiser(trace, fact);
		while (trace->i < trace->end && !fm_trace_at(trace, ",") &&
		       !fm_trace_at(trace, ";") && !fm_trace_at(trace, ")")) {
			if (fm_trace_at_any(trace, "({["))
				trace->i = fm_trace_match(trace, trace->i);
			trace->i++;
		}
		if (!fm_trace_at(trace, ","))
			break;
		for (trace->i++, type.pointer = 0; fm_trace_at(trace, "*");
		     trace->i++)
			type.pointer++;
		name = trace->i;
	}
	if (fm_trace_at(trace, ";"))
		trace->i++;
}

/* type (*name)(parameters) = value; */
static bool walk_pointer(struct fm_trace *trace)
{
	struct fm_fact fact = FM_TRACE_NOTHING;
	uint32_t close, name, path;

	name = fm_outline_pointer(trace->tokens, trace->i, trace->end, &close);
	if (!name || !(fm_token_is(trace->tokens, close + 1, "=") ||
		       fm_token_is(trace->tokens, close + 1, ";")))
		return false;
	path = fm_trace_path(trace, 0, trace->frame->number,
			     trace->tokens->v[name].text);
	trace->paths[path].fact = FM_TRACE_NOTHING;
	trace->paths[path].set = false;
	trace->paths[path].branch = trace->branch;
	fact.path = path;
	trace->i = close + 1;
	if (fm_trace_at(trace, "="))
		fm_trace_initialiser(trace, fact);
	skip_past(trace, ";");
	return true;
}

static void walk_expression(struct fm_trace *trace)
{
	uint32_t start = trace->i;

	fm_trace_expression(trace);
	if (fm_trace_at(trace, ";")) {
		trace->i++;
		return;
	}
	/* A call without ';' before a statement is a loop of some macro. */
	if (trace->i > start && fm_token_is(trace->tokens, trace->i - 1, ")") &&
	    trace->i < trace->end && !fm_trace_at_any(trace, "})"))
		loop(trace, 0);
	else if (trace->i == start)
		trace->i++;
}

/* What one case does is not done in another, unless it falls through. */
static void begin_case(struct fm_trace *trace)
{
	if (trace->cases && trace->ended) {
		trace->branch = trace->cases->branch;
		trace->missing = trace->cases->missing;
		trace->empty = trace->cases->empty;
		fm_trace_branch(trace);
	}
	trace->ended = false;
}

static bool is_label(struct fm_trace *trace)
{
	return trace->tokens->v[trace->i].kind == FM_TOKEN_WORD &&
	       fm_token_is(trace->tokens, trace->i + 1, ":");
}

static void walk_case(struct fm_trace *trace)
{
	while (trace->i < trace->end && !fm_trace_at(trace, ":"))
		trace->i++;
	trace->i++;
	begin_case(trace);
}

static bool walk_keyword(struct fm_trace *trace)
{
	static const struct {
		const char *word;
		void (*walk)(struct fm_trace *trace);
	} words[] = {
		{ "if", walk_if }, { "for", walk_loop }, { "while", walk_loop },
		{ "do", walk_do }, { "switch", walk_switch },
		{ "return", walk_return }, { "goto", walk_jump },
		{ "break", walk_jump }, { "continue", walk_jump },
		{ "throw", walk_jump }, { "case", walk_case },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (fm_trace_at(trace, words[i].word)) {
			words[i].walk(trace);
			return true;
		}
	return false;
}

/**
 * fm_trace_statement - walk through a statement
 * @trace: the walk
 */
void fm_trace_statement(struct fm_trace *trace)
{
	struct fm_type type;
	uint32_t name;

	if (trace->i >= trace->end || --trace->steps <= 0)
		return;
	if (trace->nest == FM_TRACE_NEST) {
		skip_past(trace, ";");
		return;
	}
	trace->nest++;
	if (fm_trace_at_any(trace, ";}") || fm_trace_at(trace, "else") ||
	    fm_trace_at(trace, "try")) {
		trace->i++;
	} else if (fm_trace_at(trace, "#")) {
		trace->i = fm_trace_match(trace, trace->i) + 1;
	} else if (fm_trace_at(trace, "{")) {
		uint32_t close = fm_trace_match(trace, trace->i);

		fm_trace_block(trace, trace->i + 1, close);
		trace->i = close + 1;
	} else if (walk_keyword(trace)) {
		;
	} else if (is_label(trace)) {
		if (fm_trace_at(trace, "default"))
			begin_case(trace);
		trace->i += 2;
		trace->ended = false;
	} else if ((name = fm_outline_declares(trace->tokens, trace->i,
					       trace->end, &type))) {
		walk_declaration(trace, name, type);
	} else if (!walk_pointer(trace)) {
		walk_expression(trace);
	}
	trace->nest--;
}
