// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The solver: the published chain, the order of the means, segments, near ties,
 * pins and conflicts. That it is exact is exact.c's to show.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fieldset.h"
#include "keysynth.h"
#include "rss.h"

#define SD	3
#define SDFN	15

static struct fm_problem problem;
static struct fm_solution solution;
static const struct fm_means_plan *const plan = &solution.seg[0].plan;

static struct fm_problem_nf make_nf(const char *name, uint32_t key,
				    enum fm_intensity intensity, bool pointer)
{
	struct fm_problem_nf nf = {
		.stateful = key != 0,
		.key = key,
		.intensity = key ? intensity : FM_INTENSITY_NONE,
		.pointer = pointer,
	};

	snprintf(nf.name, sizeof(nf.name), "%s", name);
	return nf;
}

static void add_nf(const char *name, uint32_t key, enum fm_intensity intensity,
		   bool pointer)
{
	problem.nf[problem.n_nfs++] = make_nf(name, key, intensity, pointer);
}

static struct fm_nic_cap make_virtio(void)
{
	struct fm_nic_cap nic = {
		.can_set_key = true,
		.key_len = 40,
		.indir_size = 128,
		.ipv6 = true,
	};

	for (unsigned int i = 0; i < FM_FLOW_MAX; i++)
		nic.accepts[i] = FM_ACCEPT(SD) | FM_ACCEPT(SDFN);
	return nic;
}

static void setup_problem(void)
{
	fm_problem_setup(&problem);
	snprintf(problem.chain, sizeof(problem.chain), "test");
	problem.cores = 4;
	problem.nic = make_virtio();
	problem.seed = 1;
}

static void setup_published(void)
{
	setup_problem();
	add_nf("psd", 1, FM_INTENSITY_PACKET, true);
	add_nf("policer", 2, FM_INTENSITY_PACKET, false);
	add_nf("flow_counter", 31, FM_INTENSITY_PACKET, false);
}

static const struct fm_alternative *find_row(uint32_t fields, bool symmetric)
{
	for (unsigned int i = 0; i < solution.n_alts; i++)
		if (solution.alt[i].fields == fields &&
		    solution.alt[i].symmetric == symmetric &&
		    solution.alt[i].v4 != FM_MEANS_LOCKED)
			return &solution.alt[i];
	fail_msg("no row for field set %u", fields);
	return NULL;
}

static void test_published(void **state)
{
	(void)state;
	setup_published();
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_OK);
	assert_int_equal(plan->steering.fields, FM_F_SRC_IP);
	assert_false(plan->steering.symmetric);
	assert_int_equal(solution.means, FM_MEANS_KEY_SYNTHESIS);
	assert_int_equal(plan->v6, FM_MEANS_KEY_SYNTHESIS);
	assert_false(plan->split);
	assert_int_equal(solution.nf[0].mode, FM_MODE_LOCAL);
	assert_int_equal(solution.nf[1].mode, FM_MODE_SHARED);
	assert_int_equal(solution.nf[2].mode, FM_MODE_LOCAL);
	assert_int_equal(solution.n_groups, 3);
	assert_int_equal(plan->indir_size, 128);
	assert_int_equal(plan->key_len, 40);
	for (unsigned int i = 0; i < FM_FLOW_MAX; i++)
		assert_int_equal(plan->select[i], SD);
	for (enum fm_family f = 0; f < FM_FAMILY_MAX; f++)
		assert_int_equal(fm_rsskey_effective(plan->key, 40, 7,
						     f, true), FM_F_SRC_IP);
	/* 3 lookups of 16, 3 lines of 3, a pointer of 3, sharing the policer */
	assert_float_equal(solution.nf[1].penalty, 5 + 3 * 4 + 25 * 0.75, 1e-9);
	assert_float_equal(solution.cost, 48 + 9 + 3 + 35.75, 1e-9);
	assert_int_equal(solution.n_alts, FM_ALTERNATIVES);
	assert_string_equal(solution.why,
			    "{src_ip} keeps psd and flow_counter local and shares policer, by key-synthesis: 95.75 units per packet. The runner-up, {dst_ip}, keeps policer and flow_counter local and shares psd and costs 53.75 more.");
}

