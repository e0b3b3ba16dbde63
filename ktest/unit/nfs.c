// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The NFs of the module on packets that are made up to hit their edges: the
 * last port that is allowed, the last byte, the last nanosecond.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <linux/time64.h>

#include "rig.h"

#define MS	((u64)NSEC_PER_MSEC)
#define SEC	((u64)NSEC_PER_SEC)
#define T0	(1000 * SEC)	/* when a test begins */

extern const struct fm_nf_ops fm_nf_flow_counter;
extern const struct fm_nf_ops fm_nf_policer;
extern const struct fm_nf_ops fm_nf_psd;
extern const struct fm_nf_ops fm_nf_source_counter;

static struct fm_rig rig;
static struct sk_buff skb;

static void start(const struct fm_nf_ops *ops,
		  const struct fm_param_value *params, unsigned int n)
{
	fm_rig_setup(&rig);
	assert_non_null(fm_rig_add(&rig, ops, FM_MODE_SHARED, params, n));
	assert_true(fm_rig_start(&rig, 1));
	memset(&skb, 0, sizeof(skb));
	memset(&fm_user_calls, 0, sizeof(fm_user_calls));
}

static void stop(void)
{
	fm_rig_cleanup(&rig);
	assert_int_equal(fm_user_memory.objects, 0);
	assert_int_equal(fm_user_warnings, 0);
}

#define value(name)	fm_rig_value(&rig, name)

/* 10.0.0.1:1000 > 10.0.0.2:80 */
static struct fm_pkt udp(void)
{
	return (struct fm_pkt){
		.skb = &skb, .family = 4, .l4proto = IPPROTO_UDP,
		.src.w[0] = htonl(0x0a000001), .dst.w[0] = htonl(0x0a000002),
		.sport = htons(1000), .dport = htons(80), .len = 100,
		.segs = 1, .flags = FM_PKT_PORTS, .class = FM_CLASS_UDP4,
		.now_ns = T0,
	};
}

static struct fm_pkt tcp(u8 tcp_flags)
{
	struct fm_pkt pkt = udp();

	pkt.l4proto = IPPROTO_TCP;
	pkt.class = FM_CLASS_TCP4;
	pkt.tcp_flags = tcp_flags;
	return pkt;
}

/* The source tries a port. */
static enum fm_verdict try(u16 port, u64 now_ns)
{
	static struct fm_pkt pkt;

	pkt = tcp(FM_TCP_SYN);
	pkt.dport = htons(port);
	pkt.now_ns = now_ns;
	return fm_rig_run(&rig, &pkt, 0);
}

static const struct fm_param_value psd_params[] = {
	{ .name = "threshold", .uint = 3 },
	{ .name = "window_ms", .uint = 1000 },
	{ .name = "block_ms", .uint = 5000 },
	{ .name = "action", .string = "mark" },
	{ .name = "mark", .uint = 77 },
};

static void test_psd_threshold(void **state)
{
	start(&fm_nf_psd, psd_params, 3);
	assert_int_equal(try(1, T0), FM_CONTINUE);
	assert_int_equal(try(2, T0), FM_CONTINUE);
	assert_int_equal(try(2, T0), FM_CONTINUE);
	assert_int_equal(try(0, T0), FM_CONTINUE);
	assert_int_equal(try(0, T0), FM_CONTINUE);
	assert_int_equal(value("distinct_ports"), 3);
	assert_int_equal(fm_user_calls.alerts, 0);
	assert_int_equal(try(65535, T0), FM_DROP);
	assert_int_equal(rig.ctx.reason, 0);
	assert_int_equal(rig.ctx.refused, 0);
	assert_string_equal(fm_user_calls.alert, "port-scan");
	assert_int_equal(try(1, T0), FM_DROP);
	assert_int_equal(fm_user_calls.alerts, 1);
	assert_int_equal(value("scans"), 1);
	assert_int_equal(value("blocked_until_ns"), T0 + 5 * SEC);
	stop();
}

