// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include "told.h"

static const struct {
	const char *name;
	uint8_t number;
} protocols[] = {
	{ "icmp", 1 }, { "tcp", 6 }, { "udp", 17 }, { "gre", 47 },
	{ "esp", 50 }, { "ah", 51 }, { "icmp6", 58 }, { "icmpv6", 58 },
	{ "ipv6-icmp", 58 }, { "sctp", 132 },
};

static struct json_object *member(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	if (json_object_is_type(object, json_type_object))
		json_object_object_get_ex(object, key, &value);
	return value;
}

/* The first of two members that is there. */
static struct json_object *either(struct json_object *object, const char *a,
				  const char *b)
{
	struct json_object *value = member(object, a);

	return value ? value : member(object, b);
}

static const char *text(struct json_object *object, const char *key)
{
	struct json_object *value = member(object, key);

	return json_object_is_type(value, json_type_string) ?
	       json_object_get_string(value) : NULL;
}

bool ref_told_uint(struct json_object *object, const char *name, uint64_t *n)
{
	struct json_object *value = member(object, name);

	if (!json_object_is_type(value, json_type_int))
		return false;
	*n = json_object_get_uint64(value);
	return true;
}

/* Values are a list of {name, uint}, or members of an object. */
bool ref_told_value(struct json_object *state, const char *name, uint64_t *n)
{
	struct json_object *values = either(state, "value", "values");

	if (!values)
		values = state;
	if (!json_object_is_type(values, json_type_array))
		return ref_told_uint(values, name, n);
	for (size_t i = 0; i < json_object_array_length(values); i++) {
		struct json_object *value = json_object_array_get_idx(values,
								      i);
		const char *key = text(value, "name");

		if (key && !strcmp(key, name))
			return ref_told_uint(value, "uint", n);
	}
	return false;
}

static bool get_address(struct json_object *flow, const char *key,
			uint8_t *address, uint8_t *family)
{
	const char *string = text(flow, key);

	if (!string)
		return false;
	if (inet_pton(AF_INET, string, address) == 1)
		*family = 4;
	else if (inet_pton(AF_INET6, string, address) == 1)
		*family = 6;
	else
		return false;
	return true;
}

static bool get_protocol(struct json_object *flow, uint8_t *protocol)
{
	const char *name = text(flow, "protocol");
	uint64_t n;

	if (ref_told_uint(flow, "protocol", &n)) {
		*protocol = n;
		return n < 256;
	}
	for (size_t i = 0; name && i < sizeof(protocols) / sizeof(*protocols);
	     i++) {
		if (strcmp(protocols[i].name, name))
			continue;
		*protocol = protocols[i].number;
		return true;
	}
	return false;
}

static bool get_port(struct json_object *flow, const char *key, uint16_t *port)
{
	uint64_t n;

	if (!ref_told_uint(flow, key, &n) || n > UINT16_MAX)
		return false;
	*port = n;
	return true;
}

static bool flow_key(struct json_object *flow, uint32_t fields,
		     struct ref_key *key)
{
	memset(key, 0, sizeof(*key));
	if (fields & REF_SRC_IP &&
	    !get_address(flow, "src", key->src, &key->family))
		return false;
	if (fields & REF_DST_IP &&
	    !get_address(flow, "dst", key->dst, &key->family))
		return false;
	if (fields & REF_SRC_PORT && !get_port(flow, "src_port", &key->sport))
		return false;
	if (fields & REF_DST_PORT && !get_port(flow, "dst_port", &key->dport))
		return false;
	return !(fields & REF_PROTOCOL) || get_protocol(flow, &key->protocol);
}

static int inst_index(const struct ref_chain *chain, const char *name)
{
	for (size_t i = 0; name && i < chain->nnfs; i++)
		if (!strcmp(chain->nf[i].name, name))
			return i;
	return -1;
}

static int add_state(struct ref_told *told, const struct ref_chain *chain,
		     struct json_object *flow, struct json_object *state)
{
	const char *name = text(state, "inst");
	int i = inst_index(chain, name ? name : text(state, "nf"));
	struct ref_told_flow *known;
	struct ref_key key;

	if (i < 0 || !flow_key(flow, chain->nf[i].type->fields, &key)) {
		fprintf(stderr, "ref: flows: not a flow of this chain: %s\n",
			json_object_to_json_string(flow));
		return -1;
	}
	known = ref_table_get(&told->flows[i], &key, sizeof(*known))->state;
	known->state = state;
	known->times++;
	return 0;
}

static int add_flow(struct ref_told *told, const struct ref_chain *chain,
		    struct json_object *flow)
{
	struct json_object *states = either(flow, "state", "states");

	if (!json_object_is_type(states, json_type_array))
		return add_state(told, chain, flow, flow);
	for (size_t i = 0; i < json_object_array_length(states); i++)
		if (add_state(told, chain, flow,
			      json_object_array_get_idx(states, i)))
			return -1;
	return 0;
}

static int read_flows(struct ref_told *told, const struct ref_chain *chain)
{
	struct json_object *flows = either(told->flow_root, "flows", "flow");

	if (!flows)
		flows = told->flow_root;
	if (!json_object_is_type(flows, json_type_array)) {
		fprintf(stderr, "ref: flows: no list of flows\n");
		return -1;
	}
	for (size_t i = 0; i < json_object_array_length(flows); i++)
		if (add_flow(told, chain, json_object_array_get_idx(flows, i)))
			return -1;
	return 0;
}

static struct json_object *read_file(const char *path)
{
	struct json_object *root = json_object_from_file(path);

	if (!root)
		fprintf(stderr, "ref: %s\n", json_util_get_last_err());
	return root;
}

int ref_told_read(struct ref_told *told, const char *flows_path,
		  const char *stats_path, const struct ref_chain *chain)
{
	struct json_object *list;

	memset(told, 0, sizeof(*told));
	told->flow_root = read_file(flows_path);
	told->stat_root = read_file(stats_path);
	if (!told->flow_root || !told->stat_root)
		return -1;
	list = either(told->stat_root, "stat", "stats");
	told->stat = list ? list : told->stat_root;
	if (json_object_is_type(told->stat, json_type_array))
		told->stat = json_object_array_get_idx(told->stat, 0);
	return read_flows(told, chain);
}

struct json_object *ref_told_stat(const struct ref_told *told, const char *name)
{
	struct json_object *list = either(told->stat, "inst", "insts");

	if (!list)
		list = member(told->stat, "nfs");
	if (!json_object_is_type(list, json_type_array))
		return member(list, name);
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *stat = json_object_array_get_idx(list, i);
		const char *known = text(stat, "name");

		if (known && !strcmp(known, name))
			return stat;
	}
	return NULL;
}

void ref_told_cleanup(struct ref_told *told)
{
	for (size_t i = 0; i < REF_NFS_MAX; i++)
		ref_table_cleanup(&told->flows[i], NULL);
	json_object_put(told->flow_root);
	json_object_put(told->stat_root);
}
