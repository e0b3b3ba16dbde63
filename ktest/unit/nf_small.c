// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The small NFs on packets that are made up to hit their edges.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <linux/if_ether.h>
#include <linux/kernel_stat.h>
#include <linux/ktime.h>
#include <linux/time64.h>

#include "builtin.h"
#include "pkt.h"
#include "frame.h"
#include "rig.h"

#define MS	((u64)NSEC_PER_MSEC)
#define SEC	((u64)NSEC_PER_SEC)
#define T0	(1000 * SEC)
#define SIZE	200

static struct fm_rig rig;
static struct sk_buff skb;
static u8 frame[SIZE];
static struct ethhdr eth;
static struct fm_pkt pkt;

#define UINT(text, value)	{ .name = (text), .uint = (value) }
#define STRING(text, value)	{ .name = (text), .string = (value) }

static const struct fm_nf_ops *find(const char *name)
{
	const struct fm_nf_ops *const *ops;

	for (ops = fm_builtin_nfs; strcmp((*ops)->name, name); ops++)
		;
	return *ops;
}

static void begin(const char *name, const struct fm_param_value *params,
		  unsigned int n)
{
	const struct fm_nf_ops *ops = find(name);

	assert_non_null(fm_rig_add(&rig, ops, ops->state_size ?
				   FM_MODE_SHARED : FM_MODE_NONE, params, n));
	assert_true(fm_rig_start(&rig, 1));
	memset(&fm_user_calls, 0, sizeof(fm_user_calls));
}

#define BEGIN(name, ...) do {						\
	const struct fm_param_value __params[] = { __VA_ARGS__ };	\
	fm_rig_setup(&rig);						\
	begin(name, __params, ARRAY_SIZE(__params));			\
} while (0)

static void end(void)
{
	fm_rig_cleanup(&rig);
	assert_int_equal(fm_user_memory.objects, 0);
	assert_int_equal(fm_user_warnings, 0);
}

static void checksum(void)
{
	put16(frame + 10, 0);
	put16(frame + 10, ~sum_of(0, frame, 4 * (frame[0] & 15)));
}

static void parse(u16 type)
{
	memset(&skb, 0, sizeof(skb));
	skb.data = frame;
	skb.len = SIZE;
	skb.mac = (u8 *)&eth;
	skb.protocol = htons(type);
	assert_int_equal(fm_pkt_parse(&pkt, &skb), FM_PARSE_OK);
	pkt.now_ns = T0;
}

/* UDP with 200 bytes. */
static void make4(u32 src, u32 dst)
{
	__be32 words[2] = { htonl(src), htonl(dst) };

	memset(frame, 0, SIZE);
	frame[0] = 0x45;
	put16(frame + 2, SIZE);
	frame[9] = IPPROTO_UDP;
	memcpy(frame + 12, words, 8);
	checksum();
	parse(ETH_P_IP);
}

static void make6(const char *src, const char *dst);

static enum fm_verdict run(void)
{
	return fm_rig_run(&rig, &pkt, 0);
}

/* ---- adl */

static struct fm_list *list_of(u32 addr, u8 len)
{
	struct fm_prefix prefix = { .family = 4, .len = len };
	struct fm_list *list;
	__be32 word = htonl(addr);

	memcpy(prefix.addr, &word, 4);
	list = fm_list_create(&rig.lists, FM_PARAM_PREFIXES, 1, 1, NULL);
	assert_int_equal(fm_list_add(list, &prefix, sizeof(prefix), NULL), 0);
	return list;
}

static void begin_adl(const char *otherwise)
{
	struct fm_param_value params[3] = {
		STRING("otherwise", otherwise),
		{ .name = "allow" }, { .name = "deny" },
	};

	fm_rig_setup(&rig);
	params[1].list = list_of(0x0a010000, 16);
	params[2].list = list_of(0x0a000000, 8);
	begin("adl", params, 3);
}

static void test_adl(void **state)
{
	begin_adl("allow");
	make4(0x0a000001, 1);
	assert_int_equal(run(), FM_DROP);
	assert_int_equal(rig.ctx.reason, 0);
	make4(0x0a01ffff, 1);
	assert_int_equal(run(), FM_CONTINUE);
	make4(0x0b000000, 1);
	assert_int_equal(run(), FM_CONTINUE);
	end();
	begin_adl("deny");
	assert_int_equal(run(), FM_DROP);
	make4(0x0a010000, 1);
	assert_int_equal(run(), FM_CONTINUE);
	make6("\x20\x01", "\x20\x02");
	assert_int_equal(run(), FM_DROP);
	end();
	BEGIN("adl", STRING("otherwise", "allow"));
	assert_int_equal(run(), FM_CONTINUE);
	end();
}

