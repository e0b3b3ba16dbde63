// SPDX-License-Identifier: GPL-2.0-or-later
/* A solution as JSON: a plan file with the reasons for the plan. */
#include <stdio.h>

#include "forecast.h"
#include "json.h"
#include "nl_json.h"
#include "solving.h"

static struct json_object *locals_json(const struct fm_solving *solving,
				       uint64_t mask)
{
	struct json_object *list = json_object_new_array();
	unsigned int i;

	for (i = 0; i < solving->problem.n_nfs; i++)
		if (mask >> i & 1)
			json_object_array_add(list,
				fm_json_string(solving->problem.nf[i].name));
	return list;
}

static void add_load(const struct fm_solving *solving, uint32_t fields,
		     const struct fm_load *load, struct json_object *obj)
{
	char text[FM_TRAFFIC_LEN];

	if (!solving->traffic)
		return;
	json_object_object_add(obj, "load", fm_json_cost(load->after));
	json_object_object_add(obj, "load_before", fm_json_cost(load->before));
	json_object_object_add(obj, "moves", fm_json_uint(load->moves));
	fm_traffic_format(&load->heavy, fields & FM_F_HASHABLE, text,
			  sizeof(text));
	json_object_object_add(obj, "heavy", fm_json_string(text));
	json_object_object_add(obj, "heavy_share", fm_json_cost(load->share));
}

static struct json_object *traffic_json(const struct fm_traffic *traffic)
{
	struct json_object *obj = json_object_new_object();

	json_object_object_add(obj, "packets", fm_json_uint(traffic->packets));
	json_object_object_add(obj, "flows", fm_json_uint(traffic->n));
	json_object_object_add(obj, "other", fm_json_uint(traffic->other));
	json_object_object_add(obj, "left_out",
			       fm_json_uint(traffic->left_out));
	return obj;
}

static struct json_object *alternative_json(const struct fm_solving *solving,
					    const struct fm_alternative *alt)
{
	struct json_object *obj = json_object_new_object();

	json_object_object_add(obj, "rank", fm_json_uint(alt->rank));
	json_object_object_add(obj, "fields", fm_json_fields(alt->fields));
	json_object_object_add(obj, "symmetric",
			       json_object_new_boolean(alt->symmetric));
	json_object_object_add(obj, "means",
			       fm_json_string(fm_means_name(alt->v4)));
	json_object_object_add(obj, "means6",
			       fm_json_string(fm_means_name(alt->v6)));
	json_object_object_add(obj, "cost", fm_json_cost(alt->cost));
	json_object_object_add(obj, "steer_cost", fm_json_cost(alt->steer_cost));
	json_object_object_add(obj, "local", locals_json(solving, alt->local));
	json_object_object_add(obj, "broken",
			       locals_json(solving, alt->broken));
	if (alt->v4 != FM_MEANS_NONE || alt->v6 != FM_MEANS_NONE)
		add_load(solving, alt->fields, &alt->load, obj);
	json_object_object_add(obj, "note", fm_json_string(alt->note));
	return obj;
}

static struct json_object *segment_json(const struct fm_solving *solving,
					unsigned int i)
{
	const struct fm_solution_seg *seg = &solving->best.seg[i];
	struct json_object *obj = json_object_new_object();
	struct json_object *names = json_object_new_array();
	unsigned int nf;

	for (nf = seg->first; nf < seg->end; nf++)
		json_object_array_add(names,
			fm_json_string(solving->problem.nf[nf].name));
	json_object_object_add(obj, "segment", fm_json_uint(i));
	json_object_object_add(obj, "fields",
			       fm_json_fields(seg->plan.steering.fields));
	json_object_object_add(obj, "symmetric", json_object_new_boolean(
			seg->plan.steering.symmetric));
	json_object_object_add(obj, "means",
			       fm_json_string(fm_means_name(seg->plan.v4)));
	json_object_object_add(obj, "means6",
			       fm_json_string(fm_means_name(seg->plan.v6)));
	json_object_object_add(obj, "cost", fm_json_cost(seg->cost));
	json_object_object_add(obj, "steer_cost", fm_json_cost(seg->plan.cost));
	json_object_object_add(obj, "nfs", names);
	add_load(solving, seg->plan.steering.fields, &seg->load, obj);
	return obj;
}