static void test_table(void **state)
{
	unsigned int protocol = 0;
	(void)state;

	setup_published();
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_OK);
	for (unsigned int i = 0; i < solution.n_alts; i++) {
		const struct fm_alternative *a = &solution.alt[i];

		assert_int_equal(a->rank, i + 1);
		if (!(a->fields & FM_F_PROTOCOL))
			continue;
		protocol++;
		assert_int_equal(a->v4, FM_MEANS_NONE);
		assert_int_equal(a->v6, FM_MEANS_NONE);
		assert_true(a->rank > 19);
		assert_string_equal(a->note,
				    "no NIC hashes the protocol; the set without it does as much");
	}
	assert_int_equal(protocol, 16);
	assert_int_equal(find_row(2, false)->v6, FM_MEANS_SOFTWARE);
	assert_int_equal(find_row(2, false)->local, 6);
	assert_float_equal(find_row(2, false)->steer_cost, 35, 1e-9);
}

static void test_default(void **state)
{
	(void)state;
	setup_published();
	problem.nf[0].pin = FM_PIN_LOCAL;
	assert_int_equal(fm_rss_solve_default(&problem, &solution), FM_RSS_OK);
	assert_int_equal(plan->steering.fields, SDFN);
	assert_int_equal(plan->steering.l4, FM_L4_TCP | FM_L4_UDP);
	assert_int_equal(solution.means, FM_MEANS_FIELD_SELECTOR);
	assert_int_equal(solution.nf[0].mode, FM_MODE_SHARED);
	assert_int_equal(solution.nf[1].mode, FM_MODE_SHARED);
	assert_int_equal(solution.nf[2].mode, FM_MODE_LOCAL);
	assert_float_equal(solution.cost, 48 + 9 + 3 + 35.75 + 54.5, 1e-9);
	problem.nic.indir_size = 0;
	assert_int_equal(fm_rss_solve_default(&problem, &solution), FM_RSS_OK);
	assert_int_equal(solution.means, FM_MEANS_LOCKED);
	assert_int_equal(solution.nf[2].mode, FM_MODE_SHARED);
}

static void expect_means(enum fm_means v4, enum fm_means v6, uint32_t fields)
{
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_OK);
	assert_int_equal(plan->steering.fields, fields);
	assert_int_equal(plan->v4, v4);
	assert_int_equal(plan->v6, v6);
}

static void test_means(void **state)
{
	(void)state;
	/* any subset can be selected */
	setup_published();
	for (unsigned int i = 0; i < FM_FLOW_MAX; i++)
		problem.nic.accepts[i] = FM_ACCEPT_ANY;
	expect_means(FM_MEANS_FIELD_SELECTOR, FM_MEANS_FIELD_SELECTOR, 1);
	assert_int_equal(plan->select[FM_FLOW_UDP6], 1);
	assert_int_equal(plan->steering.l4, 0);

	/* likewise, and no key could: symmetric by wiring */
	problem.nic.symmetric_hardwired = true;
	expect_means(FM_MEANS_FIELD_SELECTOR, FM_MEANS_FIELD_SELECTOR, 1);

	/* neither selector nor key, few cores: sharing is cheaper */
	setup_published();
	problem.nic.can_set_key = false;
	expect_means(FM_MEANS_FIELD_SELECTOR, FM_MEANS_FIELD_SELECTOR, SDFN);

	/* many: they hand over */
	problem.cores = 16;
	expect_means(FM_MEANS_SOFTWARE, FM_MEANS_SOFTWARE, 1);
	assert_float_equal(plan->cost, 25 + 60 * 15 / 16.0, 1e-9);
	assert_int_equal(plan->steering.l4, FM_L4_ALL);

	/* nor that: the field set that the NIC has */
	problem.software = false;
	expect_means(FM_MEANS_FIELD_SELECTOR, FM_MEANS_FIELD_SELECTOR, SDFN);

	/* nothing at all */
	problem.nic.indir_size = 0;
	expect_means(FM_MEANS_LOCKED, FM_MEANS_LOCKED, SDFN);
	assert_int_equal(solution.alt[0].local, 0);
}

