// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lb: how the places of a table are shared, how many flows change when servers
 * do, and what becomes of packets, with checksums computed anew from all bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <linux/err.h>
#include <linux/if_ether.h>
#include <linux/time64.h>

#include "builtin.h"
#include "inst.h"
#include "pkt.h"
#include "rig.h"
#include "tuple.h"

#define MS	((u64)NSEC_PER_MSEC)
#define SEC	((u64)NSEC_PER_SEC)
#define T0	(1000 * SEC)
#define SIZE	160
#define PLACES	65537
#define SYN	FM_TCP_SYN
#define ACK	FM_TCP_ACK
#define FIN	FM_TCP_FIN

enum { NO_BACKEND, NO_MEMORY, NO_ETHERNET_HEADER };

/* Hosts by one number: 1 to 99 clients, 100 services, 101 and so on servers. */
#define CLIENT	1
#define VIP	100
#define SERVER	101

static struct fm_rig rig;
static struct sk_buff skb;
static struct ethhdr eth;
static u8 frame[SIZE];
static struct fm_pkt pkt;
static u64 now;
static struct fm_backend list[1024];
static u32 nlist;
static struct netlink_ext_ack extack;

static void put_addr(u8 *p, u32 host)
{
	memset(p, 0, family == 4 ? 4 : 16);
	p[0] = 10;
	put16(p + (family == 4 ? 2 : 14), host);
}

/* ---- lists */

static struct fm_backend *add_server(u32 vip_port, u32 host, u32 port,
				     u32 weight)
{
	struct fm_backend *b = &list[nlist++];

	*b = (struct fm_backend){
		.family = family, .l4proto = IPPROTO_TCP,
		.vip_port = htons(vip_port), .port = htons(port),
		.weight = weight, .mac = { 2, 0, 0, 0, host >> 8, host },
	};
	put_addr(b->vip, VIP);
	put_addr(b->addr, host);
	return b;
}

static void servers(u32 n)
{
	u32 i;

	nlist = 0;
	for (i = 0; i < n; i++)
		add_server(80, SERVER + i, 8080, 1);
}

static void leave(u32 i)
{
	memmove(&list[i], &list[i + 1], (nlist - i - 1) * sizeof(*list));
	nlist--;
}

static struct fm_list *make_list(void)
{
	struct fm_list *made;

	made = fm_list_create(&rig.lists, FM_PARAM_BACKENDS, nlist, 1, &extack);
	assert_false(IS_ERR(made));
	assert_int_equal(fm_list_add(made, list, nlist * sizeof(*list),
				     &extack), 0);
	return made;
}

extern const struct fm_nf_ops fm_nf_lb;

struct setting {
	const char *forward;
	const char *affinity;
	u32 size;
	u64 seed;
};

static u32 params(struct fm_param_value *values, struct setting set)
{
	values[0] = (struct fm_param_value){ .name = "backends",
					     .list = make_list() };
	values[1] = (struct fm_param_value){ .name = "forward",
		.string = set.forward ? set.forward : "dnat" };
	values[2] = (struct fm_param_value){ .name = "affinity",
		.string = set.affinity ? set.affinity : "flow" };
	values[3] = (struct fm_param_value){ .name = "table_size",
		.uint = set.size ? set.size : PLACES };
	values[4] = (struct fm_param_value){ .name = "seed",
					     .uint = set.seed };
	return 5;
}

static void begin(struct setting set)
{
	struct fm_param_value values[5];
	u32 n;

	fm_rig_setup(&rig);
	n = params(values, set);
	assert_non_null(fm_rig_add(&rig, &fm_nf_lb, FM_MODE_SHARED, values, n));
	assert_true(fm_rig_start(&rig, 1));
	memset(&fm_user_calls, 0, sizeof(fm_user_calls));
	now = T0;
}

#define BEGIN(...) begin((struct setting){ __VA_ARGS__ })

static void end(void)
{
	fm_rig_cleanup(&rig);
	assert_int_equal(fm_user_memory.objects, 0);
	assert_int_equal(fm_user_warnings, 0);
}

