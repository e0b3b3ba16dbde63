// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hex.h"
#include "json.h"
#include "nl_attr.h"
#include "nl_json.h"
#include "planfile.h"

/* The second half is what solve tells besides; it decides nothing. */
static const char *const plan_keys[] = {
	"schema_version", "chain_name", "steer", "inst", "nic",
	"generation", "means", "means6", "cost", "default_cost", "why", "note",
	"alternatives", "status", "bound", "gap", "cheapest", "segments",
	"traffic", "prediction", "constants",
	"nic_changes", "dry_run", NULL
};

static const char *const plan_required[] = {
	"schema_version", "chain_name", "steer", "inst", NULL
};

static const char *const steer_keys[] = {
	"fields", "fields6", "symmetric", "l4", "key", "key6", "owners", "hw",
	NULL
};

static const char *const steer_required[] = {
	"fields", "key", "owners", NULL
};

static const char *const inst_keys[] = {
	"name", "mode", "segment", "type", "group", "cost", "own", "lookup",
	"penalty", "record", NULL
};

static const char *const inst_required[] = { "name", "mode", NULL };
static const char *const nic_keys[] = { "select", NULL };

/* A list of names into bits; a list that is missing leaves @mask alone. */
static void get_flags(struct fm_jsonc *doc, struct json_object *obj,
		      const char *key, const char *const *names, size_t n,
		      uint32_t *mask)
{
	struct json_object *list, *value;
	uint32_t bits = 0;
	size_t i, bit;

	list = fm_jsonc_get(doc, obj, key, json_type_array);
	if (!list)
		return;
	for (i = 0; i < json_object_array_length(list); i++) {
		value = json_object_array_get_idx(list, i);
		if (!fm_jsonc_is(doc, value, key, json_type_string))
			return;
		for (bit = 0; bit < n; bit++)
			if (!strcmp(json_object_get_string(value), names[bit]))
				break;
		if (bit == n)
			fm_jsonc_error(doc, value, "%s has no \"%.64s\"", key,
				       json_object_get_string(value));
		else
			bits |= 1U << bit;
	}
	*mask = bits;
}

static void get_fields(struct fm_jsonc *doc, struct json_object *obj,
		       const char *key, uint32_t *fields)
{
	get_flags(doc, obj, key, fm_nl_field_names, 5, fields);
}

static void get_key(struct fm_jsonc *doc, struct json_object *obj,
		    const char *name, uint8_t *key, size_t *len)
{
	struct json_object *value;

	value = fm_jsonc_get(doc, obj, name, json_type_string);
	if (!value)
		return;
	if (fm_hex_parse(json_object_get_string(value), key, FM_KEY_MAX, len) ||
	    *len < FM_KEY_MIN)
		fm_jsonc_error(doc, value, "%s must be %u to %u bytes in hex",
			       name, FM_KEY_MIN, FM_KEY_MAX);
}

static void get_owners(struct fm_jsonc *doc, struct json_object *obj,
		       struct fm_steering *steer)
{
	struct json_object *list, *value;
	size_t i, n;
	uint64_t cpu;

	list = fm_jsonc_get(doc, obj, "owners", json_type_array);
	if (!list)
		return;
	n = json_object_array_length(list);
	if (!n || n > FM_SHARDS_MAX || n & (n - 1)) {
		fm_jsonc_error(doc, list, "owners must be 1, 2, 4, ... %u "
			       "CPUs, one for each shard, not %zu",
			       FM_SHARDS_MAX, n);
		return;
	}
	for (i = 0; i < n; i++) {
		value = json_object_array_get_idx(list, i);
		if (fm_jsonc_uint(doc, value, "a CPU", 0, UINT16_MAX, &cpu))
			steer->owners[i] = cpu;
	}
	steer->nshards = n;
}

static void get_steer(struct fm_jsonc *doc, struct json_object *obj,
		      struct fm_steering *steer)
{
	if (!fm_jsonc_is(doc, obj, "a steering", json_type_object))
		return;
	fm_jsonc_keys(doc, obj, steer_keys, steer_required);
	get_fields(doc, obj, "fields", &steer->fields);
	steer->fields6 = steer->fields;
	get_fields(doc, obj, "fields6", &steer->fields6);
	fm_jsonc_get_bool(doc, obj, "symmetric", &steer->symmetric);
	steer->l4 = FM_L4_TCP | FM_L4_UDP;
	get_flags(doc, obj, "l4", fm_nl_l4_names, 3, &steer->l4);
	get_key(doc, obj, "key", steer->key, &steer->key_len);
	get_key(doc, obj, "key6", steer->key6, &steer->key6_len);
	get_owners(doc, obj, steer);
	fm_jsonc_get_bool(doc, obj, "hw", &steer->hw);
}

