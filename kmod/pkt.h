/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_PKT_H
#define _FM_PKT_H

#include "flowmage_nf.h"

/*
 * No tag, option, extension header nor fragment: the packets of which every
 * NIC has the same idea, hence the only ones whose hash is taken from it.
 */
#define FM_PKT_PLAIN		(1U << 7)

/* Only its first bytes are there, in an ICMP error about it. */
#define FM_PKT_QUOTED		(1U << 6)

#define FM_PKT_VLAN_MAX		4	/* tags looked through */
#define FM_PKT_EXT_MAX		8	/* IPv6 extension headers likewise */

enum fm_parse {
	FM_PARSE_OK,
	FM_PARSE_NOT_IP,
	FM_PARSE_MALFORMED,
};

void fm_pkt_classify(struct fm_pkt *pkt);
enum fm_parse fm_pkt_parse(struct fm_pkt *pkt, struct sk_buff *skb);
enum fm_parse fm_pkt_parse_ip(struct fm_pkt *pkt, u8 family);

/* Before the next segment: what NFs have made of it is what counts there. */
static inline enum fm_parse fm_pkt_renew(struct fm_pkt *pkt)
{
	u64 now_ns = pkt->now_ns;
	enum fm_parse parse;

	if (likely(!(pkt->flags & FM_PKT_CHANGED)))
		return FM_PARSE_OK;
	parse = fm_pkt_parse(pkt, pkt->skb);
	pkt->now_ns = now_ns;
	return parse;
}

#endif
