// SPDX-License-Identifier: GPL-2.0-or-later
/* The plan for a FastClick configuration, for people and for programs. */
#include "clicksolve.h"
#include "json.h"
#include "nl_json.h"
#include "solving.h"

#define ALTERNATIVES	5	/* shown without "explain" */

static const struct fm_column group_columns[] = {
	{ .key = "devices", .title = "devices" },
	{ .key = "fields", .title = "spread by" },
	{ .key = "means", .title = "by" },
	{ .key = "key", .title = "hash key" },
	{ .key = "cores", .title = "cores" },
	{ .key = "cost", .title = "cost per packet" },
	{ .key = "status", .title = "search" },
	{ .key = "gap", .title = "gap" },
	{ .key = "default_cost", .title = "5-tuple RSS costs" },
	{ .key = "why", .title = "why" },
	{ 0 }
};

static const struct fm_column element_columns[] = {
	{ .key = "name", .title = "NAME" },
	{ .key = "class", .title = "CLASS" },
	{ .key = "line", .title = "LINE", .right = true },
	{ .key = "key", .title = "KEY" },
	{ .key = "changed", .title = "CHANGED_BEFORE" },
	{ .key = "mode", .title = "MODE" },
	{ .key = "group", .title = "GROUP", .right = true },
	{ 0 }
};

static const struct fm_column alternative_columns[] = {
	{ .key = "rank", .title = "RANK", .right = true },
	{ .key = "fields", .title = "FIELDS" },
	{ .key = "means", .title = "BY" },
	{ .key = "cost", .title = "COST", .right = true },
	{ .key = "local", .title = "LOCAL" },
	{ 0 }
};

static struct json_object *span_json(const struct fm_click *click,
				     struct fm_click_span span)
{
	return json_object_new_string_len(click->text + span.at, span.len);
}

static struct json_object *element_json(const struct fm_clickplan *plan,
					const struct fm_click_nf *nf)
{
	const struct fm_click_site *site = &plan->click->sites[nf->site];
	struct json_object *obj = json_object_new_object();
	unsigned int line, col;

	fm_click_locate(plan->click->text, site->name.at, &line, &col);
	json_object_object_add(obj, "name",
			       span_json(plan->click, site->name));
	json_object_object_add(obj, "class", span_json(plan->click,
			plan->click->classes[site->class].name));
	json_object_object_add(obj, "line", fm_json_uint(line));
	json_object_object_add(obj, "col", fm_json_uint(col));
	json_object_object_add(obj, "key", fm_json_fields(nf->feature.key));
	json_object_object_add(obj, "changed", fm_json_fields(nf->changed));
	json_object_object_add(obj, "mode", fm_json_string(
			nf->mode == FM_MODE_LOCAL ? "local" : "shared"));
	json_object_object_add(obj, "group", fm_json_uint(nf->group));
	return obj;
}

static struct json_object *locals_json(const struct fm_problem *p,
				       uint64_t mask)
{
	struct json_object *list = json_object_new_array();
	unsigned int i;

	for (i = 0; i < p->n_nfs; i++)
		if (mask >> i & 1)
			json_object_array_add(list,
					      fm_json_string(p->nf[i].name));
	return list;
}

static struct json_object *alternatives_json(const struct fm_click_group *g)
{
	struct json_object *list = json_object_new_array(), *obj;
	unsigned int i;

	for (i = 0; g->problem.n_nfs && i < g->solution.n_alts; i++) {
		const struct fm_alternative *alt = &g->solution.alt[i];

		obj = json_object_new_object();
		json_object_object_add(obj, "rank", fm_json_uint(alt->rank));
		json_object_object_add(obj, "fields",
				       fm_json_fields(alt->fields));
		json_object_object_add(obj, "symmetric",
			json_object_new_boolean(alt->symmetric));
		json_object_object_add(obj, "means",
			fm_json_string(fm_means_name(alt->v4)));
		json_object_object_add(obj, "cost", fm_json_cost(alt->cost));
		json_object_object_add(obj, "local",
				       locals_json(&g->problem, alt->local));
		json_object_array_add(list, obj);
	}
	return list;
}

