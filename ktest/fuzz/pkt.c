// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The packet parser: linear or in fragments, a packet is understood alike; all
 * that it says is inside of the packet; and the reference that was written
 * from the standards says the same.
 * fuzz: -max_len=512
 *
 * Input: ethertype, flags, GSO size and segments, lengths of head and
 * fragments, then the packet from its network header or VLAN tags on.
 */
#include <linux/if_ether.h>
#include "input.h"
#include "packet.h"
#include "pkt.h"
#include "user.h"

#define FRAGS	4

#define HAS_VLAN	0x01
#define HAS_GSO		0x02

struct shape {
	u8 ethertype[2];
	u8 flags;
	u8 gso_size[2];
	u8 gso_segs[2];
	u8 head;
	u8 frags[FRAGS];
};

static u16 get16(const u8 *p)
{
	return p[0] << 8 | p[1];
}

static struct sk_buff skb_create(const struct shape *shape, const u8 *data,
				 unsigned int len, unsigned int head)
{
	struct sk_buff skb = {
		.data = fuzz_copy(data, head), .len = len,
		.data_len = len - head,
		.protocol = htons(get16(shape->ethertype)),
		.vlan_present = shape->flags & HAS_VLAN,
	};

	if (shape->flags & HAS_GSO) {
		skb.shinfo.gso_size = get16(shape->gso_size);
		skb.shinfo.gso_segs = get16(shape->gso_segs);
	}
	return skb;
}

/* What does not fit in the fragments asked for lies in one more. */
static struct sk_buff skb_split(const struct shape *shape, const u8 *data,
				unsigned int len)
{
	unsigned int at = min_t(unsigned int, shape->head, len), i, n;
	struct sk_buff skb = skb_create(shape, data, len, at);
	struct skb_shared_info *info = &skb.shinfo;

	for (i = 0; i <= FRAGS && at < len; i++, at += n) {
		n = i < FRAGS ? min_t(unsigned int, shape->frags[i], len - at) :
				len - at;
		info->frags[i].data = fuzz_copy(data + at, n);
		info->frags[i].len = n;
		info->nr_frags++;
	}
	return skb;
}

static void skb_destroy(struct sk_buff *skb)
{
	unsigned int i;

	for (i = 0; i < skb->shinfo.nr_frags; i++)
		free((void *)skb->shinfo.frags[i].data);
	free(skb->data);
}

static void check_segs(const struct fm_pkt *pkt, const struct sk_buff *skb,
		       unsigned int headers)
{
	unsigned int size = skb->shinfo.gso_size, segs = skb->shinfo.gso_segs;

	if (!size)
		segs = 1;
	else if (!segs)
		segs = (skb->len - headers + size - 1) / size;
	fuzz_expect(pkt->segs == min(max(segs, 1U), (unsigned int)U16_MAX));
}

static unsigned int transport_size(u8 l4proto)
{
	return l4proto == IPPROTO_TCP ? 20 : l4proto == IPPROTO_UDP ? 8 : 12;
}

static void check_ports(const struct fm_pkt *pkt, const struct sk_buff *skb,
			const u8 *data)
{
	unsigned int headers = pkt->l4_off + transport_size(pkt->l4proto);
	const u8 *l4 = data + pkt->l4_off;

	fuzz_expect(pkt->l4proto == IPPROTO_TCP ||
		    pkt->l4proto == IPPROTO_UDP ||
		    pkt->l4proto == IPPROTO_SCTP);
	fuzz_expect(headers <= skb->len);
	fuzz_expect(!(pkt->flags & FM_PKT_FRAG));
	fuzz_expect(ntohs(pkt->sport) == get16(l4));
	fuzz_expect(ntohs(pkt->dport) == get16(l4 + 2));
	if (pkt->l4proto == IPPROTO_TCP) {
		fuzz_expect(pkt->tcp_flags == l4[13]);
		headers = pkt->l4_off + (l4[12] >> 4) * 4;
	}
	check_segs(pkt, skb, headers);
	if (!skb_is_gso(skb))
		fuzz_expect(headers <= pkt->l3_off + pkt->len);
}