/* Another list in place of the one before; states stay. */
static void change(struct setting set)
{
	struct fm_param_value values[5];
	struct fm_inst next = rig.insts[0];
	u32 n = params(values, set);

	next.pieces = NULL;
	assert_int_equal(fm_inst_configure(&next, values, n, NULL), 0);
	fm_state_release(&rig.ctx);
	fm_inst_release(&rig.insts[0]);
	rig.insts[0].config = next.config;
	rig.insts[0].pieces = next.pieces;
	rig.groups[0].members[0].config = next.config;
}

#define CHANGE(...) change((struct setting){ __VA_ARGS__ })

/* ---- tables */

static struct fm_servers *table(u32 size, u64 seed)
{
	struct fm_servers *made;

	made = fm_servers_create(&rig.insts[0], make_list(), &extack);
	assert_false(IS_ERR(made));
	assert_int_equal(fm_servers_spread(made, &rig.insts[0], size, seed,
					   &extack), 0);
	return made;
}

/* A hash that leads to a place. */
static u32 at(const struct fm_servers *made, u32 place, u32 size)
{
	u64 high = (((u64)place << 32) + size - 1) / size;

	return fm_server_index(made, fm_server_choose(made, 0, high << 32));
}

/*
 * Sainte-Lague rounds the quotients of the weights and some number to whole
 * places, so the quotients' sum is within n/2 of the places: each share is
 * right but for half a place and its part of n/2.
 */
static void check_shares(u32 size)
{
	struct fm_servers *made = table(size, 1);
	double total = 0, want, off;
	u32 got[1024] = { 0 }, i;

	for (i = 0; i < nlist; i++)
		total += list[i].weight;
	for (i = 0; i < size; i++)
		got[at(made, i, size)]++;
	for (i = 0; i < nlist; i++) {
		want = list[i].weight * size / total;
		off = 0.5001 + nlist / 2.0 * list[i].weight / total;
		assert_true(got[i] >= want - off && got[i] <= want + off);
	}
}

static u64 draw(void)
{
	static u64 state = 1;

	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return state ^ state >> 29;
}

static void test_shares(void **state)
{
	u32 i, j;

	servers(1);
	BEGIN();
	check_shares(PLACES);
	servers(10);
	check_shares(PLACES);
	servers(1000);
	check_shares(PLACES);
	servers(251);
	check_shares(251);
	for (i = 0; i < 30; i++) {
		servers(2 + draw() % 100);
		for (j = 0; j < nlist; j++)
			list[j].weight = 1 + draw() % (1 + draw() % 1000);
		check_shares(PLACES);
	}
	servers(500);
	for (j = 0; j < nlist; j++)
		list[j].weight = j ? 1 : 65535;
	check_shares(PLACES);
	end();
}

/* With weights from 1 to 5, of flows rather than of places: within 1 %. */
static void test_flows(void **state)
{
	const u32 flows = 4000000;
	struct fm_servers *made;
	u32 got[10] = { 0 }, total = 0, i;
	double want;

	servers(10);
	for (i = 0; i < 10; i++) {
		list[i].weight = 1 + i / 2;
		total += list[i].weight;
	}
	BEGIN();
	made = table(PLACES, 0);
	for (i = 0; i < flows; i++)
		got[fm_server_index(made, fm_server_choose(made, 0,
					draw() << 17 ^ draw()))]++;
	for (i = 0; i < 10; i++) {
		want = (double)flows * list[i].weight / total;
		assert_true(got[i] > want * 0.99 && got[i] < want * 1.01);
	}
	end();
}

/* Of what the others have, less than 2 % changes when one of ten leaves. */
static void test_leaving(void **state)
{
	struct fm_servers *before, *after;
	u32 gone, i, was, is, moved, most = 0;

	servers(10);
	BEGIN();
	before = table(PLACES, 0);
	for (gone = 0; gone < 10; gone++) {
		servers(10);
		leave(gone);
		after = table(PLACES, 0);
		moved = 0;
		for (i = 0; i < PLACES; i++) {
			was = at(before, i, PLACES);
			is = at(after, i, PLACES);
			moved += was != gone && is + (is >= gone) != was;
		}
		most = max(most, moved);
	}
	print_message("of %u places that others have, %u changed at most\n",
		      PLACES - PLACES / 10, most);
	assert_true(most * 50 < PLACES - PLACES / 10);
	end();
}