static void test_psd_window(void **state)
{
	unsigned int n;

	start(&fm_nf_psd, psd_params, 3);
	for (n = 1; n <= 3; n++)
		assert_int_equal(try(n, T0), FM_CONTINUE);
	assert_int_equal(try(4, T0 + SEC - 1), FM_DROP);
	stop();
	start(&fm_nf_psd, psd_params, 3);
	for (n = 1; n <= 3; n++)
		assert_int_equal(try(n, T0), FM_CONTINUE);
	for (n = 4; n <= 6; n++)
		assert_int_equal(try(n, T0 + SEC), FM_CONTINUE);
	assert_int_equal(value("distinct_ports"), 3);
	assert_int_equal(try(1, T0 + SEC + 1), FM_DROP);
	stop();
}

/* A blocked source is blocked to the last nanosecond, whatever it sends. */
static void test_psd_block(void **state)
{
	struct fm_pkt ack = tcp(FM_TCP_ACK);
	unsigned int n;

	start(&fm_nf_psd, psd_params, 3);
	for (n = 1; n <= 3; n++)
		try(n, T0);
	assert_int_equal(try(4, T0), FM_DROP);
	ack.now_ns = T0 + 5 * SEC - 1;
	assert_int_equal(fm_rig_run(&rig, &ack, 0), FM_DROP);
	ack.now_ns = T0 + 5 * SEC;
	assert_int_equal(fm_rig_run(&rig, &ack, 0), FM_CONTINUE);
	for (n = 1; n <= 3; n++)
		assert_int_equal(try(n, T0 + 5 * SEC), FM_CONTINUE);
	assert_int_equal(try(4, T0 + 5 * SEC), FM_DROP);
	assert_int_equal(value("scans"), 2);
	assert_int_equal(fm_user_calls.alerts, 2);
	stop();
}

static void test_psd_mark(void **state)
{
	unsigned int n;

	start(&fm_nf_psd, psd_params, 5);
	for (n = 1; n <= 3; n++)
		try(n, T0);
	assert_int_equal(skb.mark, 0);
	assert_int_equal(try(4, T0), FM_CONTINUE);
	assert_int_equal(skb.mark, 77);
	stop();
}

/* What opens no connection leaves no trace; what has no ports neither. */
static void test_psd_attempts(void **state)
{
	static const u8 no[] = { FM_TCP_ACK, FM_TCP_ACK | FM_TCP_SYN,
				 FM_TCP_ACK | FM_TCP_RST };
	static const u8 yes[] = { FM_TCP_SYN, 0, FM_TCP_FIN, 0x29 };
	struct fm_pkt pkt;
	unsigned int i;

	start(&fm_nf_psd, psd_params, 3);
	for (i = 0; i < ARRAY_SIZE(no); i++) {
		pkt = tcp(no[i]);
		assert_int_equal(fm_rig_run(&rig, &pkt, 0), FM_CONTINUE);
	}
	pkt = udp();
	pkt.flags = FM_PKT_FRAG;
	assert_int_equal(fm_rig_run(&rig, &pkt, 0), FM_CONTINUE);
	assert_int_equal(fm_rig_entries(&rig.insts[0]), 0);
	for (i = 0; i < ARRAY_SIZE(yes); i++) {
		pkt = tcp(yes[i]);
		pkt.dport = htons(i + 1);
		assert_int_equal(fm_rig_run(&rig, &pkt, 0),
				 i < 3 ? FM_CONTINUE : FM_DROP);
	}
	pkt = udp();
	pkt.src.w[0]++;
	assert_int_equal(fm_rig_run(&rig, &pkt, 0), FM_CONTINUE);
	assert_int_equal(value("distinct_ports"), 1);
	stop();
}

/* As many ports as there may be, in colliding places: the set holds them. */
static void test_psd_all_ports(void **state)
{
	static const struct fm_param_value most[] = {
		{ .name = "threshold", .uint = 1024 },
	};
	unsigned int n;

	start(&fm_nf_psd, most, 1);
	assert_int_equal(rig.insts[0].timeout_ms, 60000);
	for (n = 0; n < 1024; n++)
		assert_int_equal(try(64 * n, T0 + n), FM_CONTINUE);
	assert_int_equal(value("distinct_ports"), 1024);
	for (n = 0; n < 1024; n++)
		assert_int_equal(try(64 * n, T0 + n), FM_CONTINUE);
	assert_int_equal(try(1, T0), FM_DROP);
	stop();
}