static struct json_object *segments_json(const struct fm_solving *solving)
{
	struct json_object *list = json_object_new_array();
	unsigned int i;

	for (i = 0; i < solving->best.n_segs; i++)
		json_object_array_add(list, segment_json(solving, i));
	return list;
}

/**
 * fm_solving_proof - how good the search is sure to be
 * @best: solved
 * @obj: gets status, bound and gap
 */
void fm_solving_proof(const struct fm_solution *best, struct json_object *obj)
{
	json_object_object_add(obj, "status", fm_json_string(
			fm_milp_status_name(best->proof.status)));
	json_object_object_add(obj, "bound", fm_json_cost(best->proof.bound));
	json_object_object_add(obj, "gap", fm_json_double(best->proof.gap, 6));
}

static void add_costs(const struct fm_solving *solving,
		      struct json_object *insts)
{
	struct json_object *inst;
	size_t i;

	for (i = 0; i < json_object_array_length(insts); i++) {
		const struct fm_solution_nf *nf = &solving->best.nf[i];

		inst = json_object_array_get_idx(insts, i);
		json_object_object_add(inst, "type",
			fm_json_string(solving->file->chain.nfs[i].type));
		json_object_object_add(inst, "group", fm_json_uint(nf->group));
		json_object_object_add(inst, "own", fm_json_cost(nf->own));
		json_object_object_add(inst, "lookup", fm_json_cost(nf->lookup));
		json_object_object_add(inst, "penalty", fm_json_cost(nf->penalty));
	}
}

static struct json_object *forecast_json(const struct fm_solving *solving)
{
	double plan[FM_PREDICT_MAX_CORES], usual[FM_PREDICT_MAX_CORES];
	struct json_object *list = json_object_new_array(), *obj;
	unsigned int n;

	if (fm_forecast(&solving->problem, &solving->best, plan) ||
	    fm_forecast(&solving->problem, &solving->usual, usual))
		return list;
	for (n = 0; n < FM_PREDICT_MAX_CORES && plan[0] > 0; n++) {
		obj = json_object_new_object();
		json_object_object_add(obj, "cores", fm_json_uint(n + 1));
		json_object_object_add(obj, "plan_mpps",
				       fm_json_double(plan[n], 3));
		json_object_object_add(obj, "default_mpps",
				       fm_json_double(usual[n], 3));
		json_object_object_add(obj, "ratio",
				       fm_json_double(plan[n] / usual[n], 2));
		json_object_array_add(list, obj);
	}
	return list;
}

/**
 * fm_solving_json - the plan, its costs, the alternatives and why
 * @solving: solved
 *
 * Return: an object that fm_planfile_parse() can read.
 */
struct json_object *fm_solving_json(const struct fm_solving *solving)
{
	const struct fm_solution *best = &solving->best;
	const struct fm_means_plan *plan = &best->seg[0].plan;
	struct json_object *obj = fm_plan_json(&solving->plan);
	struct json_object *list = json_object_new_array();
	unsigned int i;

	add_costs(solving, fm_json_get(obj, "inst"));
	json_object_object_add(obj, "means",
			       fm_json_string(fm_means_name(plan->v4)));
	json_object_object_add(obj, "means6",
			       fm_json_string(fm_means_name(plan->v6)));
	json_object_object_add(obj, "cost", fm_json_cost(best->cost));
	json_object_object_add(obj, "cheapest", fm_json_cost(best->cheapest));
	fm_solving_proof(best, obj);
	json_object_object_add(obj, "segments", segments_json(solving));
	json_object_object_add(obj, "default_cost",
			       fm_json_cost(solving->usual.cost));
	json_object_object_add(obj, "constants",
			       fm_json_string(solving->costs ? "measured" :
					      "default"));
	if (solving->traffic)
		json_object_object_add(obj, "traffic",
				       traffic_json(solving->traffic));
	json_object_object_add(obj, "why", fm_json_string(best->why));
	json_object_object_add(obj, "note", fm_json_string(plan->note));
	for (i = 0; i < best->n_alts; i++)
		json_object_array_add(list, alternative_json(solving,
							     &best->alt[i]));
	json_object_object_add(obj, "alternatives", list);
	json_object_object_add(obj, "prediction", forecast_json(solving));
	return obj;
}