static void get_steers(struct fm_jsonc *doc, struct fm_plan *plan)
{
	struct json_object *list;
	size_t i, n;

	list = fm_jsonc_get(doc, doc->root, "steer", json_type_array);
	n = list ? json_object_array_length(list) : 0;
	if (list && (!n || n > FM_SEGMENTS_MAX)) {
		fm_jsonc_error(doc, list, "a plan has 1 to %u steerings, one "
			       "for each segment, not %zu", FM_SEGMENTS_MAX, n);
		return;
	}
	for (i = 0; i < n; i++)
		get_steer(doc, json_object_array_get_idx(list, i),
			  &plan->steer[i]);
	plan->nsegs = n;
}

static void get_inst(struct fm_jsonc *doc, struct json_object *obj,
		     struct fm_plan *plan)
{
	static const char *const modes[] = {
		[FM_MODE_NONE] = "none", [FM_MODE_LOCAL] = "local",
		[FM_MODE_SHARED] = "shared", NULL
	};
	struct fm_plan_inst *inst = &plan->insts[plan->ninsts];
	unsigned int mode = FM_MODE_NONE;
	size_t i;

	if (!fm_jsonc_is(doc, obj, "an NF", json_type_object) ||
	    !fm_jsonc_keys(doc, obj, inst_keys, inst_required))
		return;
	fm_jsonc_get_name(doc, obj, "name", inst->name, sizeof(inst->name));
	fm_jsonc_get_choice(doc, obj, "mode", modes, &mode);
	inst->mode = mode;
	fm_jsonc_get_u32(doc, obj, "segment", 0, FM_SEGMENTS_MAX - 1,
			 &inst->segment);
	for (i = 0; i < plan->ninsts; i++)
		if (!strcmp(plan->insts[i].name, inst->name))
			fm_jsonc_error(doc, obj, "NF \"%s\" stands here for "
				       "the second time", inst->name);
	plan->ninsts++;
}

static void get_insts(struct fm_jsonc *doc, struct fm_plan *plan)
{
	struct json_object *list;
	size_t i, n;

	list = fm_jsonc_get(doc, doc->root, "inst", json_type_array);
	n = list ? json_object_array_length(list) : 0;
	if (list && (!n || n > FM_NFS_MAX)) {
		fm_jsonc_error(doc, list, "a plan has 1 to %u NFs, not %zu",
			       FM_NFS_MAX, n);
		return;
	}
	for (i = 0; i < n; i++)
		get_inst(doc, json_object_array_get_idx(list, i), plan);
}

static void get_nic(struct fm_jsonc *doc, struct fm_plan *plan)
{
	struct json_object *nic, *select;
	int flow;

	nic = fm_jsonc_get(doc, doc->root, "nic", json_type_object);
	if (!nic || !fm_jsonc_keys(doc, nic, nic_keys, NULL))
		return;
	select = fm_jsonc_get(doc, nic, "select", json_type_object);
	if (!select || !fm_jsonc_keys(doc, select, fm_ethtool_flow_names, NULL))
		return;
	for (flow = 0; flow < FM_ETHTOOL_FLOWS; flow++)
		get_fields(doc, select, fm_ethtool_flow_names[flow],
			   &plan->select[flow]);
}

/**
 * fm_planfile_parse - read a plan
 * @doc: the file; gets the errors
 * @plan: gets the plan
 *
 * Return: 0 or -EINVAL.
 */
int fm_planfile_parse(struct fm_jsonc *doc, struct fm_plan *plan)
{
	uint32_t version;

	memset(plan, 0, sizeof(*plan));
	if (doc->nerrors ||
	    !fm_jsonc_is(doc, doc->root, "a plan", json_type_object))
		return -EINVAL;
	fm_jsonc_keys(doc, doc->root, plan_keys, plan_required);
	fm_jsonc_get_u32(doc, doc->root, "schema_version", 1, 1, &version);
	fm_jsonc_get_name(doc, doc->root, "chain_name", plan->chain,
			  sizeof(plan->chain));
	get_steers(doc, plan);
	get_insts(doc, plan);
	get_nic(doc, plan);
	return doc->nerrors ? -EINVAL : 0;
}