static void test_psd_no_memory(void **state)
{
	unsigned int at;

	start(&fm_nf_psd, psd_params, 3);
	for (at = 1; at <= 3; at++) {
		fm_user_memory.fail_at = fm_user_memory.allocs + at;
		assert_int_equal(try(1, T0), FM_DROP);
		assert_int_equal(rig.ctx.refused, 1);
		assert_int_equal(rig.ctx.reason, FM_REASON_NO_MEMORY);
		fm_user_rcu_drain();
	}
	assert_int_equal(fm_rig_entries(&rig.insts[0]), 0);
	assert_int_equal(try(1, T0), FM_CONTINUE);
	stop();
}

/* Of two CPUs, the one with the older packet may be the second to look. */
static void test_psd_late_packet(void **state)
{
	start(&fm_nf_psd, psd_params, 3);
	assert_int_equal(try(1, T0), FM_CONTINUE);
	assert_int_equal(try(2, T0), FM_CONTINUE);
	assert_int_equal(try(3, T0 - 1), FM_CONTINUE);
	assert_int_equal(value("distinct_ports"), 3);
	assert_int_equal(try(4, T0), FM_DROP);
	stop();
}

static void start_policer(u64 rate, u64 burst, const char *exceed)
{
	const struct fm_param_value params[] = {
		{ .name = "rate", .uint = rate },
		{ .name = "burst", .uint = burst },
		{ .name = "exceed", .string = exceed },
		{ .name = "mark", .uint = 9 },
	};

	start(&fm_nf_policer, params, ARRAY_SIZE(params));
}

/* The destination gets a packet. */
static enum fm_verdict get(u32 len, u64 now_ns)
{
	static struct fm_pkt pkt;

	pkt = udp();
	pkt.len = len;
	pkt.now_ns = now_ns;
	return fm_rig_run(&rig, &pkt, 0);
}

static void test_policer_burst(void **state)
{
	start_policer(1000, 1500, "drop");
	assert_int_equal(get(1501, T0), FM_DROP);
	assert_int_equal(rig.ctx.reason, 0);
	assert_int_equal(get(1000, T0), FM_CONTINUE);
	assert_int_equal(get(501, T0), FM_DROP);
	assert_int_equal(get(500, T0), FM_CONTINUE);
	assert_int_equal(get(1, T0), FM_DROP);
	assert_int_equal(value("tokens_bytes"), 0);
	assert_int_equal(value("conformed_bytes"), 1500);
	assert_int_equal(value("exceeded_bytes"), 2003);
	stop();
}

/* At 3 bytes/s a byte comes after 333333333.3 ns, and nothing is rounded off. */
static void test_policer_refill(void **state)
{
	start_policer(3, 10, "drop");
	assert_int_equal(get(10, T0), FM_CONTINUE);
	assert_int_equal(get(1, T0 + 333333333), FM_DROP);
	assert_int_equal(get(1, T0 + 333333334), FM_CONTINUE);
	assert_int_equal(get(1, T0 + 666666666), FM_DROP);
	assert_int_equal(get(1, T0 + 666666667), FM_CONTINUE);
	assert_int_equal(get(1, T0 + SEC - 1), FM_DROP);
	assert_int_equal(get(1, T0 + SEC), FM_CONTINUE);
	assert_int_equal(value("tokens_bytes"), 0);
	assert_int_equal(get(10, T0 + SEC + 3333333333), FM_DROP);
	assert_int_equal(get(10, T0 + SEC + 3333333334), FM_CONTINUE);
	assert_int_equal(get(1, T0 + SEC + 3333333334), FM_DROP);
	stop();
}

/* A full bucket does not get fuller. */
static void test_policer_full(void **state)
{
	start_policer(1000, 1500, "drop");
	assert_int_equal(get(1, T0), FM_CONTINUE);
	assert_int_equal(get(1500, T0 + MS), FM_CONTINUE);
	assert_int_equal(get(1500, T0 + MS + 1499999999), FM_DROP);
	assert_int_equal(get(1500, T0 + MS + 1500000000), FM_CONTINUE);
	assert_int_equal(get(1500, T0 + 50 * SEC), FM_CONTINUE);
	assert_int_equal(get(1, T0 + 50 * SEC), FM_DROP);
	stop();
}

static void test_policer_mark(void **state)
{
	start_policer(1000, 1500, "mark");
	assert_int_equal(get(1500, T0), FM_CONTINUE);
	assert_int_equal(skb.mark, 0);
	assert_int_equal(get(1, T0), FM_CONTINUE);
	assert_int_equal(skb.mark, 9);
	stop();
}

