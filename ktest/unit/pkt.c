// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The parser, frame by frame: what it says of each, that it says the same when
 * the bytes lie in fragments, and that it reads none that is not there. Buffers
 * have the exact size, for an address sanitizer to watch.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <linux/if_ether.h>

#include "pkt.h"
#include "user.h"

#define OK	FM_PARSE_OK
#define BAD	FM_PARSE_MALFORMED
#define OTHER	FM_PARSE_NOT_IP

#define PLAIN	FM_PKT_PLAIN
#define PORTS	FM_PKT_PORTS
#define FRAG	FM_PKT_FRAG
#define VLAN	FM_PKT_VLAN

#define BE16(n)	(n) >> 8, (n) & 255
#define TAG(next)	0x20, 0x64, BE16(next)

/* 192.0.2.1 > 198.51.100.2 */
#define IP4_WORDS(words, len, frag, next)				\
	0x40 + (words), 0, BE16(len), 0x12, 0x34, BE16(frag), 64, next,	\
	0, 0, 192, 0, 2, 1, 198, 51, 100, 2
#define IP4(len, next)	IP4_WORDS(5, len, 0x4000, next)

/* 2001:db8::1 > 2001:db8::2 */
#define IP6(len, next)							\
	0x6a, 0xbc, 0xde, 0xf0, BE16(len), next, 64,			\
	0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,		\
	0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2

#define EXT(next)	next, 0, 1, 4, 0, 0, 0, 0
#define EXT16(next)	next, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
#define EXT_FRAG(next, off)	next, 0, BE16(off), 1, 2, 3, 4
/* An authentication header counts in words, less two. */
#define EXT_AH(next)	next, 4, 0, 0, EXT16(0), 1, 2, 3, 4

/* 4660 > 80 */
#define TCP_WORDS(words, flags)						\
	0x12, 0x34, 0, 80, 0, 0, 0, 1, 0, 0, 0, 2, (words) << 4, flags,	\
	0xff, 0xff, 0, 0, 0, 0
#define TCP(flags)	TCP_WORDS(5, flags)
#define UDP		0x12, 0x34, 0, 80, 0, 8, 0, 0
#define SCTP		0x12, 0x34, 0, 80, 1, 2, 3, 4, 0, 0, 0, 0
#define ICMP		8, 0, 0, 0, 0, 1, 0, 1
#define WORD		0xde, 0xad, 0xbe, 0xef

#define BYTES(...)							\
	.data = (const u8[]){ __VA_ARGS__ },				\
	.size = sizeof((const u8[]){ __VA_ARGS__ })

/**
 * struct sample - a frame from its network header or VLAN tags on
 * @ethertype: of the first of them
 * @want: what the parser says; the rest is valid if that is OK
 * @len: network-layer length
 */
struct sample {
	const char *name;
	const u8 *data;
	unsigned int size;
	u16 ethertype;
	u16 l3_off;
	u16 l4_off;
	u16 len;
	u8 l4proto;
	u8 class;
	u8 flags;
	u8 tcp_flags;
	enum fm_parse want;
};

