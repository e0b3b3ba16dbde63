// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * nat: what packets become, with checksums computed anew from all bytes, and who
 * gets which port for how long.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <linux/if_ether.h>
#include <linux/time64.h>

#include "builtin.h"
#include "pkt.h"
#include "rig.h"
#include "tuple.h"

#define MS	((u64)NSEC_PER_MSEC)
#define SEC	((u64)NSEC_PER_SEC)
#define T0	(1000 * SEC)
#define SIZE	160
#define SYN	FM_TCP_SYN
#define ACK	FM_TCP_ACK
#define FIN	FM_TCP_FIN
#define RST	FM_TCP_RST

enum { NO_MAPPING, NO_PORT, NO_WAY_BACK, NOT_BEGUN, PROTOCOL };

/* Hosts by one number: 1 to 99 inside, 100 to 199 outside, 200 on the pool. */
#define A	1
#define B	2
#define D	100
#define E	101
#define POOL	200

static struct fm_rig rig;
static struct sk_buff skb;
static u8 frame[SIZE];
static struct fm_pkt pkt;
static u64 now;

#define UINT(text, value)	{ .name = (text), .uint = (value) }
#define STRING(text, value)	{ .name = (text), .string = (value) }

/* 10.0.0.h inside, 192.0.2.h outside, 198.51.100.h the pool; alike of IPv6. */
static void put_addr(u8 *p, u32 host)
{
	u8 net = host < 100 ? 10 : host < 200 ? 192 : 198;

	memset(p, 0, family == 4 ? 4 : 16);
	p[0] = net;
	p[family == 4 ? 3 : 15] = host;
}

static u32 get_addr(const u8 *p)
{
	return p[family == 4 ? 3 : 15];
}

static void parse(void)
{
	memset(&skb, 0, sizeof(skb));
	skb.data = frame;
	skb.len = SIZE;
	skb.protocol = htons(family == 4 ? ETH_P_IP : ETH_P_IPV6);
	assert_int_equal(fm_pkt_parse(&pkt, &skb), FM_PARSE_OK);
	pkt.now_ns = now;
}

static enum fm_verdict run(void)
{
	const struct fm_steer *steer = rig.steer;
	u32 shard = steer ? fm_steer_shard(steer, fm_steer_hash(steer, &pkt)) :
			    0;

	return fm_rig_run(&rig, &pkt, shard);
}

static enum fm_verdict put(u8 proto, struct tuple t, u8 flags)
{
	put_packet(frame, proto, t, flags, SIZE);
	parse();
	return run();
}

/* Is a packet right as a whole; what is in its header. */
static struct tuple look_at(const u8 *ip, u32 len)
{
	u8 proto = family == 4 ? ip[9] : ip[6];
	const u8 *l4 = ip + ip_len();
	struct tuple t = {
		.src = get_addr(family == 4 ? ip + 12 : ip + 8),
		.dst = get_addr(family == 4 ? ip + 16 : ip + 24),
	};

	if (family == 4)
		assert_int_equal(sum_of(0, ip, 20), 0xffff);
	if (len)
		assert_int_equal(l4_sum(ip, proto, len - ip_len()), 0xffff);
	t.sport = get16(proto == icmp_proto() ? l4 + 4 : l4);
	t.dport = proto == icmp_proto() ? l4[0] : get16(l4 + 2);
	return t;
}

static struct tuple sent(void)
{
	return look_at(frame, SIZE);
}

#define assert_sent(s, sp, d, dp) do {					\
	struct tuple __t = sent();					\
	assert_int_equal(__t.src, s);					\
	assert_int_equal(__t.sport, sp);				\
	assert_int_equal(__t.dst, d);					\
	assert_int_equal(__t.dport, dp);				\
} while (0)


static struct fm_list *list_of(u8 net, u8 len4, u8 len6, u8 last)
{
	struct fm_prefix prefix[2] = {
		{ .family = 4, .len = len4, .addr = { net } },
		{ .family = 6, .len = len6, .addr = { net } },
	};
	struct fm_list *list;

