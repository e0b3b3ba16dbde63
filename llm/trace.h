/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What packet functions do with state, followed through their tokens: which
 * header fields reach the index of which table, and what is written when.
 *
 * Branches are walked one after the other. What is known on a branch (this
 * table has no state for the packet) holds until its block ends.
 */
#ifndef FM_LLM_TRACE_H
#define FM_LLM_TRACE_H

#include "outline.h"
#include "rules.h"

#define FM_TRACE_TABLES	32	/* bits of a mask */
#define FM_TRACE_DEPTH	14	/* calls inside calls */
#define FM_TRACE_NEST	200	/* syntax inside syntax */
#define FM_TRACE_STEPS	4000000	/* tokens looked at */
#define FM_TRACE_PATHS	(1U << 19)	/* variables and their members */
#define FM_TRACE_WALKS	40	/* of one function */
#define FM_TRACE_ARGS	16	/* of a call */
#define FM_TRACE_TARGETS	8	/* functions that one pointer may lead to */
#define FM_FACT_CALLS	4	/* the same, seen on the way */
#define FM_TRACE_LINES	8	/* of evidence, of each kind */
#define FM_TRACE_NOTHING ((struct fm_fact){ .type.inner = FM_OUTLINE_NONE })

/**
 * struct fm_fact - what is known of a value
 * @fields: FM_F_* that it was made of
 * @found: tables whose state it leads to
 * @fresh: tables in which this packet made the state that it leads to
 * @loaded: it was read from there; else it points there
 * @ref: variable that it is the address of
 * @path: variable that it is
 * @in: tables in whose state it lies
 * @in_fresh: the same, state that this packet made
 * @missing_true: tables that have no state if it is true
 * @missing_false: the same if it is false
 * @place: member of a state that it is read from, or 0
 * @empty_true: such a member that is 0 if it is true
 * @empty_false: the same if it is false
 * @signal: tables whose lookup it tells the result of
 * @how: and how it does, see enum fm_idiom_found
 * @zero: it is 0
 * @end: it is the end() of a container
 * @memory: it points to new memory
 * @symmetric: source and destination went into it alike
 * @swapped: a source went into what is called destination
 * @object: it is the object whose method is walked
 * @element: it is one of an array that is no state
 * @calls: functions that it may be, the first ones
 * @type: as far as it is known
 */
struct fm_fact {
	uint32_t fields;
	uint32_t found;
	uint32_t fresh;
	bool loaded;
	uint32_t ref;
	uint32_t path;
	uint32_t in;
	uint32_t in_fresh;
	uint32_t missing_true;
	uint32_t missing_false;
	uint32_t place;
	uint32_t empty_true;
	uint32_t empty_false;
	uint32_t signal;
	enum fm_idiom_found how;
	bool zero;
	bool end;
	bool memory;
	bool symmetric;
	bool swapped;
	bool object;
	bool element;
	const char *calls[FM_FACT_CALLS];
	struct fm_type type;
};

/* A variable, or a member of one. */
struct fm_trace_path {
	uint32_t parent;
	uint32_t frame;
	const char *name;
	uint32_t next;		/* in its hash slot */
	uint32_t child;
	uint32_t sibling;
	uint32_t branch;	/* where it was set last */
	bool set;
	struct fm_fact fact;
};

struct fm_trace_memo;

enum fm_trace_what {
	FM_TRACE_LOOKUP,
	FM_TRACE_INSERT,
	FM_TRACE_WRITE,		/* to state that was there */
	FM_TRACE_CREATE,	/* to state that this packet makes */
	FM_TRACE_DELETE,
	__FM_TRACE_WHAT
};

struct fm_trace_line {
	uint32_t token;
	const char *what;
};

/**
 * struct fm_trace_table - where state may be
 * @name: of the variable
 * @key: header fields that lead to its state
 * @keys: there was a lookup whose key is known
 * @fields_at: token of the first of them
 * @type: of a state
 * @keeps: what is found counts as state though nobody writes it
 * @plain: its declaration makes it no state
 * @given: the framework keeps it, and tells the key
 * @bidirectional: both directions of a flow lead to the same state
 * @first: it is looked up where no other table is known to have nothing
 * @from: branch of a lookup by the source alone, plus 1
 * @to: the same by the destination
 * @pair: there was a lookup by both
 * @split: one packet is looked up by the one and by the other
 * @lines: where things happen, @nlines of each
 */
