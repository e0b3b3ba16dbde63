/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How NFs are written for a framework: which functions get packets, what holds
 * state, what a header field looks like. The member "idiom" of its rules.
 */
#ifndef FM_LLM_IDIOM_H
#define FM_LLM_IDIOM_H

#include <stdbool.h>
#include <stdint.h>

#include "doc.h"
#include "record.h"

#define FM_IDIOM_ENTRIES	64
#define FM_IDIOM_BASES		64
#define FM_IDIOM_FIELDS		256
#define FM_IDIOM_CALLS		512
#define FM_IDIOM_TYPES		256
#define FM_IDIOM_OFFSETS	32
#define FM_IDIOM_STRINGS	256
#define FM_IDIOM_PATTERN	256	/* bytes */
#define FM_IDIOM_NOWHERE	(-1)
#define FM_IDIOM_MATCH		FNM_EXTMATCH	/* a|b is @(a|b) */

enum fm_idiom_role {
	FM_DOES_PLAIN,		/* does nothing to its arguments */
	FM_DOES_LOOKUP,	/* finds state by a key */
	FM_DOES_INSERT,	/* creates it */
	FM_DOES_UPDATE,	/* creates it or writes to it */
	FM_DOES_DELETE,	/* ends it */
	FM_DOES_ALLOC,		/* returns new memory */
	FM_DOES_ELEMENT,	/* returns what argument @key names in @table */
	FM_DOES_ITERATE,	/* argument @out walks over @table */
	FM_DOES_WRITE,		/* writes to argument @out */
	FM_DOES_COPY,		/* argument @out gets what argument @key is */
	FM_DOES_FIELDS,	/* returns @fields, or puts them into @out */
	FM_DOES_APPLY,		/* calls argument @key with those behind it */
};

/* How a lookup says that there is no state. */
enum fm_idiom_found {
	FM_FOUND_POINTER,	/* NULL */
	FM_FOUND_ZERO,		/* anything but 0 */
	FM_FOUND_INDEX,		/* negative; else an index of the state */
	FM_FOUND_TRUE,		/* false */
	FM_FOUND_END,		/* an iterator equal to end() */
	FM_FOUND_ALWAYS,	/* it creates what is not there */
};

/**
 * struct fm_idiom_entry - functions that packets come to
 * @function: their names, a pattern
 * @owner: base class of theirs, a pattern, or ""
 * @prefix: macro that makes them, a pattern, or ""
 * @hook: type of the variable that names them in @member, a pattern, or ""
 * @member: see @hook
 * @section: a string before their name, a pattern, or ""
 * @calls: a function that they call, a pattern, or ""
 * @unless: a word in what names them that makes them none, a pattern, or ""
 * @state: parameter that is the state of the packet's key
 * @creates: they are called when the state is new
 * @fields: key of that state, 0 to take that of the base class
 * @bidirectional: one state for both directions
 */
struct fm_idiom_entry {
	char function[FM_IDIOM_PATTERN];
	char owner[FM_IDIOM_PATTERN];
	char prefix[FM_IDIOM_PATTERN];
	char hook[FM_IDIOM_PATTERN];
	char member[FM_IDIOM_PATTERN];
	char section[FM_IDIOM_PATTERN];
	char calls[FM_IDIOM_PATTERN];
	char unless[FM_IDIOM_PATTERN];
	int state;
	bool creates;
	uint32_t fields;
	bool bidirectional;
};

/**
 * struct fm_idiom_base - a base class that keeps state for those below it
 * @name: of the class
 * @state: which argument of the template is the state, from 0
 * @key_function: method whose result is the key, or ""
 * @fields: the key, if there is no such method
 * @bidirectional: one state for both directions
 */
struct fm_idiom_base {
	char name[FM_IDIOM_PATTERN];
	int state;
	char key_function[FM_IDIOM_PATTERN];
	uint32_t fields;
	bool bidirectional;
};

/* Patterns; type "*" also stands for types that are not known. */
struct fm_idiom_field {
	char type[FM_IDIOM_PATTERN];
	char member[FM_IDIOM_PATTERN];
	uint32_t fields;
};