	prefix[0].addr[3] = last;
	prefix[1].addr[15] = last;
	list = fm_list_create(&rig.lists, FM_PARAM_PREFIXES, 2, 1, NULL);
	assert_int_equal(fm_list_add(list, prefix, sizeof(prefix), NULL), 0);
	return list;
}

static const struct fm_nf_ops *find(const char *name)
{
	const struct fm_nf_ops *const *ops;

	for (ops = fm_builtin_nfs; strcmp((*ops)->name, name); ops++)
		;
	return *ops;
}

static struct fm_inst *add(u8 mode, const struct fm_param_value *params,
			   unsigned int n)
{
	struct fm_param_value all[12] = {
		{ .name = "inside" }, { .name = "pool" },
	};

	now = T0;
	fm_rig_setup(&rig);
	all[0].list = list_of(10, 8, 8, 0);
	all[1].list = list_of(198, 32, 128, POOL);
	memcpy(all + 2, params, n * sizeof(*params));
	return fm_rig_add(&rig, find("nat"), mode, all, n + 2);
}

#define ADD(mode, ...) ({						\
	const struct fm_param_value __params[] = { __VA_ARGS__ };	\
	add(mode, __params, ARRAY_SIZE(__params));			\
})

#define BEGIN(mode, ...) do {						\
	assert_non_null(ADD(mode, __VA_ARGS__));			\
	assert_true(fm_rig_start(&rig, 1));				\
} while (0)

static void end(void)
{
	fm_rig_cleanup(&rig);
	fm_user_rcu_drain();
	assert_int_equal(fm_user_memory.objects, 0);
	assert_int_equal(fm_user_warnings, 0);
}

static void assert_dropped(enum fm_verdict verdict, u32 reason)
{
	assert_int_equal(verdict, FM_DROP);
	assert_false(rig.ctx.refused);
	assert_int_equal(rig.ctx.reason, reason);
}

static u32 entries(void)
{
	fm_rig_gc(&rig, &rig.insts[0], now);
	return fm_rig_entries(&rig.insts[0]);
}

/* There and back, and what does not belong to the flow. */
static void there_and_back(u8 proto)
{
	u8 flags = proto == IPPROTO_TCP ? SYN : 0;

	assert_int_equal(put(proto, T(A, 5000, D, 80), flags), FM_CONTINUE);
	assert_sent(POOL, 5000, D, 80);
	assert_int_equal(put(proto, T(D, 80, POOL, 5000), flags | ACK),
			 FM_CONTINUE);
	assert_sent(D, 80, A, 5000);
	assert_int_equal(put(proto, T(A, 5000, D, 80), ACK), FM_CONTINUE);
	assert_sent(POOL, 5000, D, 80);
	/* Its port is taken for that destination, and for no other. */
	assert_int_equal(put(proto, T(B, 5000, D, 80), flags), FM_CONTINUE);
	assert_sent(POOL, 5001, D, 80);
	assert_int_equal(put(proto, T(D, 80, POOL, 5001), ACK), FM_CONTINUE);
	assert_sent(D, 80, B, 5000);
	assert_int_equal(put(proto, T(B, 5000, E, 80), flags), FM_CONTINUE);
	assert_sent(POOL, 5000, E, 80);
	/* Nobody else may send there. */
	assert_dropped(put(proto, T(E, 81, POOL, 5000), SYN), NO_MAPPING);
	assert_dropped(put(proto, T(D, 80, POOL, 5002), SYN), NO_MAPPING);
	/* What goes the other way has the same key, but is not the flow. */
	assert_int_equal(put(proto, T(D, 80, A, 5000), ACK), FM_CONTINUE);
	assert_sent(D, 80, A, 5000);
	assert_int_equal(entries(), 6);
}

static void test_basic(void **state)
{
	u8 modes[] = { FM_MODE_SHARED, FM_MODE_LOCAL }, i;

	for (i = 0; i < 4; i++) {
		family = i & 1 ? 6 : 4;
		BEGIN(modes[i / 2]);
		there_and_back(IPPROTO_TCP);
		end();
		BEGIN(modes[i / 2]);
		there_and_back(IPPROTO_UDP);
		assert_int_equal(fm_rig_shown(&rig.insts[0], "outbound"), 4);
		assert_int_equal(fm_rig_shown(&rig.insts[0], "inbound"), 2);
		assert_int_equal(fm_rig_shown(&rig.insts[0], "passed"), 1);
		end();
	}
	family = 4;
}