/**
 * fm_planfile_fuzz - parse any bytes and forget them
 * @buf: the bytes
 * @len: how many
 *
 * Return: 0 if they are a plan file, -EINVAL if not, -ENOMEM.
 */
int fm_planfile_fuzz(const char *buf, size_t len)
{
	struct fm_jsonc *doc = fm_jsonc_parse("fuzz", buf, len);
	struct fm_plan *plan = calloc(1, sizeof(*plan));
	int ret = -ENOMEM;

	if (doc && plan)
		ret = fm_planfile_parse(doc, plan);
	fm_jsonc_destroy(doc);
	free(plan);
	return ret;
}

static struct json_object *insts_json(const struct fm_plan *plan)
{
	struct json_object *list = json_object_new_array(), *obj;
	size_t i;

	for (i = 0; i < plan->ninsts; i++) {
		obj = json_object_new_object();
		json_object_object_add(obj, "name",
				       fm_json_string(plan->insts[i].name));
		json_object_object_add(obj, "mode",
				       fm_json_enum(fm_nl_mode_names,
						    __FM_MODE_MAX,
						    plan->insts[i].mode));
		json_object_object_add(obj, "segment",
				       fm_json_uint(plan->insts[i].segment));
		json_object_array_add(list, obj);
	}
	return list;
}

static struct json_object *nic_json(const struct fm_plan *plan)
{
	struct json_object *nic = json_object_new_object();
	struct json_object *select = json_object_new_object();
	int flow;

	for (flow = 0; flow < FM_ETHTOOL_FLOWS; flow++)
		if (plan->select[flow])
			json_object_object_add(select,
				fm_ethtool_flow_names[flow],
				fm_json_fields(plan->select[flow]));
	json_object_object_add(nic, "select", select);
	return nic;
}

/**
 * fm_plan_json - a plan as fm_planfile_parse() reads it, without its version
 * @plan: the plan
 *
 * Return: an object, to which more may be added.
 */
struct json_object *fm_plan_json(const struct fm_plan *plan)
{
	struct json_object *obj = json_object_new_object();
	struct json_object *steers = json_object_new_array();
	uint32_t i;

	for (i = 0; i < plan->nsegs; i++)
		json_object_array_add(steers, fm_steer_json(&plan->steer[i]));
	json_object_object_add(obj, "chain_name", fm_json_string(plan->chain));
	json_object_object_add(obj, "steer", steers);
	json_object_object_add(obj, "inst", insts_json(plan));
	json_object_object_add(obj, "nic", nic_json(plan));
	return obj;
}

static const struct fm_plan_inst *find_inst(const struct fm_plan *plan,
					    const char *name)
{
	size_t i;

	for (i = 0; i < plan->ninsts; i++)
		if (!strcmp(plan->insts[i].name, name))
			return &plan->insts[i];
	return NULL;
}

/**
 * fm_plan_apply - give a chain its steerings and modes
 * @plan: the plan
 * @chain: the chain, changed
 * @err: says where they do not belong together
 *
 * Return: 0 or FM_EXIT_CHECK.
 */
int fm_plan_apply(const struct fm_plan *plan, struct fm_chain *chain,
		  struct fm_error *err)
{
	const struct fm_plan_inst *inst;
	size_t i;

	if (strcmp(plan->chain, chain->name))
		return fm_error_set(err, FM_EXIT_CHECK, 0,
				    "the plan is for chain %s, not for %s",
				    plan->chain, chain->name);
	if (plan->ninsts != chain->nnfs)
		return fm_error_set(err, FM_EXIT_CHECK, 0,
				    "the plan has %zu NFs, chain %s has %zu",
				    plan->ninsts, chain->name, chain->nnfs);
	for (i = 0; i < chain->nnfs; i++) {
		inst = find_inst(plan, chain->nfs[i].name);
		if (!inst)
			return fm_error_set(err, FM_EXIT_CHECK, 0,
					    "the plan says nothing of NF %s",
					    chain->nfs[i].name);
		chain->nfs[i].mode = inst->mode;
		chain->nfs[i].segment = inst->segment;
	}
	memcpy(chain->steer, plan->steer, sizeof(chain->steer));
	chain->nsegs = plan->nsegs;
	return 0;
}