static const struct sample samples4[] = {
	{ "tcp", BYTES(IP4(40, 6), TCP(0x12)), ETH_P_IP, 0, 20, 40, 6,
	  FM_CLASS_TCP4, PLAIN | PORTS, 0x12 },
	{ "tcp options", BYTES(IP4(44, 6), TCP_WORDS(6, 2), WORD), ETH_P_IP, 0,
	  20, 44, 6, FM_CLASS_TCP4, PLAIN | PORTS, 2 },
	{ "padding", BYTES(IP4(40, 6), TCP(0x10), WORD, 0, 0), ETH_P_IP, 0, 20,
	  40, 6, FM_CLASS_TCP4, PLAIN | PORTS, 0x10 },
	{ "udp", BYTES(IP4(32, 17), UDP, WORD), ETH_P_IP, 0, 20, 32, 17,
	  FM_CLASS_UDP4, PLAIN | PORTS },
	{ "sctp", BYTES(IP4(32, 132), SCTP), ETH_P_IP, 0, 20, 32, 132,
	  FM_CLASS_SCTP4, PLAIN | PORTS },
	{ "icmp", BYTES(IP4(28, 1), ICMP), ETH_P_IP, 0, 20, 28, 1,
	  FM_CLASS_OTHER4, PLAIN },
	{ "no payload", BYTES(IP4(20, 50)), ETH_P_IP, 0, 20, 20, 50,
	  FM_CLASS_OTHER4, PLAIN },
	{ "options", BYTES(IP4_WORDS(6, 32, 0, 17), 1, 1, 1, 1, UDP), ETH_P_IP,
	  0, 24, 32, 17, FM_CLASS_UDP4, PORTS },
	{ "first fragment", BYTES(IP4_WORDS(5, 40, 0x2000, 6), TCP(2)),
	  ETH_P_IP, 0, 20, 40, 6, FM_CLASS_OTHER4, FRAG },
	{ "last fragment", BYTES(IP4_WORDS(5, 24, 0x00b9, 17), WORD), ETH_P_IP,
	  0, 20, 24, 17, FM_CLASS_OTHER4, FRAG },
	{ "vlan", BYTES(TAG(ETH_P_IP), IP4(28, 17), UDP), ETH_P_8021Q, 4, 24,
	  28, 17, FM_CLASS_UDP4, PORTS | VLAN },
	{ "qinq", BYTES(TAG(ETH_P_8021Q), TAG(ETH_P_IP), IP4(28, 17), UDP),
	  ETH_P_8021AD, 8, 28, 28, 17, FM_CLASS_UDP4, PORTS | VLAN },
	{ "four tags", BYTES(TAG(ETH_P_8021AD), TAG(ETH_P_8021Q),
			     TAG(ETH_P_8021Q), TAG(ETH_P_IP), IP4(28, 1), ICMP),
	  ETH_P_8021AD, 16, 36, 28, 1, FM_CLASS_OTHER4, VLAN },
};

static const struct sample samples6[] = {
	{ "tcp", BYTES(IP6(20, 6), TCP(1)), ETH_P_IPV6, 0, 40, 60, 6,
	  FM_CLASS_TCP6, PLAIN | PORTS, 1 },
	{ "udp", BYTES(IP6(8, 17), UDP, WORD), ETH_P_IPV6, 0, 40, 48, 17,
	  FM_CLASS_UDP6, PLAIN | PORTS },
	{ "sctp", BYTES(IP6(12, 132), SCTP), ETH_P_IPV6, 0, 40, 52, 132,
	  FM_CLASS_SCTP6, PLAIN | PORTS },
	{ "icmp", BYTES(IP6(8, 58), ICMP), ETH_P_IPV6, 0, 40, 48, 58,
	  FM_CLASS_OTHER6, PLAIN },
	{ "no next header", BYTES(IP6(0, 59)), ETH_P_IPV6, 0, 40, 40, 59,
	  FM_CLASS_OTHER6, PLAIN },
	{ "hop-by-hop", BYTES(IP6(16, 0), EXT(17), UDP), ETH_P_IPV6, 0, 48, 56,
	  17, FM_CLASS_UDP6, PORTS },
	{ "all headers", BYTES(IP6(84, 0), EXT16(43), EXT(44), EXT_FRAG(51, 0),
			       EXT_AH(60), EXT(6), TCP(4)),
	  ETH_P_IPV6, 0, 104, 124, 6, FM_CLASS_TCP6, PORTS, 4 },
	{ "atomic fragment", BYTES(IP6(16, 44), EXT_FRAG(17, 0), UDP),
	  ETH_P_IPV6, 0, 48, 56, 17, FM_CLASS_UDP6, PORTS },
	{ "reserved bits", BYTES(IP6(16, 44), EXT_FRAG(17, 6), UDP),
	  ETH_P_IPV6, 0, 48, 56, 17, FM_CLASS_UDP6, PORTS },
	{ "first fragment", BYTES(IP6(16, 44), EXT_FRAG(17, 1), UDP),
	  ETH_P_IPV6, 0, 48, 56, 17, FM_CLASS_OTHER6, FRAG },
	{ "last fragment", BYTES(IP6(12, 44), EXT_FRAG(60, 8), WORD),
	  ETH_P_IPV6, 0, 48, 52, 60, FM_CLASS_OTHER6, FRAG },
	{ "vlan", BYTES(TAG(ETH_P_IPV6), IP6(8, 58), ICMP), ETH_P_8021Q, 4, 44,
	  48, 58, FM_CLASS_OTHER6, VLAN },
};

