/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The network functions as their documentation describes them.
 *
 * The capture's clock is not the chain's: a packet that was captured at t is
 * judged somewhere in [t, t + margin]. What depends on where is not guessed:
 * verdicts may be REF_MAYBE, and every number is a range. With a margin of 0
 * all ranges are exact.
 */
#ifndef REF_NF_H
#define REF_NF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "packet.h"
#include "table.h"

#define REF_NAME_MAX	31
#define REF_PARAMS_MAX	8
#define REF_VALUES_MAX	4
#define REF_SECOND_NS	1000000000LL
#define REF_MSEC_NS	1000000LL

enum ref_verdict {
	REF_PASS,
	REF_DROP,
	REF_MAYBE,	/* dropped, or not */
};

struct ref_range {
	uint64_t lo;
	uint64_t hi;
};

static inline void ref_range_add(struct ref_range *range, uint64_t n, bool sure)
{
	range->lo += sure ? n : 0;
	range->hi += n;
}

/* A parameter: a number, or one of the words joined by | as its index. */
struct ref_param {
	const char *name;
	const char *choices;
	uint64_t min;
	uint64_t max;
	uint64_t def;
	bool required;
};

/*
 * What a state shows. Times are since 1970 and only differences compare. If
 * plus is the name of another value, range is that of their sum.
 */
struct ref_value {
	const char *name;
	struct ref_range range;
	bool time;
	const char *plus;
};

struct ref_nf_type;

/**
 * struct ref_inst - an NF in a chain
 * @name: unique in the chain
 * @type: what it does
 * @param: values in the order of @type's table
 * @timeout_ns: after this idle time a state may go
 * @max_entries: states it may keep
 * @margin_ns: how much later than captured a packet may be judged
 * @table: its states
 * @packets: it saw
 * @bytes: of them
 * @dropped: packets
 */
struct ref_inst {
	char name[REF_NAME_MAX + 1];
	const struct ref_nf_type *type;
	uint64_t param[REF_PARAMS_MAX];
	int64_t timeout_ns;
	uint64_t max_entries;
	int64_t margin_ns;
	struct ref_table table;
	struct ref_range packets;
	struct ref_range bytes;
	struct ref_range dropped;
};

/**
 * struct ref_nf_type - an NF
 * @name: as chains name it
 * @reason: why it drops, NULL if it never does
 * @fields: of its key
 * @params: its parameters
 * @nparams: of them
 * @timeout_ms: idle time of a state
 * @max_entries: states
 * @state_size: bytes of a state
 * @timeout: idle time that follows from the parameters, in ms; or NULL
 * @eval: judge a packet; the packet reached the NF for sure, or only perhaps
 * @values: what the state shows; returns how many of REF_VALUES_MAX
 * @release: give back what a state points to; or NULL
 */
struct ref_nf_type {
	const char *name;
	const char *reason;
	uint32_t fields;
	const struct ref_param *params;
	size_t nparams;
	uint64_t timeout_ms;
	uint64_t max_entries;
	size_t state_size;
	uint64_t (*timeout)(const struct ref_inst *inst);
	enum ref_verdict (*eval)(const struct ref_inst *inst,
				 struct ref_entry *entry,
				 const struct ref_packet *packet, bool sure);
	size_t (*values)(const struct ref_inst *inst,
			 const struct ref_entry *entry,
			 struct ref_value *values);
	void (*release)(void *state);
};

extern const struct ref_nf_type ref_psd, ref_policer, ref_rate_limiter;
extern const struct ref_nf_type ref_source_counter, ref_flow_counter;

#endif
