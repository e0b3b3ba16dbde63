// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Samples of traffic: flows of frames, of whatever link; what each core gets,
 * against hashes bit by bit; moves of entries; a set too narrow for it.
 */
#include <math.h>
#include <pcap/pcap.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "fieldset.h"
#include "forecast.h"
#include "frame.h"
#include "rss.h"
#include "rsskey.h"

#define CORES	4
#define ENTRIES	128

static struct fm_problem problem;
static struct fm_solution solution;
static struct fm_traffic traffic;

static struct fm_traffic_tuple make_v4(uint32_t src, uint32_t dst,
				       uint16_t sport, uint16_t dport)
{
	struct fm_traffic_tuple t = { .protocol = 6 };

	for (int i = 0; i < 4; i++) {
		t.addr[0][i] = src >> (24 - 8 * i);
		t.addr[1][i] = dst >> (24 - 8 * i);
	}
	t.port[0][0] = sport >> 8;
	t.port[0][1] = sport;
	t.port[1][0] = dport >> 8;
	t.port[1][1] = dport;
	return t;
}

static void add(uint32_t src, uint32_t dst, uint16_t sport, uint16_t dport,
		uint64_t packets)
{
	struct fm_traffic_tuple t = make_v4(src, dst, sport, dport);

	assert_int_equal(fm_traffic_add(&traffic, &t, packets), 0);
}

static int setup(void **state)
{
	(void)state;
	fm_problem_setup(&problem);
	problem.cores = CORES;
	problem.nic = (struct fm_nic_cap){
		.can_set_key = true, .key_len = 40, .indir_size = ENTRIES,
		.ipv6 = true,
	};
	for (unsigned int i = 0; i < FM_FLOW_MAX; i++)
		problem.nic.accepts[i] = FM_ACCEPT(FM_F_IPS) |
					 FM_ACCEPT(FM_F_HASHABLE);
	problem.seed = 1;
	problem.traffic = &traffic;
	problem.n_nfs = 2;
	problem.nf[0] = (struct fm_problem_nf){
		.name = "psd", .stateful = true, .key = FM_F_SRC_IP,
		.complexity = 600,
		.intensity = FM_INTENSITY_PACKET, .pointer = true,
	};
	problem.nf[1] = (struct fm_problem_nf){
		.name = "flows", .stateful = true, .key = FM_F_ALL,
		.intensity = FM_INTENSITY_PACKET,
	};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fm_traffic_cleanup(&traffic);
	return 0;
}

static void test_many_flows(void **state)
{
	(void)state;
	for (int round = 0; round < 2; round++)
		for (uint32_t i = 0; i < 100000; i++)
			add(i, ~i, i, 80, 1 + i % 3);
	assert_int_equal(traffic.n, 100000);
	assert_int_equal(traffic.packets, 2 * (100000 + 33333 + 2 * 33333));
	for (uint32_t i = 0; i < traffic.n; i++)
		assert_int_equal(traffic.flows[i].packets, 2 * (1 + i % 3));
}

static void test_bound(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < FM_TRAFFIC_FLOWS + 10; i++)
		add(i, 1, 1, 1, 2);
	add(0, 1, 1, 1, 5);
	assert_int_equal(traffic.n, FM_TRAFFIC_FLOWS);
	assert_int_equal(traffic.left_out, 20);
	assert_int_equal(traffic.flows[0].packets, 7);
}

static void find_software(uint32_t fields, bool symmetric,
			  struct fm_means_plan *plan)
{
	assert_true(fm_means_find_software(&problem, fields, symmetric, plan));
}

/* Written anew: the entry of an IPv4 flow. */
static unsigned int entry_of(const struct fm_means_plan *plan,
			     const struct fm_traffic_tuple *t, uint32_t fields)
{
	uint8_t input[12] = { 0 };

	if (fields & FM_F_SRC_IP)
		memcpy(input, t->addr[0], 4);
	if (fields & FM_F_DST_IP)
		memcpy(input + 4, t->addr[1], 4);
	if (fields & FM_F_SRC_PORT)
		memcpy(input + 8, t->port[0], 2);
	if (fields & FM_F_DST_PORT)
		memcpy(input + 10, t->port[1], 2);
	return fm_rsskey_hash(plan->key, plan->key_len, input, 12) % ENTRIES;
}

static void test_entries(void **state)
{
	uint64_t got[ENTRIES], want[ENTRIES];
	struct fm_means_plan plan;

	(void)state;
	for (uint32_t i = 0; i < 3000; i++)
		add(i * 2654435761U, i % 7, i * 31, i % 5, 1 + i % 11);
	for (uint32_t fields = 1; fields <= FM_F_HASHABLE; fields++) {
		find_software(fields, false, &plan);
		memset(want, 0, sizeof(want));
		for (size_t i = 0; i < traffic.n; i++)
			want[entry_of(&plan, &traffic.flows[i].tuple, fields)]
				+= traffic.flows[i].packets;
		assert_int_equal(fm_load_entries(&problem, &plan, got), 0);
		assert_memory_equal(got, want, sizeof(want));
	}
}