#define REFUSED(verdict, text, type, ...)	\
	{ text, BYTES(__VA_ARGS__), type, .want = (verdict) }

static const struct sample refused[] = {
	REFUSED(OTHER, "arp", ETH_P_ARP, WORD),
	REFUSED(OTHER, "five tags", ETH_P_8021Q, TAG(ETH_P_8021Q),
		TAG(ETH_P_8021Q), TAG(ETH_P_8021Q), TAG(ETH_P_8021Q),
		TAG(ETH_P_IP), IP4(28, 17), UDP),
	REFUSED(OTHER, "tag of arp", ETH_P_8021Q, TAG(ETH_P_ARP), WORD),
	REFUSED(BAD, "version 4 is 6", ETH_P_IP, IP6(8, 17), UDP),
	REFUSED(BAD, "version 6 is 4", ETH_P_IPV6, IP4(40, 6), TCP(0)),
	REFUSED(BAD, "ihl 4", ETH_P_IP, IP4_WORDS(4, 28, 0, 17), UDP),
	REFUSED(BAD, "ihl 0", ETH_P_IP, IP4_WORDS(0, 28, 0, 17), UDP),
	REFUSED(BAD, "options cut", ETH_P_IP, IP4_WORDS(8, 28, 0, 17), UDP),
	REFUSED(BAD, "long total", ETH_P_IP, IP4(29, 17), UDP),
	REFUSED(BAD, "short total", ETH_P_IP, IP4(19, 1), ICMP),
	REFUSED(BAD, "zero total", ETH_P_IP, IP4(0, 1), ICMP),
	REFUSED(BAD, "udp past total", ETH_P_IP, IP4(27, 17), UDP),
	REFUSED(BAD, "tcp past total", ETH_P_IP, IP4(39, 6), TCP(2)),
	REFUSED(BAD, "sctp past total", ETH_P_IP, IP4(31, 132), SCTP),
	REFUSED(BAD, "tcp header of 16", ETH_P_IP, IP4(40, 6),
		TCP_WORDS(4, 2)),
	REFUSED(BAD, "tcp options cut", ETH_P_IP, IP4(40, 6), TCP_WORDS(6, 2),
		WORD),
	REFUSED(BAD, "long payload", ETH_P_IPV6, IP6(9, 17), UDP),
	REFUSED(BAD, "udp past payload", ETH_P_IPV6, IP6(7, 17), UDP),
	REFUSED(BAD, "header past payload", ETH_P_IPV6, IP6(8, 0), EXT16(17),
		UDP),
	REFUSED(BAD, "header in padding", ETH_P_IPV6, IP6(0, 0), EXT(59)),
	REFUSED(BAD, "cut fragment header", ETH_P_IPV6, IP6(4, 44), WORD),
	REFUSED(BAD, "ah past payload", ETH_P_IPV6, IP6(16, 51), 17, 200, 0, 0,
		WORD, UDP),
};

static struct sk_buff skb_of(const struct sample *sample, u8 *data,
			     unsigned int len)
{
	struct sk_buff skb = {
		.data = data, .len = len,
		.protocol = htons(sample->ethertype),
	};

	return skb;
}

/* Parses the first @len bytes of a sample, which are all there is. */
static enum fm_parse parse_first(const struct sample *sample, unsigned int len,
				 struct fm_pkt *pkt)
{
	u8 *data = malloc(len);
	struct sk_buff skb = skb_of(sample, data, len);
	enum fm_parse ret;

	memcpy(data, sample->data, len);
	ret = fm_pkt_parse(pkt, &skb);
	pkt->skb = NULL;
	free(data);
	return ret;
}

