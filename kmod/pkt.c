// SPDX-License-Identifier: GPL-2.0
/*
 * Parses a packet once. Every header is read through skb_header_pointer(), so
 * nothing is linearised and nothing is read that is not there.
 */
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/math.h>
#include <linux/sctp.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include "pkt.h"

static __be16 parse_vlan(struct fm_pkt *pkt, __be16 protocol)
{
	unsigned int depth;

	for (depth = 0; eth_type_vlan(protocol); depth++) {
		const struct vlan_hdr *tag;
		struct vlan_hdr buf;

		if (depth == FM_PKT_VLAN_MAX)
			return 0;
		tag = skb_header_pointer(pkt->skb, pkt->l3_off, sizeof(buf),
					 &buf);
		if (!tag)
			return 0;
		protocol = tag->h_vlan_encapsulated_proto;
		pkt->l3_off += sizeof(buf);
		pkt->flags |= FM_PKT_VLAN;
	}
	if (skb_vlan_tag_present(pkt->skb))
		pkt->flags |= FM_PKT_VLAN;
	return protocol;
}

/* Bytes from the network header to the end, as far as the header agrees. */
static bool parse_len(struct fm_pkt *pkt, u32 len, u32 min_len)
{
	u32 room = pkt->skb->len - pkt->l3_off;

	if (skb_is_gso(pkt->skb))
		len = room;
	if (pkt->flags & FM_PKT_QUOTED)
		len = min(len, room);
	if (len < min_len || len > room)
		return false;
	pkt->len = len;
	return true;
}

static enum fm_parse parse_ipv4(struct fm_pkt *pkt)
{
	const struct iphdr *iph;
	struct iphdr buf;

	iph = skb_header_pointer(pkt->skb, pkt->l3_off, sizeof(buf), &buf);
	if (!iph || iph->version != 4 || iph->ihl < 5 ||
	    !parse_len(pkt, ntohs(iph->tot_len), iph->ihl * 4))
		return FM_PARSE_MALFORMED;
	pkt->family = 4;
	pkt->src.w[0] = iph->saddr;
	pkt->dst.w[0] = iph->daddr;
	pkt->l4proto = iph->protocol;
	pkt->l4_off = pkt->l3_off + iph->ihl * 4;
	if (ip_is_fragment(iph))
		pkt->flags |= FM_PKT_FRAG;
	if (iph->ihl == 5)
		pkt->flags |= FM_PKT_PLAIN;
	return FM_PARSE_OK;
}

/*
 * One extension header. An atomic fragment (RFC 6946) is no fragment. Returns
 * its length, 0 if it is none or ends the walk, negative if it is cut short.
 */
static int parse_ext(struct fm_pkt *pkt)
{
	struct frag_hdr buf;
	const struct frag_hdr *ext;
	u8 proto = pkt->l4proto;

	if (proto != NEXTHDR_HOP && proto != NEXTHDR_ROUTING &&
	    proto != NEXTHDR_DEST && proto != NEXTHDR_AUTH &&
	    proto != NEXTHDR_FRAGMENT)
		return 0;
	ext = skb_header_pointer(pkt->skb, pkt->l4_off, sizeof(buf), &buf);
	if (!ext)
		return -1;
	pkt->flags &= ~FM_PKT_PLAIN;
	pkt->l4proto = ext->nexthdr;
	if (proto == NEXTHDR_AUTH)
		return (ext->reserved + 2) * 4;
	if (proto != NEXTHDR_FRAGMENT)
		return (ext->reserved + 1) * 8;
	if (ext->frag_off & htons(IP6_OFFSET | IP6_MF))
		pkt->flags |= FM_PKT_FRAG;
	return sizeof(*ext);
}

static enum fm_parse parse_ipv6(struct fm_pkt *pkt)
{
	const struct ipv6hdr *ip6h;
	struct ipv6hdr buf;
	unsigned int n;
	int len;

	ip6h = skb_header_pointer(pkt->skb, pkt->l3_off, sizeof(buf), &buf);
	if (!ip6h || ip6h->version != 6 ||
	    !parse_len(pkt, ntohs(ip6h->payload_len) + sizeof(*ip6h),
		       sizeof(*ip6h)))
		return FM_PARSE_MALFORMED;
	pkt->family = 6;
	memcpy(&pkt->src, &ip6h->saddr, sizeof(pkt->src));
	memcpy(&pkt->dst, &ip6h->daddr, sizeof(pkt->dst));
	pkt->l4proto = ip6h->nexthdr;
	pkt->l4_off = pkt->l3_off + sizeof(*ip6h);
	pkt->flags |= FM_PKT_PLAIN;
	for (n = 0; !(pkt->flags & FM_PKT_FRAG); n++) {
		len = parse_ext(pkt);
		if (!len)
			return FM_PARSE_OK;
		pkt->l4_off += len;
		if (len < 0 || n == FM_PKT_EXT_MAX ||
		    pkt->l4_off > pkt->l3_off + pkt->len)
			return FM_PARSE_MALFORMED;
	}
	return FM_PARSE_OK;
}