static void add_solution(struct json_object *obj,
			 const struct fm_click_group *g)
{
	const struct fm_means_plan *means = &g->solution.seg[0].plan;

	json_object_object_add(obj, "fields",
			       fm_json_fields(means->steering.fields));
	json_object_object_add(obj, "means",
			       fm_json_string(fm_means_name(means->v4)));
	if (means->v4 == FM_MEANS_KEY_SYNTHESIS)
		json_object_object_add(obj, "key",
				       fm_json_hex(means->key, means->key_len));
	json_object_object_add(obj, "cores", fm_json_uint(g->problem.cores));
	json_object_object_add(obj, "cost", fm_json_cost(g->solution.cost));
	fm_solving_proof(&g->solution, obj);
	json_object_object_add(obj, "default_cost", fm_json_cost(g->usual.cost));
	json_object_object_add(obj, "why", fm_json_string(g->solution.why));
}

static struct json_object *group_json(const struct fm_clickplan *plan,
				      uint32_t group)
{
	const struct fm_click_group *g = &plan->groups[group];
	struct json_object *obj = json_object_new_object();
	struct json_object *devices = json_object_new_array();
	unsigned int i;

	json_object_object_add(obj, "group", fm_json_uint(group));
	for (i = 0; i < plan->ndevices; i++)
		if (plan->devices[i].group == group)
			json_object_array_add(devices, span_json(plan->click,
				plan->click->sites[plan->devices[i].site].name));
	json_object_object_add(obj, "devices", devices);
	if (g->problem.n_nfs)
		add_solution(obj, g);
	json_object_object_add(obj, "alternatives", alternatives_json(g));
	return obj;
}

/**
 * fm_clicksolve_json - a plan
 * @plan: made
 *
 * Return: a new object.
 */
struct json_object *fm_clicksolve_json(const struct fm_clickplan *plan)
{
	struct json_object *obj = json_object_new_object();
	struct json_object *groups = json_object_new_array();
	struct json_object *elements = json_object_new_array();
	size_t i;

	for (i = 0; i < plan->ndevices; i++)
		if (plan->groups[i].used)
			json_object_array_add(groups, group_json(plan, i));
	for (i = 0; i < plan->nnfs; i++)
		json_object_array_add(elements,
				      element_json(plan, &plan->nfs[i]));
	json_object_object_add(obj, "devices", fm_json_uint(plan->ndevices));
	json_object_object_add(obj, "changes", fm_json_uint(plan->edits.n));
	json_object_object_add(obj, "groups", groups);
	json_object_object_add(obj, "elements", elements);
	return obj;
}

static void print_group(struct fm_cli *cli, struct json_object *group,
			bool explain)
{
	struct json_object *list = fm_json_get(group, "alternatives");
	size_t n = json_object_array_length(list);

	fm_output_fields(&cli->out, group, group_columns);
	if (!explain && n > ALTERNATIVES)
		json_object_array_del_idx(list, ALTERNATIVES,
					  n - ALTERNATIVES);
	fm_output_title(&cli->out, "\nAlternatives");
	fm_output_table(&cli->out, list, alternative_columns);
	fm_output_title(&cli->out, "");
}

/**
 * fm_clicksolve_print - show a plan
 * @cli: the run
 * @plan: made
 * @explain: show all alternatives
 */
void fm_clicksolve_print(struct fm_cli *cli, const struct fm_clickplan *plan,
			 bool explain)
{
	struct json_object *obj = fm_clicksolve_json(plan), *groups;
	size_t i;

	if (!fm_output_document(&cli->out, obj)) {
		groups = fm_json_get(obj, "groups");
		for (i = 0; i < json_object_array_length(groups); i++)
			print_group(cli, json_object_array_get_idx(groups, i),
				    explain);
		if (!plan->nnfs)
			fm_output_title(&cli->out,
				plan->ndevices ?
				"No stateful element gets packets of a device: nothing to decide" :
				"No device here has packets spread by a NIC: nothing to decide");
		else
			fm_output_table(&cli->out, fm_json_get(obj, "elements"),
					element_columns);
	}
	json_object_put(obj);
}