static void test_dual_stack(void **state)
{
	(void)state;
	setup_problem();
	add_nf("policer", 2, FM_INTENSITY_PACKET, true);
	expect_means(FM_MEANS_KEY_SYNTHESIS, FM_MEANS_SOFTWARE, 2);
	assert_true(plan->split);
	assert_int_equal(fm_rsskey_effective(plan->key, 40, 7,
					     FM_FAMILY_V4, true), 2);
	assert_int_equal(fm_rsskey_effective(plan->key6, 40, 7,
					     FM_FAMILY_V6, true), 2);
	assert_int_equal(plan->select[FM_FLOW_TCP6], 0);
	assert_float_equal(plan->cost, 0.5 * (25 + 45), 1e-9);
	assert_non_null(strstr(solution.why,
			       "IPv6 is steered in software: IPv4's window of dst_ip"));
	problem.want_v4 = false;
	expect_means(FM_MEANS_NONE, FM_MEANS_KEY_SYNTHESIS, 2);
	assert_int_equal(solution.means, FM_MEANS_KEY_SYNTHESIS);
	problem.want_v4 = true;
	problem.software = false;
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_OK);
	assert_non_null(strstr(find_row(2, false)->note,
			       "no key serves IPv4 and IPv6"));
	assert_int_equal(find_row(2, false)->v4, FM_MEANS_NONE);
}

static void test_bidirectional(void **state)
{
	(void)state;
	setup_problem();
	add_nf("nat", 31, FM_INTENSITY_PACKET, false);
	problem.nf[0].bidirectional = true;
	expect_means(FM_MEANS_KEY_SYNTHESIS, FM_MEANS_KEY_SYNTHESIS, SDFN);
	assert_true(plan->steering.symmetric);
	assert_int_equal(solution.nf[0].mode, FM_MODE_LOCAL);
	assert_true(fm_rsskey_symmetric(plan->key, 40, 7, FM_FAMILY_V4,
					true));
	assert_true(fm_rsskey_symmetric(plan->key, 40, 7, FM_FAMILY_V6,
					true));
	assert_false(find_row(SDFN, false)->local);
	problem.nic.symmetric_hardwired = true;
	expect_means(FM_MEANS_FIELD_SELECTOR, FM_MEANS_FIELD_SELECTOR, SDFN);
	assert_true(plan->steering.symmetric);
}

static void test_selected_is_kept(void **state)
{
	(void)state;
	setup_published();
	problem.nic.selected[FM_FLOW_TCP4] = SDFN;
	problem.nic.selected[FM_FLOW_UDP4] = SD;
	expect_means(FM_MEANS_KEY_SYNTHESIS, FM_MEANS_KEY_SYNTHESIS, 1);
	assert_int_equal(plan->select[FM_FLOW_TCP4], SDFN);
	assert_int_equal(plan->select[FM_FLOW_UDP4], SD);
}

static void test_groups(void **state)
{
	(void)state;
	setup_problem();
	add_nf("psd", 1, FM_INTENSITY_PACKET, true);
	add_nf("mirror", 0, FM_INTENSITY_NONE, false);
	add_nf("source_counter", 1, FM_INTENSITY_PACKET, false);
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_OK);
	assert_int_equal(solution.n_groups, 1);
	assert_int_equal(solution.nf[1].mode, FM_MODE_NONE);
	assert_int_equal(solution.nf[2].group, 0);
	assert_float_equal(solution.nf[0].lookup, 16, 1e-9);
	assert_float_equal(solution.nf[2].lookup, 0, 1e-9);
	assert_float_equal(solution.cost, 16 + 3 + 3 + 3, 1e-9);
	/* a shared member takes the cheap one along: one lookup less */
	problem.nf[0].pin = FM_PIN_SHARED;
	problem.nf[2].intensity = FM_INTENSITY_FLOW;
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_OK);
	assert_int_equal(solution.nf[2].mode, FM_MODE_SHARED);
	assert_int_equal(solution.n_groups, 1);
	problem.nf[2].pin = FM_PIN_LOCAL;
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_OK);
	assert_int_equal(solution.nf[2].mode, FM_MODE_LOCAL);
	assert_int_equal(solution.n_groups, 2);
}

