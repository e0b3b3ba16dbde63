/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What some files declare: functions with bodies, structs, variables, and
 * which function a struct's member is set to.
 */
#ifndef FM_LLM_OUTLINE_H
#define FM_LLM_OUTLINE_H

#include "token.h"

#define FM_OUTLINE_MAX		65536	/* of each kind */
#define FM_OUTLINE_NONE		UINT32_MAX

/**
 * struct fm_type - a type as it is written
 * @name: its last word, interned; NULL if there is none
 * @args: index of the '<' of its arguments, 0 if it has none
 * @pointer: how many '*' follow
 * @reference: a '&' follows
 * @inner: index of the struct if it is defined right there
 */
struct fm_type {
	const char *name;
	uint32_t args;
	uint8_t pointer;
	bool reference;
	uint32_t inner;
};

struct fm_member {
	const char *name;
	struct fm_type type;
	uint32_t array;		/* its first '[', 0 if there is none */
	uint32_t at;		/* its token */
};

struct fm_struct {
	const char *name;	/* NULL if it has none */
	bool is_union;
	struct fm_member *members;
	size_t nmembers;
	struct fm_type *bases;
	size_t nbases;
	uint32_t at;
	uint32_t body;		/* its '{' */
};

/**
 * struct fm_function - a function with a body, or a macro with arguments
 * @name: its name
 * @owner: its class, or NULL
 * @prefix: the word before the parameters of a macro that makes a function
 * @start: first token of its declaration
 * @params: its '('
 * @body: its '{'; of a macro its first token
 * @end: behind its last token
 * @macro: it is a macro
 */
struct fm_function {
	const char *name;
	const char *owner;
	const char *prefix;
	uint32_t start;
	uint32_t params;
	uint32_t body;
	uint32_t end;
	bool macro;
};

struct fm_variable {
	const char *name;
	struct fm_type type;
	uint32_t start;		/* tokens of the declaration */
	uint32_t end;
	uint32_t at;
};

/* .member = function, in the initialiser of a variable of a type */
struct fm_hook {
	const char *type;
	const char *member;
	const char *function;
	uint32_t start;		/* tokens of the initialiser */
	uint32_t end;
};

/**
 * struct fm_target - a function that may be called through a pointer
 * @name: of the member or of the variable outside functions
 * @function: its name
 * @variable: whose member it is, NULL if that is not known
 * @type: of that, or NULL
 */
struct fm_target {
	const char *name;
	const char *function;
	const char *variable;
	const char *type;
};

struct fm_alias {
	const char *name;
	struct fm_type type;
};

struct fm_outline {
	struct fm_tokens *tokens;
	struct fm_struct *structs;
	size_t nstructs;
	struct fm_function *functions;
	size_t nfunctions;
	struct fm_variable *variables;
	size_t nvariables;
	struct fm_hook *hooks;
	size_t nhooks;
	struct fm_alias *aliases;
	size_t naliases;
	struct fm_target *targets;
	size_t ntargets;
	uint32_t depth;
};

void fm_outline_read(struct fm_outline *outline, struct fm_tokens *tokens);
void fm_outline_cleanup(struct fm_outline *outline);
uint32_t fm_outline_angle(const struct fm_tokens *tokens, uint32_t i);
uint32_t fm_outline_type(const struct fm_tokens *tokens, uint32_t i,
			 uint32_t end, struct fm_type *type);
struct fm_type fm_outline_argument(const struct fm_tokens *tokens,
				   const struct fm_type *type, int index);
bool fm_outline_keyword(const char *word);
uint32_t fm_outline_declares(const struct fm_tokens *tokens, uint32_t i,
			     uint32_t end, struct fm_type *type);
const struct fm_struct *fm_outline_struct(const struct fm_outline *outline,
					  const char *name);
const struct fm_struct *fm_outline_struct_of(const struct fm_outline *outline,
					     const struct fm_type *type);
const struct fm_member *fm_outline_member(const struct fm_outline *outline,
					  const struct fm_struct *s,
					  const char *name);
const struct fm_function *fm_outline_function(const struct fm_outline *outline,
					      const char *owner,
					      const char *name);

/* outline_target.c */
void fm_outline_targets(struct fm_outline *outline);
uint32_t fm_outline_pointer(const struct fm_tokens *tokens, uint32_t i,
			    uint32_t end, uint32_t *close);

/* outline_scope.c */
void fm_outline_scope(struct fm_outline *outline, uint32_t start, uint32_t end,
		      uint32_t owner);

#endif
