// SPDX-License-Identifier: GPL-2.0
/*
 * What an ICMP error is about: the packet that it quotes, as much as it quotes.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include "pkt.h"

#define QUOTE_OFF	8	/* bytes of an error before the packet */

static const void *quote_read(const struct fm_pkt *pkt, u32 off, u32 len,
			      void *buf)
{
	if (off + len > pkt->l3_off + pkt->len)
		return NULL;
	return skb_header_pointer(pkt->skb, off, len, buf);
}

/* Redirects and source quenches are not believed (RFC 6633). */
static bool quote_is_error(const struct fm_pkt *pkt)
{
	u8 buf;
	const u8 *type = quote_read(pkt, pkt->l4_off, sizeof(buf), &buf);

	if (!type || pkt->flags & FM_PKT_FRAG)
		return false;
	if (pkt->family == 6)
		return pkt->l4proto == IPPROTO_ICMPV6 &&
		       *type >= ICMPV6_DEST_UNREACH &&
		       *type <= ICMPV6_PARAMPROB;
	return pkt->l4proto == IPPROTO_ICMP &&
	       (*type == ICMP_DEST_UNREACH || *type == ICMP_TIME_EXCEEDED ||
		*type == ICMP_PARAMETERPROB);
}

static bool quote_ipv4(const struct fm_pkt *pkt, struct fm_pkt *quoted)
{
	struct iphdr buf;
	const struct iphdr *iph = quote_read(pkt, quoted->l3_off, sizeof(buf),
					     &buf);

	if (!iph || iph->version != 4 || iph->ihl < 5 ||
	    iph->frag_off & htons(IP_OFFSET))
		return false;
	quoted->src.w[0] = iph->saddr;
	quoted->dst.w[0] = iph->daddr;
	quoted->l4proto = iph->protocol;
	quoted->l4_off = quoted->l3_off + iph->ihl * 4;
	return true;
}

static bool quote_is_ext(u8 proto)
{
	return proto == NEXTHDR_HOP || proto == NEXTHDR_ROUTING ||
	       proto == NEXTHDR_DEST || proto == NEXTHDR_AUTH ||
	       proto == NEXTHDR_FRAGMENT;
}

/* Steps over one extension header. */
static bool quote_ext(const struct fm_pkt *pkt, struct fm_pkt *quoted)
{
	struct frag_hdr buf;
	const struct frag_hdr *ext = quote_read(pkt, quoted->l4_off,
						sizeof(buf), &buf);
	u8 proto = quoted->l4proto;

	if (!ext || (proto == NEXTHDR_FRAGMENT &&
		     ext->frag_off & htons(IP6_OFFSET)))
		return false;
	quoted->l4proto = ext->nexthdr;
	if (proto == NEXTHDR_FRAGMENT)
		quoted->l4_off += sizeof(*ext);
	else if (proto == NEXTHDR_AUTH)
		quoted->l4_off += (ext->reserved + 2) * 4;
	else
		quoted->l4_off += (ext->reserved + 1) * 8;
	return true;
}

static bool quote_ipv6(const struct fm_pkt *pkt, struct fm_pkt *quoted)
{
	struct ipv6hdr buf;
	const struct ipv6hdr *ip6h = quote_read(pkt, quoted->l3_off,
						sizeof(buf), &buf);
	u32 n;

	if (!ip6h || ip6h->version != 6)
		return false;
	memcpy(&quoted->src, &ip6h->saddr, sizeof(quoted->src));
	memcpy(&quoted->dst, &ip6h->daddr, sizeof(quoted->dst));
	quoted->l4proto = ip6h->nexthdr;
	quoted->l4_off = quoted->l3_off + sizeof(*ip6h);
	for (n = 0; quote_is_ext(quoted->l4proto); n++)
		if (n == FM_PKT_EXT_MAX || !quote_ext(pkt, quoted))
			return false;
	return true;
}

bool fm_pkt_quoted(const struct fm_pkt *pkt, struct fm_pkt *quoted)
{
	const __be16 *ports;
	__be16 buf[2];

	if (!quote_is_error(pkt))
		return false;
	*quoted = (struct fm_pkt){
		.skb = pkt->skb,
		.now_ns = pkt->now_ns,
		.family = pkt->family,
		.l3_off = pkt->l4_off + QUOTE_OFF,
	};
	if (pkt->family == 6 ? !quote_ipv6(pkt, quoted) :
			       !quote_ipv4(pkt, quoted))
		return false;
	fm_pkt_classify(quoted);
	if (!(quoted->flags & FM_PKT_PORTS))
		return true;
	ports = quote_read(pkt, quoted->l4_off, sizeof(buf), buf);
	if (!ports)
		return false;
	quoted->sport = ports[0];
	quoted->dport = ports[1];
	return true;
}
EXPORT_SYMBOL_GPL(fm_pkt_quoted);
