// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The module's Toeplitz hash: the vectors that Microsoft published, a million
 * random keys and inputs against the definition, and what it says of keys
 * against flipped bits and against the solver, which has code of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "rsskey.h"
#include "toeplitz.h"
#include "user.h"

#define PAIRS	1000000
#define KEYS	2000
#define FLIPS	4

static const u8 published_key[40] = {
	0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67,
	0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb,
	0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30,
	0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa,
};

static u64 random_state = 0x9e3779b97f4a7c15;

static u64 draw(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static void draw_bytes(void *buf, size_t len)
{
	u8 *byte = buf;

	while (len--)
		*byte++ = draw() >> 32;
}

/* A packet from the hash's input. */
static struct fm_pkt pkt_of(const u8 *input, u8 family)
{
	unsigned int size = family == 4 ? 4 : 16;
	struct fm_pkt pkt = { .family = family };

	memcpy(&pkt.src, input, size);
	memcpy(&pkt.dst, input + size, size);
	memcpy(&pkt.sport, input + 2 * size, 2);
	memcpy(&pkt.dport, input + 2 * size + 2, 2);
	return pkt;
}

static unsigned int input_len(u8 family, bool ports)
{
	return (family == 4 ? 8 : 32) + (ports ? 4 : 0);
}

static bool bit(const u8 *bytes, unsigned int len, unsigned int i)
{
	return i < 8 * len && bytes[i / 8] & 0x80 >> i % 8;
}

/* The definition: for each input bit that is set, the key from there on. */
static u32 hash_by_bits(const u8 *key, unsigned int key_len, const u8 *input,
			unsigned int len)
{
	u32 hash = 0;
	unsigned int i, j;

	for (i = 0; i < 8 * len; i++)
		for (j = 0; bit(input, len, i) && j < 32; j++)
			hash ^= (u32)bit(key, key_len, i + j) << (31 - j);
	return hash;
}

static u32 hash_by_table(const u8 *key, unsigned int key_len, const u8 *input,
			 u8 family, bool ports)
{
	struct fm_pkt pkt = pkt_of(input, family);
	struct fm_toeplitz toeplitz;

	fm_toeplitz_init(&toeplitz, key, key_len);
	return fm_toeplitz_hash(&toeplitz, &pkt, ports);
}

struct vector {
	const char *src;
	const char *dst;
	u16 sport;
	u16 dport;
	u32 with_ports;
	u32 without;
};

static const struct vector vectors4[] = {
	{ "66.9.149.187", "161.142.100.80", 2794, 1766,
	  0x51ccc178, 0x323e8fc2 },
	{ "199.92.111.2", "65.69.140.83", 14230, 4739,
	  0xc626b0ea, 0xd718262a },
	{ "24.19.198.95", "12.22.207.184", 12898, 38024,
	  0x5c2b394a, 0xd2d0a5de },
	{ "38.27.205.30", "209.142.163.6", 48228, 2217,
	  0xafc7327f, 0x82989176 },
	{ "153.39.163.191", "202.188.127.2", 44251, 1303,
	  0x10e828a2, 0x5d1809c5 },
};

static const struct vector vectors6[] = {
	{ "3ffe:2501:200:1fff::7", "3ffe:2501:200:3::1", 2794, 1766,
	  0x40207d3d, 0x2cc18cd5 },
	{ "3ffe:501:8::260:97ff:fe40:efab", "ff02::1", 14230, 4739,
	  0xdde51bbf, 0x0f0c461c },
	{ "3ffe:1900:4545:3:200:f8ff:fe21:67cf", "fe80::200:f8ff:fe21:67cf",
	  44251, 38024, 0x02d1feef, 0x4b61e985 },
};

static void check_vector(const struct vector *v, u8 family)
{
	int af = family == 4 ? AF_INET : AF_INET6;
	struct fm_pkt pkt = {
		.family = family,
		.sport = htons(v->sport),
		.dport = htons(v->dport),
	};
	struct fm_toeplitz toeplitz;

	assert_int_equal(inet_pton(af, v->src, &pkt.src), 1);
	assert_int_equal(inet_pton(af, v->dst, &pkt.dst), 1);
	fm_toeplitz_init(&toeplitz, published_key, sizeof(published_key));
	assert_int_equal(fm_toeplitz_hash(&toeplitz, &pkt, true),
			 v->with_ports);
	assert_int_equal(fm_toeplitz_hash(&toeplitz, &pkt, false), v->without);
}

static void test_vectors(void **state)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vectors4); i++)
		check_vector(&vectors4[i], 4);
	for (i = 0; i < ARRAY_SIZE(vectors6); i++)
		check_vector(&vectors6[i], 6);
}

