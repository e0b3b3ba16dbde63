// SPDX-License-Identifier: GPL-2.0
/*
 * Changing addresses and ports, and the checksums that cover them.
 */
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
 * @partial: it covers the pseudo header only, the rest is added later
 */
struct rewrite {
	__sum16 *sum;
	bool partial;
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
static u32 sum_offset(const struct fm_pkt *pkt)
{
	switch (pkt->l4proto) {
	case IPPROTO_TCP:
		return offsetof(struct tcphdr, check);
	case IPPROTO_UDP:
		return offsetof(struct udphdr, check);
	case IPPROTO_ICMPV6:
		return pkt->family == 6 ? offsetof(struct icmp6hdr, icmp6_cksum) :
					  0;
	default:
		return 0;
	}
}

/* A part of the pseudo header has changed. */
static void rewrite_pseudo(const struct rewrite *rewrite, __wsum from,
			   __wsum to)
{
	__sum16 *sum = rewrite->sum;

	if (!sum)
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

static void rewrite_ip(const struct rewrite *rewrite, const struct fm_pkt *pkt,
		       const struct fm_rewrite *to)
{
	struct ipv6hdr *ip6h = (void *)(pkt->skb->data + pkt->l3_off);
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

int fm_pkt_rewrite(struct fm_pkt *pkt, const struct fm_rewrite *to)
{
	struct rewrite rewrite = { 0 };
	u32 offset = sum_offset(pkt);
	bool is_udp = pkt->l4proto == IPPROTO_UDP;
	struct udphdr *ports;

	if (pkt->flags & FM_PKT_FRAG ||
	    (to->fields & FM_F_PORTS && !is_udp && pkt->l4proto != IPPROTO_TCP))
		return -EOPNOTSUPP;
	if (offset && pkt->l4_off + offset + sizeof(__sum16) > pkt->skb->len)
		offset = 0;
	if (skb_ensure_writable(pkt->skb, max_t(u32, pkt->payload_off,
						offset ? pkt->l4_off + offset +
						sizeof(__sum16) : 0)))
		return -ENOMEM;
	ports = (void *)(pkt->skb->data + pkt->l4_off);
	if (offset)
		rewrite.sum = (void *)ports + offset;
	rewrite.partial = rewrite_is_partial(pkt->skb, pkt->l4_off);
	if (is_udp && !ports->check && !rewrite.partial)
		rewrite.sum = NULL;
	rewrite_ip(&rewrite, pkt, to);
	if (to->fields & FM_F_SRC_PORT)
		rewrite_port(&rewrite, &ports->source, to->sport);
	if (to->fields & FM_F_DST_PORT)
		rewrite_port(&rewrite, &ports->dest, to->dport);
	if (is_udp && rewrite.sum && !ports->check && !rewrite.partial)
		ports->check = CSUM_MANGLED_0;
	/* The stack computes it anew rather than believe that. */
	if (pkt->skb->ip_summed == CHECKSUM_COMPLETE)
		pkt->skb->ip_summed = CHECKSUM_NONE;
	return 0;
}
EXPORT_SYMBOL_GPL(fm_pkt_rewrite);