/* What is not translated, and what may not pass untranslated. */
static void test_ways(void **state)
{
	BEGIN(FM_MODE_SHARED);
	assert_int_equal(put(IPPROTO_UDP, T(A, 1, B, 2), 0), FM_CONTINUE);
	assert_sent(A, 1, B, 2);
	assert_int_equal(put(IPPROTO_UDP, T(D, 1, E, 2), 0), FM_CONTINUE);
	assert_sent(D, 1, E, 2);
	assert_dropped(put(IPPROTO_TCP, T(A, 1, D, 2), ACK), NOT_BEGUN);
	assert_dropped(put(IPPROTO_TCP, T(A, 1, D, 2), RST), NOT_BEGUN);
	assert_dropped(put(IPPROTO_UDP, T(A, 1, POOL, 2), 0), NO_MAPPING);
	put_ip(frame, IPPROTO_GRE, A, D, SIZE);
	parse();
	assert_dropped(run(), PROTOCOL);
	put_ip(frame, IPPROTO_GRE, D, POOL, SIZE);
	parse();
	assert_dropped(run(), NO_MAPPING);
	assert_int_equal(entries(), 0);
	end();
	BEGIN(FM_MODE_SHARED, STRING("unmatched", "accept"));
	assert_int_equal(put(IPPROTO_UDP, T(D, 1, POOL, 2), 0), FM_CONTINUE);
	assert_sent(D, 1, POOL, 2);
	assert_dropped(put(IPPROTO_TCP, T(A, 1, D, 2), ACK), NOT_BEGUN);
	end();
}

static void test_queries(void **state)
{
	u8 ask, reply, i;

	for (i = 0; i < 4; i++) {
		family = i & 1 ? 6 : 4;
		ask = family == 4 ? 8 : 128;
		reply = family == 4 ? 0 : 129;
		BEGIN(i & 2 ? FM_MODE_LOCAL : FM_MODE_SHARED);
		assert_int_equal(put(icmp_proto(), T(A, 3000, D, ask), 0),
				 FM_CONTINUE);
		assert_sent(POOL, 3000, D, ask);
		assert_int_equal(put(icmp_proto(), T(B, 3000, D, ask), 0),
				 FM_CONTINUE);
		assert_sent(POOL, 3001, D, ask);
		assert_int_equal(put(icmp_proto(), T(D, 3001, POOL, reply), 0),
				 FM_CONTINUE);
		assert_sent(D, 3000, B, reply);
		assert_int_equal(put(icmp_proto(), T(D, 3000, POOL, reply), 0),
				 FM_CONTINUE);
		assert_sent(D, 3000, A, reply);
		assert_dropped(put(icmp_proto(), T(D, 3002, POOL, reply), 0),
			       NO_MAPPING);
		assert_dropped(put(icmp_proto(), T(D, 3000, POOL, ask), 0),
			       NO_MAPPING);
		assert_dropped(put(icmp_proto(), T(A, 3000, D, reply), 0),
			       NOT_BEGUN);
		assert_int_equal(entries(), 4);
		now += 59 * SEC;
		assert_int_equal(entries(), 4);
		now += 10 * SEC;
		assert_int_equal(entries(), 0);
		end();
	}
	family = 4;
}

/* An error with as much of the packet as is wanted. */
static enum fm_verdict complain(u32 src, u32 dst, u8 proto, struct tuple t,
			     u32 quoted)
{
	u8 whole[SIZE], *ip = frame + ip_len() + 8;
	u32 len = ip_len() + 8 + quoted;

	put_packet(whole, proto, t, ACK, SIZE);
	memset(frame, 0, SIZE);
	put_ip(frame, icmp_proto(), src, dst, len);
	frame[ip_len()] = family == 4 ? 3 : 1;
	memcpy(ip, whole, quoted);
	put_sum(frame, icmp_proto(), len);
	parse();
	skb.len = len;
	assert_int_equal(fm_pkt_parse(&pkt, &skb), FM_PARSE_OK);
	pkt.now_ns = now;
	return run();
}