static void test_same(void **state)
{
	struct fm_servers *a, *b, *c, *d;
	u32 i, others = 0;

	servers(10);
	BEGIN();
	a = table(PLACES, 7);
	b = table(PLACES, 7);
	c = table(PLACES, 8);
	/* Who has no weight or is drained is as one who has left. */
	list[3].weight = 0;
	list[4].state = FM_BACKEND_DRAIN;
	list[5].state = FM_BACKEND_DOWN;
	d = table(PLACES, 7);
	for (i = 0; i < PLACES; i++) {
		assert_int_equal(at(a, i, PLACES), at(b, i, PLACES));
		others += at(a, i, PLACES) != at(c, i, PLACES);
		assert_false(at(d, i, PLACES) > 2 && at(d, i, PLACES) < 6);
	}
	assert_true(others > PLACES / 2);
	end();
}

/* As ktest/kself/data/maglev has it, of servers with weights 1, 2, 3. */
static void test_known(void **state)
{
	static const u8 want[] = {
		0, 1, 1, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 1,
		1, 2, 2, 2, 2, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2, 1,
	};
	struct fm_servers *made;
	u32 i;

	servers(3);
	for (i = 0; i < 3; i++)
		list[i].weight = 1 + i;
	BEGIN(.size = 251);
	made = table(251, 7);
	for (i = 0; i < sizeof(want); i++)
		assert_int_equal(at(made, i, 251), want[i]);
	end();
}

/* ---- packets */

/* An error of @from to @to about a packet, of which it has 24 bytes or more. */
static void put_error(u32 from, u32 to, struct tuple about, u8 proto)
{
	u8 icmp = icmp_proto();
	u8 *l4 = frame + ip_len();

	put_ip(frame, icmp, from, to, SIZE);
	memset(l4, 0, SIZE - ip_len());
	l4[0] = family == 4 ? 3 : 1;
	put_packet(l4 + 8, proto, about, ACK, SIZE - ip_len() - 8);
	put_sum(frame, icmp, SIZE);
}

static void parse(void)
{
	memset(&skb, 0, sizeof(skb));
	skb.data = frame;
	skb.len = SIZE;
	skb.mac = (u8 *)&eth;
	skb.protocol = htons(family == 4 ? ETH_P_IP : ETH_P_IPV6);
	assert_int_equal(fm_pkt_parse(&pkt, &skb), FM_PARSE_OK);
	pkt.now_ns = now;
	memcpy(eth.h_dest, "\x02\0\0\0\0\x01", ETH_ALEN);
	memcpy(eth.h_source, "\x02\0\0\0\0\x02", ETH_ALEN);
}

static enum fm_verdict put(u8 proto, struct tuple t, u8 flags)
{
	put_packet(frame, proto, t, flags, SIZE);
	parse();
	return fm_rig_run(&rig, &pkt, 0);
}

static u32 get_addr(const u8 *p)
{
	return get16(p + (family == 4 ? 2 : 14));
}

/* A packet with all checksums right. */
static struct tuple look_at(const u8 *ip, u32 len)
{
	u8 proto = family == 4 ? ip[9] : ip[6];

	if (family == 4)
		assert_int_equal(sum_of(0, ip, 20), 0xffff);
	assert_int_equal(l4_sum(ip, proto, len - ip_len()), 0xffff);
	return T(get_addr(ip + (family == 4 ? 12 : 8)), get16(ip + ip_len()),
		 get_addr(ip + (family == 4 ? 16 : 24)),
		 get16(ip + ip_len() + 2));
}

#define assert_tuple(got, s, sp, d, dp) do {				\
	struct tuple __t = got;						\
	assert_int_equal(__t.src, s);					\
	assert_int_equal(__t.sport, sp);				\
	assert_int_equal(__t.dst, d);					\
	assert_int_equal(__t.dport, dp);				\
} while (0)

/* The server that a packet of a client's port has been sent to. */
static u32 where(u32 sport, u8 flags)
{
	assert_int_equal(put(IPPROTO_TCP, T(CLIENT, sport, VIP, 80), flags),
			 FM_CONTINUE);
	return look_at(frame, SIZE).dst;
}

static u64 shown(const char *name)
{
	return fm_rig_shown(&rig.insts[0], name);
}