/* ---- psd: who is exempt, and what counts */

static enum fm_verdict try(u32 src, u16 port, u8 tcp_flags)
{
	make4(src, 2);
	pkt.l4proto = IPPROTO_TCP;
	pkt.tcp_flags = tcp_flags;
	pkt.dport = htons(port);
	return run();
}

static void test_psd_exempt(void **state)
{
	struct fm_param_value params[] = {
		UINT("threshold", 1), STRING("evidence", "syn"),
		{ .name = "exempt" },
	};
	u16 port;

	fm_rig_setup(&rig);
	params[2].list = list_of(0x0a000000, 8);
	begin("psd", params, 3);
	for (port = 1; port < 10; port++)
		assert_int_equal(try(0x0a010203, port, FM_TCP_SYN),
				 FM_CONTINUE);
	assert_int_equal(fm_rig_entries(&rig.insts[0]), 0);
	for (port = 1; port < 10; port++)
		assert_int_equal(try(0x0b010203, port, FM_TCP_FIN),
				 FM_CONTINUE);
	assert_int_equal(try(0x0b010203, 1, FM_TCP_SYN), FM_CONTINUE);
	assert_int_equal(try(0x0b010203, 2, FM_TCP_SYN | FM_TCP_ACK),
			 FM_CONTINUE);
	assert_int_equal(try(0x0b010203, 3, FM_TCP_SYN), FM_DROP);
	end();
}

/* ---- rate_limiter */

static enum fm_verdict send_at(u64 now_ns, u32 segs)
{
	make4(1, 2);
	pkt.now_ns = now_ns;
	pkt.segs = segs;
	return run();
}

static void test_rate_limiter_packets(void **state)
{
	BEGIN("rate_limiter", UINT("rate", 2), UINT("burst", 3),
	      STRING("unit", "packets"));
	assert_int_equal(rig.insts[0].timeout_ms, 10000);
	assert_int_equal(send_at(T0, 2), FM_CONTINUE);
	assert_int_equal(send_at(T0, 2), FM_DROP);
	assert_int_equal(rig.ctx.reason, 0);
	assert_int_equal(send_at(T0, 1), FM_CONTINUE);
	assert_int_equal(send_at(T0 + 500 * MS - 1, 1), FM_DROP);
	assert_int_equal(send_at(T0 + 500 * MS, 1), FM_CONTINUE);
	assert_int_equal(send_at(T0 + 2000 * MS - 1, 3), FM_DROP);
	assert_int_equal(send_at(T0 + 2000 * MS, 3), FM_CONTINUE);
	assert_int_equal(fm_rig_value(&rig, "conformed_packets"), 7);
	assert_int_equal(fm_rig_value(&rig, "exceeded_packets"), 6);
	make4(1, 3);
	assert_int_equal(run(), FM_CONTINUE);
	end();
}

static void test_rate_limiter_bytes(void **state)
{
	BEGIN("rate_limiter", UINT("rate", 1ULL << 34),
	      UINT("burst", 1ULL << 32), STRING("exceed", "mark"),
	      UINT("mark", 7));
	make4(1, 2);
	pkt.len = U32_MAX;
	assert_int_equal(run(), FM_CONTINUE);
	assert_int_equal(skb.mark, 0);
	assert_int_equal(fm_rig_value(&rig, "tokens"), 1);
	assert_int_equal(run(), FM_CONTINUE);
	assert_int_equal(skb.mark, 7);
	pkt.now_ns = T0 + SEC / 4;
	skb.mark = 0;
	assert_int_equal(run(), FM_CONTINUE);
	assert_int_equal(skb.mark, 0);
	end();
}

/* ---- payload_scan */

static void test_payload_scan(void **state)
{
	BEGIN("payload_scan", UINT("passes", 3));
	make4(1, 2);
	memset(frame + 28, 2, SIZE - 28);
	skb.data_len = 100;
	skb.shinfo.nr_frags = 1;
	skb.shinfo.frags[0] = (skb_frag_t){ frame + 100, 100 };
	assert_int_equal(run(), FM_CONTINUE);
	assert_int_equal(fm_rig_value(&rig, "scanned_bytes"), 3 * 172);
	assert_int_equal(fm_rig_value(&rig, "sum"), 6 * 172);
	end();
}