static void test_ties(void **state)
{
	(void)state;
	setup_problem();
	problem.want_v6 = false;
	add_nf("by_src", 1, FM_INTENSITY_PACKET, false);
	add_nf("by_dst", 2, FM_INTENSITY_PACKET, false);
	problem.nf[0].complexity = 40;
	problem.nf[1].complexity = 41;
	expect_means(FM_MEANS_KEY_SYNTHESIS, FM_MEANS_NONE, 2);
	assert_non_null(strstr(solution.why,
			       "at the same cost; the winner keeps NFs local that do more work"));
	problem.nf[0].complexity = 42;
	expect_means(FM_MEANS_KEY_SYNTHESIS, FM_MEANS_NONE, 1);
	problem.nf[0].measured_ns = 50;
	problem.nf[1].measured_ns = 60;
	expect_means(FM_MEANS_KEY_SYNTHESIS, FM_MEANS_NONE, 2);
	assert_non_null(strstr(solution.why, "measured to take longer"));
	/* without state everything is equal: the widest set */
	problem.n_nfs = 0;
	add_nf("mirror", 0, FM_INTENSITY_NONE, false);
	expect_means(FM_MEANS_FIELD_SELECTOR, FM_MEANS_NONE, SDFN);
}

static void expect_conflict(const char *why)
{
	assert_int_equal(fm_rss_solve(&problem, &solution),
			 FM_RSS_INFEASIBLE);
	assert_int_equal(solution.proof.status, FM_MILP_INFEASIBLE);
	assert_string_equal(solution.why, why);
}

static void test_conflict(void **state)
{
	(void)state;
	setup_published();
	add_nf("mirror", 0, FM_INTENSITY_NONE, false);
	for (unsigned int i = 0; i < 4; i++)
		problem.nf[i].pin = FM_PIN_LOCAL;
	problem.segments = 1;
	expect_conflict("no plan can do all of this: psd (key src_ip) is local, policer (key dst_ip) is local and packets are not re-steered");
	problem.segments = 2;
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_OK);
	assert_int_equal(solution.n_segs, 2);
	problem.software = false;
	expect_conflict("no plan can do all of this: psd (key src_ip) is local, policer (key dst_ip) is local and software hands no packets over");
	problem.nf[1].pin = FM_PIN_SHARED;
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_OK);

	/* each two of them can be had */
	setup_problem();
	add_nf("a", 5, FM_INTENSITY_PACKET, false);
	add_nf("b", 6, FM_INTENSITY_PACKET, false);
	add_nf("c", 3, FM_INTENSITY_PACKET, false);
	for (unsigned int i = 0; i < 3; i++)
		problem.nf[i].pin = FM_PIN_LOCAL;
	problem.segments = 1;
	expect_conflict("no plan can do all of this: a (key src_ip,src_port) is local, b (key dst_ip,src_port) is local, c (key src_ip,dst_ip) is local and packets are not re-steered");

	/* no key serves both families, and nothing else can */
	setup_problem();
	problem.software = false;
	add_nf("policer", 2, FM_INTENSITY_PACKET, false);
	problem.nf[0].pin = FM_PIN_LOCAL;
	expect_conflict("no plan can do all of this: policer (key dst_ip) is local, the plan holds for IPv4 and IPv6 and software hands no packets over");

	/* one by one they could be re-steered, but not so often */
	setup_problem();
	for (unsigned int i = 0; i < 6; i++) {
		add_nf((char []){ 'a' + i, 0 }, 1 + i % 2, FM_INTENSITY_FLOW,
		       false);
		problem.nf[i].pin = FM_PIN_LOCAL;
	}
	expect_conflict("no plan can do all of this: a (key src_ip) is local, b (key dst_ip) is local, c (key src_ip) is local, d (key dst_ip) is local, e (key src_ip) is local and a chain has no more than 4 segments");

	/* nor where it would change what they see */
	setup_problem();
	add_nf("nat", 15, FM_INTENSITY_FLOW, false);
	add_nf("psd", 1, FM_INTENSITY_FLOW, false);
	add_nf("policer", 2, FM_INTENSITY_FLOW, false);
	problem.nf[0].rewrites = true;
	problem.nf[1].pin = problem.nf[2].pin = FM_PIN_LOCAL;
	expect_conflict("no plan can do all of this: psd (key src_ip) is local, policer (key dst_ip) is local and NFs behind nat, which rewrites packets, see them as they came");

	/* no steering knows the protocol; no other wish has to do with it */
	setup_problem();
	problem.segments = 2;
	add_nf("by_src", 1, FM_INTENSITY_PACKET, false);
	add_nf("by_protocol", 16, FM_INTENSITY_PACKET, false);
	problem.nf[0].pin = problem.nf[1].pin = FM_PIN_LOCAL;
	expect_conflict("no plan can do all of this: by_protocol (key protocol) is local");
}

