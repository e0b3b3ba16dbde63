// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Structs into JSON. Named values become an object; "dev" is added to every
 * ifindex; otherwise keys and shapes are those of the netlink spec.
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include "json.h"
#include "nl_attr.h"
#include "nl_json.h"

#define NAMES(_array) _array, sizeof(_array) / sizeof(*(_array))

static void add(struct json_object *obj, const char *key,
		struct json_object *value)
{
	json_object_object_add(obj, key, value);
}

static void add_uint(struct json_object *obj, const char *key, uint64_t value)
{
	add(obj, key, fm_json_uint(value));
}

static void add_string(struct json_object *obj, const char *key, const char *s)
{
	add(obj, key, fm_json_string(s));
}

static void add_bool(struct json_object *obj, const char *key, bool value)
{
	add(obj, key, json_object_new_boolean(value));
}

static struct json_object *dev_json(uint32_t ifindex)
{
	char name[IF_NAMESIZE];

	return if_indextoname(ifindex, name) ? fm_json_string(name) : NULL;
}

/**
 * fm_json_fields() - an array with the names of header fields
 * @fields: FM_F_*
 */
struct json_object *fm_json_fields(uint32_t fields)
{
	return fm_json_flags(fm_nl_field_names, 5, fields);
}

/**
 * fm_json_add_dev() - add the present name of a device
 * @obj: gets "dev", null if the device has gone
 * @ifindex: the device
 */
void fm_json_add_dev(struct json_object *obj, uint32_t ifindex)
{
	add(obj, "dev", dev_json(ifindex));
}

/**
 * fm_info_json() - the module
 * @info: what it tells
 */
struct json_object *fm_info_json(const struct fm_info *info)
{
	struct json_object *obj = json_object_new_object();

	add_string(obj, "version", info->version);
	add_uint(obj, "abi", info->abi);
	add_uint(obj, "chains", info->chains);
	add_uint(obj, "memory", info->memory_bytes);
	add_uint(obj, "memory_max", info->memory_max_bytes);
	return obj;
}

static struct json_object *param_json(const struct fm_param_info *param)
{
	struct json_object *obj = json_object_new_object();
	bool text = param->type == FM_PARAM_ENUM ||
		    param->type == FM_PARAM_STRING ||
		    param->type == FM_PARAM_MAC;
	bool list = param->type >= FM_PARAM_PREFIXES;

	add_string(obj, "name", param->name);
	add(obj, "type", fm_json_enum(NAMES(fm_nl_param_type_names),
				      param->type));
	add_string(obj, "help", param->help);
	if (param->type != FM_PARAM_ENUM && param->type != FM_PARAM_MAC) {
		add_uint(obj, "min", param->min);
		add_uint(obj, "max_value", param->max);
	}
	if (*param->choices)
		add_string(obj, "choices", param->choices);
	add_bool(obj, "required", param->required);
	if (text && !param->required)
		add_string(obj, "default_string", param->def_string);
	else if (!param->required && !list)
		add_uint(obj, "default", param->def);
	return obj;
}

/**
 * fm_nf_json() - an NF as the module knows it
 * @nf: the NF
 */
struct json_object *fm_nf_json(const struct fm_nf_info *nf)
{
	struct json_object *obj = json_object_new_object();
	struct json_object *params = json_object_new_array();
	struct json_object *reasons = json_object_new_array();
	size_t i;

	add_string(obj, "type", nf->type);
	add_string(obj, "description", nf->description);
	add_bool(obj, "stateful", nf->stateful);
	add(obj, "key", fm_json_fields(nf->key));
	add_bool(obj, "bidirectional", nf->bidirectional);
	add(obj, "intensity", fm_json_enum(NAMES(fm_nl_intensity_names),
					   nf->intensity));
	add_bool(obj, "pointer", nf->pointer);
	add_uint(obj, "state_size", nf->state_size);
	add_uint(obj, "timeout_ms", nf->timeout_ms);
	add_uint(obj, "max_entries", nf->max_entries);
	for (i = 0; i < nf->nparams; i++)
		json_object_array_add(params, param_json(&nf->params[i]));
	add(obj, "param", params);
	for (i = 0; i < nf->nreasons; i++)
		json_object_array_add(reasons, fm_json_string(nf->reasons[i]));
	add(obj, "reason", reasons);
	return obj;
}

static struct json_object *list_json(const struct fm_value *value)
{
	struct json_object *obj = json_object_new_object();

	add_uint(obj, "list", value->uint);
	add_uint(obj, "count", value->count);
	return obj;
}

static struct json_object *values_json(const struct fm_value *values, size_t n)
{
	struct json_object *obj = json_object_new_object();
	size_t i;

	for (i = 0; i < n; i++) {
		if (values[i].is_list)
			add(obj, values[i].name, list_json(&values[i]));
		else if (values[i].is_string)
			add_string(obj, values[i].name, values[i].string);
		else
			add_uint(obj, values[i].name, values[i].uint);
	}
	return obj;
}

/**
 * fm_inst_json() - an NF in a chain
 * @inst: the NF
 */
struct json_object *fm_inst_json(const struct fm_chain_inst *inst)
{
	struct json_object *obj = json_object_new_object();

	add_string(obj, "name", inst->name);
	add_string(obj, "type", inst->type);
	add(obj, "mode", fm_json_enum(NAMES(fm_nl_mode_names), inst->mode));
	add_uint(obj, "segment", inst->segment);
	add_uint(obj, "max_entries", inst->max_entries);
	add(obj, "full_policy", fm_json_enum(NAMES(fm_nl_full_policy_names),
					     inst->full_policy));
	add_uint(obj, "timeout_ms", inst->timeout_ms);
	add(obj, "param", values_json(inst->params, inst->nparams));
	add_uint(obj, "group", inst->group);
	add_bool(obj, "kept", inst->kept);
	return obj;
}