/* ---- check_ip_header */

#define OK	-1

static void judge4(u32 src, u32 dst, int reason)
{
	make4(src, dst);
	assert_int_equal(run(), reason == OK ? FM_CONTINUE : FM_DROP);
	if (reason != OK)
		assert_int_equal(rig.ctx.reason, reason);
}

enum { CHECKSUM, SOURCE, DESTINATION, LAND, OPTIONS };

static void test_check4(void **state)
{
	const u32 good = 0xc0000201;
	u32 i;

	BEGIN("check_ip_header");
	judge4(good, good + 1, OK);
	judge4(good, good, LAND);
	judge4(0, U32_MAX, OK);
	judge4(0, good, SOURCE);
	judge4(1, U32_MAX, SOURCE);
	judge4(0x7f000001, good, SOURCE);
	judge4(0xdfffffff, good, OK);
	judge4(0xe0000000, good, SOURCE);
	judge4(0xf0000000, good, SOURCE);
	judge4(U32_MAX, good, SOURCE);
	judge4(good, 0xe0000001, OK);
	judge4(good, U32_MAX, OK);
	judge4(good, 0xfffffffe, DESTINATION);
	judge4(good, 0x7fffffff, DESTINATION);
	judge4(good, 0x00ffffff, DESTINATION);
	judge4(good, 0x01000000, OK);
	for (i = 0; i < 160; i++) {
		make4(good, good + 2);
		if (i / 8 == 0 || i / 8 == 2 || i / 8 == 3)
			continue;
		frame[i / 8] ^= 1 << i % 8;
		assert_int_equal(run(), FM_DROP);
		assert_int_equal(rig.ctx.reason, CHECKSUM);
	}
	end();
}

static void test_check_options(void **state)
{
	BEGIN("check_ip_header", UINT("options", 1));
	make4(0xc0000201, 0xc0000202);
	assert_int_equal(run(), FM_CONTINUE);
	frame[0] = 0x46;
	put16(frame + 20, 0x9404);
	checksum();
	parse(ETH_P_IP);
	assert_int_equal(run(), FM_DROP);
	assert_int_equal(rig.ctx.reason, OPTIONS);
	frame[20]++;
	assert_int_equal(run(), FM_DROP);
	assert_int_equal(rig.ctx.reason, CHECKSUM);
	end();
	BEGIN("check_ip_header", UINT("checksum", 0), UINT("martians", 0));
	put16(frame + 12, 0x7f00);
	parse(ETH_P_IP);
	assert_int_equal(run(), FM_CONTINUE);
	end();
}

/* The first two and the last byte of each. */
static void make6(const char *src, const char *dst)
{
	memset(frame, 0, SIZE);
	frame[0] = 0x60;
	put16(frame + 4, SIZE - 40);
	frame[6] = IPPROTO_UDP;
	memcpy(frame + 8, src, 2);
	frame[23] = src[2];
	memcpy(frame + 24, dst, 2);
	frame[39] = dst[2];
	parse(ETH_P_IPV6);
}

static void judge6(const char *src, const char *dst, int reason)
{
	make6(src, dst);
	assert_int_equal(run(), reason == OK ? FM_CONTINUE : FM_DROP);
	if (reason != OK)
		assert_int_equal(rig.ctx.reason, reason);
}

static void test_check6(void **state)
{
	BEGIN("check_ip_header");
	judge6("\x20\x01\x01", "\x20\x01\x02", OK);
	judge6("\x20\x01\x01", "\x20\x01\x01", LAND);
	judge6("\xff\x02\x01", "\x20\x01\x02", SOURCE);
	judge6("\0\0\x01", "\x20\x01\x02", SOURCE);
	judge6("\0\0\x02", "\x20\x01\x02", OK);
	judge6("\0\0\0", "\x20\x01\x02", SOURCE);
	judge6("\0\0\0", "\xff\x02\x02", OK);
	judge6("\x20\x01\x01", "\0\0\0", DESTINATION);
	judge6("\x20\x01\x01", "\0\0\x01", DESTINATION);
	judge6("\x20\x01\x01", "\xff\x01\x01", DESTINATION);
	judge6("\x20\x01\x01", "\xff\x10\x01", DESTINATION);
	judge6("\x20\x01\x01", "\xff\x0e\x01", OK);
	make6("\0\0\x05", "\x20\x01\x02");
	put16(frame + 18, 0xffff);
	parse(ETH_P_IPV6);
	assert_int_equal(run(), FM_DROP);
	assert_int_equal(rig.ctx.reason, SOURCE);
	end();
}

