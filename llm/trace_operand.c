// SPDX-License-Identifier: GPL-2.0-or-later
/* Operands of a trace: casts, lambdas, names, and what follows them. */
#include <stdlib.h>
#include <string.h>

#include "trace_cursor.h"

static bool is_cast(struct fm_trace *trace)
{
	uint32_t close = fm_trace_match(trace, trace->i), next;
	struct fm_type type;
	const struct fm_token *t;

	next = fm_outline_type(trace->tokens, trace->i + 1, close, &type);
	if (next != close || close + 1 >= trace->end)
		return false;
	t = &trace->tokens->v[close + 1];
	if (t->kind == FM_TOKEN_WORD || t->kind == FM_TOKEN_NUMBER ||
	    t->kind == FM_TOKEN_STRING)
		return true;
	if (*t->text == '{' || *t->text == '~' || !strcmp(t->text, "!"))
		return true;
	if (*t->text == '(')
		return type.pointer || close > trace->i + 2 ||
		       fm_idiom_type(trace->idiom, type.name);
	return type.pointer && strchr("&*-+", *t->text) && !t->text[1];
}

static struct fm_fact as_type(struct fm_trace *trace, struct fm_fact fact,
			      const struct fm_type *type)
{
	if (type->name && strcmp(type->name, "auto") && type->pointer) {
		fact.type = *type;
		if (!fact.loaded)
			fm_trace_state_type(trace, fact.found | fact.fresh,
					    type);
	}
	return fact;
}

static struct fm_fact cast(struct fm_trace *trace)
{
	uint32_t close = fm_trace_match(trace, trace->i);
	struct fm_type type;
	struct fm_fact fact = FM_TRACE_NOTHING;

	fm_outline_type(trace->tokens, trace->i + 1, close, &type);
	trace->i = close + 1;
	if (fm_trace_at(trace, "{")) {
		fact.type = type;
		return fm_trace_initialiser(trace, fact);
	}
	return as_type(trace, fm_trace_unary(trace), &type);
}

/* static_cast<type>(expression) */
static struct fm_fact named_cast(struct fm_trace *trace)
{
	uint32_t open = trace->i + 1, close = 0;
	struct fm_type type = { .inner = FM_OUTLINE_NONE };

	if (fm_token_is(trace->tokens, open, "<"))
		close = fm_outline_angle(trace->tokens, open);
	if (!close || !fm_token_is(trace->tokens, close + 1, "(")) {
		trace->i++;
		return FM_TRACE_NOTHING;
	}
	fm_outline_type(trace->tokens, open + 1, close, &type);
	trace->i = close + 1;
	return as_type(trace, fm_trace_inside(trace), &type);
}

static struct fm_fact parenthesis(struct fm_trace *trace)
{
	if (is_cast(trace))
		return cast(trace);
	if (fm_token_is(trace->tokens, trace->i + 1, "{")) {
		uint32_t close = fm_trace_match(trace, trace->i);

		fm_trace_block(trace, trace->i + 2, close);
		trace->i = close + 1;
		return FM_TRACE_NOTHING;
	}
	return fm_trace_inside(trace);
}

/* [captures](parameters) { body } */
static struct fm_fact lambda(struct fm_trace *trace)
{
	bool ended = trace->ended;

	trace->i = fm_trace_match(trace, trace->i) + 1;
	if (fm_trace_at(trace, "("))
		trace->i = fm_trace_match(trace, trace->i) + 1;
	while (trace->i < trace->end && !fm_trace_at_any(trace, "{;)"))
		trace->i++;
	if (fm_trace_at(trace, "{")) {
		uint32_t close = fm_trace_match(trace, trace->i);
		struct fm_fact result = trace->frame->result;
		bool returned = trace->frame->returned;

		fm_trace_block(trace, trace->i + 1, close);
		trace->frame->result = result;
		trace->frame->returned = returned;
		trace->i = close + 1;
	}
	trace->ended = ended;
	return FM_TRACE_NOTHING;
}

/* offsetof(struct type, member) is of the header field that it names */
static struct fm_fact offset(struct fm_trace *trace)
{
	uint32_t close = fm_trace_match(trace, trace->i + 1), next;
	struct fm_fact fact = FM_TRACE_NOTHING;
	struct fm_type type;

	next = fm_outline_type(trace->tokens, trace->i + 2, close, &type);
	if (next && fm_token_is(trace->tokens, next, ",") && next + 1 < close)
		fact.fields = fm_trace_field(trace, type.name,
				trace->tokens->v[next + 1].text);
	trace->reads |= fact.fields;
	trace->i = close + 1;
	return fact;
}

static struct fm_fact new_object(struct fm_trace *trace)
{
	struct fm_fact fact = FM_TRACE_NOTHING;
	uint32_t next;

	trace->i++;
	if (fm_trace_at(trace, "("))
		trace->i = fm_trace_match(trace, trace->i) + 1;
	next = fm_outline_type(trace->tokens, trace->i, trace->end,
			       &fact.type);
	if (next)
		trace->i = next;
	if (fm_trace_at(trace, "(") || fm_trace_at(trace, "["))
		fm_trace_inside(trace);
	fact.type.pointer++;
	fact.memory = true;
	return fact;
}

static struct fm_fact skip_group(struct fm_trace *trace)
{
	trace->i++;
	if (fm_trace_at(trace, "("))
		trace->i = fm_trace_match(trace, trace->i) + 1;
	else if (trace->i < trace->end)
		fm_trace_unary(trace);
	return FM_TRACE_NOTHING;
}

