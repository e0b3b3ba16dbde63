// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * acl: the classifier against a search over all rules, and sessions from their
 * first packet to their end.
 *
 * With a number of rules as argument: lookups per second.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <linux/err.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ktime.h>
#include <linux/time64.h>

#include "builtin.h"
#include "inst.h"
#include "pkt.h"
#include "rig.h"

#define SEC	((u64)NSEC_PER_SEC)
#define T0	(100000 * SEC)
#define SYN	FM_TCP_SYN
#define ACK	FM_TCP_ACK
#define FIN	FM_TCP_FIN
#define RST	FM_TCP_RST

static struct fm_rig rig;
static struct fm_rule rules[FM_CLASSIFIER_RULES_MAX];

static const struct fm_nf_ops *find(const char *name)
{
	const struct fm_nf_ops *const *ops;

	for (ops = fm_builtin_nfs; strcmp((*ops)->name, name); ops++)
		;
	return *ops;
}

static u64 seed = 1;

static u32 draw(u32 n)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (seed >> 33) % n;
}

static struct fm_rule any(u8 action)
{
	return (struct fm_rule){
		.sport_max = 65535, .dport_max = 65535,
		.protocol = FM_RULE_ANY, .action = action,
	};
}

static struct fm_list *list_of(u32 n)
{
	struct netlink_ext_ack extack = { 0 };
	struct fm_list *list;

	list = fm_list_create(&rig.lists, FM_PARAM_RULES, n, 1, &extack);
	assert_false(IS_ERR(list));
	assert_int_equal(fm_list_add(list, rules, n * sizeof(*rules), &extack),
			 0);
	return list;
}

/* ---- the classifier */

/* Of few bits, so that prefixes lie in each other and packets in them. */
static void draw_addr(u8 *addr, u8 family, u32 spread)
{
	u32 bytes = family == 4 ? 4 : 16, i;

	memset(addr, 0, 16);
	addr[0] = 0x20 | draw(2);
	for (i = 1; i < bytes; i++)
		addr[i] = draw(spread) ? 0 : draw(i == bytes - 1 ? 256 : 4);
}

static u8 draw_len(u8 *addr, u8 family)
{
	u32 most = family == 4 ? 32 : 128;
	u32 len = draw(4) ? most - draw(draw(2) ? 9 : most + 1) : 0, i;

	for (i = len; i < 128; i++)
		addr[i / 8] &= ~(0x80 >> i % 8);
	return len;
}

static u8 draw_protocol(void)
{
	static const u8 some[] = { 6, 6, 6, 17, 17, 132, 1, 58, 47 };

	return some[draw(sizeof(some))];
}

static void draw_ports(u16 *min, u16 *max)
{
	*min = draw(2) ? draw(100) : 0;
	*max = draw(3) ? *min + draw(20) : 65535;
}

static struct fm_rule draw_rule(u32 spread)
{
	struct fm_rule rule = any(draw(2));

	rule.family = draw(8) ? 4 + 2 * draw(2) : 0;
	if (draw(8))
		rule.protocol = draw_protocol();
	if (rule.family) {
		draw_addr(rule.src, rule.family, spread);
		rule.src_len = draw_len(rule.src, rule.family);
		draw_addr(rule.dst, rule.family, spread);
		rule.dst_len = draw_len(rule.dst, rule.family);
	}
	if (rule.protocol == 6 || rule.protocol == 17 || rule.protocol == 132) {
		if (!draw(4))
			draw_ports(&rule.sport_min, &rule.sport_max);
		if (draw(4))
			draw_ports(&rule.dport_min, &rule.dport_max);
	}
	if (rule.protocol == 6 && !draw(2)) {
		rule.tcp_set = draw(256) & draw(256);
		rule.tcp_clear = draw(256) & draw(256) & ~rule.tcp_set;
	}
	return rule;
}

static struct fm_pkt draw_pkt(u32 spread)
{
	struct fm_pkt p = { .family = 4 + 2 * draw(2) };

	draw_addr((u8 *)&p.src, p.family, spread);
	draw_addr((u8 *)&p.dst, p.family, spread);
	p.l4proto = draw_protocol();
	fm_pkt_classify(&p);
	if (p.flags & FM_PKT_PORTS) {
		p.sport = htons(draw(3) ? draw(130) : draw(65536));
		p.dport = htons(draw(3) ? draw(130) : draw(65536));
	}
	if (p.l4proto == 6)
		p.tcp_flags = draw(256);
	return p;
}

