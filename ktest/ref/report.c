// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include "report.h"

static void add(struct json_object *object, const char *key,
		struct json_object *value)
{
	json_object_object_add(object, key, value);
}

static void add_uint(struct json_object *object, const char *key, uint64_t n)
{
	add(object, key, json_object_new_uint64(n));
}

static void add_range(struct json_object *object, const char *key,
		      struct ref_range range)
{
	add(object, key, ref_report_range(range));
}

static void add_address(struct json_object *object, const char *key,
			uint8_t family, const uint8_t *address)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(family == 4 ? AF_INET : AF_INET6, address, text,
		  sizeof(text));
	add(object, key, json_object_new_string(text));
}

struct json_object *ref_report_range(struct ref_range range)
{
	struct json_object *object;

	if (range.lo == range.hi)
		return json_object_new_uint64(range.lo);
	object = json_object_new_object();
	add_uint(object, "min", range.lo);
	add_uint(object, "max", range.hi);
	return object;
}

struct json_object *ref_report_key(const struct ref_key *key, uint32_t fields)
{
	struct json_object *object = json_object_new_object();

	if (fields & REF_SRC_IP)
		add_address(object, "src", key->family, key->src);
	if (fields & REF_DST_IP)
		add_address(object, "dst", key->family, key->dst);
	if (fields & REF_SRC_PORT)
		add_uint(object, "src_port", key->sport);
	if (fields & REF_DST_PORT)
		add_uint(object, "dst_port", key->dport);
	if (fields & REF_PROTOCOL)
		add_uint(object, "protocol", key->protocol);
	return object;
}

static struct json_object *report_nf(const struct ref_inst *inst)
{
	struct json_object *object = json_object_new_object();
	struct json_object *reasons = json_object_new_object();

	add_range(object, "packets", inst->packets);
	add_range(object, "bytes", inst->bytes);
	add_range(object, "dropped", inst->dropped);
	if (inst->type->reason)
		add_range(reasons, inst->type->reason, inst->dropped);
	add(object, "reasons", reasons);
	return object;
}

static struct json_object *report_flow(const struct ref_inst *inst,
				       const struct ref_entry *entry)
{
	struct json_object *object = ref_report_key(&entry->key,
						    inst->type->fields);
	struct ref_value values[REF_VALUES_MAX];
	size_t n = inst->type->values(inst, entry, values);

	add(object, "nf", json_object_new_string(inst->name));
	if (!entry->sure)
		add(object, "sure", json_object_new_boolean(false));
	for (size_t i = 0; i < n; i++)
		if (!values[i].plus)
			add_range(object, values[i].name, values[i].range);
	return object;
}

static void report_flows(struct json_object *flows, const struct ref_inst *inst)
{
	for (size_t i = 0; i < inst->table.n; i++)
		if (inst->table.entries[i]->may)
			json_object_array_add(flows,
				report_flow(inst, inst->table.entries[i]));
}

struct json_object *ref_report_make(const struct ref_model *model)
{
	struct json_object *object = json_object_new_object();
	struct json_object *flows = json_object_new_array();
	struct json_object *nfs = json_object_new_object();

	add_uint(object, "packets", model->packets);
	/* A capture without IP has its bytes all the same. */
	add_uint(object, "bytes", model->bytes.hi);
	add_range(object, "accepted", model->accepted);
	add_range(object, "dropped", model->dropped);
	add_uint(object, "fragments_dropped", model->fragments);
	add_uint(object, "other_dropped", model->other);
	add_uint(object, "not_ip", model->not_ip);
	add_uint(object, "malformed", model->malformed);
	add_uint(object, "ambiguous", model->ambiguous);
	for (size_t i = 0; i < model->chain->nnfs; i++) {
		add(nfs, model->chain->nf[i].name,
		    report_nf(&model->chain->nf[i]));
		report_flows(flows, &model->chain->nf[i]);
	}
	add(object, "nfs", nfs);
	add(object, "flows", flows);
	return object;
}