static void check_addresses(const struct sample *sample,
			    const struct fm_pkt *pkt)
{
	const u8 *l3 = sample->data + sample->l3_off;
	struct fm_addr src = { 0 }, dst = { 0 };
	unsigned int size = pkt->family == 4 ? 4 : 16;

	memcpy(&src, l3 + (size == 4 ? 12 : 8), size);
	memcpy(&dst, l3 + (size == 4 ? 16 : 24), size);
	assert_memory_equal(&pkt->src, &src, sizeof(src));
	assert_memory_equal(&pkt->dst, &dst, sizeof(dst));
}

static void check_sample(const struct sample *sample, u8 family)
{
	bool ports = sample->flags & PORTS;
	struct fm_pkt pkt;

	print_message("IPv%u %s\n", family, sample->name);
	assert_int_equal(parse_first(sample, sample->size, &pkt), OK);
	assert_int_equal(pkt.family, family);
	assert_int_equal(pkt.l3_off, sample->l3_off);
	assert_int_equal(pkt.l4_off, sample->l4_off);
	assert_int_equal(pkt.len, sample->len);
	assert_int_equal(pkt.l4proto, sample->l4proto);
	assert_int_equal(pkt.class, sample->class);
	assert_int_equal(pkt.flags, sample->flags);
	assert_int_equal(pkt.tcp_flags, sample->tcp_flags);
	assert_int_equal(pkt.sport, ports ? htons(0x1234) : 0);
	assert_int_equal(pkt.dport, ports ? htons(80) : 0);
	assert_int_equal(pkt.segs, 1);
	check_addresses(sample, &pkt);
}

static void test_accepted(void **state)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(samples4); i++)
		check_sample(&samples4[i], 4);
	for (i = 0; i < ARRAY_SIZE(samples6); i++)
		check_sample(&samples6[i], 6);
}

static void test_refused(void **state)
{
	struct fm_pkt pkt;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		print_message("refused: %s\n", refused[i].name);
		assert_int_equal(parse_first(&refused[i], refused[i].size,
					     &pkt), refused[i].want);
	}
}

static const struct {
	const struct sample *samples;
	unsigned int n;
} all[] = {
	{ samples4, ARRAY_SIZE(samples4) },
	{ samples6, ARRAY_SIZE(samples6) },
	{ refused, ARRAY_SIZE(refused) },
};

#define for_each_sample(sample, i)				\
	for ((i) = 0; (i) < ARRAY_SIZE(all); (i)++)		\
		for ((sample) = all[i].samples;			\
		     (sample) < all[i].samples + all[i].n; (sample)++)

/* A packet that is cut short is never taken for a whole one. */
static void test_cut(void **state)
{
	const struct sample *sample;
	unsigned int i, len, whole;
	struct fm_pkt pkt;

	for_each_sample(sample, i) {
		whole = sample->want == OK ? sample->l3_off + sample->len :
			sample->size;
		for (len = 0; len < whole; len++)
			assert_int_not_equal(parse_first(sample, len, &pkt),
					     OK);
	}
}

/* Hands over the bytes from @head on in fragments of @size. */
static void scatter(struct sk_buff *skb, unsigned int head, unsigned int size)
{
	unsigned int at, n = 0, len = skb->len;
	u8 *data = skb->data;

	skb->data = malloc(head);
	memcpy(skb->data, data, head);
	skb->data_len = len - head;
	for (at = head; at < len; at += size, n++) {
		skb->shinfo.frags[n].len = min(size, len - at);
		skb->shinfo.frags[n].data = data + at;
	}
	skb->shinfo.nr_frags = n;
}

static void check_scattered(const struct sample *sample, unsigned int head,
			    unsigned int size)
{
	struct sk_buff skb = skb_of(sample, (u8 *)sample->data, sample->size);
	struct fm_pkt whole, pkt;
	enum fm_parse ret;

	scatter(&skb, head, size);
	ret = fm_pkt_parse(&pkt, &skb);
	pkt.skb = NULL;
	free(skb.data);
	assert_int_equal(ret, parse_first(sample, sample->size, &whole));
	assert_memory_equal(&pkt, &whole, sizeof(pkt));
}