static void test_families(void **state)
{
	struct fm_traffic_tuple t = { .v6 = true, .protocol = 17 };
	uint64_t entries[ENTRIES], sum = 0;
	struct fm_means_plan plan;

	(void)state;
	add(1, 2, 3, 4, 10);
	fm_traffic_add(&traffic, &t, 100);
	problem.want_v6 = false;
	find_software(FM_F_HASHABLE, false, &plan);
	assert_int_equal(fm_load_entries(&problem, &plan, entries), 0);
	for (unsigned int i = 0; i < ENTRIES; i++)
		sum += entries[i];
	assert_int_equal(sum, 10);
}

/* Both directions of a flow are one load. */
static void test_symmetric(void **state)
{
	uint64_t there[ENTRIES], both[ENTRIES];
	struct fm_means_plan plan;

	(void)state;
	for (uint32_t i = 0; i < 100; i++)
		add(0x0a000000 + i * 77, 0xc0a80001, 1000 + i, 80, 1);
	find_software(FM_F_HASHABLE, true, &plan);
	fm_load_entries(&problem, &plan, there);
	for (uint32_t i = 0; i < 100; i++)
		add(0xc0a80001, 0x0a000000 + i * 77, 80, 1000 + i, 1);
	fm_load_entries(&problem, &plan, both);
	for (unsigned int i = 0; i < ENTRIES; i++)
		assert_int_equal(both[i], 2 * there[i]);
}

static uint64_t most(const uint64_t *entries, const uint32_t *owners,
		     unsigned int n, unsigned int cores)
{
	uint64_t sums[16] = { 0 }, best = 0;

	for (unsigned int i = 0; i < n; i++)
		sums[owners[i]] += entries[i];
	for (unsigned int i = 0; i < cores; i++)
		best = sums[i] > best ? sums[i] : best;
	return best;
}

static void test_moves(void **state)
{
	const uint64_t even[4] = { 5, 5, 5, 5 };
	const uint64_t one[4] = { 100, 0, 0, 0 };
	const uint64_t pile[6] = { 40, 30, 20, 10, 0, 0 };
	uint32_t owners[6] = { 0, 1, 2, 3 };

	(void)state;
	assert_int_equal(fm_load_move(even, 4, 4, owners), 0);
	assert_int_equal(fm_load_move(one, 4, 4, owners), 0);
	memset(owners, 0, sizeof(owners));
	assert_int_equal(fm_load_move(pile, 6, 2, owners), 2);
	assert_int_equal(most(pile, owners, 6, 2), 50);
}

/* Never worse than before, and within the heaviest entry of the mean. */
static void test_moves_bound(void **state)
{
	uint64_t entries[ENTRIES], total, heaviest, before, after;
	uint32_t owners[ENTRIES];

	(void)state;
	srandom(1);
	for (int round = 0; round < 300; round++) {
		unsigned int cores = 1 + random() % 16;

		total = heaviest = 0;
		for (unsigned int i = 0; i < ENTRIES; i++) {
			entries[i] = random() % 1000;
			if (!(random() % 40))
				entries[i] *= 30;
			owners[i] = i % cores;
			total += entries[i];
			heaviest = entries[i] > heaviest ? entries[i] : heaviest;
		}
		before = most(entries, owners, ENTRIES, cores);
		fm_load_move(entries, ENTRIES, cores, owners);
		after = most(entries, owners, ENTRIES, cores);
		assert_true(after <= before);
		assert_true(after <= total / cores + heaviest + 1);
	}
}

/* Spread evenly, then with one source that has half of the packets. */
static void test_narrow(void **state)
{
	uint32_t even;

	(void)state;
	for (uint32_t i = 0; i < 20000; i++)
		add(0x0a000000 + i * 2654435761U, 1, i, 80, 1);
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_OK);
	even = solution.seg[0].plan.steering.fields;
	assert_int_equal(even, FM_F_SRC_IP);
	assert_true(solution.seg[0].load.after < 1.02);
	for (uint32_t i = 0; i < 20000; i++)
		add(0x0a010203, 1, i, 443, 1);
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_OK);
	assert_true(solution.seg[0].plan.steering.fields & FM_F_PORTS);
	assert_non_null(strstr(solution.why, "src_ip 10.1.2.3 has 50.0 %"));
	for (unsigned int i = 0; i < solution.n_alts; i++)
		if (solution.alt[i].fields == FM_F_SRC_IP)
			assert_true(fabs(solution.alt[i].load.after - 2) < 0.05);
}