/* The packet that is quoted; all of its sums are right, or would be. */
static struct tuple quoted(u8 proto, u32 len)
{
	u8 whole[SIZE], right[2], *ip = frame + ip_len() + 8;
	u32 at = ip_len() + sum_at(proto), i;

	for (i = ip_len(); i < SIZE; i++)
		whole[i] = i * 7;
	memcpy(whole, ip, len);
	look_at(frame, ip_len() + 8 + len);
	if (proto == IPPROTO_UDP)
		put16(whole + ip_len() + 4, SIZE - ip_len());
	if (at + 2 <= len) {
		memcpy(right, whole + at, 2);
		if (len >= ip_len() + 20 || proto == IPPROTO_UDP ||
		    proto == icmp_proto())
			return look_at(whole, len >= ip_len() + 20 ||
				       proto != IPPROTO_TCP ? SIZE : 0);
	}
	return look_at(whole, 0);
}

static void errors(u8 proto)
{
	bool icmp = proto == icmp_proto();
	u8 ask = family == 4 ? 8 : 128, reply = family == 4 ? 0 : 129;
	u32 lens[] = { ip_len() + 8, ip_len() + 20, ip_len() + 60 }, i;
	struct tuple t;

	assert_int_equal(put(proto, T(B, 7000, D, icmp ? ask : 90), SYN),
			 FM_CONTINUE);
	assert_int_equal(put(proto, T(A, 7000, D, icmp ? ask : 90), SYN),
			 FM_CONTINUE);
	assert_int_equal(sent().sport, 7001);
	for (i = 0; i < 3; i++) {
		/* From a router on the way. */
		assert_int_equal(complain(E, POOL, proto,
				       T(POOL, 7001, D, icmp ? ask : 90),
				       lens[i]), FM_CONTINUE);
		t = quoted(proto, lens[i]);
		assert_int_equal(t.src, A);
		assert_int_equal(t.sport, 7000);
		assert_int_equal(t.dst, D);
		assert_int_equal(t.dport, icmp ? ask : 90);
		assert_int_equal(get_addr(frame + (family == 4 ? 16 : 24)), A);
		assert_int_equal(get_addr(frame + (family == 4 ? 12 : 8)), E);
		if (icmp)
			continue;
		/* From the host inside. */
		assert_int_equal(complain(A, D, proto, T(D, 90, A, 7000),
				       lens[i]), FM_CONTINUE);
		t = quoted(proto, lens[i]);
		assert_int_equal(t.src, D);
		assert_int_equal(t.sport, 90);
		assert_int_equal(t.dst, POOL);
		assert_int_equal(t.dport, 7001);
		assert_int_equal(get_addr(frame + (family == 4 ? 12 : 8)),
				 POOL);
		assert_int_equal(get_addr(frame + (family == 4 ? 16 : 24)), D);
	}
	assert_dropped(complain(E, POOL, proto,
			     T(POOL, 7003, D, icmp ? ask : 90), lens[0]),
		       NO_MAPPING);
	assert_dropped(complain(A, D, proto, T(D, icmp ? 7009 : 90, A,
					    icmp ? reply : 7009), lens[0]),
		       NO_MAPPING);
	/* Cut short: nobody knows whose it is. */
	assert_int_equal(complain(E, POOL, proto,
			       T(POOL, 7001, D, icmp ? ask : 90),
			       lens[0] - 1), family == 4 ? FM_DROP :
							   FM_CONTINUE);
}

static void test_errors(void **state)
{
	u8 i;

	for (i = 0; i < 4; i++) {
		family = i & 1 ? 6 : 4;
		BEGIN(i & 2 ? FM_MODE_LOCAL : FM_MODE_SHARED);
		errors(IPPROTO_TCP);
		errors(IPPROTO_UDP);
		errors(icmp_proto());
		assert_int_equal(fm_rig_shown(&rig.insts[0], "icmp_errors"),
				 15);
		end();
	}
	family = 4;
}