struct fm_trace_table {
	const char *name;
	uint32_t key;
	bool keys;
	uint32_t key_at;
	struct fm_type type;
	bool keeps;
	bool plain;
	bool given;
	bool bidirectional;
	bool symmetric;
	bool swapped;
	bool straight;
	uint32_t from;
	uint32_t to;
	bool pair;
	bool split;
	bool first;
	struct fm_trace_line lines[__FM_TRACE_WHAT][FM_TRACE_LINES];
	size_t nlines[__FM_TRACE_WHAT];
};

struct fm_trace_frame {
	const struct fm_function *function;
	const struct fm_trace_frame *caller;
	const char *owner;
	uint32_t number;
	struct fm_fact self;	/* the object whose method it is */
	struct fm_fact result;
	bool returned;
};

/* What held before a switch, and holds again at each of its cases. */
struct fm_trace_switch {
	uint32_t branch;
	uint32_t missing;
	uint32_t empty;
};

/**
 * struct fm_trace - a walk, and what it found
 * @tables: @ntables of them
 * @reads: FM_F_* that are looked at
 * @complexity: weighted operations of the last entry
 * @compares: source and destination were compared
 * @problems: what could not be followed
 */
struct fm_trace {
	const struct fm_rules *rules;
	const struct fm_idiom *idiom;
	struct fm_outline *outline;
	struct fm_tokens *tokens;
	struct fm_trace_table tables[FM_TRACE_TABLES];
	size_t ntables;
	uint32_t reads;
	uint64_t complexity;
	bool compares;
	struct fm_strings problems;

	struct fm_trace_memo *memo;	/* what the rules say of names */
	struct fm_trace_path *paths;
	size_t npaths;
	uint32_t *slots;
	uint8_t *walks;		/* of each function */
	uint32_t *branches;	/* parent of each */
	size_t nbranches;
	const char *subject;	/* the class that the NF is, or NULL */
	struct fm_trace_frame *frame;
	uint32_t frames;
	uint32_t depth;
	uint32_t nest;
	uint64_t scale;
	long steps;

	uint32_t missing;	/* tables that have no state here */
	uint32_t empty;		/* member of a state that is 0 here */
	uint32_t seen;		/* tables that were looked in */
	uint32_t implied;	/* fields that conditions around depend on */
	uint32_t branch;
	struct fm_trace_switch *cases;	/* the switch around, or NULL */
	bool ended;		/* control does not get here */
	uint32_t i;		/* token at hand */
	uint32_t end;
};

/**
 * struct fm_trace_args - a call
 * @name: of the function, "" if it is called through a pointer
 * @token: where
 * @object: whose method it is, or NULL
 * @args: what it is given, @n of them
 * @at: where each begins
 */
struct fm_trace_args {
	const char *name;
	uint32_t token;
	const struct fm_fact *object;
	struct fm_fact args[FM_TRACE_ARGS];
	uint32_t at[FM_TRACE_ARGS];
	size_t n;
};

int fm_trace_setup(struct fm_trace *trace, const struct fm_rules *rules,
		   struct fm_outline *outline);
void fm_trace_cleanup(struct fm_trace *trace);
struct fm_fact fm_trace_run(struct fm_trace *trace,
			    const struct fm_function *function,
			    const struct fm_fact *args, size_t nargs);

/* trace.c: variables */
uint32_t fm_trace_path(struct fm_trace *trace, uint32_t parent, uint32_t frame,
		       const char *name);
uint32_t fm_trace_find(struct fm_trace *trace, uint32_t parent, uint32_t frame,
		       const char *name);
