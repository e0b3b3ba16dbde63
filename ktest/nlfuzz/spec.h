/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The netlink specification as tables, made from it when this is built. */
#ifndef NLFUZZ_SPEC_H
#define NLFUZZ_SPEC_H

#include <stdbool.h>
#include <stdint.h>

enum spec_kind {
	SPEC_PAD,
	SPEC_FLAG,
	SPEC_U8,
	SPEC_U16,
	SPEC_U32,
	SPEC_U64,
	SPEC_STRING,
	SPEC_BINARY,
	SPEC_NEST,
};

#define SPEC_OP_ATTRS	4

/**
 * struct spec_attr - an attribute
 * @set: of a nest, index for spec_set()
 * @multi: it may come several times
 * @refused: the policy does not let it in
 * @mask: bits it may have, 0 = by @min and @max
 * @max_len: 0 = no bound of its own
 */
struct spec_attr {
	const char *name;
	enum spec_kind kind;
	unsigned int set;
	bool multi;
	bool refused;
	uint64_t min;
	uint64_t max;
	uint64_t mask;
	uint32_t min_len;
	uint32_t max_len;
};

struct spec_set {
	const char *name;
	const struct spec_attr *attrs;	/* from 1 to max */
	unsigned int max;
};

struct spec_op {
	const char *name;
	bool admin;
	bool has_act;
	bool has_dump;
	unsigned int nact;
	unsigned int ndump;
	uint8_t act[SPEC_OP_ATTRS];	/* top level attributes of a request */
	uint8_t dump[SPEC_OP_ATTRS];
};

/* Index 0 is the top level. NULL where there is none. */
const struct spec_set *spec_set(unsigned int index);
const struct spec_attr *spec_attr(unsigned int set, unsigned int type);

/* NULL for numbers that are no request. */
const struct spec_op *spec_op(unsigned int cmd);

/* Commands are numbered below it. */
unsigned int spec_ops(void);

/* Name of a multicast group, NULL after the last. */
const char *spec_group(unsigned int index);

/* Bytes of a number, 0 for other kinds. */
unsigned int spec_width(enum spec_kind kind);

#endif