/* A new key now and then, for preparing one takes longer than a hash. */
static void test_definition(void **state)
{
	u8 key[FM_KEY_MAX], input[FM_TOEPLITZ_IN6];
	struct fm_toeplitz toeplitz;
	unsigned int len = 0, n;

	for (n = 0; n < PAIRS; n++) {
		u8 family = draw() & 1 ? 4 : 6;
		bool ports = draw() & 1;
		struct fm_pkt pkt;

		if (n % 16 == 0) {
			len = FM_KEY_MIN + draw() % (FM_KEY_MAX - FM_KEY_MIN + 1);
			draw_bytes(key, len);
			fm_toeplitz_init(&toeplitz, key, len);
		}
		draw_bytes(input, sizeof(input));
		pkt = pkt_of(input, family);
		if (fm_toeplitz_hash(&toeplitz, &pkt, ports) !=
		    hash_by_bits(key, len, input, input_len(family, ports)))
			fail_msg("pair %u differs", n);
	}
}

/* The hash is linear: what a bit of the input does, it does to every input. */
static u32 effective_by_flips(const u8 *key, unsigned int len,
			      unsigned int bits, u8 family, bool ports)
{
	unsigned int size = family == 4 ? 32 : 128, i;
	u32 mask = (1U << bits) - 1, fields = 0;
	struct fm_toeplitz toeplitz;

	fm_toeplitz_init(&toeplitz, key, len);
	for (i = 0; i < 8 * input_len(family, ports); i++) {
		u8 input[FM_TOEPLITZ_IN6] = { 0 };
		struct fm_pkt pkt;

		input[i / 8] = 0x80 >> i % 8;
		pkt = pkt_of(input, family);
		if (fm_toeplitz_hash(&toeplitz, &pkt, ports) & mask)
			fields |= i < size ? FM_F_SRC_IP :
				  i < 2 * size ? FM_F_DST_IP :
				  i < 2 * size + 16 ? FM_F_SRC_PORT :
				  FM_F_DST_PORT;
	}
	return fields;
}

static void zero_window(u8 *key, unsigned int first, unsigned int last)
{
	unsigned int i;

	for (i = first; i <= last; i++)
		key[i / 8] &= ~(0x80 >> i % 8);
}

/* Random, but dead for a random choice of fields; now and then by a bit not. */
static void draw_key(u8 *key, unsigned int len, unsigned int bits, u8 family)
{
	unsigned int size = family == 4 ? 32 : 128, i, end;
	const unsigned int start[] = {
		0, size, 2 * size, 2 * size + 16, 2 * size + 32,
	};

	draw_bytes(key, len);
	for (i = 0; i < 4; i++)
		if (draw() & 1)
			zero_window(key, start[i] + 32 - bits,
				    start[i + 1] + 30);
	if (draw() & 1)
		return;
	i = draw() % 4;
	end = draw() & 1 ? start[i] + 32 - bits : start[i + 1] + 30;
	key[end / 8] |= 0x80 >> end % 8;
}

static void check_effective(const u8 *key, unsigned int len, unsigned int bits,
			    u8 family, bool ports)
{
	u32 fields = fm_toeplitz_effective(key, len, bits, family, ports);

	assert_int_equal(fields,
			 effective_by_flips(key, len, bits, family, ports));
	if (bits < FM_RSSKEY_M_MIN || bits > FM_RSSKEY_M_MAX)
		return;
	assert_int_equal(fields,
			 fm_rsskey_effective(key, len, bits, family == 4 ?
					     FM_FAMILY_V4 : FM_FAMILY_V6,
					     ports));
}

