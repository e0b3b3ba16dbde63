// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What NFs do to packets: addresses and ports rewritten, with checksums that
 * are compared with ones computed from all bytes; and bytes read where they lie.
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
#include "frame.h"
#include "user.h"

#define SIZE	200

static u8 frame[SIZE];
static struct sk_buff skb;
static struct fm_pkt pkt;

static bool is6(void)
{
	return frame[0] >> 4 == 6;
}

static u8 *l4(void)
{
	return frame + (is6() ? 40 : 20);
}

static u32 check_at(u8 proto)
{
	return proto == IPPROTO_TCP ? 16 : proto == IPPROTO_UDP ? 6 : 2;
}

static u32 pseudo(u8 proto)
{
	u32 len = SIZE - (l4() - frame);

	return sum_of(sum_of(0, is6() ? frame + 8 : frame + 12, is6() ? 32 : 8) +
		      len + proto, NULL, 0);
}

static u32 full(u8 proto)
{
	u32 n = SIZE - (l4() - frame);
	u8 bytes[SIZE];

	memcpy(bytes, l4(), n);
	put16(bytes + check_at(proto), 0);
	return 0xffff & ~sum_of(pseudo(proto), bytes, n);
}

static void build(bool v6, u8 proto)
{
	u32 i;

	for (i = 0; i < SIZE; i++)
		frame[i] = random();
	frame[0] = v6 ? 0x60 : 0x45;
	if (v6) {
		put16(frame + 4, SIZE - 40);
		frame[6] = proto;
	} else {
		put16(frame + 2, SIZE);
		put16(frame + 6, 0x4000);
		frame[9] = proto;
		put16(frame + 10, 0);
		put16(frame + 10, ~sum_of(0, frame, 20));
	}
	if (proto == IPPROTO_TCP)
		l4()[12] = 0x50;
	if (proto == IPPROTO_TCP || proto == IPPROTO_UDP ||
	    proto == IPPROTO_ICMPV6)
		put16(l4() + check_at(proto), full(proto));
	memset(&skb, 0, sizeof(skb));
	skb.data = frame;
	skb.len = SIZE;
	skb.protocol = htons(v6 ? ETH_P_IPV6 : ETH_P_IP);
	assert_int_equal(fm_pkt_parse(&pkt, &skb), FM_PARSE_OK);
}

static struct fm_rewrite random_rewrite(bool ports)
{
	struct fm_rewrite to = { 0 };
	u32 i;

	for (i = 0; i < 4; i++) {
		to.src.w[i] = random();
		to.dst.w[i] = random();
	}
	to.sport = random();
	to.dport = random();
	to.fields = random() & (ports ? 15 : 3);
	return to;
}

static void check_fields(const struct fm_rewrite *to, const u8 *before)
{
	u32 size = is6() ? 16 : 4, from = is6() ? 8 : 12;

	assert_memory_equal(frame + from, to->fields & FM_F_SRC_IP ?
			    (const u8 *)&to->src : before + from, size);
	assert_memory_equal(frame + from + size, to->fields & FM_F_DST_IP ?
			    (const u8 *)&to->dst : before + from + size, size);
	if (to->fields & FM_F_SRC_PORT)
		assert_memory_equal(l4(), &to->sport, 2);
	if (to->fields & FM_F_DST_PORT)
		assert_memory_equal(l4() + 2, &to->dport, 2);
	if (!is6())
		assert_int_equal(sum_of(0, frame, 20), 0xffff);
}

static void test_full(void **state)
{
	static const u8 protos[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMPV6,
				     IPPROTO_GRE };
	struct fm_rewrite to;
	u8 before[SIZE];
	u32 i, sum;

	srandom(3);
	for (i = 0; i < 20000; i++) {
		u8 proto = protos[i % 4];

		build(proto == IPPROTO_ICMPV6 || random() & 1, proto);
		skb.ip_summed = i & 16 ? CHECKSUM_COMPLETE : CHECKSUM_NONE;
		memcpy(before, frame, SIZE);
		to = random_rewrite(i % 4 < 2);
		assert_int_equal(fm_pkt_rewrite(&pkt, &to), 0);
		assert_int_equal(skb.ip_summed, CHECKSUM_NONE);
		check_fields(&to, before);
		if (proto == IPPROTO_GRE)
			continue;
		sum = full(proto);
		if (proto == IPPROTO_UDP && !sum)
			sum = 0xffff;
		/* Zero has two forms. */
		assert_int_equal(get16(l4() + check_at(proto)) % 0xffff,
				 sum % 0xffff);
	}
}