/* ---- hash_switch */

/* Each way gets its part, whatever the bytes count through. */
static void test_hash_switch(void **state)
{
	static const char *const ways[] = { "way_0", "way_1", "way_2" };
	u64 got, sum = 0;
	u32 i, mark;

	BEGIN("hash_switch", UINT("ways", 3), UINT("mark", 100));
	for (i = 0; i < 30000; i++) {
		make4(0x0a000000 + i, 0x0a800001);
		assert_int_equal(run(), FM_CONTINUE);
		mark = skb.mark;
		assert_true(mark >= 100 && mark < 103);
		assert_int_equal(run(), FM_CONTINUE);
		assert_int_equal(skb.mark, mark);
	}
	for (i = 0; i < 3; i++) {
		got = fm_rig_shown(&rig.insts[0], ways[i]);
		assert_in_range(got, 20000 - 700, 20000 + 700);
		sum += got;
	}
	assert_int_equal(sum, 60000);
	end();
	BEGIN("hash_switch", UINT("offset", 190), UINT("length", 11));
	assert_int_equal(run(), FM_CONTINUE);
	assert_int_equal(fm_rig_shown(&rig.insts[0], "too_short"), 1);
	end();
	/* FNV-1a of "a" with offset basis and prime of its inventors, mixed. */
	BEGIN("hash_switch", UINT("offset", 40), UINT("length", 1),
	      UINT("ways", 16), UINT("mark", 0));
	make4(1, 2);
	frame[40] = 'a';
	assert_int_equal(run(), FM_CONTINUE);
	assert_int_equal(skb.mark, 0x1a80b1b3 >> 28);
	end();
}

/* ---- average_counter */

static u64 average(const char *name)
{
	return fm_rig_shown(&rig.insts[0], name);
}

static void test_average_counter(void **state)
{
	u32 i;

	BEGIN("average_counter", UINT("window_ms", 160));
	make4(1, 2);
	for (i = 0; i < 2000; i++) {
		pkt.now_ns = T0 + i * MS;
		assert_int_equal(run(), FM_CONTINUE);
	}
	fm_user_now_ns = T0 + i * MS;
	assert_int_equal(average("packets"), 2000);
	assert_int_equal(average("bytes"), 400000);
	assert_in_range(average("packets_per_second"), 998, 1000);
	assert_in_range(average("bytes_per_second"), 199700, 200000);
	fm_user_now_ns += 110 * MS;
	assert_in_range(average("packets_per_second"), 480, 500);
	fm_user_now_ns += 11 * SEC;
	assert_int_equal(average("packets_per_second"), 0);
	pkt.now_ns = T0;
	assert_int_equal(run(), FM_CONTINUE);
	end();
}

/* At the fastest and the longest nothing runs over. */
static void test_average_extremes(void **state)
{
	u32 i;

	BEGIN("average_counter", UINT("window_ms", 3600000));
	make4(1, 2);
	pkt.len = U32_MAX;
	pkt.segs = U16_MAX;
	for (i = 0; i < 300000; i++) {
		pkt.now_ns = T0 + i * 250 * MS;
		assert_int_equal(run(), FM_CONTINUE);
	}
	fm_user_now_ns = pkt.now_ns;
	assert_in_range(average("bytes_per_second"), 17000000000ULL,
			17180000000ULL);
	end();
}

/* ---- batch_stats */

static void batch(u32 n)
{
	fm_user_softirqs[0]++;
	while (n--)
		assert_int_equal(run(), FM_CONTINUE);
}

static void test_batch_stats(void **state)
{
	BEGIN("batch_stats");
	make4(1, 2);
	batch(1);
	batch(2);
	batch(3);
	batch(0);
	batch(700);
	batch(64);
	assert_int_equal(average("packets"), 770);
	assert_int_equal(average("batches_of_1"), 1);
	assert_int_equal(average("batches_of_2"), 2);
	assert_int_equal(average("batches_of_4"), 0);
	assert_int_equal(average("batches_of_512"), 1);
	assert_int_equal(average("batches_of_64"), 0);
	batch(1);
	assert_int_equal(average("batches_of_64"), 1);
	end();
}