static void check_pkt(const struct fm_pkt *pkt, const struct sk_buff *skb,
		      const u8 *data)
{
	bool ports = pkt->flags & FM_PKT_PORTS;
	u8 first = pkt->family == 4 ? FM_CLASS_TCP4 : FM_CLASS_TCP6;

	fuzz_expect(pkt->family == 4 || pkt->family == 6);
	fuzz_expect(pkt->l3_off <= 4 * FM_PKT_VLAN_MAX);
	fuzz_expect(pkt->l3_off < pkt->l4_off && pkt->l4_off <= skb->len);
	fuzz_expect(pkt->segs >= 1);
	fuzz_expect(pkt->class >= first && pkt->class <= first + 3);
	fuzz_expect(ports == (pkt->class != first + 3));
	fuzz_expect(!(pkt->flags & FM_PKT_VLAN) ==
		    !(pkt->l3_off || skb->vlan_present));
	if (pkt->flags & FM_PKT_PLAIN)
		fuzz_expect(!(pkt->flags & (FM_PKT_VLAN | FM_PKT_FRAG)));
	if (!skb_is_gso(skb))
		fuzz_expect(pkt->segs == 1 &&
			    pkt->len <= skb->len - pkt->l3_off);
	if (ports)
		check_ports(pkt, skb, data);
	else
		fuzz_expect(!pkt->sport && !pkt->dport && !pkt->tcp_flags);
}

static struct ref_frame strip_tags(u16 ethertype, const u8 *data, size_t len)
{
	struct ref_frame frame = {
		.data = data, .captured = len, .len = len,
		.ethertype = ethertype,
	};
	unsigned int n;

	for (n = 0; n < REF_VLANS_MAX && frame.len >= 4; n++) {
		if (frame.ethertype != 0x8100 && frame.ethertype != 0x88a8)
			break;
		frame.ethertype = get16(frame.data + 2);
		frame.data += 4;
		frame.len -= 4;
	}
	frame.captured = frame.len;
	return frame;
}

static void check_equal(const struct fm_pkt *pkt, const struct ref_packet *ref)
{
	fuzz_expect(pkt->family == ref->family);
	fuzz_expect(pkt->l4proto == ref->protocol);
	fuzz_expect(pkt->len == ref->bytes);
	fuzz_expect(!(pkt->flags & FM_PKT_FRAG) == !ref->fragment);
	fuzz_expect(!(pkt->flags & FM_PKT_PORTS) == !ref->ports);
	fuzz_expect(ntohs(pkt->sport) == ref->sport);
	fuzz_expect(ntohs(pkt->dport) == ref->dport);
	fuzz_expect(pkt->tcp_flags == ref->tcp_flags);
	fuzz_expect(!memcmp(&pkt->src, ref->src, sizeof(ref->src)));
	fuzz_expect(!memcmp(&pkt->dst, ref->dst, sizeof(ref->dst)));
}

/* The reference knows no GSO. */
static void check_reference(const struct fm_pkt *pkt, enum fm_parse verdict,
			    u16 ethertype, const u8 *data, size_t len)
{
	struct ref_frame frame = strip_tags(ethertype, data, len);
	struct ref_packet ref;

	ref_packet_parse(&ref, &frame);
	fuzz_expect((verdict == FM_PARSE_NOT_IP) == (ref.kind == REF_NOT_IP));
	fuzz_expect((verdict == FM_PARSE_OK) == (ref.kind == REF_IP));
	if (verdict == FM_PARSE_OK)
		check_equal(pkt, &ref);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_buff linear, split;
	struct fm_pkt pkt, again;
	struct shape shape;
	enum fm_parse verdict;

	if (size < sizeof(shape))
		return -1;
	memcpy(&shape, data, sizeof(shape));
	data += sizeof(shape);
	size -= sizeof(shape);
	linear = skb_create(&shape, data, size, size);
	split = skb_split(&shape, data, size);
	verdict = fm_pkt_parse(&pkt, &linear);
	fuzz_expect(pkt.skb == &linear);
	fuzz_expect(fm_pkt_parse(&again, &split) == verdict);
	again.skb = pkt.skb;
	fuzz_expect(!memcmp(&pkt, &again, sizeof(pkt)));
	if (verdict == FM_PARSE_OK)
		check_pkt(&pkt, &linear, data);
	if (!skb_is_gso(&linear))
		check_reference(&pkt, verdict, get16(shape.ethertype), data,
				size);
	skb_destroy(&linear);
	skb_destroy(&split);
	return 0;
}