/* Without shared state throughput grows with the cores, as far as one goes. */
static void test_forecast(void **state)
{
	double even[FM_PREDICT_MAX_CORES], skewed[FM_PREDICT_MAX_CORES];
	double us = problem.model.unit_ns / 1000;

	(void)state;
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_OK);
	assert_int_equal(fm_forecast(&problem, &solution, even), 0);
	assert_true(fabs(even[0] * us * solution.cost - 1) < 1e-9);
	for (int n = 1; n < FM_PREDICT_MAX_CORES; n++)
		assert_true(fabs(even[n] / even[0] - n - 1) < 1e-6);
	for (uint32_t i = 0; i < 1000; i++)
		add(i * 2654435761U, 1, i, 80, 1);
	add(0x0a010203, 1, 1, 443, 1000);
	assert_int_equal(fm_forecast(&problem, &solution, skewed), 0);
	assert_true(fabs(skewed[1] / skewed[0] - 2) < 0.05);
	assert_true(fabs(skewed[63] / skewed[0] - 2) < 0.05);
}

static void parse(int link, const char *hex, struct fm_traffic_tuple *t,
		  bool known)
{
	uint8_t data[256];
	unsigned int byte;
	size_t n = 0;

	for (; sscanf(hex, " %2x", &byte) == 1; hex += strspn(hex, " ") + 2)
		data[n++] = byte;
	for (size_t len = 0; len < n; len++)
		fm_frame_parse(link, data, len, t);
	assert_int_equal(fm_frame_parse(link, data, n, t), known);
}

#define MACS	"020000000001 020000000002 "
#define IP4(frag, proto) \
	"4500 0028 0000 " frag " 40 " proto " 0000 0a000001 0a000002 "

static void test_frames(void **state)
{
	struct fm_traffic_tuple t, want = make_v4(0x0a000001, 0x0a000002, 0x1234,
						  80);

	(void)state;
	parse(DLT_EN10MB, MACS "0800 " IP4("4000", "06") "12340050", &t, true);
	assert_memory_equal(&t, &want, sizeof(t));
	parse(DLT_EN10MB, MACS "88a80001 81000002 0800 " IP4("0000", "06")
	      "12340050", &t, true);
	assert_memory_equal(&t, &want, sizeof(t));
	parse(DLT_RAW, IP4("0000", "06") "12340050", &t, true);
	assert_memory_equal(&t, &want, sizeof(t));
	parse(DLT_LINUX_SLL, "0000 0001 0006 0200000000010000 0800 "
	      IP4("0000", "06") "12340050", &t, true);
	assert_memory_equal(&t, &want, sizeof(t));
	parse(DLT_LINUX_SLL2, "0800 0000 00000001 0001 00 06 0200000000010000 "
	      IP4("0000", "06") "12340050", &t, true);
	assert_memory_equal(&t, &want, sizeof(t));
	memset(want.port, 0, sizeof(want.port));
	parse(DLT_RAW, IP4("2000", "06") "12340050", &t, true);
	assert_memory_equal(&t, &want, sizeof(t));
	parse(DLT_RAW, IP4("0000", "06") "1234", &t, false);
	parse(DLT_EN10MB, MACS "0806 0001080006040001", &t, false);
}

static void test_frames_v6(void **state)
{
	static const char head[] =
		"60000000 0010 00 40 "
		"20010db8000000000000000000000001 20010db8000000000000000000000002 ";
	char hex[512];
	struct fm_traffic_tuple t;

	(void)state;
	/* hop-by-hop options, then UDP */
	snprintf(hex, sizeof(hex), "%s 1100010400000000 00350036", head);
	parse(DLT_RAW, hex, &t, true);
	assert_int_equal(t.protocol, 17);
	assert_int_equal(t.port[0][1], 0x35);
	assert_int_equal(t.port[1][1], 0x36);
	/* hop-by-hop options, a fragment */
	snprintf(hex, sizeof(hex), "%s 2c00010400000000 1100000100000001 00350036",
		 head);
	parse(DLT_RAW, hex, &t, true);
	assert_int_equal(t.protocol, 17);
	assert_int_equal(t.port[0][1], 0);
	/* options that end behind the packet */
	snprintf(hex, sizeof(hex), "%s 1105010400000000 00350036", head);
	parse(DLT_RAW, hex, &t, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_many_flows, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bound, setup, teardown),
		cmocka_unit_test_setup_teardown(test_entries, setup, teardown),
		cmocka_unit_test_setup_teardown(test_families, setup, teardown),
		cmocka_unit_test_setup_teardown(test_symmetric, setup, teardown),
		cmocka_unit_test(test_moves),
		cmocka_unit_test(test_moves_bound),
		cmocka_unit_test_setup_teardown(test_narrow, setup, teardown),
		cmocka_unit_test_setup_teardown(test_forecast, setup, teardown),
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_frames_v6),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