static bool covers(const u8 *prefix, u32 len, const struct fm_addr *addr)
{
	const u8 *bytes = (const u8 *)addr;
	u32 i;

	for (i = 0; i < len; i++)
		if ((prefix[i / 8] ^ bytes[i / 8]) & 0x80 >> i % 8)
			return false;
	return true;
}

static bool matches(const struct fm_rule *rule, const struct fm_pkt *p)
{
	u16 sport = ntohs(p->sport), dport = ntohs(p->dport);

	if (rule->family && rule->family != p->family)
		return false;
	if (rule->protocol != FM_RULE_ANY && rule->protocol != p->l4proto)
		return false;
	if (sport < rule->sport_min || sport > rule->sport_max ||
	    dport < rule->dport_min || dport > rule->dport_max)
		return false;
	if ((p->tcp_flags & rule->tcp_set) != rule->tcp_set ||
	    p->tcp_flags & rule->tcp_clear)
		return false;
	return covers(rule->src, rule->src_len, &p->src) &&
	       covers(rule->dst, rule->dst_len, &p->dst);
}

static u32 search(u32 n, const struct fm_pkt *p)
{
	u32 i;

	for (i = 0; i < n; i++)
		if (matches(&rules[i], p))
			return i;
	return FM_RULE_NONE;
}

/* A packet that one of the rules wants. */
static void aim(struct fm_pkt *p, const struct fm_rule *rule)
{
	if (rule->family != p->family)
		return;
	memcpy(&p->src, rule->src, sizeof(p->src));
	memcpy(&p->dst, rule->dst, sizeof(p->dst));
	if (rule->protocol != FM_RULE_ANY)
		p->l4proto = rule->protocol;
	if (p->l4proto == 6 || p->l4proto == 17 || p->l4proto == 132) {
		p->sport = htons(rule->sport_min);
		p->dport = htons(rule->dport_max);
	} else {
		p->sport = 0;
		p->dport = 0;
	}
	p->tcp_flags = p->l4proto == 6 ? rule->tcp_set : 0;
}

static void compare(u32 n, u32 packets, u32 spread)
{
	struct fm_inst inst = { .budget = &rig.budget };
	struct fm_classifier *classifier;
	u32 hits = 0, i, want;
	struct fm_pkt p;

	fm_rig_setup(&rig);
	for (i = 0; i < n; i++)
		rules[i] = draw_rule(spread);
	inst.config = NULL;
	inst.ops = find("adl");
	inst.config = kzalloc(inst.ops->config_size, GFP_KERNEL);
	classifier = fm_classifier_create(&inst, list_of(n), NULL);
	assert_false(IS_ERR(classifier));
	for (i = 0; i < packets; i++) {
		p = draw_pkt(spread);
		if (!draw(3))
			aim(&p, &rules[draw(n)]);
		want = search(n, &p);
		hits += want != FM_RULE_NONE;
		assert_int_equal(fm_classifier_lookup(classifier, &p), want);
	}
	assert_true(n < 1000 || hits > packets / 100);
	fm_inst_release(&inst);
	fm_rig_cleanup(&rig);
	assert_int_equal(fm_user_memory.objects, 0);
}

static void test_classifier(void **state)
{
	u32 i;

	for (i = 0; i < 300; i++)
		compare(1 + draw(draw(2) ? 200 : 10), 300, 1 + draw(3));
	compare(64, 3000, 2);
	compare(65, 3000, 2);
	compare(4097, 3000, 1);
	compare(10000, 5000, 1);
	compare(FM_CLASSIFIER_RULES_MAX, 2000, 1);
}

static void test_classifier_memory(void **state)
{
	struct netlink_ext_ack extack = { 0 };
	struct fm_param_value value = { .name = "rules" };
	const struct fm_nf_ops *ops = find("acl");
	struct fm_inst inst = { .ops = ops, .budget = &rig.budget };

	fm_rig_setup(&rig);
	rules[0] = any(FM_RULE_ACCEPT);
	value.list = list_of(1);
	rig.budget.max = 1000;
	assert_int_equal(fm_inst_configure(&inst, &value, 1, &extack),
			 -ENOMEM);
	assert_string_equal(extack._msg, "1 rules do not fit in memory_max");
	fm_rig_cleanup(&rig);
	assert_int_equal(fm_user_memory.objects, 0);
}