static void one_family(void)
{
	u32 server, i;
	u8 proto;

	servers(5);
	for (i = 0; i < 5; i++) {
		list[5 + i] = list[i];
		list[5 + i].l4proto = IPPROTO_UDP;
	}
	nlist = 10;
	BEGIN();
	for (i = 0; i < 100; i++) {
		proto = i & 1 ? IPPROTO_TCP : IPPROTO_UDP;
		assert_int_equal(put(proto, T(CLIENT, 1000 + i, VIP, 80), SYN),
				 FM_CONTINUE);
		server = look_at(frame, SIZE).dst;
		assert_in_range(server, SERVER, SERVER + 4);
		assert_tuple(look_at(frame, SIZE), CLIENT, 1000 + i, server,
			     8080);
		assert_int_equal(put(proto, T(server, 8080, CLIENT, 1000 + i),
				     ACK), FM_CONTINUE);
		assert_tuple(look_at(frame, SIZE), VIP, 80, CLIENT, 1000 + i);
		/* Left to the device. */
		put_packet(frame, proto, T(CLIENT, 1000 + i, VIP, 80), ACK,
			   SIZE);
		parse();
		skb.ip_summed = CHECKSUM_PARTIAL;
		skb.csum_start = ip_len();
		put16(frame + ip_len() + sum_at(proto),
		      ~l4_sum(frame, proto, 0) & 0xffff);
		assert_int_equal(fm_rig_run(&rig, &pkt, 0), FM_CONTINUE);
		assert_int_equal(get_addr(frame + (family == 4 ? 16 : 24)),
				 server);
	}
	/* What is to or from others stays. */
	put(IPPROTO_TCP, T(CLIENT, 1000, VIP, 81), SYN);
	assert_tuple(look_at(frame, SIZE), CLIENT, 1000, VIP, 81);
	put(IPPROTO_TCP, T(CLIENT, 1000, SERVER, 8080), SYN);
	assert_tuple(look_at(frame, SIZE), CLIENT, 1000, SERVER, 8080);
	put(IPPROTO_TCP, T(SERVER, 8081, CLIENT, 1000), SYN);
	assert_tuple(look_at(frame, SIZE), SERVER, 8081, CLIENT, 1000);
	assert_int_equal(shown("new_flows"), 100);
	assert_int_equal(shown("forwarded"), 200);
	assert_int_equal(shown("answered"), 100);
	end();
}

static void test_dnat(void **state)
{
	for (family = 4; family <= 6; family += 2)
		one_family();
	family = 4;
}

static void test_segments(void **state)
{
	servers(3);
	BEGIN();
	put_packet(frame, IPPROTO_TCP, T(CLIENT, 5, VIP, 80), ACK, SIZE);
	parse();
	skb.shinfo.gso_size = 10;
	skb.shinfo.gso_segs = 12;
	assert_int_equal(fm_pkt_parse(&pkt, &skb), FM_PARSE_OK);
	pkt.now_ns = now;
	assert_int_equal(fm_rig_run(&rig, &pkt, 0), FM_CONTINUE);
	assert_int_equal(shown("forwarded"), 12);
	assert_int_equal(shown("new_flows"), 1);
	end();
}

#define FLOWS	3000

/* All flows have states: only those of who leaves, or is down, go elsewhere. */
static void test_sticky(void **state)
{
	u32 was[FLOWS], gone = 0, other, i;

	servers(10);
	BEGIN();
	for (i = 0; i < FLOWS; i++) {
		was[i] = where(1 + i, SYN);
		assert_int_equal(where(1 + i, ACK), was[i]);
	}
	leave(2);
	add_server(80, SERVER + 500, 8080, 3);
	add_server(80, SERVER + 501, 8080, 3);
	CHANGE();
	for (i = 0; i < FLOWS; i++) {
		other = where(1 + i, ACK);
		if (was[i] == SERVER + 2) {
			gone++;
			assert_int_not_equal(other, SERVER + 2);
		} else {
			assert_int_equal(other, was[i]);
		}
		was[i] = other;
	}
	assert_int_equal(shown("moved_flows"), gone);
	assert_true(gone > FLOWS / 20);
	/* Drained, they stay; down, they go, and do not come back. */
	list[0].state = FM_BACKEND_DRAIN;
	list[1].weight = 0;
	CHANGE();
	for (i = 0; i < FLOWS; i++)
		assert_int_equal(where(1 + i, ACK), was[i]);
	for (i = 0; i < FLOWS; i++)
		assert_true(where(10000 + i, SYN) > SERVER + 1);
	list[0].state = FM_BACKEND_DOWN;
	CHANGE();
	for (i = 0; i < FLOWS; i++) {
		other = where(1 + i, ACK);
		assert_int_not_equal(other, SERVER);
		assert_true(other == was[i] || was[i] == SERVER);
		was[i] = other;
	}
	list[0].state = FM_BACKEND_UP;
	CHANGE(.size = 251, .seed = 3);
	for (i = 0; i < FLOWS; i++)
		assert_int_equal(where(1 + i, ACK), was[i]);
	for (i = 0; i < nlist; i++)
		list[i].state = FM_BACKEND_DOWN;
	CHANGE();
	assert_int_equal(put(IPPROTO_TCP, T(CLIENT, 1, VIP, 80), ACK), FM_DROP);
	assert_int_equal(rig.ctx.reason, NO_BACKEND);
	end();
}