/* Left to the device: the field has the sum of the pseudo header. */
static void test_partial(void **state)
{
	static const u8 protos[] = { IPPROTO_TCP, IPPROTO_UDP };
	struct fm_rewrite to;
	u32 i, at;

	for (i = 0; i < 20000; i++) {
		build(random() & 1, protos[i & 1]);
		at = check_at(protos[i & 1]);
		put16(l4() + at, pseudo(protos[i & 1]));
		skb.ip_summed = CHECKSUM_PARTIAL;
		skb.csum_start = l4() - frame;
		skb.cloned = true;
		to = random_rewrite(true);
		assert_int_equal(fm_pkt_rewrite(&pkt, &to), 0);
		assert_int_equal(skb.ip_summed, CHECKSUM_PARTIAL);
		assert_false(skb.cloned);
		assert_int_equal(get16(l4() + at) % 0xffff,
				 pseudo(protos[i & 1]) % 0xffff);
	}
}

static void test_special(void **state)
{
	struct fm_rewrite to = random_rewrite(true);

	to.fields = FM_F_HASHABLE;
	build(false, IPPROTO_UDP);
	put16(l4() + 6, 0);
	assert_int_equal(fm_pkt_rewrite(&pkt, &to), 0);
	assert_int_equal(get16(l4() + 6), 0);
	build(false, IPPROTO_SCTP);
	assert_int_equal(fm_pkt_rewrite(&pkt, &to), -EOPNOTSUPP);
	to.fields = FM_F_IPS;
	assert_int_equal(fm_pkt_rewrite(&pkt, &to), 0);
	build(false, IPPROTO_UDP);
	pkt.flags |= FM_PKT_FRAG;
	assert_int_equal(fm_pkt_rewrite(&pkt, &to), -EOPNOTSUPP);
	build(true, IPPROTO_TCP);
	skb.data_len = SIZE - 50;
	assert_int_equal(fm_pkt_rewrite(&pkt, &to), -ENOMEM);
	/* The packet is told as it arrived. */
	build(false, IPPROTO_TCP);
	skb.len = pkt.payload_off;
	assert_int_equal(fm_pkt_rewrite(&pkt, &to), 0);
	assert_int_not_equal(pkt.src.w[0], to.src.w[0]);
}

/* Bytes @from to the end, one by one, are those of the frame. */
static void read_all(u32 from, u32 end)
{
	struct fm_payload payload;
	const u8 *data;
	u32 n, i;

	fm_payload_begin(&payload, &pkt, from);
	while ((n = fm_payload_next(&payload, &data)))
		for (i = 0; i < n; i++)
			assert_int_equal(data[i], frame[from++]);
	assert_int_equal(from, end);
	assert_false(payload.seq.mapped);
	assert_int_equal(fm_payload_next(&payload, &data), 0);
}

static void test_payload(void **state)
{
	struct fm_payload payload;
	const u8 *data;
	u32 i, at;

	for (i = 0; i < 200; i++) {
		build(false, IPPROTO_UDP);
		put16(frame + 2, SIZE - 7);
		assert_int_equal(fm_pkt_parse(&pkt, &skb), FM_PARSE_OK);
		assert_int_equal(pkt.payload_off, 28);
		at = 28 + i % 60;
		skb.data_len = SIZE - at;
		skb.shinfo.nr_frags = 3;
		skb.shinfo.frags[0] = (skb_frag_t){ frame + at, 10 };
		skb.shinfo.frags[1] = (skb_frag_t){ frame + at + 10, 1 };
		skb.shinfo.frags[2] = (skb_frag_t){ frame + at + 11,
						    SIZE - at - 11 };
		read_all(random() % (SIZE - 7), SIZE - 7);
		read_all(SIZE - 7, SIZE - 7);
		fm_payload_begin(&payload, &pkt, at + 1);
		assert_int_equal(fm_payload_next(&payload, &data), 9);
		assert_true(payload.seq.mapped);
		fm_payload_end(&payload);
		assert_false(payload.seq.mapped);
		skb.shinfo.gso_size = 100;
		read_all(28, SIZE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_partial),
		cmocka_unit_test(test_special),
		cmocka_unit_test(test_payload),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
