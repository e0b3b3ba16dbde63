// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The solver is exact: a brute force over cuts, steerings and modes for short
 * chains, a dynamic program for long ones. Neither shares code with it: they
 * have words of their own for what fits, what a NIC can and what it costs.
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

#include "rss.h"

#define SD		3
#define SDFN		15
#define OPTIONS		61	/* locked, and 30 by NIC and in software */
#define NEAR		(1 + FM_PROBLEM_NEAR)

static struct fm_problem problem;
static struct fm_solution solution;

struct option {
	uint32_t r;
	bool symmetric;
	bool locked;
	bool all_ports;		/* of every protocol are hashed */
	double cost;
};

static struct option first_options[OPTIONS], later_options[OPTIONS];
static unsigned int n_first, n_later;

/* ---- what fits, what a NIC can, what it costs */

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

static double brute_lines(const struct fm_problem_nf *nf)
{
	double lines = 1;

	while (lines < 4 && lines * 64 < nf->state_size)
		lines++;
	return lines;
}

static double brute_penalty(const struct fm_problem_nf *nf, double n)
{
	double lines = brute_lines(nf) + (nf->pointer ? 1 : 0);

	return (5 + 4 * (n - 1) + 25 * lines * (n - 1) / n) *
	       (nf->intensity == FM_INTENSITY_FLOW ? 0.0625 : 1);
}