/* A port that is used again does not go to who is drained. */
static void test_again(void **state)
{
	u32 server;

	servers(2);
	BEGIN();
	server = where(7, SYN);
	assert_int_equal(fm_rig_value(&rig, "phase"), 0);
	where(7, ACK);
	assert_int_equal(fm_rig_value(&rig, "phase"), 1);
	list[server - SERVER].state = FM_BACKEND_DRAIN;
	CHANGE();
	assert_int_equal(where(7, SYN), server);
	assert_int_equal(where(7, FIN | ACK), server);
	assert_int_equal(fm_rig_value(&rig, "phase"), 2);
	assert_int_equal(where(7, ACK), server);
	assert_int_not_equal(where(7, SYN), server);
	assert_int_equal(fm_rig_value(&rig, "phase"), 0);
	/* Nor what is idle for longer than its phase allows. */
	where(7, ACK);
	where(7, FIN | ACK);
	now += 9 * SEC;
	fm_rig_gc(&rig, &rig.insts[0], now);
	assert_int_equal(fm_rig_entries(&rig.insts[0]), 1);
	now += 2 * SEC;
	fm_rig_gc(&rig, &rig.insts[0], now);
	assert_int_equal(fm_rig_entries(&rig.insts[0]), 0);
	where(8, SYN);
	where(8, ACK);
	now += 890 * SEC;
	fm_rig_gc(&rig, &rig.insts[0], now);
	assert_int_equal(fm_rig_entries(&rig.insts[0]), 1);
	end();
}

static void test_source(void **state)
{
	u32 server, i;

	servers(10);
	BEGIN(.affinity = "source");
	server = where(1, SYN);
	for (i = 2; i < 100; i++)
		assert_int_equal(where(i, SYN), server);
	end();
}

/* The last of a full table, and no memory to write. */
static void test_full(void **state)
{
	struct fm_param_value values[5];
	struct fm_inst *inst;
	u32 n;

	servers(2);
	fm_rig_setup(&rig);
	n = params(values, (struct setting){ .size = 251 });
	inst = fm_rig_add(&rig, &fm_nf_lb, FM_MODE_SHARED, values, n);
	inst->max_entries = 1;
	assert_true(fm_rig_start(&rig, 1));
	where(1, SYN);
	assert_int_equal(put(IPPROTO_TCP, T(CLIENT, 2, VIP, 80), SYN), FM_DROP);
	assert_true(rig.ctx.refused);
	assert_int_equal(rig.ctx.reason, FM_REASON_TABLE_FULL);
	where(1, ACK);
	put_packet(frame, IPPROTO_TCP, T(CLIENT, 1, VIP, 80), ACK, SIZE);
	parse();
	skb.data_len = SIZE - 10;
	skb.shinfo.nr_frags = 1;
	skb.shinfo.frags[0] = (skb_frag_t){ frame + 10, SIZE - 10 };
	assert_int_equal(fm_rig_run(&rig, &pkt, 0), FM_DROP);
	assert_int_equal(rig.ctx.reason, NO_MEMORY);
	end();
}

/* ---- Ethernet */