static void tcp(u32 from, u8 flags)
{
	struct tuple t = from == A ? T(A, 5000, D, 80) : T(D, 80, POOL, 5000);

	assert_int_equal(put(IPPROTO_TCP, t, flags), FM_CONTINUE);
}

/* Both halves are there until @ms have passed, and gone soon after. */
static void lasts(u64 ms)
{
	now += ms * MS - 1;
	assert_int_equal(entries(), 2);
	now += 4300 * MS;
	assert_int_equal(entries(), 0);
}

static void test_timeouts(void **state)
{
	u32 i, port = 0;

	BEGIN(FM_MODE_SHARED, UINT("tcp_ms", 100000),
	      UINT("tcp_transitory_ms", 20000), UINT("udp_ms", 30000));
	tcp(A, SYN);
	lasts(20000);
	tcp(A, SYN);
	tcp(D, SYN | ACK);
	lasts(20000);
	tcp(A, SYN);
	tcp(D, SYN | ACK);
	tcp(A, ACK);
	lasts(100000);
	tcp(A, SYN);
	tcp(D, SYN | ACK);
	tcp(A, ACK);
	tcp(D, FIN | ACK);
	now += 50 * SEC;
	tcp(A, FIN | ACK);
	tcp(D, ACK);
	lasts(20000);
	tcp(A, SYN);
	tcp(D, SYN | ACK);
	tcp(A, ACK);
	tcp(D, RST);
	now += 10 * SEC;
	assert_int_equal(entries(), 2);
	tcp(A, ACK);	/* it was not from there */
	lasts(100000);
	tcp(A, SYN);
	tcp(D, SYN | ACK);
	tcp(A, ACK);
	tcp(A, RST);
	lasts(20000);
	/* Packets of one direction keep both halves. */
	for (i = 0; i < 100; i++) {
		now += 700 * MS;
		assert_int_equal(put(IPPROTO_UDP, T(A, 9, D, 9), 0),
				 FM_CONTINUE);
		if (!i)
			port = sent().sport;
		assert_int_equal(sent().sport, port);
	}
	assert_int_equal(fm_rig_count(&rig.insts[0], FM_INST_SUM(expired)),
			 12);
	lasts(30000);
	end();
}

/* A half that lost the other one is none. */
static void test_broken(void **state)
{
	BEGIN(FM_MODE_LOCAL);
	assert_int_equal(put(IPPROTO_UDP, T(A, 5000, D, 80), 0), FM_CONTINUE);
	/* As if somebody had flushed the answers' half. */
	put_packet(frame, IPPROTO_UDP, T(D, 80, POOL, 5000), 0, SIZE);
	parse();
	rig.ctx.pkt = NULL;
	fm_rig_aim(&rig, &rig.insts[0], &pkt, 0);
	assert_non_null(fm_state_lookup(&rig.ctx));
	fm_state_delete(&rig.ctx);
	assert_dropped(put(IPPROTO_UDP, T(D, 80, POOL, 5000), 0), NO_MAPPING);
	assert_int_equal(put(IPPROTO_UDP, T(B, 5000, D, 80), 0), FM_CONTINUE);
	assert_sent(POOL, 5000, D, 80);
	now += 3 * SEC;
	assert_int_equal(put(IPPROTO_UDP, T(A, 5000, D, 80), 0), FM_CONTINUE);
	assert_sent(POOL, 5001, D, 80);
	assert_int_equal(put(IPPROTO_UDP, T(D, 80, POOL, 5000), 0),
			 FM_CONTINUE);
	assert_sent(D, 80, B, 5000);
	assert_int_equal(entries(), 4);
	end();
}

