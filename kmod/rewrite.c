// SPDX-License-Identifier: GPL-2.0
/*
 * Changing addresses and ports, and the checksums that cover them.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include "flowmage_nf.h"

/**
 * struct rewrite - a packet whose header is being changed
 * @sum: transport checksum, NULL if there is none
 * @sport: source port, or identifier of an ICMP query, or NULL
 * @dport: destination port, likewise
 * @partial: the checksum covers the pseudo header only, the rest is added later
 * @bare: it does not cover a pseudo header
 */
struct rewrite {
	__sum16 *sum;
	__be16 *sport;
	__be16 *dport;
	bool partial;
	bool bare;
};

/* Of a tunnel, what the device completes may be the inner packet's. */
static bool rewrite_is_partial(const struct sk_buff *skb, u32 l4_off)
{
	if (skb->ip_summed != CHECKSUM_PARTIAL)
		return false;
	return skb_checksum_start_offset(skb) == l4_off ||
	       skb_shinfo(skb)->gso_type & SKB_GSO_UDP_TUNNEL_CSUM;
}

/* Where the checksum is, from the transport header; 0 if there is none. */
static u32 sum_offset(u8 family, u8 l4proto)
{
	switch (l4proto) {
	case IPPROTO_TCP:
		return offsetof(struct tcphdr, check);
	case IPPROTO_UDP:
		return offsetof(struct udphdr, check);
	case IPPROTO_ICMP:
		return family == 4 ? offsetof(struct icmphdr, checksum) : 0;
	case IPPROTO_ICMPV6:
		return family == 6 ? offsetof(struct icmp6hdr, icmp6_cksum) : 0;
	default:
		return 0;
	}
}

/* Of headers that may be written, up to @end. */
static void rewrite_setup(struct rewrite *rewrite, struct sk_buff *skb,
			  const struct fm_pkt *pkt, u32 end, bool query)
{
	u32 offset = sum_offset(pkt->family, pkt->l4proto);
	bool is_udp = pkt->l4proto == IPPROTO_UDP;
	void *l4 = skb->data + pkt->l4_off;
	struct icmphdr *icmp = l4;
	struct udphdr *ports = l4;

	if (offset && pkt->l4_off + offset + sizeof(__sum16) <= end)
		rewrite->sum = l4 + offset;
	if (is_udp && rewrite->sum && !*rewrite->sum && !rewrite->partial)
		rewrite->sum = NULL;
	rewrite->bare = pkt->l4proto == IPPROTO_ICMP;
	if (query) {
		rewrite->sport = &icmp->un.echo.id;
		rewrite->dport = &icmp->un.echo.id;
	} else if (is_udp || pkt->l4proto == IPPROTO_TCP) {
		rewrite->sport = &ports->source;
		rewrite->dport = &ports->dest;
	}
}

/* A part of the pseudo header has changed. */
static void rewrite_pseudo(const struct rewrite *rewrite, __wsum from,
			   __wsum to)
{
	__sum16 *sum = rewrite->sum;

	if (!sum || rewrite->bare)
		return;
	if (rewrite->partial)
		*sum = ~csum_fold(csum_add(csum_sub(csum_unfold(*sum), from),
					   to));
	else
		*sum = csum_fold(csum_add(csum_sub(~csum_unfold(*sum), from),
					  to));
}

static void rewrite_addr4(const struct rewrite *rewrite, struct iphdr *iph,
			  __be32 *addr, __be32 to)
{
	__wsum before = (__force __wsum)*addr, after = (__force __wsum)to;

	csum_replace4(&iph->check, *addr, to);
	rewrite_pseudo(rewrite, before, after);
	*addr = to;
}

static void rewrite_addr6(const struct rewrite *rewrite, struct in6_addr *addr,
			  const struct fm_addr *to)
{
	u32 i;

	for (i = 0; i < 4; i++)
		rewrite_pseudo(rewrite, (__force __wsum)addr->s6_addr32[i],
			       (__force __wsum)to->w[i]);
	memcpy(addr, to, sizeof(*addr));
}

/* Ports are of the part that is added later. */
static void rewrite_port(const struct rewrite *rewrite, __be16 *port, __be16 to)
{
	if (rewrite->sum && !rewrite->partial)
		csum_replace2(rewrite->sum, *port, to);
	*port = to;
}