static void test_effective(void **state)
{
	u8 key[FM_KEY_MAX];
	unsigned int n, bits, len;

	for (n = 0; n < KEYS; n++) {
		u8 family = draw() & 1 ? 4 : 6;

		bits = 1 + draw() % 12;
		len = draw() & 1 ? FM_KEY_MIN : FM_KEY_MAX;
		draw_key(key, len, bits, family);
		check_effective(key, len, bits, family, true);
		check_effective(key, len, bits, family, false);
	}
	assert_int_equal(fm_toeplitz_effective(key, len, 0, 4, true), 0);
}

/* Both directions of the single bits, which by linearity are all packets. */
static bool symmetric_by_swaps(const u8 *key, unsigned int len,
			       unsigned int bits, u8 family, bool ports)
{
	u32 mask = (1U << bits) - 1;
	struct fm_toeplitz toeplitz;
	unsigned int i;

	fm_toeplitz_init(&toeplitz, key, len);
	for (i = 0; i < 8 * input_len(family, ports); i++) {
		u8 input[FM_TOEPLITZ_IN6] = { 0 };
		struct fm_pkt pkt, back;

		input[i / 8] = 0x80 >> i % 8;
		pkt = pkt_of(input, family);
		back = pkt;
		swap(back.src, back.dst);
		swap(back.sport, back.dport);
		if ((fm_toeplitz_hash(&toeplitz, &pkt, ports) ^
		     fm_toeplitz_hash(&toeplitz, &back, ports)) & mask)
			return false;
	}
	return true;
}

/* Keys of period 16 bits are symmetric; of some, one bit is turned. */
static void draw_symmetric(u8 *key, unsigned int len)
{
	unsigned int i;

	draw_bytes(key, 2);
	for (i = 2; i < len; i++)
		key[i] = key[i % 2];
	if (draw() % 3)
		return;
	i = draw() % (8 * len);
	key[i / 8] ^= 0x80 >> i % 8;
}

static void test_symmetric(void **state)
{
	unsigned int n, bits, said = 0;
	u8 key[FM_KEY_MAX];

	for (n = 0; n < KEYS; n++) {
		u8 family = draw() & 1 ? 4 : 6;
		bool ports = draw() & 1, symmetric;

		bits = 1 + draw() % 12;
		draw_symmetric(key, FM_KEY_MAX);
		symmetric = fm_toeplitz_symmetric(key, FM_KEY_MAX, bits,
						  family, ports);
		assert_int_equal(symmetric,
				 symmetric_by_swaps(key, FM_KEY_MAX, bits,
						    family, ports));
		said += symmetric;
		if (bits < FM_RSSKEY_M_MIN || bits > FM_RSSKEY_M_MAX)
			continue;
		assert_int_equal(symmetric,
				 fm_rsskey_symmetric(key, FM_KEY_MAX, bits,
						     family == 4 ?
						     FM_FAMILY_V4 :
						     FM_FAMILY_V6, ports));
	}
	assert_in_range(said, KEYS / 2, KEYS - KEYS / 20);
	assert_true(fm_toeplitz_symmetric(published_key, 40, 0, 4, true));
}

/* A key goes on with zeros: 40 bytes are what 52 with a dead end are. */
static void test_key_end(void **state)
{
	u8 key[FM_KEY_MAX] = { 0 }, input[FM_TOEPLITZ_IN6];
	unsigned int n;

	for (n = 0; n < FLIPS * KEYS; n++) {
		draw_bytes(key, FM_KEY_MIN);
		draw_bytes(input, sizeof(input));
		assert_int_equal(hash_by_table(key, FM_KEY_MIN, input, 6, true),
				 hash_by_table(key, FM_KEY_MAX, input, 6,
					       true));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_definition),
		cmocka_unit_test(test_effective),
		cmocka_unit_test(test_symmetric),
		cmocka_unit_test(test_key_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
