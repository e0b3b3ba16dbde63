// SPDX-License-Identifier: GPL-2.0-or-later
/* Operators of a trace. */
#include <string.h>

#include "trace_cursor.h"

#define PRECEDENCE_MIN	1

static bool is_null(const struct fm_fact *fact)
{
	return fact->zero || fact->end;
}

/* ---- storing */

/* What is set because it is 0 is set once, as the state is made. */
static void write_member(struct fm_trace *trace, const struct fm_fact *to,
			 const char *name, uint32_t token)
{
	if (to->place && to->place == trace->empty)
		fm_trace_event(trace, to->in | to->in_fresh, FM_TRACE_CREATE,
			       name, token);
	else
		fm_trace_write(trace, to->in, to->in_fresh, name, token);
}

/**
 * fm_trace_store - store a value
 * @trace: the walk
 * @to: what is assigned to
 * @value: the value
 * @token: where
 */
void fm_trace_store(struct fm_trace *trace, struct fm_fact to,
		    struct fm_fact value, uint32_t token)
{
	const char *name = to.path ? trace->paths[to.path].name : NULL;

	if ((value.fields & (FM_F_SRC_PORT | FM_F_DST_PORT)) &&
	    (trace->implied & FM_F_PROTOCOL))
		value.fields |= FM_F_PROTOCOL;
	/* what lies behind the protocol's header has ports */
	if (value.fields == FM_F_PROTOCOL && name)
		value.fields |= fm_trace_field(trace, NULL, name) &
				FM_F_PORTS;
	if (to.in | to.in_fresh)
		write_member(trace, &to, name, token);
	if (!to.path || (to.in | to.in_fresh))
		return;
	if (!value.ref && value.path &&
	    (value.type.name || trace->paths[value.path].child)) {
		value = fm_trace_whole(trace, value);
		if (!value.type.pointer)
			value.ref = value.path;
	}
	if (to.element) {
		value = fm_fact_join(value, fm_trace_get(trace, to.path));
		value.loaded |= !value.type.pointer;
	}
	value.swapped |= fm_trace_swaps(trace, to.path, &value);
	if ((value.found | value.fresh) && !value.loaded)
		fm_trace_state_type(trace, value.found | value.fresh,
				    &trace->paths[to.path].fact.type);
	fm_trace_set(trace, to.path, value);
}

/* ---- comparisons */

static void signal_of(const struct fm_fact *value, bool equal,
		      struct fm_fact *result)
{
	uint32_t *missing = equal ? &result->missing_true :
				    &result->missing_false;
	uint32_t *there = equal ? &result->missing_false :
				  &result->missing_true;

	switch (value->how) {
	case FM_FOUND_ZERO:
		*there |= value->signal;
		break;
	case FM_FOUND_ALWAYS:
		break;
	default:
		*missing |= value->signal;
	}
}

static void compare(struct fm_trace *trace, const char *op,
		    const struct fm_fact *a, const struct fm_fact *b,
		    struct fm_fact *result)
{
	bool equal = !strcmp(op, "==");

	if (fm_fact_ends(a, b))
		trace->compares |= *op == '<' || *op == '>';
	if (equal || !strcmp(op, "!=")) {
		if (is_null(b))
			*(equal ? &result->empty_true :
				  &result->empty_false) = a->place;
		if (a->signal && (is_null(b) || a->how == FM_FOUND_INDEX))
			signal_of(a, equal, result);
		else if (b->signal && is_null(a))
			signal_of(b, equal, result);
		if (is_null(b) && a->missing_true && !a->signal) {
			result->missing_true |= equal ? a->missing_false :
							a->missing_true;
			result->missing_false |= equal ? a->missing_true :
							 a->missing_false;
		}
	} else if (a->signal && a->how != FM_FOUND_POINTER) {
		bool less = *op == '<';

		if (a->how == FM_FOUND_TRUE)
			return;
		if (less)
			result->missing_true |= a->signal;
		else
			result->missing_false |= a->signal;
	}
}

/* ---- binary operators */

static int precedence(const char *op)
{
	static const char *const levels[] = {
		"||", "&&", "|", "^", "&", "== !=", "< > <= >=", "<<",
		"+ -", "* / %",
	};
	size_t len = strlen(op);

	if (!strchr("|&^=!<>+-*/%", *op))
		return 0;
	for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++)
		for (const char *p = levels[i]; *p; p += strcspn(p, " "),
		     p += *p == ' ')
			if (strcspn(p, " ") == len && !strncmp(p, op, len))
				return i + PRECEDENCE_MIN;
	return 0;
}

static void logical(const struct fm_fact *a, const struct fm_fact *b, bool and,
		    struct fm_fact *result)
{
	struct fm_fact x = *a, y = *b;

