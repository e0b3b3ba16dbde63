// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <stddef.h>

#include "cost.h"
#include "problem.h"

#define LINE_BYTES	64

/**
 * fm_cost_setup - fill in the default constants
 * @model: the constants
 *
 * They follow the ratios of latencies that server processors share, with an L1
 * hit of 4 to 5 cycles: an operation is a cycle, L2 answers in about 14, a free
 * atomic takes about 20, and a line modified by another core of the socket
 * about 100. Documentation/solver.rst has the reasons one by one.
 */
void fm_cost_setup(struct fm_cost_model *model)
{
	*model = (struct fm_cost_model){
		.op = 0.25,
		.lookup = 16,
		.line = 3,
		.chase = 3,
		.lock = 5,
		.transfer = 25,
		.contend = 4,
		.write_share = 1.0 / 16,
		.softhash = 25,
		.handoff = 60,
		.v6_share = 0.5,
		.max_lines = 4,
		.unit_ns = 1.25,
	};
}

static bool is_cost(double value)
{
	return value >= 0 && !isinf(value);
}

/**
 * fm_cost_check - are these constants usable?
 * @model: the constants
 *
 * Return: true if all are finite and not negative, the shares at most 1, and
 * max_lines and unit_ns positive.
 */
bool fm_cost_check(const struct fm_cost_model *model)
{
	return is_cost(model->op) && is_cost(model->lookup) &&
	       is_cost(model->line) && is_cost(model->chase) &&
	       is_cost(model->lock) && is_cost(model->transfer) &&
	       is_cost(model->contend) && is_cost(model->softhash) &&
	       is_cost(model->handoff) && is_cost(model->write_share) &&
	       model->write_share <= 1 && is_cost(model->v6_share) &&
	       model->v6_share <= 1 && is_cost(model->max_lines) &&
	       model->max_lines >= 1 && is_cost(model->unit_ns) &&
	       model->unit_ns > 0;
}

/* Lines of state that a packet touches; one if the size is not known. */
static double count_lines(const struct fm_cost_model *model,
			  const struct fm_problem_nf *nf)
{
	double lines = ceil(nf->state_size / (double)LINE_BYTES);

	return fmin(fmax(lines, 1), model->max_lines);
}

/**
 * fm_cost_own - an NF's own work, the same in every mode
 * @model: the constants
 * @nf: the NF
 *
 * The measured time where there is one; otherwise op * complexity, and for
 * state line * lines + chase if it has pointers. The lookup is not in it: a
 * state group pays it once.
 *
 * Return: units per packet.
 */
double fm_cost_own(const struct fm_cost_model *model,
		   const struct fm_problem_nf *nf)
{
	double own = model->op * nf->complexity;

	if (nf->measured_ns > 0)
		return nf->measured_ns / model->unit_ns;
	if (nf->stateful)
		own += model->line * count_lines(model, nf) +
		       model->chase * nf->pointer;
	return own;
}

static double count_writes(const struct fm_cost_model *model,
			   const struct fm_problem_nf *nf)
{
	return nf->intensity == FM_INTENSITY_FLOW ? model->write_share : 1;
}

/**
 * fm_cost_serial - what cores that share an NF's state do one after the other
 * @model: the constants
 * @nf: the NF
 *
 * The lock and the lines that it protects, if all of them are on another core:
 * lock + transfer (lines + pointer), for write_share of the packets where state
 * is written once per flow.
 *
 * Return: units per packet, 0 for a stateless NF.
 */
double fm_cost_serial(const struct fm_cost_model *model,
		      const struct fm_problem_nf *nf)
{
	if (!nf->stateful)
		return 0;
	return count_writes(model, nf) *
	       (model->lock +
		model->transfer * (count_lines(model, nf) + nf->pointer));
}

/**
 * fm_cost_penalty - what sharing an NF's state between cores adds
 * @model: the constants
 * @nf: the NF
 * @cores: that run the chain, n
 *
 * A write takes the lock, waits for the others and finds the lines last written
 * elsewhere with probability (n-1)/n:
 *
 *	write = lock + contend (n-1) + transfer (lines + pointer) (n-1)/n
 *
 * Per-packet state pays it always, per-flow state for write_share of the
 * packets: between writes its lines are read-only copies in every cache.
 *
 * Return: units per packet, 0 for a stateless NF.
 */
double fm_cost_penalty(const struct fm_cost_model *model,
		       const struct fm_problem_nf *nf, unsigned int cores)
{
	double others = cores - 1, write;

	if (!nf->stateful)
		return 0;
	write = model->lock + model->contend * others +
		model->transfer * (count_lines(model, nf) + nf->pointer) *
		others / cores;
	return write * count_writes(model, nf);
}

/**
 * fm_cost_software - what steering in software adds
 * @model: the constants
 * @cores: that run the chain, n
 *
 * Every packet is hashed, and (n-1)/n of them arrive at a core that does not
 * own their shard: softhash + handoff (n-1)/n.
 *
 * Return: units per packet that is steered so.
 */
double fm_cost_software(const struct fm_cost_model *model, unsigned int cores)
{
	return model->softhash + model->handoff * (cores - 1) / cores;
}