static void test_exhaustion(void **state)
{
	u32 i;

	BEGIN(FM_MODE_SHARED, UINT("port_min", 2000), UINT("port_max", 2003));
	for (i = 0; i < 4; i++) {
		assert_int_equal(put(IPPROTO_UDP, T(A, 100 + i, D, 80), 0),
				 FM_CONTINUE);
		assert_in_range(sent().sport, 2000, 2003);
	}
	assert_dropped(put(IPPROTO_UDP, T(B, 104, D, 80), 0), NO_PORT);
	assert_int_equal(put(IPPROTO_UDP, T(B, 104, D, 81), 0), FM_CONTINUE);
	assert_int_equal(entries(), 10);
	end();
	assert_non_null(ADD(FM_MODE_SHARED));
	rig.insts[0].max_entries = 3;
	assert_true(fm_rig_start(&rig, 1));
	assert_int_equal(put(IPPROTO_UDP, T(A, 1, D, 80), 0), FM_CONTINUE);
	assert_int_equal(put(IPPROTO_UDP, T(A, 2, D, 80), 0), FM_DROP);
	assert_true(rig.ctx.refused);
	assert_int_equal(rig.ctx.reason, FM_REASON_TABLE_FULL);
	assert_int_equal(entries(), 2);
	end();
}

static void test_endpoints(void **state)
{
	u8 i, proto;

	for (i = 0; i < 4; i++) {
		family = i & 1 ? 6 : 4;
		proto = i & 2 ? IPPROTO_TCP : IPPROTO_UDP;
		BEGIN(FM_MODE_SHARED, STRING("mapping", "endpoint_independent"));
		assert_int_equal(put(proto, T(A, 5000, D, 80), SYN),
				 FM_CONTINUE);
		assert_sent(POOL, 5000, D, 80);
		assert_int_equal(put(proto, T(B, 5000, E, 81), SYN),
				 FM_CONTINUE);
		assert_sent(POOL, 5001, E, 81);
		assert_int_equal(put(proto, T(B, 5000, D, 80), SYN),
				 FM_CONTINUE);
		assert_sent(POOL, 5001, D, 80);
		assert_dropped(put(proto, T(E, 82, POOL, 5001), SYN),
			       NO_MAPPING);
		/* Hairpin: A to B by B's outside address, and back. */
		assert_int_equal(put(proto, T(A, 5000, POOL, 5001), SYN),
				 FM_CONTINUE);
		assert_sent(POOL, 5000, B, 5000);
		assert_int_equal(put(proto, T(B, 5000, POOL, 5000),
				      SYN | ACK), FM_CONTINUE);
		assert_sent(POOL, 5001, A, 5000);
		assert_dropped(put(proto, T(A, 5000, POOL, 5009), SYN),
			       NO_MAPPING);
		assert_int_equal(entries(), 4 + 8);
		/* What is used is kept. */
		for (now += 100 * SEC; now < T0 + 900 * SEC; now += 100 * SEC)
			assert_int_equal(put(proto, T(B, 5000, D, 80), ACK),
					 FM_CONTINUE);
		assert_int_equal(entries(), 4);
		end();
		BEGIN(FM_MODE_SHARED, STRING("mapping", "endpoint_independent"),
		      STRING("filtering", "endpoint_independent"));
		assert_int_equal(put(proto, T(A, 5000, D, 80), SYN),
				 FM_CONTINUE);
		assert_int_equal(put(proto, T(E, 82, POOL, 5000), SYN),
				 FM_CONTINUE);
		assert_sent(E, 82, A, 5000);
		assert_int_equal(put(proto, T(A, 5000, E, 82), SYN | ACK),
				 FM_CONTINUE);
		assert_sent(POOL, 5000, E, 82);
		assert_dropped(put(proto, T(E, 82, POOL, 5001), SYN),
			       NO_MAPPING);
		end();
	}
	family = 4;
}