/* The largest values there are neither wrap nor lose a byte. */
static void test_policer_extremes(void **state)
{
	const u64 burst = 1ULL << 32, rate = 1ULL << 34;

	start_policer(rate, burst, "drop");
	assert_int_equal(get(U32_MAX, T0), FM_CONTINUE);
	assert_int_equal(value("tokens_bytes"), 1);
	assert_int_equal(get(U32_MAX, T0 + SEC / 4 - 1), FM_DROP);
	assert_int_equal(get(U32_MAX, T0 + SEC / 4), FM_CONTINUE);
	assert_int_equal(value("tokens_bytes"), 1);
	/* A time that, times the rate, is 0 in 64 bits. */
	assert_int_equal(get(U32_MAX, T0 + SEC / 4 + (1 << 30)), FM_CONTINUE);
	stop();
	start_policer(1, burst, "drop");
	assert_int_equal(get(U32_MAX, T0), FM_CONTINUE);
	assert_int_equal(get(1, T0), FM_CONTINUE);
	assert_int_equal(get(1, T0 + SEC - 1), FM_DROP);
	assert_int_equal(get(1, T0 + SEC), FM_CONTINUE);
	stop();
}

/* A packet that waited for the lock brings no tokens, and takes back no time. */
static void test_policer_late_packet(void **state)
{
	start_policer(1000, 1500, "drop");
	assert_int_equal(get(1500, T0), FM_CONTINUE);
	assert_int_equal(get(1, T0 - 1), FM_DROP);
	assert_int_equal(get(1, T0 + MS - 1), FM_DROP);
	assert_int_equal(get(1, T0 + MS), FM_CONTINUE);
	assert_int_equal(get(1, T0 - SEC), FM_DROP);
	assert_int_equal(get(1, T0 + MS), FM_DROP);
	assert_int_equal(get(1, T0 + 2 * MS), FM_CONTINUE);
	stop();
}

static u64 active_after(u8 tcp_flags)
{
	struct fm_pkt pkt = tcp(tcp_flags);

	assert_int_equal(fm_rig_run(&rig, &pkt, 0), FM_CONTINUE);
	return value("active_connections");
}

static void test_source_counter(void **state)
{
	struct fm_pkt pkt = udp();

	start(&fm_nf_source_counter, NULL, 0);
	assert_int_equal(active_after(FM_TCP_FIN | FM_TCP_ACK), 0);
	assert_int_equal(active_after(FM_TCP_SYN), 1);
	assert_int_equal(active_after(FM_TCP_SYN), 2);
	assert_int_equal(active_after(FM_TCP_SYN | FM_TCP_ACK), 2);
	assert_int_equal(active_after(FM_TCP_ACK), 2);
	assert_int_equal(active_after(FM_TCP_FIN | FM_TCP_ACK), 1);
	assert_int_equal(active_after(FM_TCP_RST), 0);
	assert_int_equal(active_after(FM_TCP_RST | FM_TCP_ACK), 0);
	pkt.dport++;
	pkt.segs = 10;
	pkt.len = 15000;
	assert_int_equal(fm_rig_run(&rig, &pkt, 0), FM_CONTINUE);
	assert_int_equal(value("packets"), 18);
	assert_int_equal(value("bytes"), 15800);
	assert_int_equal(value("active_connections"), 0);
	stop();
}

static void test_flow_counter(void **state)
{
	struct fm_pkt pkt = udp(), back = pkt;

	start(&fm_nf_flow_counter, NULL, 0);
	swap(back.src, back.dst);
	assert_int_equal(fm_rig_run(&rig, &pkt, 0), FM_CONTINUE);
	pkt.now_ns += 5;
	pkt.segs = 3;
	pkt.len = 4000;
	assert_int_equal(fm_rig_run(&rig, &pkt, 0), FM_CONTINUE);
	assert_int_equal(value("packets"), 4);
	assert_int_equal(value("bytes"), 4100);
	assert_int_equal(value("first_seen_ns"), T0);
	assert_int_equal(value("last_seen_ns"), T0 + 5);
	assert_int_equal(fm_rig_run(&rig, &back, 0), FM_CONTINUE);
	assert_int_equal(value("packets"), 1);
	back.l4proto = IPPROTO_TCP;
	assert_int_equal(fm_rig_run(&rig, &back, 0), FM_CONTINUE);
	back.flags = FM_PKT_FRAG;
	assert_int_equal(fm_rig_run(&rig, &back, 0), FM_CONTINUE);
	assert_int_equal(fm_rig_entries(&rig.insts[0]), 3);
	stop();
}