/**
 * struct fm_idiom_call - a function, a macro or a method
 * @name: pattern
 * @on: pattern of the type whose method it is, "" for a function
 * @role: what it does
 * @table: argument that is the table, FM_IDIOM_NOWHERE for the object
 * @key: argument that is the key
 * @out: argument that gets the state
 * @value: argument whose memory becomes the state
 * @found: how a lookup says that there is none
 * @fields: what the key is if it is no argument
 * @bidirectional: one state for both directions
 * @keeps: what is found is state even if it is only read
 * @state: type of a state, or ""
 * @creates: a word in the call that makes an update an insert, or ""
 * @weight: for complexity
 */
struct fm_idiom_call {
	char name[FM_IDIOM_PATTERN];
	char on[FM_IDIOM_PATTERN];
	enum fm_idiom_role role;
	int table;
	int key;
	int out;
	int value;
	enum fm_idiom_found found;
	uint32_t fields;
	bool bidirectional;
	bool keeps;
	char state[FM_IDIOM_PATTERN];
	char creates[FM_IDIOM_PATTERN];
	uint32_t weight;
};

struct fm_idiom_type {
	char name[FM_IDIOM_PATTERN];
	uint32_t size;
	bool pointer;		/* it points to more memory */
};

/* Bytes of the header that are named by where they are. */
struct fm_idiom_offset {
	uint32_t at;
	uint32_t size;
	uint32_t fields;
};

/**
 * struct fm_idiom_build - where a tree that was built says how it compiles
 * @commands: files with the command of a source in directory {dir} whose name
 *	without suffix is {base}, or lists of all commands (.json)
 * @config: header that a configuration makes, relative to the tree, or ""
 * @names: macros that it decides on, patterns
 * @apart: ends names of what is built apart, or ""
 */
struct fm_idiom_build {
	struct fm_strings commands;
	char config[FM_IDIOM_PATTERN];
	struct fm_strings names;
	char apart[FM_IDIOM_PATTERN];
};

/**
 * struct fm_idiom - all of it
 * @texts: what the file of an NF contains; {nf} is its name
 * @folders: directories all of whose files belong to an NF; {nf} is its name
 * @skip: paths that are never of interest, patterns
 * @follow: includes that are read too, patterns
 * @ignore: includes that need not be there, patterns
 * @undefined: macros that are not defined, patterns
 * @packets: types of packets, patterns
 * @plain_tables: words of a table's declaration that make it no state
 * @hidden: members of states that are the framework's own, patterns
 * @readers: functions without source that change nothing, patterns
 * @build: how a tree that was built says what it compiles with
 * @offset_strings: macro of a class that names its key by offsets, a pattern
 */
struct fm_idiom {
	struct fm_strings suffixes;
	struct fm_strings texts;
	struct fm_strings folders;
	struct fm_strings skip;
	struct fm_strings follow;
	struct fm_strings ignore;
	struct fm_strings undefined;
	struct fm_strings packets;
	struct fm_strings plain_tables;
	struct fm_strings hidden;
	struct fm_strings readers;
	struct fm_idiom_build build;
	struct fm_idiom_entry entries[FM_IDIOM_ENTRIES];
	size_t nentries;
	struct fm_idiom_base bases[FM_IDIOM_BASES];
	size_t nbases;
	struct fm_idiom_field fields[FM_IDIOM_FIELDS];
	size_t nfields;
	struct fm_idiom_call calls[FM_IDIOM_CALLS];
	size_t ncalls;
	struct fm_idiom_type types[FM_IDIOM_TYPES];
	size_t ntypes;
	char offset_strings[FM_IDIOM_PATTERN];
	struct fm_idiom_offset offsets[FM_IDIOM_OFFSETS];
	size_t noffsets;
};

void fm_idiom_parse(struct fm_doc *doc, struct json_object *obj,
		    struct fm_idiom *idiom);
void fm_idiom_destroy(struct fm_idiom *idiom);
const struct fm_idiom_call *fm_idiom_call(const struct fm_idiom *idiom,
					  const char *on, const char *name);
uint32_t fm_idiom_field(const struct fm_idiom *idiom, const char *type,
			const char *member);
const struct fm_idiom_base *fm_idiom_base(const struct fm_idiom *idiom,
					  const char *name);
const struct fm_idiom_type *fm_idiom_type(const struct fm_idiom *idiom,
					  const char *name);
bool fm_idiom_lists(const struct fm_strings *patterns, const char *text);

#endif