static void test_scattered(void **state)
{
	const struct sample *sample;
	unsigned int i, head, least;

	for_each_sample(sample, i) {
		for (head = 0; head < sample->size; head++) {
			least = DIV_ROUND_UP(sample->size - head,
					     MAX_SKB_FRAGS);
			check_scattered(sample, head, least);
			check_scattered(sample, head, sample->size);
		}
	}
}

/* As many extension headers as are walked, and one more. */
static void test_ext_max(void **state)
{
	static const u8 ip6[] = { IP6(FM_PKT_EXT_MAX * 8 + 8, 60) };
	static const u8 ext[] = { EXT(60) }, udp[] = { UDP };
	u8 data[sizeof(ip6) + (FM_PKT_EXT_MAX + 1) * 8 + sizeof(udp)];
	struct sample sample = { .data = data, .size = sizeof(data) - 8,
				 .ethertype = ETH_P_IPV6 };
	unsigned int n, at = sizeof(ip6);
	struct fm_pkt pkt;

	memcpy(data, ip6, sizeof(ip6));
	for (n = 0; n < FM_PKT_EXT_MAX; n++, at += 8)
		memcpy(data + at, ext, 8);
	data[at - 8] = 17;
	memcpy(data + at, udp, sizeof(udp));
	assert_int_equal(parse_first(&sample, sample.size, &pkt), OK);
	assert_int_equal(pkt.class, FM_CLASS_UDP6);
	assert_int_equal(pkt.l4_off, 40 + 8 * FM_PKT_EXT_MAX);
	memcpy(data + at, ext, 8);
	data[at - 8] = 60;
	data[at] = 17;
	memcpy(data + at + 8, udp, sizeof(udp));
	data[5] += 8;
	sample.size += 8;
	assert_int_equal(parse_first(&sample, sample.size, &pkt), BAD);
}

/* The NIC took the tag off. */
static void test_stripped_tag(void **state)
{
	struct sk_buff skb = skb_of(&samples4[0], (u8 *)samples4[0].data,
				    samples4[0].size);
	struct fm_pkt pkt;

	skb.vlan_present = true;
	assert_int_equal(fm_pkt_parse(&pkt, &skb), OK);
	assert_int_equal(pkt.flags, PORTS | VLAN);
	assert_int_equal(pkt.l3_off, 0);
}

/* What the segments have on the wire: each has the headers. */
static void check_gso(const struct sample *sample, unsigned int payload,
		      unsigned int gso_size, unsigned int gso_segs,
		      unsigned int segs)
{
	unsigned int headers = sample->size - sample->l3_off;
	u8 *data = calloc(1, sample->size + payload);
	struct sk_buff skb = skb_of(sample, data, sample->size + payload);
	struct fm_pkt pkt;

	memcpy(data, sample->data, sample->size);
	skb.shinfo.gso_size = gso_size;
	skb.shinfo.gso_segs = gso_segs;
	assert_int_equal(fm_pkt_parse(&pkt, &skb), OK);
	assert_int_equal(pkt.segs, segs);
	assert_int_equal(pkt.len, payload + segs * headers);
	free(data);
}

static void test_gso(void **state)
{
	check_gso(&samples4[0], 3000, 1448, 3, 3);
	check_gso(&samples4[1], 65000, 1448, 45, 45);
	check_gso(&samples6[0], 150000, 1440, 105, 105);
	check_gso(&samples4[0], 100, 1448, 1, 1);
}

/* Who made the packet has not counted. */
static void test_gso_uncounted(void **state)
{
	check_gso(&samples4[0], 2000, 1000, 0, 2);
	check_gso(&samples4[0], 2001, 1000, 0, 3);
	check_gso(&samples6[6], 2000, 1000, 0, 2);
	check_gso(&samples4[11], 1, 1000, 0, 1);
	check_gso(&samples4[0], 0, 1000, 0, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_scattered),
		cmocka_unit_test(test_ext_max),
		cmocka_unit_test(test_stripped_tag),
		cmocka_unit_test(test_gso),
		cmocka_unit_test(test_gso_uncounted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
