// SPDX-License-Identifier: GPL-2.0-or-later
/* Offloaded shards, and rules for priority, into JSON. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include "json.h"
#include "nl_json.h"

static void add(struct json_object *obj, const char *key,
		struct json_object *value)
{
	json_object_object_add(obj, key, value);
}

static void add_uint(struct json_object *obj, const char *key, uint64_t value)
{
	add(obj, key, fm_json_uint(value));
}

static struct json_object *bits_json(uint64_t bits)
{
	struct json_object *array = json_object_new_array();
	unsigned int i;

	for (i = 0; i < 64; i++)
		if (bits >> i & 1)
			json_object_array_add(array, fm_json_uint(i));
	return array;
}

static struct json_object *numbers_json(const uint64_t *numbers)
{
	struct json_object *array = json_object_new_array();
	size_t i;

	for (i = 0; i < FM_SLICES; i++)
		json_object_array_add(array, fm_json_uint(numbers[i]));
	return array;
}

/**
 * fm_offload_json() - an offloaded shard
 * @offload: the shard; sets of slices are lists of their numbers
 */
struct json_object *fm_offload_json(const struct fm_offload_info *offload)
{
	struct json_object *obj = json_object_new_object();

	add_uint(obj, "shard", offload->shard);
	add_uint(obj, "segment", offload->segment);
	add_uint(obj, "owner", offload->owner);
	add_uint(obj, "cpu", offload->cpu);
	add(obj, "slices", bits_json(offload->slices));
	add(obj, "away", bits_json(offload->away));
	add_uint(obj, "sent", offload->sent);
	add_uint(obj, "waited", offload->waited);
	add_uint(obj, "returns", offload->returns);
	add(obj, "slice_packets", numbers_json(offload->slice_packets));
	add(obj, "slice_bytes", numbers_json(offload->slice_bytes));
	return obj;
}

/**
 * fm_priority_json() - a rule for packets with priority
 * @rule: the rule; it has members of its kind only
 */
struct json_object *fm_priority_json(const struct fm_priority_rule *rule)
{
	struct json_object *obj = json_object_new_object();
	char text[INET6_ADDRSTRLEN + 4] = "";
	size_t len;

	if (rule->dscp) {
		add(obj, "dscp", bits_json(rule->dscp));
	} else if (rule->mark_mask) {
		add_uint(obj, "mark", rule->mark);
		add_uint(obj, "mark_mask", rule->mark_mask);
	} else {
		inet_ntop(rule->addr_len == 16 ? AF_INET6 : AF_INET,
			  rule->addr, text, sizeof(text));
		len = strlen(text);
		snprintf(text + len, sizeof(text) - len, "/%u", rule->bits);
		add(obj, rule->dst ? "dst" : "src", fm_json_string(text));
	}
	return obj;
}