	if (and)
		result->empty_true = a->empty_true ?: b->empty_true;
	else
		result->empty_false = a->empty_false ?: a->place ?:
				      b->empty_false ?: b->place;
	/* a plain pointer or flag tells by its own truth */
	if (x.signal && x.how == FM_FOUND_ZERO)
		x.missing_true |= x.signal;
	else if (x.signal && x.how != FM_FOUND_INDEX)
		x.missing_false |= x.signal;
	if (y.signal && y.how == FM_FOUND_ZERO)
		y.missing_true |= y.signal;
	else if (y.signal && y.how != FM_FOUND_INDEX)
		y.missing_false |= y.signal;
	if (and) {
		result->missing_true = x.missing_true | y.missing_true;
		result->missing_false = x.missing_false & y.missing_false;
	} else {
		result->missing_true = x.missing_true & y.missing_true;
		result->missing_false = x.missing_false | y.missing_false;
	}
}

static struct fm_fact combine(struct fm_trace *trace, const char *op,
			      struct fm_fact a, struct fm_fact b)
{
	struct fm_fact result = FM_TRACE_NOTHING;

	fm_trace_count(trace, *op == '/' || *op == '%' ?
		       trace->rules->weights.division :
		       trace->rules->weights.operation);
	a = fm_trace_whole(trace, a);
	b = fm_trace_whole(trace, b);
	result.fields = a.fields | b.fields;
	result.symmetric = a.symmetric | b.symmetric;
	result.swapped = a.swapped | b.swapped;
	if (!strcmp(op, "&&") || !strcmp(op, "||")) {
		logical(&a, &b, *op == '&', &result);
		return result;
	}
	if (precedence(op) == 6 || precedence(op) == 7) {
		compare(trace, op, &a, &b, &result);
		return result;
	}
	if ((*op == '^' || *op == '+') &&
	    ((a.fields == FM_F_SRC_IP && b.fields == FM_F_DST_IP) ||
	     (a.fields == FM_F_DST_IP && b.fields == FM_F_SRC_IP)))
		result.symmetric = true;
	/* pointer arithmetic stays in the same object */
	result.found = a.found;
	result.fresh = a.fresh;
	result.loaded = a.loaded;
	result.ref = a.ref;
	result.memory = a.memory;
	result.type = a.type;
	if (!result.ref && a.type.pointer)
		result.path = a.path;
	return result;
}

static struct fm_fact binary(struct fm_trace *trace, int lowest)
{
	struct fm_fact a = fm_trace_unary(trace), b;

	while (trace->i < trace->end && trace->steps > 0) {
		const char *op = trace->tokens->v[trace->i].text;
		int level = trace->tokens->v[trace->i].kind == FM_TOKEN_PUNCT ?
			precedence(op) : 0;
		uint32_t missing = trace->missing;

		if (!level || level < lowest)
			break;
		trace->i++;
		if (*op == '>' && fm_trace_at(trace, ">")) {
			op = "<<";
			trace->i++;
		}
		/* the right side is only reached if the left one lets it */
		if (!strcmp(op, "&&"))
			trace->missing |= a.missing_true;
		else if (!strcmp(op, "||"))
			trace->missing |= a.missing_false;
		b = binary(trace, level + 1);
		trace->missing = missing;
		a = combine(trace, op, a, b);
	}
	return a;
}

static struct fm_fact ternary(struct fm_trace *trace)
{
	struct fm_fact test = binary(trace, PRECEDENCE_MIN), a, b;
	uint32_t implied = trace->implied, fields;

	if (!fm_trace_at(trace, "?"))
		return test;
	trace->i++;
	trace->implied |= test.fields;
	a = fm_trace_at(trace, ":") ? test : fm_trace_assignment(trace);
	if (fm_trace_at(trace, ":"))
		trace->i++;
	b = fm_trace_assignment(trace);
	trace->implied = implied;
	if (a.path && !a.ref && a.type.name && !a.type.pointer)
		a.ref = a.path;
	a = fm_trace_whole(trace, a);
	b = fm_trace_whole(trace, b);
	fields = fm_trace_either(trace, a.fields, b.fields);
	a = fm_fact_join(a, b);
	a.fields = fields;
	a.path = 0;
	return a;
}

static bool assigns(const char *op)
{
	size_t len = strlen(op);

	if (!len || op[len - 1] != '=')
		return false;
	return len == 1 || !strcmp(op, "<<=") || !strcmp(op, ">>=") ||
	       (len == 2 && strchr("+-*/%&|^", *op));
}

/* std::tie(a, b) = value */
static void store_tied(struct fm_trace *trace, uint32_t token,
		       struct fm_fact value)
{
	uint32_t i = trace->i, end = trace->end;

	while (token < i && !fm_token_is(trace->tokens, token, "("))
		token++;
	trace->i = token + 1;
	trace->end = trace->tokens->v[token].match;
	value.ref = 0;
	value.path = 0;
	value.type = FM_TRACE_NOTHING.type;
	while (trace->i < trace->end) {
		fm_trace_store(trace, fm_trace_unary(trace), value, token);
		trace->i++;
	}
	trace->i = i;
	trace->end = end;
}

/**
 * fm_trace_assignment - an expression without commas
 * @trace: the walk
 */
struct fm_fact fm_trace_assignment(struct fm_trace *trace)
{
	struct fm_fact to, value = FM_TRACE_NOTHING;
	uint32_t token = trace->i;
	const char *op;