static struct fm_fact number(struct fm_trace *trace)
{
	struct fm_fact fact = FM_TRACE_NOTHING;
	const char *word = fm_trace_text(trace);

	fact.zero = !strcmp(word, "NULL") || !strcmp(word, "nullptr") ||
		    !strcmp(word, "false") ||
		    (*word == '0' && !strtoul(word, NULL, 0));
	trace->i++;
	return fact;
}

/* a::b<c>::name */
static const char *qualified(struct fm_trace *trace)
{
	const char *name = fm_trace_text(trace);

	for (trace->i++; trace->i < trace->end; trace->i++) {
		uint32_t close = 0;

		if (fm_trace_at(trace, "<"))
			close = fm_outline_angle(trace->tokens, trace->i);
		if (close && (fm_token_is(trace->tokens, close + 1, "(") ||
			      fm_token_is(trace->tokens, close + 1, "::") ||
			      fm_token_is(trace->tokens, close + 1, "{")))
			trace->i = close + 1;
		if (!fm_trace_at(trace, "::"))
			break;
		trace->i++;
		if (!fm_trace_at_word(trace))
			break;
		name = fm_trace_text(trace);
	}
	return name;
}

static struct fm_fact word(struct fm_trace *trace)
{
	const char *name = fm_trace_text(trace);
	uint32_t token = trace->i;
	struct fm_fact fact;

	if (!strcmp(name, "this")) {
		trace->i++;
		fact = trace->frame->self;
		if (!fact.object)
			fact.object = true;
		return fact;
	}
	if (!strcmp(name, "NULL") || !strcmp(name, "nullptr") ||
	    !strcmp(name, "true") || !strcmp(name, "false"))
		return number(trace);
	if (strstr(name, "_cast") && fm_outline_keyword(name))
		return named_cast(trace);
	if (!strcmp(name, "new"))
		return new_object(trace);
	if (!strcmp(name, "sizeof") || !strcmp(name, "alignof") ||
	    !strcmp(name, "typeof") || !strcmp(name, "__typeof__") ||
	    !strcmp(name, "decltype"))
		return skip_group(trace);
	if ((!strcmp(name, "offsetof") || strstr(name, "OFFSET_OF")) &&
	    fm_token_is(trace->tokens, trace->i + 1, "("))
		return offset(trace);
	if (!strcmp(name, "delete") || !strcmp(name, "struct")) {
		trace->i++;
		return fm_trace_unary(trace);
	}
	name = qualified(trace);
	if (fm_trace_at(trace, "("))
		return fm_trace_call(trace, name, token, NULL);
	return fm_trace_variable(trace, name);
}

static struct fm_fact primary(struct fm_trace *trace)
{
	const struct fm_token *t = &trace->tokens->v[trace->i];

	if (t->kind == FM_TOKEN_WORD)
		return word(trace);
	if (t->kind == FM_TOKEN_NUMBER)
		return number(trace);
	if (t->kind == FM_TOKEN_STRING) {
		trace->i++;
		return FM_TRACE_NOTHING;
	}
	if (*t->text == '(')
		return parenthesis(trace);
	if (*t->text == '[')
		return lambda(trace);
	if (*t->text == '{')
		return fm_trace_initialiser(trace, FM_TRACE_NOTHING);
	if (!strcmp(t->text, "::")) {
		trace->i++;
		return fm_trace_at_word(trace) ? word(trace) : FM_TRACE_NOTHING;
	}
	if (!strchr(")]};,", *t->text))
		trace->i++;
	return FM_TRACE_NOTHING;
}

static struct fm_fact after_dot(struct fm_trace *trace, struct fm_fact object)
{
	bool arrow = fm_trace_at(trace, "->");
	uint32_t token;
	const char *name;

	trace->i++;
	if (fm_trace_at(trace, "~") || fm_trace_at(trace, "template"))
		trace->i++;
	if (!fm_trace_at_word(trace))
		return object;
	token = trace->i;
	name = qualified(trace);
	if (fm_trace_at(trace, "("))
		return fm_trace_call(trace, name, token, &object);
	if (object.object && !object.path && !object.ref &&
	    !(object.found | object.fresh)) {
		struct fm_fact fact = fm_trace_get(trace,
				fm_trace_path(trace, 0, 0, name));

		fm_trace_declared(trace, name, &fact);
		return fact;
	}
	return fm_trace_member(trace, object, name, arrow);
}

/**
 * fm_trace_operand - an operand with what follows it
 * @trace: the walk
 */
struct fm_fact fm_trace_operand(struct fm_trace *trace)
{
	struct fm_fact fact;
	uint32_t token = trace->i;

	trace->nest++;
	fact = primary(trace);
	while (trace->i < trace->end && --trace->steps > 0) {
		if (fm_trace_at(trace, ".") || fm_trace_at(trace, "->")) {
			fact = after_dot(trace, fact);
		} else if (fm_trace_at(trace, "[")) {
			fact = fm_trace_element(trace, fact, token);
		} else if (fm_trace_at(trace, "++") ||
			   fm_trace_at(trace, "--")) {
			trace->i++;
			fm_trace_store(trace, fact, fact, token);
		} else if (fm_trace_at(trace, "(")) {
			fact = fm_trace_call_value(trace, &fact, token);
		} else {
			break;
		}
	}
	trace->nest--;
	return fact;
}
