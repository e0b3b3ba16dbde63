// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Ports whose packets come back to the same shard: what fm_port_choose() says is
 * compared with what hashing the packet with each of the 65536 ports says, for
 * all kinds of hash keys and numbers of shards.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pkt.h"
#include "state.h"
#include "steer.h"
#include "user.h"

#define PORTS	65536
#define ROUNDS	800
#define KINDS	4	/* of answers */

static u64 random_state = 0x9e3779b97f4a7c15;

static u64 draw(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state >> 16;
}

static void draw_bytes(void *buf, size_t len)
{
	u8 *byte = buf;

	while (len--)
		*byte++ = draw();
}

/* A random key, or one whose index depends on some fields only or hardly. */
static void draw_key(u8 *key, u32 bits)
{
	unsigned int kind = draw() % 4, i;

	draw_bytes(key, FM_KEY_MIN);
	/* Few bits: ports bring about few indices. */
	for (i = 0; kind == 1 && i < FM_KEY_MIN; i++)
		key[i] &= draw() & draw() & draw();
	/* Of IPv4 the source alone. */
	for (i = 64 - bits; kind == 2 && i < 8 * FM_KEY_MIN; i++)
		key[i / 8] &= ~(0x80 >> i % 8);
	/* One bit that ports of IPv4 reach. */
	for (i = 96 - bits; kind == 3 && i < 127; i++)
		if (i != 110)
			key[i / 8] &= ~(0x80 >> i % 8);
}

static struct fm_steer *draw_steer(void)
{
	static const u32 owners[FM_SHARDS_MAX];
	struct fm_steer_config config = {
		.l4 = draw() % 8,
		.key_len = { FM_KEY_MIN, FM_KEY_MIN },
		.nshards = 1U << draw() % 13,
	};

	draw_key(config.key[0], draw() % 13);
	draw_key(config.key[1], draw() % 13);
	if (draw() % 2)
		config.l4 = FM_L4_ALL;
	return fm_steer_create(&config, owners, NULL);
}

static u8 draw_protocol(void)
{
	static const u8 protocols[] = {
		IPPROTO_TCP, IPPROTO_UDP, IPPROTO_SCTP, IPPROTO_ICMP,
	};

	return protocols[draw() % ARRAY_SIZE(protocols)];
}

static struct fm_port_request draw_request(void)
{
	struct fm_port_request request = {
		.sport = draw(),
		.dport = draw(),
		.field = draw() % 2 ? FM_F_SRC_PORT : FM_F_DST_PORT,
		.family = draw() % 2 ? 4 : 6,
		.l4proto = draw_protocol(),
		.min = 1,
		.max = PORTS - 1,
		.from = draw(),
	};
	u16 a = draw() % (PORTS - 1) + 1, b = draw() % (PORTS - 1) + 1;

	draw_bytes(&request.src, request.family == 4 ? 4 : 16);
	draw_bytes(&request.dst, request.family == 4 ? 4 : 16);
	if (draw() % 4) {
		request.min = min(a, b);
		request.max = draw() % 4 ? max(a, b) : request.min;
	}
	return request;
}

static bool leads_to(const struct fm_steer *steer, u32 shard,
		     const struct fm_port_request *request, u16 port)
{
	struct fm_pkt pkt = {
		.src = request->src, .dst = request->dst,
		.sport = request->sport, .dport = request->dport,
		.family = request->family, .l4proto = request->l4proto,
	};

	if (request->field == FM_F_SRC_PORT)
		pkt.sport = htons(port);
	else
		pkt.dport = htons(port);
	fm_pkt_classify(&pkt);
	return !steer || fm_steer_shard(steer, fm_steer_hash(steer, &pkt)) ==
			 shard;
}

/* What the documentation says is to come out, the hard way. */
static int expect(const struct fm_steer *steer, u32 shard,
		  const struct fm_port_request *request)
{
	u32 i, n = request->max - request->min + 1, shown = 0;
	u32 begin = request->from >= request->min &&
		    request->from <= request->max ?
		    request->from - request->min : 0;
	bool any = false;
	u16 port;

	for (i = 0; i < n; i++) {
		port = request->min + (begin + i) % n;
		if (!leads_to(steer, shard, request, port))
			continue;
		if (shown++ == FM_PORT_TRIES)
			break;
		if (!request->is_used || !request->is_used(request->arg, port))
			return port;
	}
	if (shown)
		return -EADDRINUSE;
	for (i = 0; i < PORTS && !any; i++)
		any = leads_to(steer, shard, request, i);
	return any ? -EADDRNOTAVAIL : -EOPNOTSUPP;
}

