// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <string.h>
#include "compare.h"
#include "report.h"

/* What is being compared, as the differences name it. */
struct place {
	struct ref_compare *compare;
	const struct ref_inst *inst;	/* NULL: the chain */
	const struct ref_key *key;	/* NULL: counters */
};

/* @got is put. */
static void differ(const struct place *place, const char *what,
		   struct ref_range expected, struct json_object *got)
{
	struct json_object *list, *one;

	json_object_object_get_ex(place->compare->report, "differences",
				  &list);
	if (place->compare->mismatched++ >= REF_DIFFERENCES_MAX) {
		json_object_put(got);
		return;
	}
	one = json_object_new_object();
	json_object_object_add(one, "nf", place->inst ?
			       json_object_new_string(place->inst->name) :
			       NULL);
	json_object_object_add(one, "key", place->key ?
			       ref_report_key(place->key,
					      place->inst->type->fields) :
			       NULL);
	json_object_object_add(one, "what", json_object_new_string(what));
	json_object_object_add(one, "expected", ref_report_range(expected));
	json_object_object_add(one, "got", got);
	json_object_array_add(list, one);
}

static void check(const struct place *place, const char *what,
		  struct ref_range expected, bool there, uint64_t got)
{
	if (!there)
		differ(place, what, expected, NULL);
	else if (got < expected.lo || got > expected.hi)
		differ(place, what, expected, json_object_new_uint64(got));
}

static void check_stat(const struct place *place, struct json_object *stat,
		       const char *name, struct ref_range expected)
{
	uint64_t got = 0;
	bool there = ref_told_uint(stat, name, &got);

	check(place, name, expected, there, got);
}

/* Reasons that never occurred need not be there. */
static void check_reason(const struct place *place, struct json_object *stat)
{
	const char *name = place->inst->type->reason;
	struct json_object *reasons = NULL;
	uint64_t got = 0;

	if (stat && !json_object_object_get_ex(stat, "reason", &reasons))
		json_object_object_get_ex(stat, "reasons", &reasons);
	ref_told_uint(reasons, name, &got);
	check(place, name, place->inst->dropped, true, got);
}

/* Two points in time: their distance, as clocks are not the same. */
static void check_times(const struct place *place, struct json_object *state,
			const struct ref_value *first,
			const struct ref_value *last)
{
	struct ref_range expected = {
		last->range.lo - first->range.hi,
		last->range.hi - first->range.lo,
	};
	uint64_t from = 0, to = 0;
	bool there = ref_told_value(state, first->name, &from) &&
		     ref_told_value(state, last->name, &to);

	if (last->range.lo < first->range.hi)
		expected.lo = 0;
	check(place, "duration_ns", expected, there, to - from);
}

static void check_value(const struct place *place, struct json_object *state,
			const struct ref_value *value)
{
	uint64_t got = 0, more = 0;
	bool there = ref_told_value(state, value->name, &got);

	if (value->plus)
		there = there && ref_told_value(state, value->plus, &more);
	check(place, value->plus ? "sum" : value->name, value->range, there,
	      got + more);
}

static bool check_state(const struct place *place,
			const struct ref_entry *entry,
			struct json_object *state)
{
	struct ref_value values[REF_VALUES_MAX];
	const struct ref_value *first = NULL;
	size_t n = place->inst->type->values(place->inst, entry, values);
	bool exact = true;

	for (size_t i = 0; i < n; i++) {
		if (!values[i].time) {
			check_value(place, state, &values[i]);
			exact &= values[i].range.lo == values[i].range.hi;
			continue;
		}
		if (first && place->compare->times)
			check_times(place, state, first, &values[i]);
		first = &values[i];
	}
	return exact;
}

/* Was the state old enough to be gone when the capture ended? */
static bool may_be_gone(const struct ref_inst *inst,
			const struct ref_entry *entry, int64_t end_ns)
{
	return !entry->sure || entry->aged ||
	       end_ns - entry->last_ns + inst->margin_ns >= inst->timeout_ns;
}

static void compare_entry(struct place *place, const struct ref_entry *entry,
			  const struct ref_table *told)
{
	static const struct ref_range one = { 1, 1 };
	struct ref_entry *found = ref_table_lookup(told, &entry->key);
	struct ref_told_flow *flow = found ? found->state : NULL;

	place->key = &entry->key;
	if (!flow) {
		if (may_be_gone(place->inst, entry,
				place->compare->model->end_ns))
			place->compare->uncertain++;
		else
			differ(place, "flows", one, json_object_new_uint64(0));
		return;
	}
	place->compare->keys++;
	if (flow->times != 1)
		differ(place, "flows", one,
		       json_object_new_uint64(flow->times));
	if (entry->aged || !check_state(place, entry, flow->state))
		place->compare->uncertain++;
}

/* Flows that no packet of the capture can have made. */
static void compare_unexpected(struct place *place,
			       const struct ref_table *told)
{
	static const struct ref_range none;

	for (size_t i = 0; i < told->n; i++) {
		struct ref_told_flow *flow = told->entries[i]->state;
		struct ref_entry *entry;

		place->key = &told->entries[i]->key;
		entry = ref_table_lookup(&place->inst->table, place->key);
		if (!entry || !entry->may)
			differ(place, "flows", none,
			       json_object_new_uint64(flow->times));
	}
}