/**
 * fm_steer_json() - a steering
 * @steer: the steering
 */
struct json_object *fm_steer_json(const struct fm_steering *steer)
{
	struct json_object *obj = json_object_new_object();
	struct json_object *owners = json_object_new_array();
	uint32_t i;

	add(obj, "fields", fm_json_fields(steer->fields));
	add(obj, "fields6", fm_json_fields(steer->fields6));
	add_bool(obj, "symmetric", steer->symmetric);
	add(obj, "l4", fm_json_flags(NAMES(fm_nl_l4_names), steer->l4));
	add(obj, "key", fm_json_hex(steer->key, steer->key_len));
	if (steer->key6_len)
		add(obj, "key6", fm_json_hex(steer->key6, steer->key6_len));
	for (i = 0; i < steer->nshards; i++)
		json_object_array_add(owners, fm_json_uint(steer->owners[i]));
	add(obj, "owners", owners);
	add_bool(obj, "hw", steer->hw);
	return obj;
}

static void add_devs(struct json_object *obj, const struct fm_chain *chain)
{
	struct json_object *ifindex = json_object_new_array();
	struct json_object *dev = json_object_new_array();
	size_t i;

	for (i = 0; i < chain->ndevs; i++) {
		json_object_array_add(ifindex, fm_json_uint(chain->ifindex[i]));
		json_object_array_add(dev, dev_json(chain->ifindex[i]));
	}
	add(obj, "ifindex", ifindex);
	add(obj, "dev", dev);
}

/**
 * fm_chain_json() - a chain without its name and generation
 * @chain: the chain
 */
struct json_object *fm_chain_json(const struct fm_chain *chain)
{
	struct json_object *obj = json_object_new_object();
	struct json_object *insts = json_object_new_array();
	struct json_object *steers = json_object_new_array();
	size_t i;

	add_devs(obj, chain);
	add(obj, "frag_policy", fm_json_enum(NAMES(fm_nl_frag_policy_names),
					     chain->frag_policy));
	add(obj, "other_policy", fm_json_enum(NAMES(fm_nl_other_policy_names),
					      chain->other_policy));
	add_uint(obj, "sample_shift", chain->sample_shift);
	for (i = 0; i < chain->nsegs; i++)
		json_object_array_add(steers, fm_steer_json(&chain->steer[i]));
	add(obj, "steer", steers);
	for (i = 0; i < chain->nnfs; i++)
		json_object_array_add(insts, fm_inst_json(&chain->nfs[i]));
	add(obj, "inst", insts);
	return obj;
}

/**
 * fm_shard_json() - a shard
 * @shard: the shard
 */
struct json_object *fm_shard_json(const struct fm_shard_info *shard)
{
	struct json_object *obj = json_object_new_object();

	add_uint(obj, "id", shard->id);
	add_uint(obj, "segment", shard->segment);
	add_uint(obj, "owner", shard->owner);
	add_uint(obj, "packets", shard->packets);
	add_uint(obj, "bytes", shard->bytes);
	add_uint(obj, "entries", shard->entries);
	add(obj, "state", fm_json_enum(NAMES(fm_nl_shard_state_names),
				       shard->state));
	if (shard->state != FM_SHARD_SETTLED)
		add_uint(obj, "target", shard->target);
	add_uint(obj, "home", shard->home);
	add_uint(obj, "parked", shard->parked);
	add_uint(obj, "park_drops", shard->park_drops);
	add_uint(obj, "moves", shard->moves);
	add_uint(obj, "forced", shard->forced);
	return obj;
}

static void add_addr(struct json_object *obj, const char *key, uint8_t family,
		     const uint8_t *addr)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(family == 6 ? AF_INET6 : AF_INET, addr, text, sizeof(text));
	add_string(obj, key, text);
}

static void add_flow_key(struct json_object *obj, const struct fm_flow *flow)
{
	add(obj, "key", fm_json_fields(flow->key));
	add_uint(obj, "family", flow->family);
	if (flow->key & FM_F_SRC_IP)
		add_addr(obj, "src", flow->family, flow->src);
	if (flow->key & FM_F_DST_IP)
		add_addr(obj, "dst", flow->family, flow->dst);
	if (flow->key & FM_F_SRC_PORT)
		add_uint(obj, "src_port", flow->src_port);
	if (flow->key & FM_F_DST_PORT)
		add_uint(obj, "dst_port", flow->dst_port);
	if (flow->key & FM_F_PROTOCOL)
		add_uint(obj, "protocol", flow->protocol);
}

static struct json_object *state_json(const struct fm_flow_state *state)
{
	struct json_object *obj = json_object_new_object();

	add_string(obj, "inst", state->inst);
	add(obj, "value", values_json(state->values, state->nvalues));
	return obj;
}

/**
 * fm_flow_json() - an entry of a state table
 * @flow: the entry; members that are not of its key are left out
 */
struct json_object *fm_flow_json(const struct fm_flow *flow)
{
	struct json_object *obj = json_object_new_object();
	struct json_object *states = json_object_new_array();
	size_t i;

	add_flow_key(obj, flow);
	add_uint(obj, "group", flow->group);
	add_uint(obj, "segment", flow->segment);
	add(obj, "mode", fm_json_enum(NAMES(fm_nl_mode_names), flow->mode));
	if (flow->has_shard) {
		add_uint(obj, "shard", flow->shard);
		add_uint(obj, "slice", flow->slice);
	}
	add_uint(obj, "idle_ms", flow->idle_ms);
	for (i = 0; i < flow->nstates; i++)
		json_object_array_add(states, state_json(&flow->states[i]));
	add(obj, "state", states);
	return obj;
}