static void setup_two_keys(unsigned int cores)
{
	setup_problem();
	problem.cores = cores;
	add_nf("psd", 1, FM_INTENSITY_PACKET, true);
	add_nf("policer", 2, FM_INTENSITY_PACKET, false);
}

static void test_segments(void **state)
{
	(void)state;
	/* 64 cores: a lock costs 281.6, handing over 84.1 */
	setup_two_keys(64);
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_OK);
	assert_int_equal(solution.n_segs, 2);
	assert_int_equal(plan->v4, FM_MEANS_KEY_SYNTHESIS);
	assert_int_equal(plan->steering.fields, FM_F_SRC_IP);
	assert_int_equal(solution.seg[1].plan.v4, FM_MEANS_SOFTWARE);
	assert_int_equal(solution.seg[1].plan.v6, FM_MEANS_SOFTWARE);
	assert_int_equal(solution.seg[1].plan.steering.fields, FM_F_DST_IP);
	assert_int_equal(solution.seg[1].plan.steering.l4, FM_L4_ALL);
	assert_int_equal(solution.seg[1].first, 1);
	assert_int_equal(solution.seg[1].end, 2);
	assert_int_equal(solution.nf[0].segment, 0);
	assert_int_equal(solution.nf[1].segment, 1);
	assert_int_equal(solution.nf[1].mode, FM_MODE_LOCAL);
	assert_int_equal(solution.n_groups, 2);
	assert_float_equal(solution.seg[0].cost, 16 + 6, 1e-9);
	assert_float_equal(solution.cost, 32 + 9 + 25 + 60 * 63 / 64.0, 1e-9);
	assert_int_equal(solution.proof.status, FM_MILP_OPTIMAL);
	assert_float_equal(solution.proof.gap, 0, 1e-12);
	assert_float_equal(solution.proof.bound, solution.cost, 1e-6);
	assert_string_equal(solution.why,
			    "{src_ip} keeps psd local, by key-synthesis, then {dst_ip} keeps policer local, by software: 125.06 units per packet. Without re-steering, {src_ip} keeps psd local and shares policer and costs 197.55 more.");

	/* few cores: the lock is cheaper */
	problem.cores = 4;
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_OK);
	assert_int_equal(solution.n_segs, 1);

	/* who rewrites packets has no segments behind it, but its own */
	problem.cores = 64;
	problem.nf[0].rewrites = true;
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_OK);
	assert_int_equal(solution.n_segs, 1);
	problem.nf[0].rewrites = false;
	problem.nf[1].rewrites = true;
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_OK);
	assert_int_equal(solution.n_segs, 2);

	/* what is not wanted is not proposed */
	problem.segments = 1;
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_OK);
	assert_int_equal(solution.n_segs, 1);
	problem.segments = 4;
	problem.software = false;
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_OK);
	assert_int_equal(solution.n_segs, 1);
}

/* Behind a cut, state with the first segment's key is shared: another group. */
static void test_groups_of_segments(void **state)
{
	(void)state;
	setup_two_keys(64);
	add_nf("source_counter", 1, FM_INTENSITY_FLOW, false);
	add_nf("mirror", 0, FM_INTENSITY_NONE, false);
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_OK);
	assert_int_equal(solution.n_segs, 2);
	assert_int_equal(solution.seg[1].first, 1);
	assert_int_equal(solution.seg[1].end, 4);
	assert_int_equal(solution.nf[2].mode, FM_MODE_SHARED);
	assert_int_equal(solution.n_groups, 3);
	assert_int_equal(solution.nf[2].group, 2);
	assert_float_equal(solution.nf[2].lookup, 16, 1e-9);
	assert_int_equal(solution.nf[3].mode, FM_MODE_NONE);
}

