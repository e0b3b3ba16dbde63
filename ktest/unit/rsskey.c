// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RSS keys: the published Toeplitz vectors, and for every key that can be asked
 * for, a million random pairs, the balance, and the proof of what cannot be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "fieldset.h"
#include "keysynth.h"

#define PAIRS		1000000
#define INPUT_MAX	36

static const uint8_t published_key[40] = {
	0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67,
	0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb,
	0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30,
	0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa,
};

static uint64_t random_state;

static uint64_t draw(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

/* A second Toeplitz: one table per input byte, fast enough for the pairs. */
struct hasher {
	uint32_t table[INPUT_MAX][256];
};

static void setup_hasher(struct hasher *h, const uint8_t *key)
{
	uint8_t padded[64] = { 0 };

	memcpy(padded, key, FM_KEY_MAX);
	for (unsigned int i = 0; i < INPUT_MAX; i++) {
		uint64_t run = 0;

		for (unsigned int j = 0; j < 5; j++)
			run = run << 8 | padded[i + j];
		for (unsigned int value = 0; value < 256; value++) {
			h->table[i][value] = 0;
			for (unsigned int b = 0; b < 8; b++)
				if (value & 128U >> b)
					h->table[i][value] ^= run >> (8 - b);
		}
	}
}

static uint32_t hash(const struct hasher *h, const uint8_t *input,
		     unsigned int len)
{
	uint32_t sum = 0;

	for (unsigned int i = 0; i < len; i++)
		sum ^= h->table[i][input[i]];
	return sum;
}

static void test_vectors(void **state)
{
	static const struct {
		uint8_t input[INPUT_MAX];
		unsigned int ip;
		uint32_t with_ports, without;
	} vectors[] = {
		{ { 66, 9, 149, 187, 161, 142, 100, 80,
		    2794 >> 8, 2794 & 255, 1766 >> 8, 1766 & 255 },
		  4, 0x51ccc178, 0x323e8fc2 },
		{ { 199, 92, 111, 2, 65, 69, 140, 83,
		    14230 >> 8, 14230 & 255, 4739 >> 8, 4739 & 255 },
		  4, 0xc626b0ea, 0xd718262a },
		{ { 24, 19, 198, 95, 12, 22, 207, 184,
		    12898 >> 8, 12898 & 255, 38024 >> 8, 38024 & 255 },
		  4, 0x5c2b394a, 0xd2d0a5de },
		{ { 38, 27, 205, 30, 209, 142, 163, 6,
		    48228 >> 8, 48228 & 255, 2217 >> 8, 2217 & 255 },
		  4, 0xafc7327f, 0x82989176 },
		{ { 153, 39, 163, 191, 202, 188, 127, 2,
		    44251 >> 8, 44251 & 255, 1303 >> 8, 1303 & 255 },
		  4, 0x10e828a2, 0x5d1809c5 },
		/* 3ffe:2501:200:1fff::7 > 3ffe:2501:200:3::1 */
		{ { 0x3f, 0xfe, 0x25, 0x01, 0x02, 0x00, 0x1f, 0xff,
		    0, 0, 0, 0, 0, 0, 0, 7,
		    0x3f, 0xfe, 0x25, 0x01, 0x02, 0x00, 0x00, 0x03,
		    0, 0, 0, 0, 0, 0, 0, 1,
		    2794 >> 8, 2794 & 255, 1766 >> 8, 1766 & 255 },
		  16, 0x40207d3d, 0x2cc18cd5 },
		/* 3ffe:501:8::260:97ff:fe40:efab > ff02::1 */
		{ { 0x3f, 0xfe, 0x05, 0x01, 0x00, 0x08, 0x00, 0x00,
		    0x02, 0x60, 0x97, 0xff, 0xfe, 0x40, 0xef, 0xab,
		    0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
		    14230 >> 8, 14230 & 255, 4739 >> 8, 4739 & 255 },
		  16, 0xdde51bbf, 0x0f0c461c },
		/* 3ffe:1900:4545:3:200:f8ff:fe21:67cf >
		 * fe80::200:f8ff:fe21:67cf
		 */
		{ { 0x3f, 0xfe, 0x19, 0x00, 0x45, 0x45, 0x00, 0x03,
		    0x02, 0x00, 0xf8, 0xff, 0xfe, 0x21, 0x67, 0xcf,
		    0xfe, 0x80, 0, 0, 0, 0, 0, 0,
		    0x02, 0x00, 0xf8, 0xff, 0xfe, 0x21, 0x67, 0xcf,
		    44251 >> 8, 44251 & 255, 38024 >> 8, 38024 & 255 },
		  16, 0x02d1feef, 0x4b61e985 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		unsigned int len = 2 * vectors[i].ip;

		assert_int_equal(fm_rsskey_hash(published_key, 40,
						vectors[i].input, len),
				 vectors[i].without);
		assert_int_equal(fm_rsskey_hash(published_key, 40,
						vectors[i].input, len + 4),
				 vectors[i].with_ports);
	}
}

static void test_analysis(void **state)
{
	uint8_t key[40] = { 0 };
	struct fm_span src = { 0, 32 }, w = fm_rsskey_window(src, 7);
	(void)state;

	assert_int_equal(w.start, 25);
	assert_int_equal(w.end - 1, 62);
	w = fm_rsskey_window(fm_rsskey_input(FM_FAMILY_V6, FM_F_DST_IP), 9);
	assert_int_equal(w.start, 151);
	assert_int_equal(w.end - 1, 286);
	w = fm_rsskey_input(FM_FAMILY_V4, FM_F_PROTOCOL);
	assert_int_equal(w.end, 0);

	assert_int_equal(fm_rsskey_effective(key, 40, 7, FM_FAMILY_V4, true),
			 0);
	assert_int_equal(fm_rsskey_rank(key, 40, 7, src), 0);
	assert_int_equal(fm_rsskey_blind(key, 40, 7, src), 32);
	key[25 / 8] |= 0x80 >> 25 % 8;
	assert_int_equal(fm_rsskey_effective(key, 40, 7, FM_FAMILY_V4, true),
			 FM_F_SRC_IP);
	assert_int_equal(fm_rsskey_rank(key, 40, 7, src), 1);
	assert_int_equal(fm_rsskey_blind(key, 40, 7, src), 31);
	key[25 / 8] = 0;
	key[24 / 8] |= 0x80 >> 24 % 8;
	assert_int_equal(fm_rsskey_effective(key, 40, 7, FM_FAMILY_V4, true),
			 0);
	assert_int_equal(fm_rsskey_effective(key, 40, 8, FM_FAMILY_V4, true),
			 FM_F_SRC_IP);
	assert_int_equal(fm_rsskey_effective(published_key, 40, 7,
					     FM_FAMILY_V6, true),
			 FM_F_HASHABLE);
	assert_int_equal(fm_rsskey_effective(published_key, 40, 7,
					     FM_FAMILY_V6, false), FM_F_IPS);
	assert_false(fm_rsskey_symmetric(published_key, 40, 7, FM_FAMILY_V4,
					 true));
	for (unsigned int i = 0; i < 40; i++)
		key[i] = i & 1 ? 0x5a : 0x6d;
	assert_true(fm_rsskey_symmetric(key, 40, 11, FM_FAMILY_V4, true));
	assert_true(fm_rsskey_symmetric(key, 40, 11, FM_FAMILY_V6, true));
	key[126 / 8] ^= 0x80 >> 126 % 8;
	assert_false(fm_rsskey_symmetric(key, 40, 7, FM_FAMILY_V4, true));
	assert_true(fm_rsskey_symmetric(key, 40, 7, FM_FAMILY_V4, false));
}

static void randomise(uint8_t *input, unsigned int len)
{
	for (unsigned int i = 0; i < len; i += 4) {
		uint32_t word = draw() >> 16;

		memcpy(input + i, &word, 4);
	}
}

static void copy_fields(uint8_t *to, const uint8_t *from,
			enum fm_family family, uint32_t fields)
{
	for (uint32_t f = 1; f & FM_F_HASHABLE; f <<= 1) {
		struct fm_span s = fm_rsskey_input(family, f);

		if (fields & f)
			memcpy(to + s.start / 8, from + s.start / 8,
			       (s.end - s.start) / 8);
	}
}

static void swap_ends(uint8_t *to, const uint8_t *from, unsigned int ip)
{
	memcpy(to, from + ip, ip);
	memcpy(to + ip, from, ip);
	memcpy(to + 2 * ip, from + 2 * ip + 2, 2);
	memcpy(to + 2 * ip + 2, from + 2 * ip, 2);
}

/* Alike in the kept fields means alike in the entry, and the other way. */
static void check_pairs(const struct fm_keysynth_request *req,
			const uint8_t *key, enum fm_family family)
{
	unsigned int ip = family == FM_FAMILY_V6 ? 16 : 4, len = 2 * ip + 4;
	uint32_t mask = (1U << req->m) - 1, violations = 0, unseen;
	uint8_t a[INPUT_MAX], b[INPUT_MAX], c[INPUT_MAX];
	static struct hasher h;

	setup_hasher(&h, key);
	unseen = req->fields;
	for (unsigned int i = 0; i < PAIRS; i++) {
		uint32_t index, field = 1U << i % 4;

		randomise(a, len);
		randomise(b, len);
		copy_fields(b, a, family, req->fields);
		index = hash(&h, a, len);
		violations += !!((index ^ hash(&h, b, len)) & mask);
		if (req->symmetric) {
			swap_ends(c, b, ip);
			violations += !!((index ^ hash(&h, c, len)) & mask);
		}
		if (i < 1000) {
			assert_int_equal(index, fm_rsskey_hash(key, 52, a, len));
			randomise(c, len);
			memcpy(b, a, len);
			copy_fields(b, c, family, field);
			if ((index ^ hash(&h, b, len)) & mask)
				unseen &= ~field;
		}
	}
	assert_int_equal(violations, 0);
	assert_int_equal(unseen, 0);
}

static void check_low_bits(const struct fm_keysynth_request *req,
			   const uint8_t *key, enum fm_family family)
{
	for (uint32_t f = 1; f & FM_F_HASHABLE; f <<= 1) {
		struct fm_span s = fm_rsskey_input(family, f);

		if (!(req->fields & f))
			continue;
		s.start = s.end - req->m;
		assert_int_equal(fm_rsskey_rank(key, req->key_len, req->m, s),
				 req->m);
	}
}

static void check_case(const struct fm_keysynth_request *req)
{
	struct fm_keysynth_result res, again;

	if (fm_keysynth_run(req, &res) != FM_KEYSYNTH_OK)
		fail_msg("fields %u symmetric %d v4 %d v6 %d m %u: %s",
			 req->fields, req->symmetric, req->v4, req->v6, req->m,
			 res.reason);
	assert_string_equal(res.reason, "");
	assert_int_equal(res.rank, req->m);
	assert_int_equal(fm_keysynth_run(req, &again), FM_KEYSYNTH_OK);
	assert_memory_equal(&res, &again, sizeof(res));
	for (enum fm_family f = 0; f < FM_FAMILY_MAX; f++) {
		if (!(f == FM_FAMILY_V6 ? req->v6 : req->v4))
			continue;
		assert_int_equal(fm_rsskey_effective(res.key, req->key_len,
						     req->m, f, true),
				 req->fields);
		if (req->symmetric)
			assert_true(fm_rsskey_symmetric(res.key, req->key_len,
							req->m, f, true));
		check_low_bits(req, res.key, f);
		check_pairs(req, res.key, f);
	}
}

static bool feasible(const struct fm_keysynth_request *req)
{
	return !req->v4 || !req->v6 || req->fields & FM_F_SRC_IP;
}

static void for_each_case(void (*check)(const struct fm_keysynth_request *req),
			  bool want_feasible)
{
	static const unsigned int sizes[] = { 7, 8, 9, 11 };

	for (unsigned int i = 0; i < 4 * 16 * 3 * 2; i++) {
		struct fm_keysynth_request req = {
			.fields = i / 4 % 16,
			.symmetric = i / 192,
			.v4 = i / 64 % 3 != 1,
			.v6 = i / 64 % 3 != 0,
			.ports = true,
			.m = sizes[i % 4],
			.key_len = 40,
			.seed = 1000 + i,
		};

		if (!req.fields || (req.symmetric &&
		    fm_fieldset_mirror(req.fields) != req.fields))
			continue;
		if (feasible(&req) == want_feasible)
			check(&req);
	}
}

static void test_pairs(void **state)
{
	(void)state;
	random_state = 88172645463325252;
	for_each_case(check_case, true);
}

static void check_infeasible(const struct fm_keysynth_request *req)
{
	struct fm_keysynth_result res;

	assert_int_equal(fm_keysynth_run(req, &res), FM_KEYSYNTH_INFEASIBLE);
	assert_int_equal(res.status, FM_KEYSYNTH_INFEASIBLE);
	assert_non_null(strstr(res.reason, "lies inside IPv6's window of src_ip"));
	if (req->fields == FM_F_DST_IP && req->m == 7)
		assert_string_equal(res.reason,
				    "IPv4's window of dst_ip (key bits 57 to 94) lies inside IPv6's window of src_ip (25 to 158), which has to be zero");
}

static void test_infeasible(void **state)
{
	(void)state;
	for_each_case(check_infeasible, false);
}

static void test_invalid(void **state)
{
	static const struct fm_keysynth_bit far = { 320, true };
	const struct fm_keysynth_request good = {
		.fields = 1, .v4 = true, .ports = true, .m = 7, .key_len = 40,
	};
	struct fm_keysynth_request bad[10];
	struct fm_keysynth_result res;
	(void)state;

	for (unsigned int i = 0; i < 10; i++)
		bad[i] = good;
	bad[0].fields = 0;
	bad[1].fields = FM_F_PROTOCOL | 1;
	bad[2].v4 = false;
	bad[3].symmetric = true;
	bad[4].m = 3;
	bad[5].m = 12;
	bad[6].key_len = 39;
	bad[7].key_len = 53;
	bad[8].ports = false;
	bad[8].fields = FM_F_SRC_IP | FM_F_SRC_PORT;
	bad[9].fixed = &far;
	bad[9].n_fixed = 1;
	for (unsigned int i = 0; i < 10; i++) {
		assert_int_equal(fm_keysynth_run(&bad[i], &res),
				 FM_KEYSYNTH_INVALID);
		assert_true(res.reason[0]);
	}
}

static void test_fixed(void **state)
{
	const struct fm_keysynth_bit wish[] = {
		{ 30, true }, { 31, false }, { 32, true },
	};
	const struct fm_keysynth_bit clash = { 60, true };
	struct fm_keysynth_bit none[32] = { 0 };
	struct fm_keysynth_request req = {
		.fields = FM_F_SRC_IP, .v4 = true, .ports = true, .m = 7,
		.key_len = 52, .fixed = wish, .n_fixed = 3,
	};
	struct fm_keysynth_result res;
	(void)state;

	assert_int_equal(fm_keysynth_run(&req, &res), FM_KEYSYNTH_OK);
	assert_int_equal(res.key[3] & 3, 2);
	assert_int_equal(res.key[4] >> 7, 1);
	assert_int_equal(res.free_bits, 29);
	assert_int_equal(fm_rsskey_effective(res.key, 52, 7, FM_FAMILY_V4,
					     true), FM_F_SRC_IP);
	req.fixed = &clash;
	req.n_fixed = 1;
	assert_int_equal(fm_keysynth_run(&req, &res), FM_KEYSYNTH_INFEASIBLE);
	assert_string_equal(res.reason,
			    "key bit 60 is fixed to 1 but the fields need it to be 0");
	for (unsigned int i = 0; i < 32; i++)
		none[i].pos = 25 + i;
	req.fixed = none;
	req.n_fixed = 32;
	assert_int_equal(fm_keysynth_run(&req, &res), FM_KEYSYNTH_INFEASIBLE);
	assert_string_equal(res.reason,
			    "every key bit of IPv4's window of src_ip (25 to 62) has to be zero");
	none[0].value = true;
	assert_int_equal(fm_keysynth_run(&req, &res), FM_KEYSYNTH_INFEASIBLE);
	assert_string_equal(res.reason,
			    "the free key bits decide only 1 of the 7 bits of the entry");
}

/* "src on one port, dst on the other": the second key mirrors the first. */
static void test_mirrored_keys(void **state)
{
	struct fm_keysynth_request req = {
		.fields = FM_F_SRC_IP, .v4 = true, .ports = true, .m = 7,
		.key_len = 40, .seed = 5,
	};
	struct fm_keysynth_result lan, wan;
	struct fm_keysynth_bit bit[32];
	uint8_t out[12], back[12];
	(void)state;

	/* dst-only leaves 57 + 6 and on, so the first key fits in there */
	for (unsigned int i = 0; i < 6; i++)
		bit[i] = (struct fm_keysynth_bit){ 25 + i, false };
	req.fixed = bit;
	req.n_fixed = 6;
	assert_int_equal(fm_keysynth_run(&req, &lan), FM_KEYSYNTH_OK);
	assert_int_equal(lan.free_bits, 26);
	for (unsigned int i = 0; i < 32; i++)
		bit[i] = (struct fm_keysynth_bit){ 57 + i,
			lan.key[(25 + i) / 8] >> (7 - (25 + i) % 8) & 1 };
	req.fields = FM_F_DST_IP;
	req.n_fixed = 32;
	assert_int_equal(fm_keysynth_run(&req, &wan), FM_KEYSYNTH_OK);
	random_state = 77;
	for (unsigned int i = 0; i < 10000; i++) {
		randomise(out, 12);
		randomise(back, 12);
		memcpy(back + 4, out, 4);
		assert_int_equal(fm_rsskey_hash(lan.key, 40, out, 12) & 127,
				 fm_rsskey_hash(wan.key, 40, back, 12) & 127);
	}
}

/* The independent count of reference figures for 128 entries, IPv4. */
static void test_free_bits(void **state)
{
	static const struct {
		uint32_t fields;
		bool symmetric;
		unsigned int free_bits;
	} rows[] = {
		{ 1, false, 32 }, { 2, false, 26 }, { 3, false, 64 },
		{ 10, false, 42 }, { 5, false, 42 }, { 4, false, 10 },
		{ 8, false, 16 }, { 15, true, 42 }, { 3, true, 26 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fm_keysynth_request req = {
			.fields = rows[i].fields,
			.symmetric = rows[i].symmetric,
			.v4 = true, .ports = true, .m = 7, .key_len = 40,
		};
		struct fm_keysynth_result res;

		assert_int_equal(fm_keysynth_run(&req, &res), FM_KEYSYNTH_OK);
		assert_int_equal(res.free_bits, rows[i].free_bits);
	}
}

/* Fragments and ICMP are hashed without ports: an IP-only key does not care. */
static void test_fragments(void **state)
{
	struct fm_keysynth_request req = {
		.fields = FM_F_SRC_IP, .v4 = true, .v6 = true, .ports = true,
		.m = 9, .key_len = 40, .seed = 3,
	};
	struct fm_keysynth_result res;
	uint8_t input[INPUT_MAX];
	(void)state;

	assert_int_equal(fm_keysynth_run(&req, &res), FM_KEYSYNTH_OK);
	random_state = 4711;
	for (unsigned int i = 0; i < 3000; i++) {
		randomise(input, INPUT_MAX);
		assert_int_equal(fm_rsskey_hash(res.key, 40, input, 12) & 511,
				 fm_rsskey_hash(res.key, 40, input, 8) & 511);
		assert_int_equal(fm_rsskey_hash(res.key, 40, input, 36) & 511,
				 fm_rsskey_hash(res.key, 40, input, 32) & 511);
	}
}

static double max_over_mean(const uint32_t *load, unsigned int entries,
			    unsigned int packets)
{
	uint32_t max = 0;

	for (unsigned int i = 0; i < entries; i++)
		if (load[i] > max)
			max = load[i];
	return max * (double)entries / packets;
}

/* What an ideal random function does with the same number of values. */
static double ideal_balance(unsigned int m, unsigned int values)
{
	double sum = 0;

	for (unsigned int trial = 0; trial < 20; trial++) {
		uint32_t load[2048] = { 0 };

		for (unsigned int i = 0; i < values; i++)
			load[draw() >> 20 & ((1U << m) - 1)]++;
		sum += max_over_mean(load, 1U << m, values);
	}
	return sum / 20;
}

static double key_balance(const struct fm_keysynth_request *req,
			  const uint8_t *key, enum fm_family family,
			  unsigned int values)
{
	static struct hasher h;
	uint32_t load[2048] = { 0 };
	uint8_t input[INPUT_MAX];
	unsigned int len = family == FM_FAMILY_V6 ? 36 : 12;

	setup_hasher(&h, key);
	for (unsigned int i = 0; i < values; i++) {
		randomise(input, len);
		load[hash(&h, input, len) & ((1U << req->m) - 1)]++;
	}
	return max_over_mean(load, 1U << req->m, values);
}

static double worst_balance;

static void check_balance(const struct fm_keysynth_request *base)
{
	struct fm_keysynth_request req = *base;
	double ideal, sum[FM_FAMILY_MAX] = { 0 };
	struct fm_keysynth_result res;

	ideal = ideal_balance(req.m, 100000);
	for (unsigned int i = 0; i < 10; i++) {
		req.seed = i;
		assert_int_equal(fm_keysynth_run(&req, &res), FM_KEYSYNTH_OK);
		for (enum fm_family f = 0; f < FM_FAMILY_MAX; f++)
			if (f == FM_FAMILY_V6 ? req.v6 : req.v4)
				sum[f] += key_balance(&req, res.key, f, 100000);
	}
	for (enum fm_family f = 0; f < FM_FAMILY_MAX; f++) {
		double ratio = sum[f] / 10 / ideal;

		worst_balance = ratio > worst_balance ? ratio : worst_balance;
		if (ratio > 1.15)
			fail_msg("fields %u m %u: %.3f, ideal %.3f", req.fields,
				 req.m, sum[f] / 10, ideal);
	}
}

static void test_balance(void **state)
{
	(void)state;
	random_state = 20240917;
	for_each_case(check_balance, true);
	print_message("max/mean load: at most %.3f x an ideal function's\n",
		      worst_balance);
}

/* 2^m neighbours from any multiple of 2^m on get one entry each. */
static void check_neighbours(const struct fm_keysynth_request *req)
{
	struct fm_keysynth_result res;
	uint8_t input[INPUT_MAX] = { 0 };
	uint32_t load[2048] = { 0 };

	if (!req->v4 || req->v6 || !(req->fields & FM_F_SRC_IP))
		return;
	assert_int_equal(fm_keysynth_run(req, &res), FM_KEYSYNTH_OK);
	for (unsigned int host = 0; host < 1U << req->m; host++) {
		uint32_t ip = 0x0a008000 + host;

		for (unsigned int i = 0; i < 4; i++)
			input[i] = ip >> (24 - 8 * i);
		load[fm_rsskey_hash(res.key, 40, input, 12) &
		     ((1U << req->m) - 1)]++;
	}
	for (unsigned int i = 0; i < 1U << req->m; i++)
		assert_int_equal(load[i], 1);
}

static void test_neighbours(void **state)
{
	(void)state;
	for_each_case(check_neighbours, true);
}

static double total_us, worst_us;
static unsigned int timed;

static void time_case(const struct fm_keysynth_request *base)
{
	struct fm_keysynth_request req = *base;
	struct fm_keysynth_result res;
	struct timespec begin, end;
	double us;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
	for (req.seed = 0; req.seed < 1000; req.seed++)
		fm_keysynth_run(&req, &res);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
	us = (end.tv_sec - begin.tv_sec) * 1e3 +
	     (end.tv_nsec - begin.tv_nsec) / 1e6;
	total_us += us;
	worst_us = us > worst_us ? us : worst_us;
	timed++;
}

static void test_time(void **state)
{
	(void)state;
	for_each_case(time_case, true);
	print_message("%u cases: %.1f us of CPU time per key, worst case %.1f\n",
		      timed, total_us / timed, worst_us);
	assert_true(total_us / timed < 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_analysis),
		cmocka_unit_test(test_invalid),
		cmocka_unit_test(test_fixed),
		cmocka_unit_test(test_mirrored_keys),
		cmocka_unit_test(test_free_bits),
		cmocka_unit_test(test_infeasible),
		cmocka_unit_test(test_fragments),
		cmocka_unit_test(test_neighbours),
		cmocka_unit_test(test_balance),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
