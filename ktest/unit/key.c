// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Keys: every field set of every packet, both directions, the words for field
 * sets, and the hash by its published vectors.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "key.h"
#include "user.h"

static struct fm_pkt packet4(const char *src, u16 sport, const char *dst,
			     u16 dport)
{
	struct fm_pkt pkt = {
		.family = 4, .l4proto = IPPROTO_UDP,
		.sport = htons(sport), .dport = htons(dport),
	};

	assert_int_equal(inet_pton(AF_INET, src, &pkt.src), 1);
	assert_int_equal(inet_pton(AF_INET, dst, &pkt.dst), 1);
	return pkt;
}

static struct fm_pkt reply(const struct fm_pkt *pkt)
{
	struct fm_pkt back = *pkt;

	swap(back.src, back.dst);
	swap(back.sport, back.dport);
	return back;
}

static void check_addr(const struct fm_addr *have, const struct fm_addr *want,
		       bool wanted)
{
	static const struct fm_addr zero;

	assert_memory_equal(have, wanted ? want : &zero, sizeof(zero));
}

/* Fields of the set are the packet's, all others zero. */
static void check_fields(const struct fm_pkt *pkt, u32 fields)
{
	struct fm_key key;

	memset(&key, 0xff, sizeof(key));
	fm_key_build(&key, pkt, fields, false);
	check_addr(&key.src, &pkt->src, fields & FM_F_SRC_IP);
	check_addr(&key.dst, &pkt->dst, fields & FM_F_DST_IP);
	assert_int_equal(key.sport, fields & FM_F_SRC_PORT ? pkt->sport : 0);
	assert_int_equal(key.dport, fields & FM_F_DST_PORT ? pkt->dport : 0);
	assert_int_equal(key.l4proto,
			 fields & FM_F_PROTOCOL ? pkt->l4proto : 0);
	assert_int_equal(key.family, pkt->family);
	assert_int_equal(key.seq, 0);
}

static void test_fields(void **state)
{
	struct fm_pkt pkt = packet4("192.0.2.1", 1234, "198.51.100.2", 53);
	u32 fields;

	for (fields = 0; fields <= FM_F_ALL; fields++)
		check_fields(&pkt, fields);
	pkt.family = 6;
	assert_int_equal(inet_pton(AF_INET6, "2001:db8::1", &pkt.src), 1);
	assert_int_equal(inet_pton(AF_INET6, "2001:db8::2", &pkt.dst), 1);
	for (fields = 0; fields <= FM_F_ALL; fields++)
		check_fields(&pkt, fields);
}

static void check_directions(const struct fm_pkt *pkt, u32 fields)
{
	struct fm_pkt back = reply(pkt);
	struct fm_key there, here;

	fm_key_build(&there, pkt, fields, true);
	fm_key_build(&here, &back, fields, true);
	assert_memory_equal(&there, &here, sizeof(here));
}

static void test_directions(void **state)
{
	static const u32 closed[] = {
		FM_F_IPS, FM_F_PORTS, FM_F_IPS | FM_F_PORTS, FM_F_ALL,
		FM_F_IPS | FM_F_PROTOCOL, FM_F_PROTOCOL,
	};
	const struct fm_pkt packets[] = {
		packet4("10.0.0.1", 1, "10.0.0.2", 2),
		packet4("10.0.0.1", 2, "10.0.0.2", 1),
		packet4("10.0.0.1", 256, "10.0.0.1", 1),
		packet4("10.0.0.1", 7, "10.0.0.1", 7),
		packet4("255.0.0.1", 0, "1.0.0.255", 65535),
	};
	struct fm_key key;
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(packets); i++)
		for (j = 0; j < ARRAY_SIZE(closed); j++)
			check_directions(&packets[i], closed[j]);
	/* Endpoints move together: no mixed flow has this key. */
	fm_key_build(&key, &packets[1], FM_F_ALL, true);
	assert_int_equal(key.sport, htons(2));
	assert_int_equal(key.src.w[0], packets[1].src.w[0]);
}

/* An IPv4 address and an IPv6 one with the same bytes are two keys. */
static void test_family(void **state)
{
	struct fm_pkt pkt = packet4("10.0.0.1", 1, "10.0.0.2", 2);
	struct fm_key v4, v6;

	fm_key_build(&v4, &pkt, FM_F_ALL, false);
	pkt.family = 6;
	fm_key_build(&v6, &pkt, FM_F_ALL, false);
	assert_false(fm_key_equal(&v4, &v6));
	assert_true(fm_key_equal(&v4, &v4));
}

static void test_closed(void **state)
{
	assert_true(fm_key_closed(0));
	assert_true(fm_key_closed(FM_F_PROTOCOL));
	assert_true(fm_key_closed(FM_F_IPS));
	assert_true(fm_key_closed(FM_F_PORTS));
	assert_true(fm_key_closed(FM_F_ALL));
	assert_false(fm_key_closed(FM_F_SRC_IP));
	assert_false(fm_key_closed(FM_F_DST_IP | FM_F_PORTS));
	assert_false(fm_key_closed(FM_F_IPS | FM_F_DST_PORT));
	assert_false(fm_key_closed(FM_F_SRC_IP | FM_F_DST_PORT));
}

static void test_format(void **state)
{
	char buf[64];

	assert_int_equal(fm_key_format(buf, sizeof(buf), 0), 4);
	assert_string_equal(buf, "none");
	fm_key_format(buf, sizeof(buf), FM_F_DST_IP);
	assert_string_equal(buf, "dst_ip");
	assert_int_equal(fm_key_format(buf, sizeof(buf), FM_F_ALL), 40);
	assert_string_equal(buf, "src_ip,dst_ip,src_port,dst_port,protocol");
	assert_int_equal(fm_key_format(buf, 10, FM_F_ALL), 9);
	assert_string_equal(buf, "src_ip,ds");
}

/*
 * SipHash-2-4 of 00 01 02 ... under the key 00 .. 0f, from its paper and the
 * reference implementation; SipHash-1-3 likewise, as the kernel's self-test has
 * it.
 */
static void test_siphash(void **state)
{
	static const u64 want24[] = {
		0x726fdb47dd0e0e31, 0x74f839c593dc67fd, 0x0d6c8009d9a94f5a,
		0x85676696d7fb7e2d, 0xcf2794e0277187b7, 0x18765564cd99a68d,
		0xcbc9466e58fee3ce, 0xab0200f58b01d137, 0x93f5f5799a932462,
	};
	static const u32 want13[] = {
		0x050fc4dc, 0x7d57ca93, 0x4dc7d44d, 0xe7ddf7fb, 0x88d38328,
		0x49533b67, 0xc59f22a7, 0x9bb11140, 0x8d299a8e,
	};
	const siphash_key_t key = { { 0x0706050403020100,
				      0x0f0e0d0c0b0a0908 } };
	const hsiphash_key_t hkey = { { key.key[0], key.key[1] } };
	u8 input[15];
	unsigned int i;

	for (i = 0; i < sizeof(input); i++)
		input[i] = i;
	for (i = 0; i < ARRAY_SIZE(want24); i++) {
		assert_int_equal(siphash(input, i, &key), want24[i]);
		assert_int_equal(hsiphash(input, i, &hkey), want13[i]);
	}
	assert_int_equal(siphash(input, 15, &key), 0xa129ca6149be45e5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_directions),
		cmocka_unit_test(test_family),
		cmocka_unit_test(test_closed),
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_siphash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