static bool counted_after(u32 ms)
{
	fm_rig_gc(&rig, &rig.insts[0], T0 + ms * (SEC / 1000));
	return fm_rig_entries(&rig.insts[0]);
}

/* A flow of SYNs and one that was closed go before one that is open. */
static void test_flow_counter_tcp(void **state)
{
	static const struct fm_param_value params[] = {
		{ .name = "opening_ms", .uint = 1000 },
		{ .name = "closed_ms", .uint = 3000 },
	};
	static const struct {
		u8 flags[3];
		u32 there_ms, gone_ms;
	} rows[] = {
		{ { FM_TCP_SYN, FM_TCP_SYN, FM_TCP_SYN }, 1000, 1020 },
		{ { FM_TCP_SYN, FM_TCP_ACK, FM_TCP_ACK }, 60000, 60020 },
		{ { FM_TCP_SYN, FM_TCP_ACK, FM_TCP_FIN }, 3000, 3020 },
		{ { FM_TCP_ACK, FM_TCP_RST, FM_TCP_ACK }, 3000, 3020 },
		{ { FM_TCP_ACK, FM_TCP_FIN, FM_TCP_SYN }, 1000, 1020 },
	};
	struct fm_pkt pkt;
	u32 i, n;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		start(&fm_nf_flow_counter, params, 2);
		for (n = 0; n < 3; n++) {
			pkt = tcp(rows[i].flags[n]);
			fm_rig_run(&rig, &pkt, 0);
		}
		assert_int_equal(value("first_seen_ns"), T0);
		assert_true(counted_after(rows[i].there_ms));
		assert_false(counted_after(rows[i].gone_ms));
		stop();
	}
}

/* What a state told is what it is told. */
static void test_load(void **state)
{
	static const struct fm_nf_ops *const nfs[] = {
		&fm_nf_flow_counter, &fm_nf_source_counter,
	};
	struct fm_dump before = { 0 }, after = { 0 };
	struct fm_load load = { &before };
	struct fm_pkt pkt = udp();
	u32 i, n;

	for (n = 0; n < ARRAY_SIZE(nfs); n++) {
		before.n = 0;
		after.n = 0;
		start(nfs[n], NULL, 0);
		fm_rig_run(&rig, &pkt, 0);
		nfs[n]->dump(&before, fm_state_lookup(&rig.ctx));
		fm_state_delete(&rig.ctx);
		assert_true(nfs[n]->load(&rig.ctx, &pkt, &load));
		nfs[n]->dump(&after, fm_state_lookup(&rig.ctx));
		assert_int_equal(after.n, before.n);
		for (i = 0; i < after.n; i++)
			assert_int_equal(after.row[i].value,
					 before.row[i].value);
		stop();
	}
}

static void test_full(void **state)
{
	struct fm_pkt pkt = udp();

	start(&fm_nf_flow_counter, NULL, 0);
	fm_store_resize(rig.insts[0].group->store, 0, 0);
	assert_int_equal(fm_rig_run(&rig, &pkt, 0), FM_DROP);
	assert_int_equal(rig.ctx.refused, 1);
	assert_int_equal(rig.ctx.reason, FM_REASON_TABLE_FULL);
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_psd_threshold),
		cmocka_unit_test(test_psd_window),
		cmocka_unit_test(test_psd_block),
		cmocka_unit_test(test_psd_mark),
		cmocka_unit_test(test_psd_attempts),
		cmocka_unit_test(test_psd_all_ports),
		cmocka_unit_test(test_psd_no_memory),
		cmocka_unit_test(test_psd_late_packet),
		cmocka_unit_test(test_policer_burst),
		cmocka_unit_test(test_policer_refill),
		cmocka_unit_test(test_policer_full),
		cmocka_unit_test(test_policer_mark),
		cmocka_unit_test(test_policer_extremes),
		cmocka_unit_test(test_policer_late_packet),
		cmocka_unit_test(test_source_counter),
		cmocka_unit_test(test_flow_counter),
		cmocka_unit_test(test_flow_counter_tcp),
		cmocka_unit_test(test_load),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