static void compare(const struct fm_steer *steer, u32 shard,
		    struct fm_port_request *request, unsigned int *answers)
{
	struct fm_ctx ctx = { .steer = steer, .shard = shard };
	int port = fm_port_choose(&ctx, request);

	assert_int_equal(port, expect(steer, shard, request));
	answers[port == -EADDRINUSE ? 0 : port == -EADDRNOTAVAIL ? 1 :
		port == -EOPNOTSUPP ? 2 : 3]++;
	/* The port in question is not read. */
	if (request->field == FM_F_SRC_PORT)
		request->sport = ~request->sport;
	else
		request->dport = ~request->dport;
	assert_int_equal(fm_port_choose(&ctx, request),
			 expect(steer, shard, request));
}

/* The last port that would do is the only one that is not used. */
static void leave_last(const struct fm_steer *steer, u32 shard,
		       const struct fm_port_request *request, u64 *used)
{
	u32 port = request->max;

	memset(used, 0xff, PORTS / 8);
	while (port >= request->min &&
	       !leads_to(steer, shard, request, port))
		port--;
	used[port / 64] &= ~(1ULL << port % 64);
}

static void test_brute_force(void **state)
{
	static u64 used[PORTS / 64];
	unsigned int answers[KINDS] = { 0 }, round, i;

	for (round = 0; round < ROUNDS; round++) {
		struct fm_port_request request = draw_request();
		struct fm_steer *steer = draw_steer();
		u32 shard = draw() % steer->config.nshards;

		compare(steer, shard, &request, answers);
		for (i = 0; i < ARRAY_SIZE(used); i++)
			used[i] = round % 3 ? draw() << 32 ^ draw() : ~0ULL;
		request.is_used = fm_port_in_bitmap;
		request.arg = used;
		compare(steer, shard, &request, answers);
		compare(NULL, 0, &request, answers);
		leave_last(steer, shard, &request, used);
		compare(steer, shard, &request, answers);
		fm_steer_put(steer);
	}
	for (i = 0; i < KINDS; i++)
		assert_true(answers[i] > ROUNDS / 20);
}

struct seen {
	unsigned int n;
	u16 port[FM_PORT_TRIES];
};

static bool note(void *arg, u16 port)
{
	struct seen *seen = arg;

	assert_true(seen->n < FM_PORT_TRIES);
	seen->port[seen->n++] = port;
	return true;
}

/* The key that Microsoft published. */
static struct fm_steer *published(u32 nshards, u32 l4)
{
	static const u32 owners[FM_SHARDS_MAX];
	static const u8 key[] = {
		0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67,
		0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb,
		0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30,
		0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa,
	};
	struct fm_steer_config config = {
		.l4 = l4, .key_len = { sizeof(key), sizeof(key) },
		.nshards = nshards,
	};

	memcpy(config.key[0], key, sizeof(key));
	memcpy(config.key[1], key, sizeof(key));
	return fm_steer_create(&config, owners, NULL);
}

/* A client's packet, and the request of a NAT that it goes through. */
static u32 nat(const struct fm_steer *steer, struct fm_port_request *request)
{
	struct fm_pkt pkt = {
		.family = draw() % 2 ? 4 : 6, .l4proto = IPPROTO_TCP,
		.sport = draw(), .dport = htons(443),
	};

	draw_bytes(&pkt.src, pkt.family == 4 ? 4 : 16);
	draw_bytes(&pkt.dst, pkt.family == 4 ? 4 : 16);
	fm_pkt_classify(&pkt);
	*request = (struct fm_port_request){
		.src = pkt.dst, .sport = pkt.dport, .dst.w[0] = htonl(1),
		.family = pkt.family, .l4proto = pkt.l4proto,
		.field = FM_F_DST_PORT, .min = 1024, .max = PORTS - 1,
		.from = ntohs(pkt.sport),
	};
	return fm_steer_shard(steer, fm_steer_hash(steer, &pkt));
}