static double brute_own(const struct fm_problem_nf *nf)
{
	if (nf->measured_ns > 0)
		return nf->measured_ns / 1.25;
	if (!nf->stateful)
		return nf->complexity / 4.0;
	return nf->complexity / 4.0 + 3 * brute_lines(nf) +
	       (nf->pointer ? 3 : 0);
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

static void list_options(void)
{
	double hand = 25 + 60.0 * (problem.cores - 1) / problem.cores;

	n_first = n_later = 0;
	first_options[n_first++] = (struct option){ .locked = true };
	for (uint32_t i = 0; i < 30; i++) {
		uint32_t r = i % 15 + 1;
		bool symmetric = i >= 15;
		int nic = brute_nic(r, symmetric);
		struct option o = { r, symmetric, false, true, hand };

		if (symmetric && !own_mirror(r))
			continue;
		if (problem.software)
			first_options[n_first++] = later_options[n_later++] = o;
		if (nic == 1 || (nic == 2 && problem.software))
			first_options[n_first++] = (struct option){
				r, symmetric, false, false,
				nic == 2 ? hand / 2 : 0 };
	}
}

static bool may_cut(unsigned int at)
{
	for (unsigned int i = 0; i < at; i++)
		if (problem.nf[i].rewrites)
			return false;
	return true;
}

/* ---- brute force */

/* Modes: bit set = local. Infinite if this is not allowed. */
static double brute_modes(const struct option *o, unsigned int first,
			  unsigned int end, uint32_t local)
{
	double cost = o->cost;

	for (unsigned int i = first; i < end; i++) {
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
		for (unsigned int j = first; j < i; j++)
			known |= problem.nf[j].stateful &&
				 problem.nf[j].key == nf->key &&
				 problem.nf[j].bidirectional ==
					nf->bidirectional &&
				 (local >> j & 1) == is_local;
		cost += known ? 0 : 16;
		cost += is_local ? 0 : brute_penalty(nf, problem.cores);
	}
	return cost;
}

static double brute_run(unsigned int first, unsigned int end)
{
	const struct option *options = first ? later_options : first_options;
	unsigned int n = first ? n_later : n_first;
	double best = INFINITY;

	for (unsigned int i = 0; i < n; i++)
		for (uint32_t modes = 0; modes < 1U << (end - first); modes++)
			best = fmin(best, brute_modes(&options[i], first, end,
						      modes << first));
	return best;
}

/* Every set of cuts; bit i: a segment begins with NF i + 1. */
static double brute_force(void)
{
	static double run[FM_PROBLEM_NFS][FM_PROBLEM_NFS + 1];
	unsigned int n = problem.n_nfs;
	double best = INFINITY;

	list_options();
	for (unsigned int i = 0; i < n; i++)
		for (unsigned int j = i + 1; j <= n; j++)
			run[i][j] = brute_run(i, j);
	for (uint32_t cuts = 0; cuts < 1U << (n - 1); cuts++) {
		unsigned int first = 0;
		double cost = 0;

		if (1U + __builtin_popcount(cuts) > problem.segments)
			continue;
		for (unsigned int i = 1; i <= n; i++) {
			if (i < n && !(cuts >> (i - 1) & 1))
				continue;
			cost += i == n || may_cut(i) ? run[first][i] : INFINITY;
			first = i;
		}
		best = fmin(best, cost);
	}
	return best;
}

/* ---- what near ties are decided by */

struct score {
	double cost;
	unsigned int segs;
	double ns;
	double ops;
};

static bool is_better(const struct score *a, const struct score *b)
{
	if (a->segs != b->segs)
		return a->segs < b->segs;
	if (fabs(a->ns - b->ns) > 1e-6)
		return a->ns > b->ns;
	if (fabs(a->ops - b->ops) > 1e-6)
		return a->ops > b->ops;
	return a->cost < b->cost - 1e-6;
}

static double cheapest_modes(const struct option *o, unsigned int first,
			     unsigned int end)
{
	double best = INFINITY;

	for (uint32_t modes = 0; modes < 1U << (end - first); modes++)
		best = fmin(best, brute_modes(o, first, end, modes << first));
	return best;
}

static struct score add_run(struct score score, unsigned int first,
			    unsigned int end, uint32_t local, double cost)
{
	score.cost += cost;
	score.segs++;
	for (unsigned int i = first; i < end; i++) {
		if (!(local >> i & 1))
			continue;
		score.ns += problem.nf[i].measured_ns;
		score.ops += problem.nf[i].complexity;
	}
	return score;
}

/* Every plan that costs at most @limit, from NF @first on, in best modes. */
static void search_near(unsigned int first, struct score so_far, double limit,
			struct score *best)
{
	const struct option *options = first ? later_options : first_options;
	unsigned int n = first ? n_later : n_first;

	if (first == problem.n_nfs) {
		if (is_better(&so_far, best))
			*best = so_far;
		return;
	}
	if (so_far.segs == problem.segments || (first && !may_cut(first)))
		return;
	for (unsigned int end = first + 1; end <= problem.n_nfs; end++)
		for (unsigned int i = 0; i < n; i++) {
			double least = cheapest_modes(&options[i], first, end);

			if (so_far.cost + least > limit)
				continue;
			for (uint32_t m = 0; m < 1U << (end - first); m++) {
				double cost = brute_modes(&options[i], first,
							  end, m << first);

				if (cost > least + 1e-9)
					continue;
				search_near(end, add_run(so_far, first, end,
							 m << first, cost),
					    limit, best);
			}
		}
}

/* ---- dynamic program, over the NFs done and the segments used for them */

/*
 * NFs of one key may have a local table, a shared one or both; of those that
 * there are, each NF takes the cheaper one.
 */
static double dynamic_group(const struct option *o, unsigned int first,
			    unsigned int end, unsigned int tables,
			    const struct fm_problem_nf *like)
{
	double cost = 16 * (tables == 3 ? 2 : 1);

	for (unsigned int i = first; i < end; i++) {
		const struct fm_problem_nf *nf = &problem.nf[i];
		double local = INFINITY, shared = INFINITY;

		if (!nf->stateful || nf->key != like->key ||
		    nf->bidirectional != like->bidirectional)
			continue;
		if (tables & 1 && brute_fits(o, nf) && nf->pin != FM_PIN_SHARED)
			local = 0;
		if (tables & 2 && nf->pin != FM_PIN_LOCAL)
			shared = brute_penalty(nf, problem.cores);
		cost += fmin(local, shared);
	}
	return cost;
}

static bool seen_before(unsigned int first, unsigned int i)
{
	for (unsigned int j = first; j < i; j++)
		if (problem.nf[j].stateful &&
		    problem.nf[j].key == problem.nf[i].key &&
		    problem.nf[j].bidirectional == problem.nf[i].bidirectional)
			return true;
	return false;
}

static double dynamic_run(unsigned int first, unsigned int end)
{
	const struct option *options = first ? later_options : first_options;
	unsigned int n = first ? n_later : n_first;
	double best = INFINITY;

	for (unsigned int i = 0; i < n; i++) {
		const struct option *o = &options[i];
		double cost = o->cost;

		for (unsigned int j = first; j < end; j++) {
			const struct fm_problem_nf *nf = &problem.nf[j];
			double group = INFINITY;

			cost += brute_own(nf);
			if (!nf->stateful || seen_before(first, j))
				continue;
			for (unsigned int tables = 1; tables <= 3; tables++)
				group = fmin(group, dynamic_group(o, first, end,
								  tables, nf));
			cost += group;
		}
		best = fmin(best, cost);
	}
	return best;
}

static double dynamic_program(void)
{
	double best[FM_SEGMENTS_MAX + 1][FM_PROBLEM_NFS + 1];
	double least = INFINITY;
	unsigned int n = problem.n_nfs;

	list_options();
	for (unsigned int k = 0; k <= FM_SEGMENTS_MAX; k++)
		for (unsigned int i = 0; i <= n; i++)
			best[k][i] = k || i ? INFINITY : 0;
	for (unsigned int first = 0; first < n; first++) {
		if (first && !may_cut(first))
			break;
		for (unsigned int end = first + 1; end <= n; end++) {
			double cost = dynamic_run(first, end);

			for (unsigned int k = 0; k < problem.segments; k++)
				best[k + 1][end] = fmin(best[k + 1][end],
						best[k][first] + cost);
		}
	}
	for (unsigned int k = 1; k <= problem.segments; k++)
		least = fmin(least, best[k][n]);
	return least;
}

/* ---- problems */

static uint32_t random_state;

static uint32_t draw(uint32_t range)
{
	random_state = random_state * 1664525 + 1013904223;
	return (uint64_t)random_state * range >> 32;
}

static void setup_problem(void)
{
	fm_problem_setup(&problem);
	snprintf(problem.chain, sizeof(problem.chain), "test");
	problem.cores = 16;
	problem.seed = 1;
	problem.nic = (struct fm_nic_cap){
		.can_set_key = true, .key_len = 40, .indir_size = 128,
		.ipv6 = true,
	};
	for (unsigned int i = 0; i < FM_FLOW_MAX; i++)
		problem.nic.accepts[i] = FM_ACCEPT(SD) | FM_ACCEPT(SDFN);
}

static void draw_nf(unsigned int i)
{
	static const uint32_t two_ended[] = { 3, 12, 15, 19, 31, 28 };
	struct fm_problem_nf *nf = &problem.nf[i];

	*nf = (struct fm_problem_nf){ 0 };
	snprintf(nf->name, sizeof(nf->name), "nf%u", i);
	nf->key = draw(6) ? 1 + draw(31) : 0;
	nf->pointer = draw(2);
	if (nf->key && i && !draw(3) && problem.nf[i - 1].stateful) {
		nf->key = problem.nf[i - 1].key;
		nf->bidirectional = problem.nf[i - 1].bidirectional;
	} else if (nf->key && !draw(3)) {
		nf->bidirectional = true;
		nf->key = two_ended[draw(6)];
	}
	nf->stateful = nf->key;
	nf->intensity = !nf->key ? FM_INTENSITY_NONE :
			draw(2) ? FM_INTENSITY_PACKET : FM_INTENSITY_FLOW;
	nf->state_size = draw(3) ? draw(400) : 0;
	nf->complexity = draw(500);
	nf->measured_ns = draw(4) ? 0 : draw(100);
	nf->rewrites = !draw(12);
	if (!draw(8))
		nf->pin = draw(2) ? FM_PIN_LOCAL : FM_PIN_SHARED;
}

static void draw_problem(unsigned int n_nfs)
{
	bool any = !draw(4);

	setup_problem();
	problem.n_nfs = n_nfs;
	for (unsigned int i = 0; i < problem.n_nfs; i++)
		draw_nf(i);
	problem.cores = 1 + draw(draw(2) ? 16 : 64);
	problem.segments = 1 + draw(FM_SEGMENTS_MAX);
	problem.software = draw(4);
	problem.want_v4 = draw(4);
	problem.want_v6 = !problem.want_v4 || draw(2);
	problem.nic.can_set_key = draw(3);
	problem.nic.ipv6 = draw(4);
	problem.nic.indir_size = draw(10) ? 1U << (1 + draw(11)) : 0;
	problem.nic.symmetric_hardwired = !draw(6);
	for (unsigned int i = 0; any && i < FM_FLOW_MAX; i++)
		problem.nic.accepts[i] = FM_ACCEPT_ANY;
}

static void draw_long_problem(void)
{
	draw_problem(20);
	for (unsigned int i = 0; i < 20; i++) {
		if (draw(10))
			problem.nf[i].pin = FM_PIN_NONE;
		problem.nf[i].rewrites = !draw(60);
	}
}

/* ---- what every solution has to be like */

static double sum_solution(void)
{
	double sum = 0;

	for (unsigned int i = 0; i < solution.n_segs; i++)
		sum += solution.seg[i].plan.cost;
	for (unsigned int i = 0; i < solution.n_nfs; i++)
		sum += solution.nf[i].own + solution.nf[i].lookup +
		       solution.nf[i].penalty;
	return sum;
}

static void check_segments(void)
{
	double sum = 0;

	assert_in_range(solution.n_segs, 1, problem.segments);
	for (unsigned int i = 0; i < solution.n_segs; i++) {
		const struct fm_solution_seg *seg = &solution.seg[i];

		assert_int_equal(seg->first, i ? seg[-1].end : 0);
		assert_true(seg->end > seg->first);
		for (unsigned int j = seg->first; j < seg->end; j++)
			assert_int_equal(solution.nf[j].segment, i);
		sum += seg->cost;
	}
	assert_int_equal(solution.seg[solution.n_segs - 1].end, problem.n_nfs);
	assert_float_equal(sum, solution.cost, 1e-6);
}

/* Return: false if there is no plan. */
static bool check_against(double best, const char *by)
{
	fm_rss_solve(&problem, &solution);
	if (isinf(best)) {
		assert_int_equal(solution.status, FM_RSS_INFEASIBLE);
		assert_int_equal(solution.proof.status, FM_MILP_INFEASIBLE);
		return false;
	}
	assert_int_equal(solution.status, FM_RSS_OK);
	if (fabs(solution.cheapest - best) > 1e-6)
		fail_msg("solver %f, %s %f: %s", solution.cheapest, by, best,
			 solution.why);
	assert_int_equal(solution.proof.status, FM_MILP_OPTIMAL);
	assert_float_equal(solution.proof.bound, best, 1e-6);
	assert_float_equal(solution.proof.gap, 0, 1e-12);
	assert_true(solution.cost >= best - 1e-6);
	assert_true(solution.cost <= best * NEAR + 1e-4);
	assert_float_equal(sum_solution(), solution.cost, 1e-6);
	check_segments();
	if (solution.n_segs == 1)
		assert_float_equal(solution.alt[0].cost, solution.cost, 1e-6);
	return true;
}

/* ---- tests */

/* All 5460 chains of up to 6 NFs of four kinds. */
static void test_kinds(void **state)
{
	static const struct fm_problem_nf kinds[] = {
		{ .name = "mirror", .complexity = 10 },
		{ .name = "psd", .stateful = true, .key = 1, .pointer = true,
		  .intensity = FM_INTENSITY_PACKET, .complexity = 120 },
		{ .name = "policer", .stateful = true, .key = 2,
		  .intensity = FM_INTENSITY_PACKET, .complexity = 60 },
		{ .name = "nat", .stateful = true, .key = 31,
		  .bidirectional = true, .intensity = FM_INTENSITY_FLOW,
		  .state_size = 100, .complexity = 200 },
	};
	unsigned int solved = 0, cut = 0;
	(void)state;

	setup_problem();
	for (unsigned int n = 1, chains = 4; n <= 6; n++, chains *= 4) {
		problem.n_nfs = n;
		for (unsigned int chain = 0; chain < chains; chain++) {
			for (unsigned int i = 0; i < n; i++)
				problem.nf[i] = kinds[chain >> 2 * i & 3];
			solved += check_against(brute_force(), "brute force");
			cut += solution.n_segs > 1;
		}
	}
	assert_int_equal(solved, 5460);
	assert_in_range(cut, 100, 5000);
}

static void test_random(void **state)
{
	unsigned int solved = 0, cut = 0;
	(void)state;

	random_state = 12345;
	for (unsigned int i = 0; i < 1000; i++) {
		draw_problem(1 + draw(6));
		solved += check_against(brute_force(), "brute force");
		cut += solution.n_segs > 1;
	}
	assert_in_range(solved, 500, 990);
	assert_in_range(cut, 50, 500);
}

static void test_dynamic(void **state)
{
	unsigned int solved = 0, cut = 0;
	(void)state;

	random_state = 777;
	for (unsigned int i = 0; i < 200; i++) {
		draw_long_problem();
		solved += check_against(dynamic_program(), "dynamic program");
		cut += solution.n_segs > 1;
	}
	assert_in_range(solved, 100, 199);
	assert_in_range(cut, 20, 199);
}

static void test_near_ties(void **state)
{
	unsigned int dearer = 0;
	(void)state;

	random_state = 31;
	for (unsigned int i = 0; i < 300; i++) {
		struct score best = { INFINITY, FM_SEGMENTS_MAX + 1, 0, 0 };
		struct score got = { 0 };

		draw_problem(1 + draw(3));
		problem.near = 0.05;
		if (fm_rss_solve(&problem, &solution) != FM_RSS_OK)
			continue;
		list_options();
		search_near(0, got, solution.cheapest * 1.05 + 1e-7, &best);
		got.segs = solution.n_segs;
		got.cost = solution.cost;
		for (unsigned int j = 0; j < solution.n_nfs; j++) {
			if (solution.nf[j].mode != FM_MODE_LOCAL)
				continue;
			got.ns += problem.nf[j].measured_ns;
			got.ops += problem.nf[j].complexity;
		}
		if (is_better(&best, &got) || is_better(&got, &best))
			fail_msg("chain %u: %u segments, %f ns, %f operations for %f; there is %u, %f, %f for %f",
				 i, got.segs, got.ns, got.ops, got.cost,
				 best.segs, best.ns, best.ops, best.cost);
		dearer += solution.cost > solution.cheapest + 1e-6;
	}
	assert_in_range(dearer, 5, 290);
}

/* ---- conflicts: all wishes that are named, and any but one of them */

struct wishes {
	uint32_t pins;
	bool families;
	bool limit;
	bool meaning;
	bool segments;
	bool software;
};

static struct wishes read_wishes(const char *why)
{
	struct wishes w = { 0 };
	char name[16];

	for (unsigned int i = 0; i < problem.n_nfs; i++) {
		snprintf(name, sizeof(name), "nf%u (", i);
		if (strstr(why, name))
			w.pins |= 1U << i;
	}
	w.families = strstr(why, "holds for IPv4 and IPv6");
	w.limit = strstr(why, "no more than 4 segments");
	w.meaning = strstr(why, "see them as they came");
	w.segments = strstr(why, "are not re-steered") ||
		     strstr(why, "at most");
	w.software = strstr(why, "hands no packets over");
	return w;
}

static bool has_plan(const struct fm_problem *wanted, struct wishes w)
{
	double v4, v6;

	problem = *wanted;
	for (unsigned int i = 0; i < problem.n_nfs; i++)
		if (!(w.pins >> i & 1) && problem.nf[i].pin == FM_PIN_LOCAL)
			problem.nf[i].pin = FM_PIN_NONE;
	if (!w.segments || problem.segments == FM_SEGMENTS_MAX)
		problem.segments = w.limit ? FM_SEGMENTS_MAX : problem.n_nfs;
	for (unsigned int i = 0; i < problem.n_nfs && !w.meaning; i++)
		problem.nf[i].rewrites = false;
	problem.software = problem.software || !w.software;
	if (w.families || !problem.want_v4 || !problem.want_v6)
		return !isinf(brute_force());
	problem.want_v6 = false;
	v4 = brute_force();
	problem.want_v6 = true;
	problem.want_v4 = false;
	v6 = brute_force();
	return !isinf(fmin(v4, v6));
}

static unsigned int check_irreducible(const struct fm_problem *wanted,
				      struct wishes w)
{
	struct wishes less;
	bool *const others[] = { &less.families, &less.limit, &less.meaning,
				 &less.segments, &less.software };
	unsigned int n = 0;

	assert_false(has_plan(wanted, w));
	for (unsigned int i = 0; i < wanted->n_nfs + 5; i++) {
		less = w;
		if (i < wanted->n_nfs)
			less.pins &= ~(1U << i);
		else
			*others[i - wanted->n_nfs] = false;
		if (!memcmp(&less, &w, sizeof(w)))
			continue;
		n++;
		if (!has_plan(wanted, less))
			fail_msg("one wish too many: %s", solution.why);
	}
	return n;
}

static void test_conflicts(void **state)
{
	unsigned int infeasible = 0, several = 0;
	struct fm_problem wanted;
	(void)state;

	random_state = 4711;
	for (unsigned int i = 0; i < 300; i++) {
		draw_problem(2 + draw(6));
		for (unsigned int j = 0; j < problem.n_nfs; j++)
			if (draw(4) && problem.nf[j].stateful)
				problem.nf[j].pin = FM_PIN_LOCAL;
		wanted = problem;
		if (fm_rss_solve(&problem, &solution) != FM_RSS_INFEASIBLE)
			continue;
		infeasible++;
		several += check_irreducible(&wanted,
					     read_wishes(solution.why)) > 1;
	}
	assert_in_range(infeasible, 50, 390);
	assert_in_range(several, 20, 390);
}

static void test_deterministic(void **state)
{
	static struct fm_solution again;
	(void)state;

	random_state = 99;
	for (unsigned int i = 0; i < 50; i++) {
		draw_problem(1 + draw(7));
		fm_rss_solve(&problem, &solution);
		fm_rss_solve(&problem, &again);
		assert_memory_equal(&solution, &again, sizeof(solution));
	}
}

static double cpu_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return ts.tv_sec * 1e3 + ts.tv_nsec / 1e6;
}

static void test_time(void **state)
{
	double solver = 0, dynamic = 0, worst = 0, begin, ms;
	(void)state;

	random_state = 4;
	for (unsigned int i = 0; i < 50; i++) {
		draw_long_problem();
		for (unsigned int j = 0; j < 20; j++) {
			problem.nf[j].pin = FM_PIN_NONE;
			problem.nf[j].rewrites = false;
		}
		problem.segments = FM_SEGMENTS_MAX;
		problem.software = true;
		begin = cpu_ms();
		assert_int_equal(fm_rss_solve(&problem, &solution), FM_RSS_OK);
		ms = cpu_ms() - begin;
		solver += ms / 50;
		worst = fmax(worst, ms);
		begin = cpu_ms();
		dynamic_program();
		dynamic += (cpu_ms() - begin) / 50;
	}
	print_message("20 NFs: %.2f ms of CPU time per chain, worst case %.2f; dynamic program %.2f\n",
		      solver, worst, dynamic);
	assert_true(worst < 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_dynamic),
		cmocka_unit_test(test_near_ties),
		cmocka_unit_test(test_conflicts),
		cmocka_unit_test(test_deterministic),
		cmocka_unit_test(test_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