	if (trace->nest == FM_TRACE_NEST || --trace->steps <= 0) {
		trace->i = trace->end;
		return value;
	}
	trace->nest++;
	to = ternary(trace);
	op = trace->i < trace->end ? trace->tokens->v[trace->i].text : "";
	if (trace->i < trace->end && assigns(op) &&
	    trace->tokens->v[trace->i].kind == FM_TOKEN_PUNCT) {
		trace->i++;
		if (fm_trace_at(trace, "{"))
			value = fm_trace_initialiser(trace, to);
		else
			value = fm_trace_assignment(trace);
		if (fm_token_is(trace->tokens, token, "tie") ||
		    fm_token_is(trace->tokens, token + 2, "tie"))
			store_tied(trace, token, value);
		fm_trace_count(trace, trace->rules->weights.operation);
		if (*op != '=') {
			struct fm_fact old = fm_trace_whole(trace, to);

			old.path = 0;
			value.symmetric |= (*op == '^' || *op == '+') &&
				(old.fields | value.fields) ==
				(FM_F_SRC_IP | FM_F_DST_IP) &&
				!(old.fields & value.fields);
			value = fm_fact_join(value, old);
		}
		fm_trace_store(trace, to, value, token);
	} else {
		value = to;
	}
	trace->nest--;
	return value;
}

/**
 * fm_trace_expression - an expression
 * @trace: the walk
 *
 * Return: its value.
 */
struct fm_fact fm_trace_expression(struct fm_trace *trace)
{
	struct fm_fact fact = fm_trace_assignment(trace);

	while (fm_trace_at(trace, ",") && trace->steps > 0) {
		trace->i++;
		fact = fm_trace_assignment(trace);
	}
	return fact;
}

/* ---- unary operators */

static struct fm_fact address(struct fm_trace *trace, struct fm_fact fact)
{
	struct fm_fact result = FM_TRACE_NOTHING;

	(void)trace;
	result.found = fact.in;
	result.fresh = fact.in_fresh;
	result.ref = fact.ref && fact.type.reference ? fact.ref : fact.path;
	result.fields = fact.fields;
	memcpy(result.calls, fact.calls, sizeof(result.calls));
	result.type = fact.type;
	result.type.pointer++;
	return result;
}

static struct fm_fact dereference(struct fm_trace *trace, struct fm_fact fact)
{
	struct fm_fact result;

	fm_trace_count(trace, trace->rules->weights.memory);
	result = fact.ref ? fm_trace_get(trace, fact.ref) : fact;
	result.fields |= fact.fields;
	fm_fact_call_either(&result, &fact);
	if (!(fact.found | fact.fresh))
		return result;
	result = FM_TRACE_NOTHING;
	result.found = fact.found;
	result.fresh = fact.fresh;
	result.in = fact.found;
	result.in_fresh = fact.fresh;
	if (fact.path)
		result.place = fm_trace_path(trace, fact.path, 0, "*");
	result.loaded = true;
	result.type = fact.type;
	if (result.type.pointer)
		result.type.pointer--;
	return result;
}

static struct fm_fact negate(struct fm_fact fact)
{
	struct fm_fact result = FM_TRACE_NOTHING;

	result.fields = fact.fields;
	result.missing_true = fact.missing_false;
	result.missing_false = fact.missing_true;
	result.empty_true = fact.empty_false ?: fact.place;
	result.empty_false = fact.empty_true;
	if (!fact.signal || fact.missing_true || fact.missing_false)
		return result;
	if (fact.how == FM_FOUND_ZERO)
		result.missing_false = fact.signal;
	else if (fact.how != FM_FOUND_INDEX && fact.how != FM_FOUND_END)
		result.missing_true = fact.signal;
	return result;
}

/**
 * fm_trace_unary - an operand with the operators before it
 * @trace: the walk
 */
struct fm_fact fm_trace_unary(struct fm_trace *trace)
{
	struct fm_fact fact = FM_TRACE_NOTHING;
	uint32_t token = trace->i;
	const char *op;

	if (trace->i >= trace->end || --trace->steps <= 0 ||
	    trace->nest == FM_TRACE_NEST) {
		trace->i = trace->end;
		return fact;
	}
	op = trace->tokens->v[trace->i].text;
	if (trace->tokens->v[trace->i].kind != FM_TOKEN_PUNCT ||
	    (strcmp(op, "++") && strcmp(op, "--") && strcmp(op, "&&") &&
	     (!strchr("&*!~-+", *op) || op[1])))
		return fm_trace_operand(trace);
	trace->nest++;
	trace->i++;
	fact = fm_trace_unary(trace);
	if (!strcmp(op, "++") || !strcmp(op, "--"))
		fm_trace_store(trace, fact, fact, token);
	else if (*op == '&')
		fact = address(trace, fact);
	else if (*op == '*')
		fact = dereference(trace, fact);
	else if (*op == '!')
		fact = negate(fact);
	else if (*op == '-' || *op == '~')
		fact.zero = false;
	trace->nest--;
	return fact;
}