static void rewrite_ip(const struct rewrite *rewrite, struct sk_buff *skb,
		       const struct fm_pkt *pkt, const struct fm_rewrite *to)
{
	struct ipv6hdr *ip6h = (void *)(skb->data + pkt->l3_off);
	struct iphdr *iph = (void *)ip6h;

	if (pkt->family == 6) {
		if (to->fields & FM_F_SRC_IP)
			rewrite_addr6(rewrite, &ip6h->saddr, &to->src);
		if (to->fields & FM_F_DST_IP)
			rewrite_addr6(rewrite, &ip6h->daddr, &to->dst);
		return;
	}
	if (to->fields & FM_F_SRC_IP)
		rewrite_addr4(rewrite, iph, &iph->saddr, to->src.w[0]);
	if (to->fields & FM_F_DST_IP)
		rewrite_addr4(rewrite, iph, &iph->daddr, to->dst.w[0]);
}

static void rewrite_all(const struct rewrite *rewrite, struct sk_buff *skb,
			const struct fm_pkt *pkt, const struct fm_rewrite *to)
{
	bool is_udp = pkt->l4proto == IPPROTO_UDP;

	rewrite_ip(rewrite, skb, pkt, to);
	if (to->fields & FM_F_SRC_PORT)
		rewrite_port(rewrite, rewrite->sport, to->sport);
	if (to->fields & FM_F_DST_PORT)
		rewrite_port(rewrite, rewrite->dport, to->dport);
	if (is_udp && rewrite->sum && !*rewrite->sum && !rewrite->partial)
		*rewrite->sum = CSUM_MANGLED_0;
}

/* The stack computes it anew rather than believe what the NIC summed up. */
static void rewrite_note(struct fm_pkt *pkt)
{
	if (pkt->skb->ip_summed == CHECKSUM_COMPLETE)
		pkt->skb->ip_summed = CHECKSUM_NONE;
	pkt->flags |= FM_PKT_CHANGED;
}

int fm_pkt_rewrite(struct fm_pkt *pkt, const struct fm_rewrite *to)
{
	u32 offset = sum_offset(pkt->family, pkt->l4proto);
	bool has_ports = pkt->l4proto == IPPROTO_UDP ||
			 pkt->l4proto == IPPROTO_TCP;
	struct rewrite rewrite = { 0 };
	u32 end = pkt->payload_off;
	struct fm_pkt flow;
	bool query = false;

	if (!has_ports && to->fields & FM_F_PORTS)
		query = fm_pkt_query(pkt, &flow);
	if (pkt->flags & FM_PKT_FRAG ||
	    (to->fields & FM_F_PORTS && !has_ports && !query))
		return -EOPNOTSUPP;
	offset += pkt->l4_off + sizeof(__sum16);
	if (offset <= pkt->skb->len)
		end = max(end, offset);
	if (query)
		end = max_t(u32, end, pkt->l4_off + sizeof(struct icmphdr));
	if (skb_ensure_writable(pkt->skb, end))
		return -ENOMEM;
	rewrite.partial = rewrite_is_partial(pkt->skb, pkt->l4_off);
	rewrite_setup(&rewrite, pkt->skb, pkt, end, query);
	rewrite_all(&rewrite, pkt->skb, pkt, to);
	rewrite_note(pkt);
	return 0;
}
EXPORT_SYMBOL_GPL(fm_pkt_rewrite);

/*
 * What the error sums up is the quoted packet as it changes, which is as much
 * as its bytes change; the checksums in it are among these.
 */
int fm_pkt_rewrite_quoted(struct fm_pkt *pkt, const struct fm_pkt *flow,
			  const struct fm_rewrite *to)
{
	u32 end = min_t(u32, flow->l4_off + sizeof(struct tcphdr),
			pkt->l3_off + pkt->len) & ~1U;
	bool query = flow->l4proto == IPPROTO_ICMP ||
		     flow->l4proto == IPPROTO_ICMPV6;
	u32 offset = sum_offset(pkt->family, pkt->l4proto);
	struct sk_buff *skb = pkt->skb;
	struct rewrite rewrite = { 0 };
	__wsum before, after;
	__sum16 *sum;

	if (skb_ensure_writable(skb, end))
		return -ENOMEM;
	before = csum_partial(skb->data + flow->l3_off, end - flow->l3_off, 0);
	rewrite_setup(&rewrite, skb, flow, end, query);
	rewrite_all(&rewrite, skb, flow, to);
	after = csum_partial(skb->data + flow->l3_off, end - flow->l3_off, 0);
	sum = (void *)(skb->data + pkt->l4_off + offset);
	if (offset && !rewrite_is_partial(skb, pkt->l4_off))
		*sum = csum_fold(csum_add(csum_sub(~csum_unfold(*sum), before),
					  after));
	rewrite_note(pkt);
	return 0;
}
EXPORT_SYMBOL_GPL(fm_pkt_rewrite_quoted);