/* ---- ether_* */

#define A	"\x02\0\0\0\0\x0a"
#define B	"\x02\0\0\0\0\x0b"
#define C	STRING("dst", "02:00:00:00:00:0c"), \
		STRING("src", "02:00:00:00:00:0d")

static void make_ether(void)
{
	memcpy(eth.h_dest, A, ETH_ALEN);
	memcpy(eth.h_source, B, ETH_ALEN);
	make4(1, 2);
}

static void test_ether(void **state)
{
	make_ether();
	BEGIN("ether_encap", C);
	assert_int_equal(run(), FM_CONTINUE);
	assert_memory_equal(&eth, "\x02\0\0\0\0\x0c\x02\0\0\0\0\x0d", 12);
	skb.mac = NULL;
	assert_int_equal(run(), FM_DROP);
	end();
	make_ether();
	BEGIN("ether_mirror");
	assert_int_equal(run(), FM_STOLEN);
	assert_memory_equal(eth.h_dest, B, ETH_ALEN);
	assert_memory_equal(eth.h_source, A, ETH_ALEN);
	assert_int_equal(fm_user_calls.sent, 1);
	eth.h_dest[0] = 0x33;
	assert_int_equal(run(), FM_CONTINUE);
	assert_int_equal(average("sent"), 1);
	skb.mac = NULL;
	assert_int_equal(run(), FM_DROP);
	end();
	make_ether();
	BEGIN("ensure_ether", C);
	assert_int_equal(run(), FM_CONTINUE);
	assert_int_equal(average("added"), 0);
	skb.mac = NULL;
	assert_int_equal(run(), FM_CONTINUE);
	assert_int_equal(average("added"), 1);
	assert_memory_equal(skb.mac, "\x02\0\0\0\0\x0c\x02\0\0\0\0\x0d", 12);
	end();
}

static void refuse(const char *nf, const struct fm_param_value *params,
		   unsigned int n)
{
	fm_rig_setup(&rig);
	assert_null(fm_rig_add(&rig, find(nf), FM_MODE_NONE, params, n));
	end();
}

#define REFUSE(nf, ...) do {						\
	const struct fm_param_value __params[] = { __VA_ARGS__ };	\
	refuse(nf, __params, ARRAY_SIZE(__params));			\
} while (0)

static void test_refusals(void **state)
{
	REFUSE("ether_encap", STRING("dst", "02:00:00:00:00:01"));
	REFUSE("ether_encap", STRING("dst", "02:00:00:00:00:01"),
	       STRING("src", "03:00:00:00:00:01"));
	REFUSE("ensure_ether", STRING("dst", "02:00:00:00:00:1"),
	       STRING("src", "02:00:00:00:00:01"));
	REFUSE("ensure_ether", STRING("dst", "02:00:00:00:00:01:"),
	       STRING("src", "02:00:00:00:00:01"));
	REFUSE("hash_switch", UINT("ways", 17));
	REFUSE("hash_switch", UINT("ways", 1));
	REFUSE("hash_switch", UINT("length", 65));
	REFUSE("payload_scan", UINT("passes", 0));
	REFUSE("rate_limiter", UINT("rate", 1));
	REFUSE("average_counter", UINT("window_ms", 15));
	REFUSE("check_ip_header", UINT("checksum", 2));
	REFUSE("adl", UINT("deny", 1));
	REFUSE("adl", STRING("deny", "10.0.0.0/8"));
	REFUSE("batch_stats", UINT("buckets", 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_adl),
		cmocka_unit_test(test_psd_exempt),
		cmocka_unit_test(test_rate_limiter_packets),
		cmocka_unit_test(test_rate_limiter_bytes),
		cmocka_unit_test(test_payload_scan),
		cmocka_unit_test(test_check4),
		cmocka_unit_test(test_check_options),
		cmocka_unit_test(test_check6),
		cmocka_unit_test(test_hash_switch),
		cmocka_unit_test(test_average_counter),
		cmocka_unit_test(test_average_extremes),
		cmocka_unit_test(test_batch_stats),
		cmocka_unit_test(test_ether),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