/* Every answer comes back to the shard that the question came from. */
static void test_nat(void **state)
{
	static const u32 sizes[] = { 1, 128, 512, 2048 };
	struct fm_port_request request;
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct fm_steer *steer = published(sizes[i], FM_L4_ALL);

		for (n = 0; n < 50000; n++) {
			struct fm_ctx ctx = { .steer = steer };
			int port;

			ctx.shard = nat(steer, &request);
			port = fm_port_choose(&ctx, &request);
			assert_in_range(port, 1024, PORTS - 1);
			assert_true(leads_to(steer, ctx.shard, &request, port));
			/* What is good already is kept. */
			request.from = port;
			assert_int_equal(fm_port_choose(&ctx, &request), port);
		}
		fm_steer_put(steer);
	}
}

static int by_number(const void *a, const void *b)
{
	return *(const u16 *)a - *(const u16 *)b;
}

/* When all are used, each that is possible is shown once, up to the bound. */
static void test_used_up(void **state)
{
	static const struct {
		u32 nshards;
		unsigned int n;		/* of the ports from 1024 on */
	} rows[] = {
		{ 128, FM_PORT_TRIES }, { 512, 126 }, { 2048, 31 },
	};
	struct fm_port_request request;
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fm_steer *steer = published(rows[i].nshards, FM_L4_ALL);
		struct fm_ctx ctx = { .steer = steer };
		struct seen seen = { 0 };

		ctx.shard = nat(steer, &request);
		request.is_used = note;
		request.arg = &seen;
		assert_int_equal(fm_port_choose(&ctx, &request), -EADDRINUSE);
		assert_in_range(seen.n, rows[i].n - 1, rows[i].n + 1);
		qsort(seen.port, seen.n, sizeof(*seen.port), by_number);
		for (n = 0; n < seen.n; n++) {
			assert_true(leads_to(steer, ctx.shard, &request,
					     seen.port[n]));
			assert_true(!n || seen.port[n - 1] < seen.port[n]);
		}
		fm_steer_put(steer);
	}
}

/* Without influence either all ports are good or none, and it says which. */
static void test_no_influence(void **state)
{
	struct fm_steer *steer = published(128, FM_L4_UDP);
	struct fm_ctx ctx = { .steer = steer };
	struct fm_port_request request;
	struct fm_pkt pkt;

	nat(steer, &request);
	pkt = (struct fm_pkt){
		.src = request.src, .dst = request.dst,
		.family = request.family, .l4proto = request.l4proto,
	};
	fm_pkt_classify(&pkt);
	ctx.shard = fm_steer_shard(steer, fm_steer_hash(steer, &pkt));
	request.from = 5353;
	assert_int_equal(fm_port_choose(&ctx, &request), 5353);
	ctx.shard ^= 1;
	assert_int_equal(fm_port_choose(&ctx, &request), -EOPNOTSUPP);
	request.l4proto = IPPROTO_UDP;
	assert_in_range(fm_port_choose(&ctx, &request), 1024, PORTS - 1);
	/* Nobody asks where packets go: nothing is local. */
	ctx.steer = NULL;
	assert_int_equal(fm_port_choose(&ctx, &request), 5353);
	fm_steer_put(steer);
}

static void test_range(void **state)
{
	struct fm_steer *steer = published(4096, FM_L4_ALL);
	struct fm_ctx ctx = { .steer = steer };
	struct fm_port_request request;
	int port;

	ctx.shard = nat(steer, &request);
	port = fm_port_choose(&ctx, &request);
	request.min = port;
	request.max = port;
	assert_int_equal(fm_port_choose(&ctx, &request), port);
	ctx.shard ^= 1;
	assert_int_equal(fm_port_choose(&ctx, &request), -EADDRNOTAVAIL);
	fm_steer_put(steer);
}

static void test_nonsense(void **state)
{
	struct fm_ctx ctx = { 0 };
	struct fm_port_request good = {
		.family = 4, .field = FM_F_SRC_PORT, .min = 1, .max = 1,
	}, bad;

	assert_int_equal(fm_port_choose(&ctx, &good), 1);
	bad = good;
	bad.min = 0;
	assert_int_equal(fm_port_choose(&ctx, &bad), -EINVAL);
	bad = good;
	bad.min = 2;
	assert_int_equal(fm_port_choose(&ctx, &bad), -EINVAL);
	bad = good;
	bad.family = 0;
	assert_int_equal(fm_port_choose(&ctx, &bad), -EINVAL);
	bad = good;
	bad.field = FM_F_PORTS;
	assert_int_equal(fm_port_choose(&ctx, &bad), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_brute_force),
		cmocka_unit_test(test_nat),
		cmocka_unit_test(test_used_up),
		cmocka_unit_test(test_no_influence),
		cmocka_unit_test(test_range),
		cmocka_unit_test(test_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