/* Of what is within one percent the NF with more work is local. */
static void test_near_ties(void **state)
{
	(void)state;
	setup_two_keys(4);
	problem.want_v6 = false;
	problem.nf[0].pointer = false;
	problem.nf[0].complexity = 400;
	problem.nf[1].complexity = 500;
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_OK);
	assert_int_equal(plan->steering.fields, FM_F_DST_IP);
	/* 3 lines instead of 1: sharing psd costs 37.5 more of 299 */
	problem.nf[0].state_size = 130;
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_OK);
	assert_int_equal(plan->steering.fields, FM_F_SRC_IP);
	assert_float_equal(solution.cost, solution.cheapest, 1e-9);
	/* per flow that is a sixteenth, so 2.3 */
	problem.nf[0].intensity = problem.nf[1].intensity = FM_INTENSITY_FLOW;
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_OK);
	assert_int_equal(plan->steering.fields, FM_F_DST_IP);
	assert_float_equal(solution.cost - solution.cheapest, 37.5 / 16, 1e-9);
	assert_float_equal(solution.proof.bound, solution.cheapest, 1e-6);
	assert_int_equal(solution.alt[0].fields, FM_F_DST_IP);
	assert_int_equal(solution.alt[0].rank, 1);
	assert_non_null(strstr(solution.why,
			       "The runner-up, {src_ip}, keeps psd local and shares policer and costs 2.34 less, a near tie; the winner keeps NFs local that do more work."));
	/* measured time goes before complexity */
	problem.nf[0].measured_ns = 130;
	problem.nf[1].measured_ns = 129;
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_OK);
	assert_int_equal(plan->steering.fields, FM_F_SRC_IP);
	problem.nf[1].measured_ns = 131;
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_OK);
	assert_int_equal(plan->steering.fields, FM_F_DST_IP);
	assert_non_null(strstr(solution.why, "measured to take longer"));
	/* without near ties only costs count */
	problem.near = 0;
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_OK);
	assert_int_equal(plan->steering.fields, FM_F_SRC_IP);
}

/* 16 cores: re-steering saves 7.2 of 141; of 1141 that is a near tie. */
static void test_near_tie_of_segments(void **state)
{
	(void)state;
	setup_two_keys(16);
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_OK);
	assert_int_equal(solution.n_segs, 2);
	problem.nf[0].complexity = 4000;
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_OK);
	assert_int_equal(solution.n_segs, 1);
	assert_int_equal(solution.cheapest_segs, 2);
	assert_float_equal(solution.cost - solution.cheapest,
			   (5 + 60 + 25 * 15 / 16.0) - (25 + 60 * 15 / 16.0),
			   1e-9);
	assert_non_null(strstr(solution.why,
			       "With 2 segments it would cost 7.19 less, a near tie; fewer segments win."));
}

static void test_invalid(void **state)
{
	(void)state;
	setup_published();
	problem.cores = 0;
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_INVALID);
	assert_string_equal(solution.why, "at least one core is needed");
	setup_published();
	problem.n_nfs = 0;
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_INVALID);
	problem.n_nfs = 65;
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_INVALID);
	setup_published();
	problem.segments = 0;
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_INVALID);
	problem.segments = 5;
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_INVALID);
	assert_string_equal(solution.why, "a chain has 1 to 4 segments");
	setup_published();
	problem.near = NAN;
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_INVALID);
	setup_published();
	problem.nf[1].key = 0;
	assert_int_equal(fm_rss_solve_default(&problem, &solution),
			 FM_RSS_INVALID);
	assert_string_equal(solution.why,
			    "NF 2 (policer) keeps state but has no key");
	setup_published();
	problem.nf[0].measured_ns = NAN;
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_INVALID);
	setup_published();
	problem.model.transfer = -1;
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_published),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_default),
		cmocka_unit_test(test_means),
		cmocka_unit_test(test_dual_stack),
		cmocka_unit_test(test_bidirectional),
		cmocka_unit_test(test_selected_is_kept),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_ties),
		cmocka_unit_test(test_conflict),
		cmocka_unit_test(test_segments),
		cmocka_unit_test(test_groups_of_segments),
		cmocka_unit_test(test_near_ties),
		cmocka_unit_test(test_near_tie_of_segments),
		cmocka_unit_test(test_invalid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