static void test_dsr(void **state)
{
	u32 server, i;

	nlist = 0;
	for (i = 0; i < 4; i++)
		add_server(80, SERVER + i, 80, 1);
	BEGIN(.forward = "dsr");
	for (i = 0; i < 50; i++) {
		assert_int_equal(put(IPPROTO_TCP, T(CLIENT, 1 + i % 25, VIP,
						    80), ACK), FM_STOLEN);
		assert_tuple(look_at(frame, SIZE), CLIENT, 1 + i % 25, VIP, 80);
		assert_memory_equal(eth.h_source, "\x02\0\0\0\0\x01", 6);
		server = eth.h_dest[5];
		assert_in_range(server, SERVER, SERVER + 3);
		assert_int_equal(eth.h_dest[0], 2);
		/* An error about the answer takes the same way, unchanged. */
		put_error(CLIENT, VIP, T(VIP, 80, CLIENT, 1 + i % 25),
			  IPPROTO_TCP);
		parse();
		assert_int_equal(fm_rig_run(&rig, &pkt, 0), FM_STOLEN);
		assert_int_equal(eth.h_dest[5], server);
	}
	assert_int_equal(fm_user_calls.sent, 100);
	assert_int_equal(put(IPPROTO_TCP, T(SERVER, 80, CLIENT, 1), ACK),
			 FM_CONTINUE);
	put_packet(frame, IPPROTO_TCP, T(CLIENT, 1, VIP, 80), ACK, SIZE);
	parse();
	skb.pkt_type = 3;
	assert_int_equal(fm_rig_run(&rig, &pkt, 0), FM_CONTINUE);
	skb.pkt_type = 0;
	skb.mac = NULL;
	assert_int_equal(fm_rig_run(&rig, &pkt, 0), FM_DROP);
	assert_int_equal(rig.ctx.reason, NO_ETHERNET_HEADER);
	end();
}

/* ---- ICMP errors */

static struct tuple quoted(void)
{
	const u8 *ip = frame + ip_len() + 8;

	look_at(frame, SIZE);
	return look_at(ip, SIZE - ip_len() - 8);
}

static void errors(void)
{
	u8 *src = frame + (family == 4 ? 12 : 8);
	u8 *dst = src + (family == 4 ? 4 : 16);
	u32 server, i;

	servers(10);
	BEGIN();
	for (i = 0; i < 40; i++) {
		server = where(1 + i, SYN);
		where(1 + i, ACK);
		if (i == 20) {
			/* States know better than the table now. */
			CHANGE(.seed = 99);
			assert_int_equal(where(1 + i, ACK), server);
		}
		put_error(CLIENT + 1, VIP, T(VIP, 80, CLIENT, 1 + i),
			  IPPROTO_TCP);
		parse();
		assert_int_equal(fm_rig_run(&rig, &pkt, 0), FM_CONTINUE);
		assert_tuple(quoted(), server, 8080, CLIENT, 1 + i);
		assert_int_equal(get_addr(src), CLIENT + 1);
		assert_int_equal(get_addr(dst), server);
		put_error(server, CLIENT, T(CLIENT, 1 + i, server, 8080),
			  IPPROTO_TCP);
		parse();
		assert_int_equal(fm_rig_run(&rig, &pkt, 0), FM_CONTINUE);
		assert_tuple(quoted(), CLIENT, 1 + i, VIP, 80);
		assert_int_equal(get_addr(src), VIP);
		assert_int_equal(get_addr(dst), CLIENT);
		/* A router's own address stays. */
		put_error(50, CLIENT, T(CLIENT, 1 + i, server, 8080),
			  IPPROTO_TCP);
		parse();
		assert_int_equal(fm_rig_run(&rig, &pkt, 0), FM_CONTINUE);
		assert_int_equal(get_addr(src), 50);
	}
	assert_int_equal(shown("icmp_errors"), 120);
	put_error(CLIENT, VIP, T(VIP, 81, CLIENT, 1), IPPROTO_TCP);
	parse();
	assert_int_equal(fm_rig_run(&rig, &pkt, 0), FM_CONTINUE);
	assert_tuple(quoted(), VIP, 81, CLIENT, 1);
	end();
}

static void test_errors(void **state)
{
	for (family = 4; family <= 6; family += 2)
		errors();
	family = 4;
}

/* ---- what dump() said makes the same state */