/* Local to 64 shards: whatever comes back comes to the shard. */
static void test_shards(void **state)
{
	struct fm_steer_config config = {
		.fields = { FM_F_HASHABLE, FM_F_HASHABLE },
		.l4 = FM_L4_ALL, .key_len = { 40, 40 }, .nshards = 64,
		.symmetric = true,
	};
	u32 owners[64] = { 0 }, i, host;
	struct fm_steer *steer;
	u8 proto;

	for (i = 0; i < 40; i++)
		config.key[0][i] = config.key[1][i] = i & 1 ? 0x5a : 0x6d;
	steer = fm_steer_create(&config, owners, NULL);
	for (i = 0; i < 400; i++) {
		if (!(i % 200)) {
			family = i ? 6 : 4;
			assert_non_null(ADD(FM_MODE_LOCAL));
			assert_true(fm_rig_start(&rig, 64));
			rig.steer = steer;
		}
		host = 1 + i % 90;
		proto = i & 1 ? IPPROTO_TCP : IPPROTO_UDP;
		assert_int_equal(put(proto, T(host, 4000 + i, D, 80), SYN),
				 FM_CONTINUE);
		assert_int_equal(put(proto, T(D, 80, POOL, sent().sport),
				      ACK), FM_CONTINUE);
		assert_sent(D, 80, host, 4000 + i);
		assert_int_equal(put(proto, T(host, 4000 + i, D, 80), ACK),
				 FM_CONTINUE);
		assert_int_equal(complain(E, POOL, proto,
				       T(POOL, sent().sport, D, 80),
				       ip_len() + 8), FM_CONTINUE);
		assert_int_equal(quoted(proto, ip_len() + 8).src, host);
		assert_int_equal(put(icmp_proto(), T(host, i, D,
						      family == 4 ? 8 : 128),
				      0), FM_CONTINUE);
		assert_int_equal(put(icmp_proto(), T(D, sent().sport, POOL,
						      family == 4 ? 0 : 129),
				      0), FM_CONTINUE);
		assert_sent(D, i, host, family == 4 ? 0 : 129);
		if (i % 200 == 199) {
			fm_rig_cleanup(&rig);
			fm_user_rcu_drain();
		}
	}
	family = 4;
	fm_steer_put(steer);
	assert_int_equal(fm_user_warnings, 0);
}

/* One packet with many segments, whose sums the device completes. */
static void test_gso(void **state)
{
	u8 *sum = frame + 20 + 16;

	BEGIN(FM_MODE_SHARED);
	put(IPPROTO_TCP, T(A, 5000, D, 80), SYN);
	put_packet(frame, IPPROTO_TCP, T(A, 5000, D, 80), ACK, SIZE);
	put16(sum, sum_of(SIZE - 20 + IPPROTO_TCP, frame + 12, 8));
	parse();
	skb.ip_summed = CHECKSUM_PARTIAL;
	skb.csum_start = 20;
	skb.shinfo.gso_size = 60;
	skb.shinfo.gso_segs = 2;
	pkt.segs = 2;
	assert_int_equal(run(), FM_CONTINUE);
	assert_int_equal(get16(sum) % 0xffff,
			 sum_of(SIZE - 20 + IPPROTO_TCP, frame + 12, 8) %
			 0xffff);
	assert_int_equal(get_addr(frame + 12), POOL);
	assert_int_equal(fm_rig_shown(&rig.insts[0], "outbound"), 3);
	assert_true(pkt.flags & FM_PKT_CHANGED);
	assert_int_equal(((u8 *)&pkt.src)[3], A);
	assert_int_equal(fm_pkt_renew(&pkt), FM_PARSE_OK);
	assert_int_equal(((u8 *)&pkt.src)[3], POOL);
	assert_int_equal(pkt.now_ns, now);
	end();
}

static void refuse(struct fm_inst *inst)
{
	assert_null(inst);
	end();
}

static void test_refusals(void **state)
{
	refuse(ADD(FM_MODE_LOCAL, STRING("mapping", "endpoint_independent")));
	refuse(ADD(FM_MODE_SHARED, STRING("filtering",
					  "endpoint_independent")));
	refuse(ADD(FM_MODE_SHARED, UINT("port_min", 5), UINT("port_max", 4)));
	refuse(ADD(FM_MODE_SHARED, UINT("port_min", 0)));
	refuse(ADD(FM_MODE_SHARED, UINT("udp_ms", 999)));
	refuse(ADD(FM_MODE_SHARED, UINT("tcp_ms", 86400001)));
	refuse(ADD(FM_MODE_SHARED, STRING("unmatched", "reject")));
	fm_rig_setup(&rig);
	refuse(fm_rig_add(&rig, find("nat"), FM_MODE_SHARED, NULL, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_basic),
		cmocka_unit_test(test_ways),
		cmocka_unit_test(test_queries),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_timeouts),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_exhaustion),
		cmocka_unit_test(test_endpoints),
		cmocka_unit_test(test_shards),
		cmocka_unit_test(test_gso),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