#define BAD(text, ...) do {						\
	struct netlink_ext_ack extack = { 0 };				\
	struct fm_rule *r = &rules[0];					\
	struct fm_list *list;						\
	*r = any(FM_RULE_DROP);						\
	__VA_ARGS__;							\
	list = fm_list_create(&rig.lists, FM_PARAM_RULES, 1, 1, NULL);	\
	assert_int_equal(fm_list_add(list, r, sizeof(*r), &extack),	\
			 -EINVAL);					\
	assert_string_equal(extack._msg, "element 0, a rule, " text);	\
} while (0)

static void test_bad_rules(void **state)
{
	fm_rig_setup(&rig);
	BAD("has no action", r->action = 2);
	BAD("has no protocol", r->protocol = 257);
	BAD("has no port", r->sport_min = 2, r->sport_max = 1);
	BAD("has ports of a protocol without them", r->dport_max = 80);
	BAD("wants a TCP flag set and not set", r->protocol = 6,
	    r->tcp_set = 3, r->tcp_clear = 2);
	BAD("has TCP flags of another protocol", r->tcp_set = 2);
	BAD("is of no family", r->family = 5);
	BAD("has a prefix that is too long", r->family = 4, r->src_len = 33);
	BAD("has a prefix that is too long", r->dst_len = 1);
	BAD("has bits beyond the length of a prefix", r->family = 6,
	    r->dst[3] = 1, r->dst_len = 31);
	fm_rig_cleanup(&rig);
}

/* ---- sessions */

static u8 frame[200];
static struct sk_buff skb;
static struct fm_pkt pkt;
static u64 now = T0;

/* What is not asked for is dropped: all from 10/8 to port 80, pings, UDP 53. */
static void begin(u8 mode)
{
	struct fm_param_value params[] = { { .name = "rules" } };
	u32 i;

	for (i = 0; i < 4; i++) {
		rules[i] = any(FM_RULE_ACCEPT);
		rules[i].family = i == 3 ? 6 : 4;
		rules[i].src[0] = i == 3 ? 0x20 : 10;
		rules[i].src_len = 8;
	}
	rules[0].protocol = IPPROTO_TCP;
	rules[0].dport_min = 80;
	rules[0].dport_max = 80;
	rules[1].protocol = IPPROTO_ICMP;
	rules[2].protocol = IPPROTO_UDP;
	rules[2].dport_min = 53;
	rules[2].dport_max = 53;
	fm_rig_setup(&rig);
	params[0].list = list_of(4);
	assert_non_null(fm_rig_add(&rig, find("acl"), mode, params, 1));
	assert_true(fm_rig_start(&rig, 1));
}

static void end(void)
{
	fm_rig_cleanup(&rig);
	assert_int_equal(fm_user_memory.objects, 0);
	assert_int_equal(fm_user_warnings, 0);
}

static enum fm_verdict run(void)
{
	pkt.now_ns = now;
	return fm_rig_run(&rig, &pkt, 0);
}

#define CLIENT	0x0a000001
#define SERVER	0xc0000201
#define ROUTER	0xcb007101

static u32 put_ipv4(u8 *p, u32 src, u32 dst, u8 protocol, u32 len)
{
	__be32 words[2] = { htonl(src), htonl(dst) };

	memset(p, 0, 20);
	p[0] = 0x45;
	p[3] = len;
	p[9] = protocol;
	memcpy(p + 12, words, 8);
	return 20;
}

static void put_ports(u8 *p, u16 sport, u16 dport)
{
	__be16 ports[2] = { htons(sport), htons(dport) };

	memcpy(p, ports, 4);
}

static enum fm_verdict go(u16 type)
{
	memset(&skb, 0, sizeof(skb));
	skb.data = frame;
	skb.len = sizeof(frame);
	skb.protocol = htons(type);
	if (type == ETH_P_IP)
		frame[3] = sizeof(frame);
	assert_int_equal(fm_pkt_parse(&pkt, &skb), FM_PARSE_OK);
	return run();
}

