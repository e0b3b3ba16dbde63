/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a field set gets its packets to the right core on a given NIC. */
#ifndef FM_SOLVER_MEANS_H
#define FM_SOLVER_MEANS_H

#include "problem.h"
#include "spread.h"

#define FM_MEANS_NOTE	256	/* bytes of a note */

/* In the order of preference. */
enum fm_means {
	FM_MEANS_NONE,		/* nothing does it, or nothing is wanted */
	FM_MEANS_FIELD_SELECTOR, /* the NIC hashes just these fields */
	FM_MEANS_KEY_SYNTHESIS,	/* the key hides the other fields */
	FM_MEANS_SOFTWARE,	/* the core that receives hands over */
	FM_MEANS_LOCKED,	/* no steering is relied upon */
};

/**
 * struct fm_means_plan - one way to steer by a field set
 * @v4: means for IPv4, FM_MEANS_NONE if IPv4 is not wanted
 * @v6: means for IPv6, likewise
 * @steering: what the shards then depend on
 * @select: field set to select per flow type, 0 = leave as it is
 * @indir_size: entries of the indirection table in use
 * @key_len: bytes of the keys
 * @key: hash key; the NIC needs it where a family's means is key synthesis
 * @key6: for IPv6; equal to @key unless @split
 * @split: one key for both families is impossible
 * @cost: units per packet
 * @note: a sentence on what is unusual, or why nothing does it
 */
struct fm_means_plan {
	enum fm_means v4;
	enum fm_means v6;
	struct fm_spread steering;
	uint32_t select[FM_FLOW_MAX];
	unsigned int indir_size;
	unsigned int key_len;
	uint8_t key[FM_KEY_MAX];
	uint8_t key6[FM_KEY_MAX];
	bool split;
	double cost;
	char note[FM_MEANS_NOTE];
};

const char *fm_means_name(enum fm_means means);
bool fm_means_find_nic(const struct fm_problem *p, uint32_t fields,
		       bool symmetric, struct fm_means_plan *plan);
bool fm_means_find_software(const struct fm_problem *p, uint32_t fields,
			    bool symmetric, struct fm_means_plan *plan);
void fm_means_find_locked(const struct fm_problem *p,
			  struct fm_means_plan *plan);

#endif