struct fm_fact fm_trace_get(struct fm_trace *trace, uint32_t path);
void fm_trace_set(struct fm_trace *trace, uint32_t path, struct fm_fact fact);
struct fm_fact fm_trace_whole(struct fm_trace *trace, struct fm_fact fact);
struct fm_fact fm_fact_join(struct fm_fact a, struct fm_fact b);
uint32_t fm_trace_either(struct fm_trace *trace, uint32_t a, uint32_t b);
uint32_t fm_trace_branch(struct fm_trace *trace);
bool fm_trace_follows(const struct fm_trace *trace, uint32_t branch);
void fm_trace_count(struct fm_trace *trace, uint32_t weight);
void fm_trace_problem(struct fm_trace *trace, uint32_t token, const char *text);

/* trace_direction.c */
bool fm_fact_ends(const struct fm_fact *a, const struct fm_fact *b);
bool fm_trace_swaps(struct fm_trace *trace, uint32_t path,
		    const struct fm_fact *value);

/* trace_rule.c */
struct fm_trace_memo *fm_trace_memo_create(void);
void fm_trace_memo_destroy(struct fm_trace_memo *memo);
const struct fm_idiom_call *fm_trace_rule(struct fm_trace *trace,
					  const char *on, const char *name);
uint32_t fm_trace_field(struct fm_trace *trace, const char *type,
			const char *member);
bool fm_trace_reads_only(struct fm_trace *trace, const char *name);
const struct fm_function *fm_trace_function(struct fm_trace *trace,
					    const char *owner,
					    const char *name);

/* trace_table.c: state */
int fm_trace_table(struct fm_trace *trace, struct fm_fact where,
		   const char *name);
void fm_trace_event(struct fm_trace *trace, uint32_t tables,
		    enum fm_trace_what what, const char *name, uint32_t token);
void fm_trace_write(struct fm_trace *trace, uint32_t found, uint32_t fresh,
		    const char *name, uint32_t token);
void fm_trace_key(struct fm_trace *trace, int table, struct fm_fact key,
		  uint32_t token);
void fm_trace_state_type(struct fm_trace *trace, uint32_t tables,
			 const struct fm_type *type);
uint32_t fm_trace_named_fields(struct fm_trace *trace,
			       const struct fm_type *type);

/* trace_statement.c */
void fm_trace_block(struct fm_trace *trace, uint32_t start, uint32_t end);
void fm_trace_statement(struct fm_trace *trace);

/* trace_expression.c */
struct fm_fact fm_trace_expression(struct fm_trace *trace);
struct fm_fact fm_trace_assignment(struct fm_trace *trace);
struct fm_fact fm_trace_unary(struct fm_trace *trace);
void fm_trace_store(struct fm_trace *trace, struct fm_fact to,
		    struct fm_fact value, uint32_t token);

/* trace_operand.c */
struct fm_fact fm_trace_operand(struct fm_trace *trace);

/* trace_place.c */
void fm_trace_declared(struct fm_trace *trace, const char *name,
		       struct fm_fact *fact);
struct fm_fact fm_trace_variable(struct fm_trace *trace, const char *name);
struct fm_fact fm_trace_member(struct fm_trace *trace, struct fm_fact object,
			       const char *name, bool arrow);
struct fm_fact fm_trace_element(struct fm_trace *trace, struct fm_fact array,
				uint32_t token);

/* trace_initialiser.c */
struct fm_fact fm_trace_initialiser(struct fm_trace *trace,
				    struct fm_fact object);

/* trace_role.c */
struct fm_fact fm_trace_role(struct fm_trace *trace,
			     const struct fm_idiom_call *rule,
			     const struct fm_trace_args *call);

/* trace_call.c */
struct fm_fact fm_trace_call(struct fm_trace *trace, const char *name,
			     uint32_t token, const struct fm_fact *object);
struct fm_fact fm_trace_call_named(struct fm_trace *trace,
				   const struct fm_trace_args *call);
struct fm_fact fm_trace_call_value(struct fm_trace *trace,
				   const struct fm_fact *value,
				   uint32_t token);
struct fm_fact fm_trace_walk(struct fm_trace *trace, const char *name,
			     const struct fm_trace_args *call);

/* trace_pointer.c */
void fm_fact_call_either(struct fm_fact *a, const struct fm_fact *b);
bool fm_trace_pointer(struct fm_trace *trace, const struct fm_fact *value,
		      const struct fm_trace_args *call, struct fm_fact *result);

#endif
