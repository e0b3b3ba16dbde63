/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_PRIORITY_H
#define _FM_PRIORITY_H

#include <linux/rcupdate.h>
#include "flowmage_nf.h"

/**
 * struct fm_priority_rule - one way for a packet to have priority
 * @dscp: bit per code point that has it
 * @mark: value of the packet's mark where @mark_mask says, if that is not 0
 * @mark_mask: see @mark
 * @family: of @addr, 4 or 6; 0 if the rule is not about addresses
 * @dst: @addr is about the destination
 * @len: bits of @addr that count
 * @addr: a prefix
 */
struct fm_priority_rule {
	u64 dscp;
	u32 mark;
	u32 mark_mask;
	u8 family;
	bool dst;
	u8 len;
	struct fm_addr addr;
};

/**
 * struct fm_priority - a chain's rules; a packet that any of them fits has
 *	priority
 * @rcu: to free them
 * @n: how many
 * @rules: the rules, of one kind each
 */
struct fm_priority {
	struct rcu_head rcu;
	u32 n;
	struct fm_priority_rule rules[];
};

bool fm_priority_has(const struct fm_priority *priority,
		     const struct fm_pkt *pkt);

#endif
