/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_CLASSIFIER_H
#define _FM_CLASSIFIER_H

#include <linux/string.h>
#include "flowmage_nf.h"

#define FM_CUT_KINDS	512	/* protocols, and TCP by its flags */

/* Fields whose values are cut into intervals. */
enum fm_cut_field {
	FM_CUT_SRC,
	FM_CUT_DST,
	FM_CUT_SPORT,
	FM_CUT_DPORT,
	FM_CUT_FIELDS,
	FM_CUT_DIMENSIONS,		/* and the protocol, with the TCP flags */
};

/* A value in host order; but for an IPv6 address all of it is in @lo. */
struct fm_cut_value {
	u64 hi;
	u64 lo;
};

/**
 * struct fm_cut - a field cut into intervals
 * @begins: where they begin, in order: u32, or struct fm_cut_value if @wide
 * @sets: of each: @tops words, then those that are not zero
 * @n: how many
 * @wide: values have 128 bits
 */
struct fm_cut {
	void *begins;
	const u64 **sets;
	u32 n;
	bool wide;
};

/**
 * struct fm_cut_family - the rules that packets of a family may match
 * @rules: their indexes in the list, by their bits in sets
 * @n: how many
 * @tops: words that tell which words of a set are not zero
 * @cuts: of the fields
 * @kinds: sets by protocol, and from 256 on by the flags of TCP
 */
struct fm_cut_family {
	u16 *rules;
	u32 n;
	u32 tops;
	struct fm_cut cuts[FM_CUT_FIELDS];
	const u64 *kinds[FM_CUT_KINDS];
};

struct fm_classifier {
	struct fm_cut_family families[2];	/* IPv4, IPv6 */
};

static inline int fm_cut_compare(struct fm_cut_value a, struct fm_cut_value b)
{
	if (a.hi != b.hi)
		return a.hi < b.hi ? -1 : 1;
	return a.lo < b.lo ? -1 : a.lo > b.lo;
}

static inline struct fm_cut_value fm_cut_value(bool wide, const void *addr)
{
	const __be32 *word4 = addr;
	__be64 word[2];

	if (!wide)
		return (struct fm_cut_value){ .lo = be32_to_cpup(word4) };
	memcpy(word, addr, sizeof(word));
	return (struct fm_cut_value){ be64_to_cpu(word[0]),
				      be64_to_cpu(word[1]) };
}

#endif