static enum fm_verdict tcp(bool reply, u8 flags)
{
	memset(frame, 0, sizeof(frame));
	put_ipv4(frame, reply ? SERVER : CLIENT, reply ? CLIENT : SERVER,
		 IPPROTO_TCP, 0);
	put_ports(frame + 20, reply ? 80 : 5000, reply ? 5000 : 80);
	frame[32] = 0x50;
	frame[33] = flags;
	return go(ETH_P_IP);
}

static enum fm_verdict udp(u32 src, u16 sport, u32 dst, u16 dport)
{
	memset(frame, 0, sizeof(frame));
	put_ipv4(frame, src, dst, IPPROTO_UDP, 0);
	put_ports(frame + 20, sport, dport);
	return go(ETH_P_IP);
}

static enum fm_verdict icmp(u32 src, u32 dst, u8 type)
{
	memset(frame, 0, sizeof(frame));
	put_ipv4(frame, src, dst, IPPROTO_ICMP, 0);
	frame[20] = type;
	return go(ETH_P_IP);
}

static void test_tcp(void **state)
{
	u8 mode;

	for (mode = FM_MODE_LOCAL; mode <= FM_MODE_SHARED; mode++) {
		begin(mode);
		assert_int_equal(tcp(true, SYN), FM_DROP);
		assert_int_equal(rig.ctx.reason, 1);
		assert_int_equal(tcp(true, SYN | ACK), FM_DROP);
		assert_int_equal(fm_rig_entries(&rig.insts[0]), 0);
		assert_int_equal(tcp(false, SYN), FM_CONTINUE);
		assert_int_equal(fm_rig_value(&rig, "phase"), 3);
		assert_int_equal(fm_rig_value(&rig, "rule"), 1);
		assert_int_equal(tcp(true, SYN), FM_DROP);
		assert_int_equal(tcp(true, SYN | ACK), FM_CONTINUE);
		assert_int_equal(fm_rig_value(&rig, "phase"), 3);
		assert_int_equal(tcp(false, ACK), FM_CONTINUE);
		assert_int_equal(fm_rig_value(&rig, "phase"), 4);
		assert_int_equal(tcp(false, SYN), FM_CONTINUE);
		assert_int_equal(fm_rig_value(&rig, "phase"), 4);
		now += 7000 * SEC;
		assert_int_equal(tcp(true, ACK), FM_CONTINUE);
		assert_int_equal(tcp(true, FIN | ACK), FM_CONTINUE);
		assert_int_equal(fm_rig_value(&rig, "phase"), 4);
		assert_int_equal(tcp(false, FIN | ACK), FM_CONTINUE);
		assert_int_equal(fm_rig_value(&rig, "phase"), 5);
		assert_int_equal(tcp(true, ACK), FM_CONTINUE);
		assert_int_equal(tcp(false, SYN), FM_CONTINUE);
		assert_int_equal(fm_rig_value(&rig, "phase"), 3);
		assert_int_equal(fm_rig_value(&rig, "seen"), 0);
		assert_int_equal(tcp(true, RST | ACK), FM_CONTINUE);
		assert_int_equal(fm_rig_value(&rig, "phase"), 5);
		now += 61 * SEC;
		assert_int_equal(tcp(true, ACK), FM_DROP);
		end();
	}
}

static void test_tcp_amid(void **state)
{
	begin(FM_MODE_SHARED);
	assert_int_equal(tcp(false, RST), FM_CONTINUE);
	assert_int_equal(tcp(false, 0), FM_CONTINUE);
	assert_int_equal(fm_rig_entries(&rig.insts[0]), 0);
	assert_int_equal(tcp(false, ACK), FM_CONTINUE);
	assert_int_equal(fm_rig_value(&rig, "phase"), 4);
	assert_int_equal(tcp(true, ACK), FM_CONTINUE);
	end();
}

static void test_udp(void **state)
{
	begin(FM_MODE_LOCAL);
	assert_int_equal(udp(SERVER, 53, CLIENT, 999), FM_DROP);
	assert_int_equal(udp(CLIENT, 999, SERVER, 53), FM_CONTINUE);
	assert_int_equal(udp(SERVER, 53, CLIENT, 999), FM_CONTINUE);
	assert_int_equal(udp(SERVER, 53, CLIENT, 998), FM_DROP);
	assert_int_equal(udp(SERVER, 54, CLIENT, 999), FM_DROP);
	now += 121 * SEC;
	assert_int_equal(udp(SERVER, 53, CLIENT, 999), FM_DROP);
	end();
}