/* The transport header, which must be there whole. Returns its length. */
static unsigned int parse_tcp(struct fm_pkt *pkt)
{
	const struct tcphdr *th;
	struct tcphdr buf;

	th = skb_header_pointer(pkt->skb, pkt->l4_off, sizeof(buf), &buf);
	if (!th || th->doff < 5)
		return 0;
	pkt->sport = th->source;
	pkt->dport = th->dest;
	pkt->tcp_flags = ((const u8 *)th)[13];
	return th->doff * 4;
}

static unsigned int parse_ports(struct fm_pkt *pkt, unsigned int size)
{
	struct sctphdr buf;
	const struct udphdr *uh;

	uh = skb_header_pointer(pkt->skb, pkt->l4_off, size, &buf);
	if (!uh)
		return 0;
	pkt->sport = uh->source;
	pkt->dport = uh->dest;
	return size;
}

/*
 * Segments of a GSO packet, each with @headers bytes of headers; who made it
 * may have left the counting to us.
 */
static u16 pkt_segs(const struct sk_buff *skb, unsigned int headers)
{
	if (!skb_is_gso(skb))
		return 1;
	if (skb_shinfo(skb)->gso_segs)
		return skb_shinfo(skb)->gso_segs;
	return max_t(u16, 1, DIV_ROUND_UP(skb->len - headers,
					  skb_shinfo(skb)->gso_size));
}

/**
 * fm_pkt_classify - class and flags of a packet that is told by its fields
 * @pkt: family, l4proto and ports are set
 */
void fm_pkt_classify(struct fm_pkt *pkt)
{
	u8 first = pkt->family == 4 ? FM_CLASS_TCP4 : FM_CLASS_TCP6;

	pkt->flags = FM_PKT_PORTS;
	switch (pkt->l4proto) {
	case IPPROTO_TCP:
		pkt->class = first + FM_CLASS_TCP4;
		break;
	case IPPROTO_UDP:
		pkt->class = first + FM_CLASS_UDP4;
		break;
	case IPPROTO_SCTP:
		pkt->class = first + FM_CLASS_SCTP4;
		break;
	default:
		pkt->class = first + FM_CLASS_OTHER4;
		pkt->flags = 0;
	}
}

static enum fm_parse parse_l4(struct fm_pkt *pkt)
{
	u8 other = pkt->family == 4 ? FM_CLASS_OTHER4 : FM_CLASS_OTHER6;
	u8 first = pkt->family == 4 ? FM_CLASS_TCP4 : FM_CLASS_TCP6;
	unsigned int len, kind;

	pkt->class = other;
	pkt->payload_off = pkt->l4_off;
	if (pkt->flags & FM_PKT_FRAG) {
		pkt->flags &= ~FM_PKT_PLAIN;
		return FM_PARSE_OK;
	}
	switch (pkt->l4proto) {
	case IPPROTO_TCP:
		kind = FM_CLASS_TCP4;
		len = parse_tcp(pkt);
		break;
	case IPPROTO_UDP:
		kind = FM_CLASS_UDP4;
		len = parse_ports(pkt, sizeof(struct udphdr));
		break;
	case IPPROTO_SCTP:
		kind = FM_CLASS_SCTP4;
		len = parse_ports(pkt, sizeof(struct sctphdr));
		break;
	default:
		return FM_PARSE_OK;
	}
	if (!len || pkt->l4_off + len > pkt->l3_off + pkt->len)
		return FM_PARSE_MALFORMED;
	pkt->class = first + kind;
	pkt->flags |= FM_PKT_PORTS;
	pkt->payload_off += len;
	pkt->segs = pkt_segs(pkt->skb, pkt->l4_off + len);
	if (pkt->segs > 1)
		pkt->len += (pkt->segs - 1) * (pkt->l4_off - pkt->l3_off + len);
	return FM_PARSE_OK;
}

/**
 * fm_pkt_parse_ip - parse a network header, and those up to the transport header
 * @pkt: with skb and l3_off
 * @family: 4 or 6
 *
 * Return: FM_PARSE_OK or FM_PARSE_MALFORMED.
 */
enum fm_parse fm_pkt_parse_ip(struct fm_pkt *pkt, u8 family)
{
	return family == 4 ? parse_ipv4(pkt) : parse_ipv6(pkt);
}

/**
 * fm_pkt_parse - parse a packet
 * @pkt: filled in, but for now_ns
 * @skb: the packet, data at the network header or at VLAN tags before it
 *
 * Return: FM_PARSE_OK, or why the packet has no key; @pkt then has only skb,
 * len and segs.
 */
enum fm_parse fm_pkt_parse(struct fm_pkt *pkt, struct sk_buff *skb)
{
	enum fm_parse ret;
	__be16 protocol;

	memset(pkt, 0, sizeof(*pkt));
	pkt->skb = skb;
	pkt->segs = pkt_segs(skb, 0);
	pkt->len = skb->len;
	protocol = parse_vlan(pkt, skb->protocol);
	if (protocol == htons(ETH_P_IP))
		ret = parse_ipv4(pkt);
	else if (protocol == htons(ETH_P_IPV6))
		ret = parse_ipv6(pkt);
	else
		return FM_PARSE_NOT_IP;
	if (ret != FM_PARSE_OK)
		return ret;
	if (pkt->flags & FM_PKT_VLAN)
		pkt->flags &= ~FM_PKT_PLAIN;
	return parse_l4(pkt);
}
