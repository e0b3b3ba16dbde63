// SPDX-License-Identifier: GPL-2.0
/*
 * Flows of packets that have no ports of their own: ICMP queries, whose
 * identifier tells them apart, and ICMP errors, which are about others.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/module.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include "pkt.h"

#define QUOTED_L4_LEN	8	/* of the transport header, at least (RFC 792) */

void fm_pkt_turn(struct fm_pkt *to, const struct fm_pkt *flow)
{
	*to = (struct fm_pkt){
		.now_ns = flow->now_ns,
		.src = flow->dst,
		.dst = flow->src,
		.sport = flow->dport,
		.dport = flow->sport,
		.family = flow->family,
		.l4proto = flow->l4proto,
	};
}
EXPORT_SYMBOL_GPL(fm_pkt_turn);

/* The ports that an ICMP header stands for. */
static bool query_fill(struct fm_pkt *flow, const struct icmphdr *icmp)
{
	bool is6 = flow->l4proto == IPPROTO_ICMPV6;

	if (is6 != (flow->family == 6))
		return false;
	if (icmp->type == (is6 ? ICMPV6_ECHO_REQUEST : ICMP_ECHO))
		flow->sport = icmp->un.echo.id;
	else if (icmp->type == (is6 ? ICMPV6_ECHO_REPLY : ICMP_ECHOREPLY))
		flow->dport = icmp->un.echo.id;
	else
		return false;
	return true;
}

static const struct icmphdr *icmp_header(const struct fm_pkt *pkt,
					 struct icmphdr *buf)
{
	if (pkt->flags & FM_PKT_FRAG ||
	    (pkt->l4proto != IPPROTO_ICMP && pkt->l4proto != IPPROTO_ICMPV6) ||
	    pkt->l4_off + sizeof(*buf) > pkt->l3_off + pkt->len)
		return NULL;
	return skb_header_pointer(pkt->skb, pkt->l4_off, sizeof(*buf), buf);
}

bool fm_pkt_query(const struct fm_pkt *pkt, struct fm_pkt *flow)
{
	const struct icmphdr *icmp;
	struct icmphdr buf;

	icmp = icmp_header(pkt, &buf);
	if (!icmp)
		return false;
	*flow = (struct fm_pkt){
		.now_ns = pkt->now_ns,
		.src = pkt->src,
		.dst = pkt->dst,
		.family = pkt->family,
		.l4proto = pkt->l4proto,
	};
	return query_fill(flow, icmp);
}
EXPORT_SYMBOL_GPL(fm_pkt_query);

static bool icmp_is_error(const struct fm_pkt *pkt, u8 type)
{
	if (pkt->l4proto == IPPROTO_ICMPV6)
		return pkt->family == 6 && type >= ICMPV6_DEST_UNREACH &&
		       type <= ICMPV6_PARAMPROB;
	return pkt->family == 4 && (type == ICMP_DEST_UNREACH ||
				    type == ICMP_TIME_EXCEEDED ||
				    type == ICMP_PARAMETERPROB);
}

/* Of a fragment, is it one without a transport header. */
static bool quoted_is_later(const struct fm_pkt *flow)
{
	const struct frag_hdr *ext;
	const struct iphdr *iph;
	struct frag_hdr ext_buf;
	struct iphdr buf;

	if (!(flow->flags & FM_PKT_FRAG))
		return false;
	if (flow->family == 4) {
		iph = skb_header_pointer(flow->skb, flow->l3_off, sizeof(buf),
					 &buf);
		return !iph || iph->frag_off & htons(IP_OFFSET);
	}
	ext = skb_header_pointer(flow->skb, flow->l4_off - sizeof(ext_buf),
				 sizeof(ext_buf), &ext_buf);
	return !ext || ext->frag_off & htons(IP6_OFFSET);
}

static bool quoted_fill(struct fm_pkt *flow)
{
	union {
		struct {
			__be16 sport;
			__be16 dport;
		} ports;
		struct icmphdr icmp;
		u8 bytes[QUOTED_L4_LEN];
	} buf;

	if (skb_copy_bits(flow->skb, flow->l4_off, &buf, sizeof(buf)))
		return false;
	switch (flow->l4proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
		flow->sport = buf.ports.sport;
		flow->dport = buf.ports.dport;
		return true;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return query_fill(flow, &buf.icmp);
	default:
		return false;
	}
}

bool fm_pkt_quoted(const struct fm_pkt *pkt, struct fm_pkt *flow)
{
	u32 end = pkt->l3_off + pkt->len;
	const struct icmphdr *icmp;
	struct icmphdr buf;

	icmp = icmp_header(pkt, &buf);
	if (!icmp || !icmp_is_error(pkt, icmp->type))
		return false;
	*flow = (struct fm_pkt){
		.skb = pkt->skb,
		.now_ns = pkt->now_ns,
		.l3_off = pkt->l4_off + sizeof(*icmp),
		.flags = FM_PKT_QUOTED,
	};
	return fm_pkt_parse_ip(flow, pkt->family) == FM_PARSE_OK &&
	       flow->l4_off + QUOTED_L4_LEN <= end &&
	       !quoted_is_later(flow) && quoted_fill(flow);
}
EXPORT_SYMBOL_GPL(fm_pkt_quoted);