static void test_ping(void **state)
{
	begin(FM_MODE_SHARED);
	assert_int_equal(icmp(SERVER, CLIENT, ICMP_ECHOREPLY), FM_DROP);
	assert_int_equal(icmp(CLIENT, SERVER, ICMP_ECHO), FM_CONTINUE);
	assert_int_equal(icmp(SERVER, CLIENT, ICMP_ECHOREPLY), FM_CONTINUE);
	assert_int_equal(icmp(SERVER, CLIENT, ICMP_ECHO), FM_DROP);
	assert_int_equal(icmp(SERVER, CLIENT, ICMP_REDIRECT), FM_DROP);
	end();
}

/* An error of a router about a packet of UDP. */
static enum fm_verdict error(u32 to, u8 type, u32 src, u16 sport, u32 dst,
			     u16 dport)
{
	memset(frame, 0, sizeof(frame));
	put_ipv4(frame, ROUTER, to, IPPROTO_ICMP, 0);
	frame[20] = type;
	put_ipv4(frame + 28, src, dst, IPPROTO_UDP, 100);
	put_ports(frame + 48, sport, dport);
	return go(ETH_P_IP);
}

static void test_errors(void **state)
{
	u8 mode;

	for (mode = FM_MODE_LOCAL; mode <= FM_MODE_SHARED; mode++) {
		begin(mode);
		assert_int_equal(error(CLIENT, ICMP_DEST_UNREACH, CLIENT, 999,
				       SERVER, 53), FM_DROP);
		udp(CLIENT, 999, SERVER, 53);
		assert_int_equal(error(CLIENT, ICMP_DEST_UNREACH, CLIENT, 999,
				       SERVER, 53), FM_CONTINUE);
		assert_int_equal(error(CLIENT, ICMP_TIME_EXCEEDED, CLIENT, 999,
				       SERVER, 53), FM_CONTINUE);
		assert_int_equal(error(SERVER, ICMP_PARAMETERPROB, SERVER, 53,
				       CLIENT, 999), FM_CONTINUE);
		assert_int_equal(error(SERVER, ICMP_DEST_UNREACH, CLIENT, 999,
				       SERVER, 53), FM_DROP);
		assert_int_equal(error(CLIENT, ICMP_DEST_UNREACH, CLIENT, 998,
				       SERVER, 53), FM_DROP);
		assert_int_equal(error(CLIENT, ICMP_REDIRECT, CLIENT, 999,
				       SERVER, 53), FM_DROP);
		/* Of a later fragment there are no ports. */
		error(CLIENT, ICMP_DEST_UNREACH, CLIENT, 999, SERVER, 53);
		frame[28 + 7] = 1;
		assert_int_equal(go(ETH_P_IP), FM_DROP);
		/* Cut short. */
		error(CLIENT, ICMP_DEST_UNREACH, CLIENT, 999, SERVER, 53);
		frame[3] = 51;
		skb.len = 51;
		assert_int_equal(fm_pkt_parse(&pkt, &skb), FM_PARSE_OK);
		assert_int_equal(run(), FM_DROP);
		now += 121 * SEC;
		assert_int_equal(error(CLIENT, ICMP_DEST_UNREACH, CLIENT, 999,
				       SERVER, 53), FM_DROP);
		end();
	}
}

static u32 put_ipv6(u8 *p, u8 src, u8 dst, u8 next)
{
	memset(p, 0, 40);
	p[0] = 0x60;
	p[6] = next;
	p[8] = src;
	p[24] = dst;
	return 40;
}

/* UDP behind options for the destination, or an error that quotes that. */
static enum fm_verdict udp6(u8 src, u8 dst, bool quoted)
{
	u8 *p = frame;

	memset(frame, 0, sizeof(frame));
	if (quoted) {
		p += put_ipv6(p, 0x33, src, IPPROTO_ICMPV6);
		*p = ICMPV6_PKT_TOOBIG;
		p += 8;
	}
	p += put_ipv6(p, src, dst, 60);
	p[5 - 40] = frame + sizeof(frame) - p;
	*p = IPPROTO_UDP;
	put_ports(p + 8, src == 0x20 ? 7 : 8, src == 0x20 ? 8 : 7);
	frame[5] = sizeof(frame) - 40;
	return go(ETH_P_IPV6);
}

