/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a trace is in its tokens. */
#ifndef FM_LLM_TRACE_CURSOR_H
#define FM_LLM_TRACE_CURSOR_H

#include <string.h>

#include "trace.h"

static inline bool fm_trace_at(struct fm_trace *trace, const char *text)
{
	return trace->i < trace->end &&
	       fm_token_is(trace->tokens, trace->i, text);
}

/* At one of these characters, each a token of its own. */
static inline bool fm_trace_at_any(struct fm_trace *trace, const char *chars)
{
	const char *text;

	if (trace->i >= trace->end)
		return false;
	text = trace->tokens->v[trace->i].text;
	return *text && !text[1] && strchr(chars, *text);
}

static inline bool fm_trace_at_word(struct fm_trace *trace)
{
	return trace->i < trace->end &&
	       trace->tokens->v[trace->i].kind == FM_TOKEN_WORD;
}

static inline const char *fm_trace_text(struct fm_trace *trace)
{
	return trace->i < trace->end ? trace->tokens->v[trace->i].text : "";
}

static inline uint32_t fm_trace_match(struct fm_trace *trace, uint32_t i)
{
	uint32_t m = trace->tokens->v[i].match;

	return m > i && m < trace->end ? m : trace->end - 1;
}

/* Walks what is between brackets as one expression. */
static inline struct fm_fact fm_trace_inside(struct fm_trace *trace)
{
	uint32_t close = fm_trace_match(trace, trace->i), end = trace->end;
	struct fm_fact fact = FM_TRACE_NOTHING;

	trace->i++;
	trace->end = close;
	if (trace->i < close)
		fact = fm_trace_expression(trace);
	trace->end = end;
	trace->i = close + 1;
	return fact;
}

#endif