static void test_load(void **state)
{
	struct fm_dump dump = { 0 };
	struct fm_load load = { &dump };
	const void *known;
	u32 server;

	servers(10);
	BEGIN();
	server = where(9, SYN);
	rig.ctx.inst = &rig.insts[0];
	known = fm_state_lookup(&rig.ctx);
	fm_nf_lb.dump(&dump, known);
	fm_state_delete(&rig.ctx);
	fm_state_release(&rig.ctx);
	CHANGE(.seed = 12345);
	rig.ctx.pkt = NULL;
	fm_rig_aim(&rig, &rig.insts[0], &pkt, 0);
	assert_true(fm_nf_lb.load(&rig.ctx, &pkt, &load));
	fm_state_release(&rig.ctx);
	assert_int_equal(where(9, ACK), server);
	/* And what nobody ever said makes a flow that is new. */
	memset(&dump, 0, sizeof(dump));
	fm_dump_uint(&dump, "backend_id", 77);
	fm_dump_uint(&dump, "phase", U64_MAX);
	fm_dump_uint(&dump, "backend", U64_MAX);
	put_packet(frame, IPPROTO_TCP, T(CLIENT, 10, VIP, 80), ACK, SIZE);
	parse();
	rig.ctx.pkt = NULL;
	fm_rig_aim(&rig, &rig.insts[0], &pkt, 0);
	assert_true(fm_nf_lb.load(&rig.ctx, &pkt, &load));
	fm_state_release(&rig.ctx);
	assert_in_range(where(10, ACK), SERVER, SERVER + 9);
	end();
}

/* ---- refusals */

static void refuse(struct setting set, const char *text)
{
	struct fm_param_value values[5];
	u32 n;

	fm_rig_setup(&rig);
	n = params(values, set);
	rig.insts[0].ops = &fm_nf_lb;
	rig.insts[0].budget = &rig.budget;
	assert_true(fm_inst_configure(&rig.insts[0], values, n, &extack) < 0);
	if (!strstr(extack._msg, text))
		fail_msg("said: %s", extack._msg);
	end();
}

#define REFUSE(text, ...) refuse((struct setting){ __VA_ARGS__ }, text)

static void refuse_element(const char *text)
{
	struct fm_list *made;

	fm_rig_setup(&rig);
	made = fm_list_create(&rig.lists, FM_PARAM_BACKENDS, nlist, 1, &extack);
	assert_int_equal(fm_list_add(made, list, nlist * sizeof(*list),
				     &extack), -EINVAL);
	if (!strstr(extack._msg, text))
		fail_msg("said: %s", extack._msg);
	end();
}

#define REFUSE_ELEMENT(text, change) do {				\
	servers(3);							\
	change;								\
	refuse_element(text);						\
} while (0)

static void test_refusals(void **state)
{
	servers(3);
	REFUSE("which is no prime", .size = 65536);
	REFUSE("outside 251..1048573", .size = 250);
	REFUSE("must be one of", .forward = "ipip");
	REFUSE("must be one of", .affinity = "none");
	REFUSE("has another port than the service", .forward = "dsr");
	servers(252);
	REFUSE("too few for the servers", .size = 251);
	servers(2);
	list[1].port = htons(80);
	list[0].port = htons(80);
	memset(list[1].mac, 0, 6);
	REFUSE("has no mac", .forward = "dsr");
	nlist = 0;
	add_server(80, SERVER, 8080, 1);
	add_server(81, SERVER, 8080, 1);
	REFUSE("is behind another service");
	nlist = 0;
	while (nlist < 9)
		add_server(80 + nlist, SERVER, 80 + nlist, 1);
	REFUSE("too many for so many services", .size = 1048573);
	REFUSE_ELEMENT("is of no family",
		       list[1].family = 5);
	REFUSE_ELEMENT("is neither TCP nor UDP", list[1].l4proto = 132);
	REFUSE_ELEMENT("more than 4 bytes", list[1].vip[4] = 1);
	REFUSE_ELEMENT("more than 4 bytes", list[1].addr[15] = 1);
	REFUSE_ELEMENT("has port 0", list[1].vip_port = 0);
	REFUSE_ELEMENT("has port 0", list[1].port = 0);
	REFUSE_ELEMENT("in no known state", list[1].state = 3);
	REFUSE_ELEMENT("of a group", list[1].mac[0] = 1);
	REFUSE_ELEMENT("not padded", list[1].zero = 1);
	REFUSE_ELEMENT("is not after the one before it", list[2] = list[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shares),
		cmocka_unit_test(test_flows),
		cmocka_unit_test(test_leaving),
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_dnat),
		cmocka_unit_test(test_segments),
		cmocka_unit_test(test_sticky),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_source),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_dsr),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_load),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
