// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The solver: the published chain, the order of the means, pins and conflicts,
 * and a brute force that shares no code with it.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "fieldset.h"
#include "keysynth.h"
#include "rss.h"

#define SD	3
#define SDFN	15

static struct fm_problem problem;
static struct fm_solution solution;

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
	memset(&problem, 0, sizeof(problem));
	snprintf(problem.chain, sizeof(problem.chain), "test");
	problem.cores = 4;
	problem.nic = make_virtio();
	problem.software = true;
	problem.want_v4 = true;
	problem.want_v6 = true;
	problem.seed = 1;
	fm_cost_setup(&problem.model);
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
	assert_int_equal(solution.plan.steering.fields, FM_F_SRC_IP);
	assert_false(solution.plan.steering.symmetric);
	assert_int_equal(solution.means, FM_MEANS_KEY_SYNTHESIS);
	assert_int_equal(solution.plan.v6, FM_MEANS_KEY_SYNTHESIS);
	assert_false(solution.plan.split);
	assert_int_equal(solution.nf[0].mode, FM_MODE_LOCAL);
	assert_int_equal(solution.nf[1].mode, FM_MODE_SHARED);
	assert_int_equal(solution.nf[2].mode, FM_MODE_LOCAL);
	assert_int_equal(solution.n_groups, 3);
	assert_int_equal(solution.plan.indir_size, 128);
	assert_int_equal(solution.plan.key_len, 40);
	for (unsigned int i = 0; i < FM_FLOW_MAX; i++)
		assert_int_equal(solution.plan.select[i], SD);
	for (enum fm_family f = 0; f < FM_FAMILY_MAX; f++)
		assert_int_equal(fm_rsskey_effective(solution.plan.key, 40, 7,
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
	assert_int_equal(solution.plan.steering.fields, SDFN);
	assert_int_equal(solution.plan.steering.l4, FM_L4_TCP | FM_L4_UDP);
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
	assert_int_equal(solution.plan.steering.fields, fields);
	assert_int_equal(solution.plan.v4, v4);
	assert_int_equal(solution.plan.v6, v6);
}

static void test_means(void **state)
{
	(void)state;
	/* any subset can be selected */
	setup_published();
	for (unsigned int i = 0; i < FM_FLOW_MAX; i++)
		problem.nic.accepts[i] = FM_ACCEPT_ANY;
	expect_means(FM_MEANS_FIELD_SELECTOR, FM_MEANS_FIELD_SELECTOR, 1);
	assert_int_equal(solution.plan.select[FM_FLOW_UDP6], 1);
	assert_int_equal(solution.plan.steering.l4, 0);

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
	assert_float_equal(solution.plan.cost, 25 + 60 * 15 / 16.0, 1e-9);
	assert_int_equal(solution.plan.steering.l4, FM_L4_ALL);

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
	assert_true(solution.plan.split);
	assert_int_equal(fm_rsskey_effective(solution.plan.key, 40, 7,
					     FM_FAMILY_V4, true), 2);
	assert_int_equal(fm_rsskey_effective(solution.plan.key6, 40, 7,
					     FM_FAMILY_V6, true), 2);
	assert_int_equal(solution.plan.select[FM_FLOW_TCP6], 0);
	assert_float_equal(solution.plan.cost, 0.5 * (25 + 45), 1e-9);
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
	assert_true(solution.plan.steering.symmetric);
	assert_int_equal(solution.nf[0].mode, FM_MODE_LOCAL);
	assert_true(fm_rsskey_symmetric(solution.plan.key, 40, 7, FM_FAMILY_V4,
					true));
	assert_true(fm_rsskey_symmetric(solution.plan.key, 40, 7, FM_FAMILY_V6,
					true));
	assert_false(find_row(SDFN, false)->local);
	problem.nic.symmetric_hardwired = true;
	expect_means(FM_MEANS_FIELD_SELECTOR, FM_MEANS_FIELD_SELECTOR, SDFN);
	assert_true(solution.plan.steering.symmetric);
}

static void test_selected_is_kept(void **state)
{
	(void)state;
	setup_published();
	problem.nic.selected[FM_FLOW_TCP4] = SDFN;
	problem.nic.selected[FM_FLOW_UDP4] = SD;
	expect_means(FM_MEANS_KEY_SYNTHESIS, FM_MEANS_KEY_SYNTHESIS, 1);
	assert_int_equal(solution.plan.select[FM_FLOW_TCP4], SDFN);
	assert_int_equal(solution.plan.select[FM_FLOW_UDP4], SD);
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

static void test_conflict(void **state)
{
	(void)state;
	setup_published();
	add_nf("mirror", 0, FM_INTENSITY_NONE, false);
	for (unsigned int i = 0; i < 4; i++)
		problem.nf[i].pin = FM_PIN_LOCAL;
	assert_int_equal(fm_rss_solve(&problem, &solution),
			 FM_RSS_INFEASIBLE);
	assert_string_equal(solution.why,
			    "no steering that can be had lets psd (key src_ip) and policer (key dst_ip) be local");
	problem.nf[1].pin = FM_PIN_SHARED;
	assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_OK);
	problem.nf[0].bidirectional = true;
	problem.nf[0].key = 3;
	problem.n_nfs = 2;
	problem.nf[1] = make_nf("a", 5, FM_INTENSITY_PACKET, false);
	add_nf("b", 6, FM_INTENSITY_PACKET, false);
	add_nf("c", 3, FM_INTENSITY_PACKET, false);
	for (unsigned int i = 0; i < 4; i++)
		problem.nf[i].pin = i ? FM_PIN_LOCAL : FM_PIN_NONE;
	assert_int_equal(fm_rss_solve(&problem, &solution),
			 FM_RSS_INFEASIBLE);
	assert_string_equal(solution.why,
			    "no steering that can be had lets a (key src_ip,src_port), b (key dst_ip,src_port) and c (key src_ip,dst_ip) be local");
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

/*
 * Brute force. Its own words for what fits, what a NIC can and what it costs;
 * every mode of every NF is tried.
 */
struct option {
	uint32_t r;
	bool symmetric;
	bool locked;
	bool all_ports;		/* of every protocol are hashed */
	double cost;
};

static bool own_mirror(uint32_t r)
{
	return !!(r & 1) == !!(r & 2) && !!(r & 4) == !!(r & 8);
}

static bool brute_fits(const struct option *o, const struct fm_problem_nf *nf)
{
	if (o->locked || (o->r & nf->key) != o->r)
		return false;
	if (nf->bidirectional && !(o->symmetric && own_mirror(o->r)))
		return false;
	return (nf->key & 16) || !(o->r & 12) || o->all_ports;
}

static double brute_penalty(const struct fm_problem_nf *nf, double n)
{
	double lines = 1;

	while (lines < 4 && lines * 64 < nf->state_size)
		lines++;
	if (nf->pointer)
		lines++;
	return (5 + 4 * (n - 1) + 25 * lines * (n - 1) / n) *
	       (nf->intensity == FM_INTENSITY_FLOW ? 0.0625 : 1);
}

static double brute_own(const struct fm_problem_nf *nf)
{
	double lines = 1;

	if (nf->measured_ns > 0)
		return nf->measured_ns / 1.25;
	if (!nf->stateful)
		return nf->complexity / 4.0;
	while (lines < 4 && lines * 64 < nf->state_size)
		lines++;
	return nf->complexity / 4.0 + 3 * lines + (nf->pointer ? 3 : 0);
}

/* Modes: bit set = local. Infinite if this is not allowed. */
static double brute_modes(const struct option *o, uint32_t local)
{
	double cost = 0;

	for (unsigned int i = 0; i < problem.n_nfs; i++) {
		const struct fm_problem_nf *nf = &problem.nf[i];
		bool is_local = local >> i & 1, known = false;

		cost += brute_own(nf);
		if (!nf->stateful) {
			if (is_local)
				return INFINITY;
			continue;
		}
		if ((is_local && !brute_fits(o, nf)) ||
		    (is_local && nf->pin == FM_PIN_SHARED) ||
		    (!is_local && nf->pin == FM_PIN_LOCAL))
			return INFINITY;
		for (unsigned int j = 0; j < i; j++)
			known |= problem.nf[j].stateful &&
				 problem.nf[j].key == nf->key &&
				 problem.nf[j].bidirectional ==
					nf->bidirectional &&
				 (local >> j & 1) == is_local;
		cost += known ? 0 : 16;
		cost += is_local ? 0 : brute_penalty(nf, problem.cores);
	}
	return cost + o->cost;
}

static double brute_option(const struct option *o)
{
	double best = INFINITY;

	for (uint32_t local = 0; local < 1U << problem.n_nfs; local++)
		best = fmin(best, brute_modes(o, local));
	return best;
}

/* 0: cannot; 1: in hardware; 2: IPv6 in software */
static int brute_nic(uint32_t r, bool symmetric)
{
	bool any = problem.nic.accepts[0] == FM_ACCEPT_ANY;
	bool wired = problem.nic.symmetric_hardwired;
	bool exact = any || r == SD || r == SDFN;

	if (!problem.nic.indir_size || (wired && !symmetric && own_mirror(r)))
		return 0;
	if (problem.want_v6 && !problem.nic.ipv6 && !problem.want_v4)
		return 0;
	if (!(exact && (!symmetric || wired))) {
		if (!problem.nic.can_set_key || wired)
			return 0;
		if (problem.want_v4 && problem.want_v6 && !(r & 1))
			return 2;
	}
	return problem.want_v6 && !problem.nic.ipv6 ? 2 : 1;
}

static double brute_force(void)
{
	double hand = 25 + 60.0 * (problem.cores - 1) / problem.cores;
	struct option o = { .locked = true };
	double best = brute_option(&o);

	for (uint32_t i = 0; i < 30; i++) {
		uint32_t r = i % 15 + 1;
		bool symmetric = i >= 15;
		int nic = brute_nic(r, symmetric);

		if (symmetric && !own_mirror(r))
			continue;
		if (nic == 1 || (nic == 2 && problem.software)) {
			o = (struct option){ r, symmetric, false, false,
				nic == 2 ? hand / 2 : 0 };
			best = fmin(best, brute_option(&o));
		}
		if (problem.software) {
			o = (struct option){ r, symmetric, false, true, hand };
			best = fmin(best, brute_option(&o));
		}
	}
	return best;
}

static uint32_t random_state;

static uint32_t draw(uint32_t range)
{
	random_state = random_state * 1664525 + 1013904223;
	return (uint64_t)random_state * range >> 32;
}

static void draw_nf(unsigned int i)
{
	static const uint32_t two_ended[] = { 3, 12, 15, 19, 31, 28 };
	struct fm_problem_nf *nf = &problem.nf[i];
	char name[16];

	snprintf(name, sizeof(name), "nf%u", i);
	*nf = make_nf(name, draw(6) ? 1 + draw(31) : 0,
		      draw(2) ? FM_INTENSITY_PACKET : FM_INTENSITY_FLOW,
		      draw(2));
	if (nf->key && i && !draw(3) && problem.nf[i - 1].stateful) {
		nf->key = problem.nf[i - 1].key;
		nf->bidirectional = problem.nf[i - 1].bidirectional;
	} else if (nf->key && !draw(3)) {
		nf->bidirectional = true;
		nf->key = two_ended[draw(6)];
	}
	nf->state_size = draw(3) ? draw(400) : 0;
	nf->complexity = draw(500);
	nf->measured_ns = draw(4) ? 0 : draw(100);
	if (!draw(8))
		nf->pin = draw(2) ? FM_PIN_LOCAL : FM_PIN_SHARED;
}

static void draw_problem(void)
{
	bool any = !draw(4);

	setup_problem();
	problem.n_nfs = 1 + draw(7);
	for (unsigned int i = 0; i < problem.n_nfs; i++)
		draw_nf(i);
	problem.cores = 1 + draw(16);
	problem.software = draw(3);
	problem.want_v4 = draw(4);
	problem.want_v6 = !problem.want_v4 || draw(2);
	problem.nic.can_set_key = draw(3);
	problem.nic.ipv6 = draw(4);
	problem.nic.indir_size = draw(10) ? 1U << (1 + draw(11)) : 0;
	problem.nic.symmetric_hardwired = !draw(6);
	for (unsigned int i = 0; any && i < FM_FLOW_MAX; i++)
		problem.nic.accepts[i] = FM_ACCEPT_ANY;
}

static double sum_solution(void)
{
	double sum = solution.plan.cost;

	for (unsigned int i = 0; i < solution.n_nfs; i++)
		sum += solution.nf[i].own + solution.nf[i].lookup +
		       solution.nf[i].penalty;
	return sum;
}

static void test_brute_force(void **state)
{
	unsigned int infeasible = 0;
	(void)state;

	random_state = 12345;
	for (unsigned int i = 0; i < 1000; i++) {
		double best;

		draw_problem();
		best = brute_force();
		if (isinf(best)) {
			infeasible++;
			assert_int_equal(fm_rss_solve(&problem, &solution),
					 FM_RSS_INFEASIBLE);
			continue;
		}
		assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_OK);
		if (fabs(solution.cost - best) > 1e-6)
			fail_msg("chain %u: solver %f, brute force %f: %s", i,
				 solution.cost, best, solution.why);
		assert_float_equal(sum_solution(), solution.cost, 1e-6);
		assert_float_equal(solution.alt[0].cost, solution.cost, 1e-6);
	}
	assert_in_range(infeasible, 10, 500);
}

static void test_deterministic(void **state)
{
	static struct fm_solution again;
	(void)state;

	random_state = 99;
	for (unsigned int i = 0; i < 50; i++) {
		draw_problem();
		fm_rss_solve(&problem, &solution);
		fm_rss_solve(&problem, &again);
		assert_memory_equal(&solution, &again, sizeof(solution));
	}
}

static void test_time(void **state)
{
	struct timespec begin, end;
	double ms;
	(void)state;

	random_state = 4;
	draw_problem();
	problem.nic = make_virtio();
	problem.software = problem.want_v4 = problem.want_v6 = true;
	problem.n_nfs = 20;
	for (unsigned int i = 0; i < 20; i++) {
		draw_nf(i);
		problem.nf[i].pin = FM_PIN_NONE;
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
	for (unsigned int i = 0; i < 100; i++)
		assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_OK);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
	ms = (end.tv_sec - begin.tv_sec) * 10.0 +
	     (end.tv_nsec - begin.tv_nsec) / 1e8;
	print_message("20 NFs: %.3f ms of CPU time per chain\n", ms);
	assert_true(ms < 1000);
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
		cmocka_unit_test(test_invalid),
		cmocka_unit_test(test_brute_force),
		cmocka_unit_test(test_deterministic),
		cmocka_unit_test(test_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