static void test_ipv6(void **state)
{
	begin(FM_MODE_SHARED);
	assert_int_equal(udp6(0x30, 0x20, false), FM_DROP);
	assert_int_equal(udp6(0x20, 0x30, false), FM_CONTINUE);
	assert_int_equal(fm_rig_value(&rig, "rule"), 4);
	assert_int_equal(udp6(0x30, 0x20, false), FM_CONTINUE);
	assert_int_equal(udp6(0x20, 0x30, true), FM_CONTINUE);
	assert_int_equal(udp6(0x20, 0x31, true), FM_DROP);
	end();
}

static void test_otherwise(void **state)
{
	const struct fm_param_value params[] = {
		{ .name = "otherwise", .string = "accept" },
	};

	fm_rig_setup(&rig);
	assert_non_null(fm_rig_add(&rig, find("acl"), FM_MODE_SHARED, params,
				   1));
	assert_true(fm_rig_start(&rig, 1));
	assert_int_equal(udp(SERVER, 1, CLIENT, 2), FM_CONTINUE);
	assert_int_equal(fm_rig_value(&rig, "rule"), 0);
	end();
}

/* Host rules, nets and a few for all, as operators write them. */
static void measure(u32 n)
{
	struct fm_inst inst = { .budget = &rig.budget, .ops = find("adl") };
	struct fm_classifier *classifier;
	enum { PACKETS = 1 << 16, ROUNDS = 50 };
	struct fm_pkt *packets = calloc(PACKETS, sizeof(*packets));
	struct timespec a, b, c;
	u32 i, r, sum = 0;
	double ns, built;

	fm_rig_setup(&rig);
	for (i = 0; i < n; i++) {
		rules[i] = any(FM_RULE_ACCEPT);
		rules[i].family = 4;
		rules[i].protocol = draw(4) ? IPPROTO_TCP : IPPROTO_UDP;
		rules[i].dst[0] = 10;
		rules[i].dst[1] = draw(16);
		rules[i].dst[2] = draw(256);
		rules[i].dst[3] = draw(256);
		rules[i].dst_len = draw(8) ? 32 : 24;
		if (rules[i].dst_len == 24)
			rules[i].dst[3] = 0;
		if (!draw(4)) {
			rules[i].src[0] = 172;
			rules[i].src[1] = draw(256);
			rules[i].src_len = 16;
		}
		rules[i].dport_min = draw(1000);
		rules[i].dport_max = rules[i].dport_min + draw(3) * draw(50);
	}
	inst.config = kzalloc(inst.ops->config_size, GFP_KERNEL);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &c);
	classifier = fm_classifier_create(&inst, list_of(n), NULL);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
	built = (a.tv_sec - c.tv_sec) * 1e3 + (a.tv_nsec - c.tv_nsec) / 1e6;
	for (i = 0; i < PACKETS; i++) {
		packets[i] = draw_pkt(1);
		packets[i].family = 4;
		aim(&packets[i], &rules[draw(n)]);
		if (draw(2))
			packets[i].dport ^= htons(1 + draw(3));
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
	for (r = 0; r < ROUNDS; r++)
		for (i = 0; i < PACKETS; i++)
			sum += fm_classifier_lookup(classifier, &packets[i]);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
	ns = (b.tv_sec - a.tv_sec) * 1e9 + b.tv_nsec - a.tv_nsec;
	printf("%u rules: %.1f million lookups/s, built in %.1f ms, %llu kB "
	       "(%u)\n", n, PACKETS * ROUNDS * 1e3 / ns, built,
	       (unsigned long long)percpu_counter_sum(&rig.budget.used) / 1000,
	       sum);
	fm_inst_release(&inst);
	fm_rig_cleanup(&rig);
	free(packets);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_classifier),
		cmocka_unit_test(test_classifier_memory),
		cmocka_unit_test(test_bad_rules),
		cmocka_unit_test(test_tcp),
		cmocka_unit_test(test_tcp_amid),
		cmocka_unit_test(test_udp),
		cmocka_unit_test(test_ping),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_otherwise),
	};

	if (argc > 1) {
		measure(atoi(argv[1]));
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
