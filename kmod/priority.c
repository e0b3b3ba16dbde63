// SPDX-License-Identifier: GPL-2.0
/* Packets that never leave the CPU that owns their shard. */
#include <linux/skbuff.h>
#include "priority.h"

#define DSCP_SHIFT	2	/* below are the two bits of ECN */

/* The code point, of IPv4 and IPv6 in the first two bytes of the header. */
static u8 pkt_dscp(const struct fm_pkt *pkt)
{
	const u8 *head;
	u8 buf[2];

	head = skb_header_pointer(pkt->skb, pkt->l3_off, sizeof(buf), buf);
	if (!head)
		return 0;
	return (pkt->family == 4 ? head[1] : head[0] << 4 | head[1] >> 4) >>
	       DSCP_SHIFT & 63;
}

static bool addr_has_prefix(const struct fm_addr *addr,
			    const struct fm_addr *prefix, u8 len)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(addr->w) && len; i++) {
		u8 bits = min_t(u8, len, 32);
		__be32 mask = htonl(~0U << (32 - bits));

		if ((addr->w[i] ^ prefix->w[i]) & mask)
			return false;
		len -= bits;
	}
	return true;
}

static bool rule_fits(const struct fm_priority_rule *rule,
		      const struct fm_pkt *pkt)
{
	if (rule->dscp)
		return rule->dscp & BIT_ULL(pkt_dscp(pkt));
	if (rule->mark_mask)
		return (pkt->skb->mark & rule->mark_mask) == rule->mark;
	return rule->family == pkt->family &&
	       addr_has_prefix(rule->dst ? &pkt->dst : &pkt->src, &rule->addr,
			       rule->len);
}

/**
 * fm_priority_has - has a packet priority
 * @priority: the rules, or NULL; under RCU
 * @pkt: the packet
 */
bool fm_priority_has(const struct fm_priority *priority,
		     const struct fm_pkt *pkt)
{
	u32 i;

	for (i = 0; priority && i < priority->n; i++)
		if (rule_fits(&priority->rules[i], pkt))
			return true;
	return false;
}