static void report_nf(const struct place *place, uint64_t keys,
		      uint64_t mismatched)
{
	struct json_object *object = json_object_new_object();
	struct json_object *nfs;

	json_object_object_add(object, "keys", json_object_new_uint64(keys));
	json_object_object_add(object, "packets",
			       ref_report_range(place->inst->packets));
	json_object_object_add(object, "mismatched",
			       json_object_new_uint64(mismatched));
	json_object_object_get_ex(place->compare->report, "nfs", &nfs);
	json_object_object_add(nfs, place->inst->name, object);
}

static void compare_nf(struct ref_compare *compare, size_t i)
{
	const struct ref_inst *inst = &compare->model->chain->nf[i];
	const struct ref_table *told = &compare->told->flows[i];
	struct json_object *stat = ref_told_stat(compare->told, inst->name);
	struct place place = { .compare = compare, .inst = inst };
	uint64_t keys = compare->keys, mismatched = compare->mismatched;

	check_stat(&place, stat, "packets", inst->packets);
	check_stat(&place, stat, "bytes", inst->bytes);
	check_stat(&place, stat, "dropped", inst->dropped);
	if (inst->type->reason)
		check_reason(&place, stat);
	for (size_t j = 0; j < inst->table.n; j++)
		if (inst->table.entries[j]->may)
			compare_entry(&place, inst->table.entries[j], told);
	compare_unexpected(&place, told);
	report_nf(&place, compare->keys - keys,
		  compare->mismatched - mismatched);
}

static void compare_chain(struct ref_compare *compare)
{
	const struct ref_model *model = compare->model;
	struct json_object *stat = compare->told->stat;
	struct ref_range all = { model->packets, model->packets };
	struct place place = { .compare = compare };
	uint64_t accepted = 0, dropped = 0;
	bool there = ref_told_uint(stat, "accepted", &accepted) &&
		     ref_told_uint(stat, "dropped", &dropped);

	check_stat(&place, stat, "packets", all);
	check_stat(&place, stat, "bytes", model->bytes);
	check_stat(&place, stat, "accepted", model->accepted);
	check_stat(&place, stat, "dropped", model->dropped);
	check(&place, "accepted and dropped", all, there, accepted + dropped);
}

static void report_sums(struct ref_compare *compare)
{
	const struct {
		const char *name;
		uint64_t n;
	} sums[] = {
		{ "packets", compare->model->packets },
		{ "keys", compare->keys },
		{ "mismatched", compare->mismatched },
		{ "ambiguous", compare->model->ambiguous },
		{ "uncertain", compare->uncertain },
	};

	for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++)
		json_object_object_add(compare->report, sums[i].name,
				       json_object_new_uint64(sums[i].n));
}

void ref_compare_run(struct ref_compare *compare)
{
	const struct ref_model *model = compare->model;

	compare->report = json_object_new_object();
	json_object_object_add(compare->report, "nfs",
			       json_object_new_object());
	json_object_object_add(compare->report, "differences",
			       json_object_new_array());
	compare_chain(compare);
	for (size_t i = 0; i < model->chain->nnfs; i++)
		compare_nf(compare, i);
	report_sums(compare);
}

static void print_difference(struct json_object *one, FILE *out)
{
	struct json_object *nf, *key, *what, *expected, *got;

	json_object_object_get_ex(one, "nf", &nf);
	json_object_object_get_ex(one, "key", &key);
	json_object_object_get_ex(one, "what", &what);
	json_object_object_get_ex(one, "expected", &expected);
	json_object_object_get_ex(one, "got", &got);
	fprintf(out, "differs: %s", nf ? json_object_get_string(nf) : "chain");
	if (key)
		fprintf(out, " %s", json_object_to_json_string_ext(key,
						JSON_C_TO_STRING_PLAIN));
	fprintf(out, ": %s: expected %s", json_object_get_string(what),
		json_object_to_json_string_ext(expected,
					       JSON_C_TO_STRING_PLAIN));
	fprintf(out, ", got %s\n", got ? json_object_get_string(got) :
		"nothing");
}

void ref_compare_print(const struct ref_compare *compare, FILE *out)
{
	struct json_object *nfs, *list;

	json_object_object_get_ex(compare->report, "nfs", &nfs);
	json_object_object_get_ex(compare->report, "differences", &list);
	json_object_object_foreach(nfs, name, nf)
		fprintf(out, "%s: %s\n", name,
			json_object_to_json_string_ext(nf,
						JSON_C_TO_STRING_PLAIN));
	for (size_t i = 0; i < json_object_array_length(list); i++)
		print_difference(json_object_array_get_idx(list, i), out);
	if (compare->mismatched > REF_DIFFERENCES_MAX)
		fprintf(out, "... and %" PRIu64 " more\n",
			compare->mismatched - REF_DIFFERENCES_MAX);
	if (compare->model->ambiguous || compare->uncertain)
		fprintf(out, "ambiguous: %" PRIu64 " packets, %" PRIu64 " keys compared within bounds\n",
			compare->model->ambiguous, compare->uncertain);
	fprintf(out, "compared packets=%" PRIu64 " keys=%" PRIu64 " mismatched=%" PRIu64 "\n",
		compare->model->packets, compare->keys, compare->mismatched);
}
