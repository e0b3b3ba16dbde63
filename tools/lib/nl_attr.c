// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tables of the names in Documentation/netlink/specs/flowmage.yaml, with "_"
 * for "-", and the way from an offset in a message to a name: the kernel tells
 * which attribute it refused by its offset.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <netlink/attr.h>
#include "nl_attr.h"

#define SET(_name) {							\
	.name = #_name,							\
	.max = sizeof(_name##_attrs) / sizeof(*_name##_attrs) - 1,	\
	.attrs = _name##_attrs,						\
}

#define HEADERS	(NLMSG_HDRLEN + 4)	/* of netlink and generic netlink */

static const struct fm_nl_attr info_attrs[] = {
	[FM_A_INFO_PAD] = { .name = "pad" },
	[FM_A_INFO_VERSION] = { .name = "version" },
	[FM_A_INFO_ABI] = { .name = "abi" },
	[FM_A_INFO_CHAINS] = { .name = "chains" },
	[FM_A_INFO_MEMORY] = { .name = "memory" },
	[FM_A_INFO_MEMORY_MAX] = { .name = "memory_max" },
};

static const struct fm_nl_set info_set = SET(info);

static const struct fm_nl_attr steer_attrs[] = {
	[FM_A_STEER_FIELDS] = { .name = "fields" },
	[FM_A_STEER_FIELDS6] = { .name = "fields6" },
	[FM_A_STEER_SYMMETRIC] = { .name = "symmetric" },
	[FM_A_STEER_L4] = { .name = "l4" },
	[FM_A_STEER_KEY] = { .name = "key" },
	[FM_A_STEER_KEY6] = { .name = "key6" },
	[FM_A_STEER_OWNERS] = { .name = "owners" },
	[FM_A_STEER_HW] = { .name = "hw" },
};

static const struct fm_nl_set steer_set = SET(steer);

static const struct fm_nl_attr value_attrs[] = {
	[FM_A_VALUE_PAD] = { .name = "pad" },
	[FM_A_VALUE_NAME] = { .name = "name" },
	[FM_A_VALUE_UINT] = { .name = "uint" },
	[FM_A_VALUE_STRING] = { .name = "string" },
	[FM_A_VALUE_LIST] = { .name = "list" },
	[FM_A_VALUE_COUNT] = { .name = "count" },
};

static const struct fm_nl_set value_set = SET(value);

static const struct fm_nl_attr inst_attrs[] = {
	[FM_A_INST_PAD] = { .name = "pad" },
	[FM_A_INST_NAME] = { .name = "name" },
	[FM_A_INST_TYPE] = { .name = "type" },
	[FM_A_INST_MODE] = { .name = "mode" },
	[FM_A_INST_SEGMENT] = { .name = "segment" },
	[FM_A_INST_MAX_ENTRIES] = { .name = "max_entries" },
	[FM_A_INST_FULL_POLICY] = { .name = "full_policy" },
	[FM_A_INST_TIMEOUT_MS] = { .name = "timeout_ms" },
	[FM_A_INST_PARAM] = { "param", &value_set, true },
	[FM_A_INST_GROUP] = { .name = "group" },
	[FM_A_INST_KEPT] = { .name = "kept" },
};

static const struct fm_nl_set inst_set = SET(inst);

static const struct fm_nl_attr chain_attrs[] = {
	[FM_A_CHAIN_PAD] = { .name = "pad" },
	[FM_A_CHAIN_IFINDEX] = { .name = "ifindex", .multi = true },
	[FM_A_CHAIN_FRAG_POLICY] = { .name = "frag_policy" },
	[FM_A_CHAIN_OTHER_POLICY] = { .name = "other_policy" },
	[FM_A_CHAIN_STEER] = { "steer", &steer_set, true },
	[FM_A_CHAIN_INST] = { "inst", &inst_set, true },
	[FM_A_CHAIN_SAMPLE_SHIFT] = { .name = "sample_shift" },
};

static const struct fm_nl_set chain_set = SET(chain);

static const struct fm_nl_attr param_attrs[] = {
	[FM_A_PARAM_PAD] = { .name = "pad" },
	[FM_A_PARAM_NAME] = { .name = "name" },
	[FM_A_PARAM_TYPE] = { .name = "type" },
	[FM_A_PARAM_HELP] = { .name = "help" },
	[FM_A_PARAM_MIN] = { .name = "min" },
	[FM_A_PARAM_MAX_VALUE] = { .name = "max_value" },
	[FM_A_PARAM_DEFAULT] = { .name = "default" },
	[FM_A_PARAM_DEFAULT_STRING] = { .name = "default_string" },
	[FM_A_PARAM_CHOICES] = { .name = "choices" },
	[FM_A_PARAM_REQUIRED] = { .name = "required" },
};

static const struct fm_nl_set param_set = SET(param);

static const struct fm_nl_attr nf_attrs[] = {
	[FM_A_NF_TYPE] = { .name = "type" },
	[FM_A_NF_DESCRIPTION] = { .name = "description" },
	[FM_A_NF_STATEFUL] = { .name = "stateful" },
	[FM_A_NF_KEY] = { .name = "key" },
	[FM_A_NF_BIDIRECTIONAL] = { .name = "bidirectional" },
	[FM_A_NF_INTENSITY] = { .name = "intensity" },
	[FM_A_NF_POINTER] = { .name = "pointer" },
	[FM_A_NF_STATE_SIZE] = { .name = "state_size" },
	[FM_A_NF_TIMEOUT_MS] = { .name = "timeout_ms" },
	[FM_A_NF_MAX_ENTRIES] = { .name = "max_entries" },
	[FM_A_NF_PARAM] = { "param", &param_set, true },
	[FM_A_NF_REASON] = { .name = "reason", .multi = true },
};

static const struct fm_nl_set nf_set = SET(nf);

static const struct fm_nl_attr shard_attrs[] = {
	[FM_A_SHARD_PAD] = { .name = "pad" },
	[FM_A_SHARD_ID] = { .name = "id" },
	[FM_A_SHARD_OWNER] = { .name = "owner" },
	[FM_A_SHARD_PACKETS] = { .name = "packets" },
	[FM_A_SHARD_BYTES] = { .name = "bytes" },
	[FM_A_SHARD_ENTRIES] = { .name = "entries" },
	[FM_A_SHARD_STATE] = { .name = "state" },
	[FM_A_SHARD_TARGET] = { .name = "target" },
	[FM_A_SHARD_HOME] = { .name = "home" },
	[FM_A_SHARD_PARKED] = { .name = "parked" },
	[FM_A_SHARD_PARK_DROPS] = { .name = "park_drops" },
	[FM_A_SHARD_MOVES] = { .name = "moves" },
	[FM_A_SHARD_FORCED] = { .name = "forced" },
	[FM_A_SHARD_SEGMENT] = { .name = "segment" },
};

static const struct fm_nl_set shard_set = SET(shard);

static const struct fm_nl_attr move_attrs[] = {
	[FM_A_MOVE_PAD] = { .name = "pad" },
	[FM_A_MOVE_SHARDS] = { .name = "shards" },
	[FM_A_MOVE_CPUS] = { .name = "cpus" },
	[FM_A_MOVE_HOLD] = { .name = "hold" },
	[FM_A_MOVE_ID] = { .name = "id" },
	[FM_A_MOVE_DONE] = { .name = "done" },
	[FM_A_MOVE_FORCED] = { .name = "forced" },
	[FM_A_MOVE_PARKED] = { .name = "parked" },
	[FM_A_MOVE_HELD_NS] = { .name = "held_ns" },
	[FM_A_MOVE_FENCE_NS] = { .name = "fence_ns" },
	[FM_A_MOVE_PLAY_NS] = { .name = "play_ns" },
	[FM_A_MOVE_SEGMENT] = { .name = "segment" },
};

static const struct fm_nl_set move_set = SET(move);

static const struct fm_nl_attr offload_attrs[] = {
	[FM_A_OFFLOAD_PAD] = { .name = "pad" },
	[FM_A_OFFLOAD_SHARDS] = { .name = "shards" },
	[FM_A_OFFLOAD_CPU] = { .name = "cpu" },
	[FM_A_OFFLOAD_SLICES] = { .name = "slices" },
	[FM_A_OFFLOAD_SHARD] = { .name = "shard" },
	[FM_A_OFFLOAD_OWNER] = { .name = "owner" },
	[FM_A_OFFLOAD_AWAY] = { .name = "away" },
	[FM_A_OFFLOAD_SENT] = { .name = "sent" },
	[FM_A_OFFLOAD_WAITED] = { .name = "waited" },
	[FM_A_OFFLOAD_RETURNS] = { .name = "returns" },
	[FM_A_OFFLOAD_SLICE_PACKETS] = { .name = "slice_packets" },
	[FM_A_OFFLOAD_SLICE_BYTES] = { .name = "slice_bytes" },
	[FM_A_OFFLOAD_SEGMENT] = { .name = "segment" },
};

static const struct fm_nl_set offload_set = SET(offload);

static const struct fm_nl_attr priority_attrs[] = {
	[FM_A_PRIORITY_PAD] = { .name = "pad" },
	[FM_A_PRIORITY_DSCP] = { .name = "dscp" },
	[FM_A_PRIORITY_MARK] = { .name = "mark" },
	[FM_A_PRIORITY_MARK_MASK] = { .name = "mark_mask" },
	[FM_A_PRIORITY_SRC] = { .name = "src" },
	[FM_A_PRIORITY_DST] = { .name = "dst" },
	[FM_A_PRIORITY_LEN] = { .name = "len" },
};

static const struct fm_nl_set priority_set = SET(priority);

static const struct fm_nl_attr state_attrs[] = {
	[FM_A_STATE_INST] = { .name = "inst" },
	[FM_A_STATE_VALUE] = { "value", &value_set, true },
};

static const struct fm_nl_set state_set = SET(state);

static const struct fm_nl_attr flow_attrs[] = {
	[FM_A_FLOW_PAD] = { .name = "pad" },
	[FM_A_FLOW_KEY] = { .name = "key" },
	[FM_A_FLOW_SRC] = { .name = "src" },
	[FM_A_FLOW_DST] = { .name = "dst" },
	[FM_A_FLOW_SRC_PORT] = { .name = "src_port" },
	[FM_A_FLOW_DST_PORT] = { .name = "dst_port" },
	[FM_A_FLOW_PROTOCOL] = { .name = "protocol" },
	[FM_A_FLOW_GROUP] = { .name = "group" },
	[FM_A_FLOW_MODE] = { .name = "mode" },
	[FM_A_FLOW_SHARD] = { .name = "shard" },
	[FM_A_FLOW_IDLE_MS] = { .name = "idle_ms" },
	[FM_A_FLOW_STATE] = { "state", &state_set, true },
	[FM_A_FLOW_FAMILY] = { .name = "family" },
	[FM_A_FLOW_SLICE] = { .name = "slice" },
	[FM_A_FLOW_SEGMENT] = { .name = "segment" },
};

static const struct fm_nl_set flow_set = SET(flow);

static const struct fm_nl_attr filter_attrs[] = {
	[FM_A_FILTER_INST] = { .name = "inst" },
	[FM_A_FILTER_SHARD] = { .name = "shard" },
	[FM_A_FILTER_SRC] = { .name = "src" },
	[FM_A_FILTER_SRC_LEN] = { .name = "src_len" },
	[FM_A_FILTER_DST] = { .name = "dst" },
	[FM_A_FILTER_DST_LEN] = { .name = "dst_len" },
	[FM_A_FILTER_PORT] = { .name = "port" },
	[FM_A_FILTER_PROTOCOL] = { .name = "protocol" },
	[FM_A_FILTER_LIMIT] = { .name = "limit" },
	[FM_A_FILTER_SRC_PORT] = { .name = "src_port" },
	[FM_A_FILTER_DST_PORT] = { .name = "dst_port" },
};

static const struct fm_nl_set filter_set = SET(filter);

static const struct fm_nl_attr inst_stat_attrs[] = {
	[FM_A_INST_STAT_PAD] = { .name = "pad" },
	[FM_A_INST_STAT_NAME] = { .name = "name" },
	[FM_A_INST_STAT_PACKETS] = { .name = "packets" },
	[FM_A_INST_STAT_BYTES] = { .name = "bytes" },
	[FM_A_INST_STAT_DROPPED] = { .name = "dropped" },
	[FM_A_INST_STAT_REASON] = { "reason", &value_set, true },
	[FM_A_INST_STAT_VALUE] = { "value", &value_set, true },
	[FM_A_INST_STAT_CREATED] = { .name = "created" },
	[FM_A_INST_STAT_EXPIRED] = { .name = "expired" },
	[FM_A_INST_STAT_EVICTED] = { .name = "evicted" },
	[FM_A_INST_STAT_REFUSED] = { .name = "refused" },
	[FM_A_INST_STAT_ENTRIES] = { .name = "entries" },
	[FM_A_INST_STAT_SAMPLES] = { .name = "samples" },
	[FM_A_INST_STAT_SAMPLED_NS] = { .name = "sampled_ns" },
};

static const struct fm_nl_set inst_stat_set = SET(inst_stat);

static const struct fm_nl_attr cpu_stat_attrs[] = {
	[FM_A_CPU_STAT_PAD] = { .name = "pad" },
	[FM_A_CPU_STAT_CPU] = { .name = "cpu" },
	[FM_A_CPU_STAT_ARRIVED] = { .name = "arrived" },
	[FM_A_CPU_STAT_RUN] = { .name = "run" },
	[FM_A_CPU_STAT_HANDED] = { .name = "handed" },
	[FM_A_CPU_STAT_HANDOFF_DROPS] = { .name = "handoff_drops" },
	[FM_A_CPU_STAT_PARKED] = { .name = "parked" },
	[FM_A_CPU_STAT_PARKED_DROPS] = { .name = "parked_drops" },
	[FM_A_CPU_STAT_WAKEUPS] = { .name = "wakeups" },
	[FM_A_CPU_STAT_OFFLOADED] = { .name = "offloaded" },
	[FM_A_CPU_STAT_OFFLOAD_RUN] = { .name = "offload_run" },
	[FM_A_CPU_STAT_OFFLOAD_WAITED] = { .name = "offload_waited" },
	[FM_A_CPU_STAT_PRIORITY] = { .name = "priority" },
};

static const struct fm_nl_set cpu_stat_set = SET(cpu_stat);

static const struct fm_nl_attr group_stat_attrs[] = {
	[FM_A_GROUP_STAT_PAD] = { .name = "pad" },
	[FM_A_GROUP_STAT_ID] = { .name = "id" },
	[FM_A_GROUP_STAT_MEMORY] = { .name = "memory" },
	[FM_A_GROUP_STAT_TABLES] = { .name = "tables" },
	[FM_A_GROUP_STAT_ENTRIES] = { .name = "entries" },
	[FM_A_GROUP_STAT_FAILURES] = { .name = "failures" },
};

static const struct fm_nl_set group_stat_set = SET(group_stat);

static const struct fm_nl_attr segment_stat_attrs[] = {
	[FM_A_SEGMENT_STAT_PAD] = { .name = "pad" },
	[FM_A_SEGMENT_STAT_ID] = { .name = "id" },
	[FM_A_SEGMENT_STAT_PACKETS] = { .name = "packets" },
	[FM_A_SEGMENT_STAT_HANDED] = { .name = "handed" },
	[FM_A_SEGMENT_STAT_PARKED] = { .name = "parked" },
	[FM_A_SEGMENT_STAT_REASON] = { "reason", &value_set, true },
};

static const struct fm_nl_set segment_stat_set = SET(segment_stat);

static const struct fm_nl_attr stat_attrs[] = {
	[FM_A_STAT_PAD] = { .name = "pad" },
	[FM_A_STAT_PACKETS] = { .name = "packets" },
	[FM_A_STAT_BYTES] = { .name = "bytes" },
	[FM_A_STAT_ACCEPTED] = { .name = "accepted" },
	[FM_A_STAT_DROPPED] = { .name = "dropped" },
	[FM_A_STAT_REASON] = { "reason", &value_set, true },
	[FM_A_STAT_INST] = { "inst", &inst_stat_set, true },
	[FM_A_STAT_CPU] = { "cpu", &cpu_stat_set, true },
	[FM_A_STAT_MEMORY] = { .name = "memory" },
	[FM_A_STAT_GROUP] = { "group", &group_stat_set, true },
	[FM_A_STAT_FRAGS] = { .name = "frags" },
	[FM_A_STAT_FRAGS_MERGED] = { .name = "frags_merged" },
	[FM_A_STAT_REASSEMBLED] = { .name = "reassembled" },
	[FM_A_STAT_SEGMENT] = { "segment", &segment_stat_set, true },
};

static const struct fm_nl_set stat_set = SET(stat);

static const struct fm_nl_attr class_attrs[] = {
	[FM_A_CLASS_PAD] = { .name = "pad" },
	[FM_A_CLASS_ID] = { .name = "id" },
	[FM_A_CLASS_STATE] = { .name = "state" },
	[FM_A_CLASS_MATCHED] = { .name = "matched" },
	[FM_A_CLASS_MISMATCHED] = { .name = "mismatched" },
	[FM_A_CLASS_ABSENT] = { .name = "absent" },
	[FM_A_CLASS_QUEUE_MATCHED] = { .name = "queue_matched" },
	[FM_A_CLASS_QUEUE_MISMATCHED] = { .name = "queue_mismatched" },
};

static const struct fm_nl_set class_set = SET(class);

static const struct fm_nl_attr queue_attrs[] = {
	[FM_A_QUEUE_PAD] = { .name = "pad" },
	[FM_A_QUEUE_ID] = { .name = "id" },
	[FM_A_QUEUE_CPU] = { .name = "cpu" },
	[FM_A_QUEUE_PACKETS] = { .name = "packets" },
};

static const struct fm_nl_set queue_set = SET(queue);

static const struct fm_nl_attr nic_attrs[] = {
	[FM_A_NIC_IFINDEX] = { .name = "ifindex" },
	[FM_A_NIC_CHAIN] = { .name = "chain" },
	[FM_A_NIC_CLASS] = { "class", &class_set, true },
	[FM_A_NIC_QUEUE] = { "queue", &queue_set, true },
	[FM_A_NIC_INDIR] = { .name = "indir" },
	[FM_A_NIC_TEST] = { .name = "test" },
	[FM_A_NIC_HW] = { .name = "hw" },
};

static const struct fm_nl_set nic_set = SET(nic);

static const struct fm_nl_attr alert_attrs[] = {
	[FM_A_ALERT_KIND] = { .name = "kind" },
	[FM_A_ALERT_INST] = { .name = "inst" },
	[FM_A_ALERT_FLOW] = { "flow", &flow_set, false },
	[FM_A_ALERT_IFINDEX] = { .name = "ifindex" },
	[FM_A_ALERT_LOST] = { .name = "lost" },
};

static const struct fm_nl_set alert_set = SET(alert);

static const struct fm_nl_attr list_attrs[] = {
	[FM_A_LIST_ID] = { .name = "id" },
	[FM_A_LIST_TYPE] = { .name = "type" },
	[FM_A_LIST_COUNT] = { .name = "count" },
	[FM_A_LIST_ELEMENTS] = { .name = "elements" },
};

static const struct fm_nl_set list_set = SET(list);

static const struct fm_nl_attr main_attrs[] = {
	[FM_A_PAD] = { .name = "pad" },
	[FM_A_INFO] = { "info", &info_set, false },
	[FM_A_CHAIN_NAME] = { .name = "chain_name" },
	[FM_A_GENERATION] = { .name = "generation" },
	[FM_A_CHAIN] = { "chain", &chain_set, false },
	[FM_A_NF_NAME] = { .name = "nf_name" },
	[FM_A_NF] = { "nf", &nf_set, false },
	[FM_A_SHARD] = { "shard", &shard_set, false },
	[FM_A_FLOW] = { "flow", &flow_set, false },
	[FM_A_FILTER] = { "filter", &filter_set, false },
	[FM_A_STAT] = { "stat", &stat_set, false },
	[FM_A_NIC] = { "nic", &nic_set, false },
	[FM_A_ALERT] = { "alert", &alert_set, false },
	[FM_A_SEQ] = { .name = "seq" },
	[FM_A_COUNT] = { .name = "count" },
	[FM_A_MOVE] = { "move", &move_set, false },
	[FM_A_OFFLOAD] = { "offload", &offload_set, false },
	[FM_A_PRIORITY] = { "priority", &priority_set, true },
	[FM_A_LIST] = { "list", &list_set, false },
};

const struct fm_nl_set fm_nl_set_main = SET(main);

const char *const fm_nl_field_names[5] = {
	"src_ip", "dst_ip", "src_port", "dst_port", "protocol",
};

const char *const fm_nl_l4_names[3] = {
	"tcp", "udp", "sctp",
};

const char *const fm_nl_mode_names[__FM_MODE_MAX] = {
	"none", "local", "shared",
};

const char *const fm_nl_intensity_names[3] = {
	"none", "flow", "packet",
};

const char *const fm_nl_frag_policy_names[__FM_FRAG_MAX] = {
	"drop", "accept", "defrag",
};

const char *const fm_nl_other_policy_names[__FM_OTHER_MAX] = {
	"accept", "drop",
};

const char *const fm_nl_full_policy_names[__FM_FULL_MAX] = {
	"refuse", "lru",
};

const char *const fm_nl_rule_action_names[__FM_RULE_MAX] = {
	"accept", "drop",
};

const char *const fm_nl_backend_state_names[__FM_BACKEND_MAX] = {
	"up", "drain", "down",
};

const char *const fm_nl_param_type_names[__FM_PARAM_MAX] = {
	"uint", "bool", "enum", "string", "mac", "prefixes", "rules",
	"patterns", "backends",
};

const char *const fm_nl_class_names[__FM_CLASS_MAX] = {
	"tcp4", "udp4", "sctp4", "other4", "tcp6", "udp6", "sctp6", "other6",
};

const char *const fm_nl_hash_state_names[4] = {
	"software", "testing", "verified", "mismatch",
};

const char *const fm_nl_shard_state_names[4] = {
	"settled", "held", "moving", "playing",
};

static const struct fm_nl_set *find_set(const struct fm_nl_set *set,
					const char *name)
{
	const struct fm_nl_set *found = NULL;
	unsigned int i;

	if (!strcmp(set->name, name))
		return set;
	for (i = 1; i <= set->max && !found; i++)
		if (set->attrs[i].set)
			found = find_set(set->attrs[i].set, name);
	return found;
}

static const char *name_in(const struct fm_nl_set *set, unsigned int type)
{
	return set && type <= set->max ? set->attrs[type].name : NULL;
}

/**
 * fm_nl_attr_name() - the name of an attribute
 * @set: name of its set in the spec, with "_" for "-"
 * @type: its number in the set
 *
 * Return: the name, or NULL if there is no such attribute.
 */
const char *fm_nl_attr_name(const char *set, unsigned int type)
{
	return name_in(find_set(&fm_nl_set_main, set), type);
}

/* A region of a message and what its attributes are. */
struct region {
	const struct fm_nl_set *set;
	const struct nlattr *head;
	int len;
};

static void append(char *buf, size_t size, const struct fm_nl_set *set,
		   unsigned int type, unsigned int index)
{
	const char *name = name_in(set, type);
	size_t len = strlen(buf);

	if (name)
		len += snprintf(buf + len, size - len, "%s%s", len ? "." : "",
				name);
	else
		len += snprintf(buf + len, size - len, "%s%u", len ? "." : "",
				type);
	if (len < size && name && set->attrs[type].multi)
		snprintf(buf + len, size - len, "[%u]", index);
}

/* Earlier attributes of the same type in the region. */
static unsigned int index_of(const struct region *region,
			     const struct nlattr *which)
{
	const struct nlattr *attr;
	unsigned int n = 0;
	int rem;

	nla_for_each_attr(attr, region->head, region->len, rem) {
		if (attr == which)
			break;
		n += nla_type(attr) == nla_type(which);
	}
	return n;
}

/* Go down into the attribute that the offset is in; false at the end. */
static bool descend(struct region *region, const char *target, char *buf,
		    size_t size)
{
	const struct nlattr *attr;
	int rem;

	nla_for_each_attr(attr, region->head, region->len, rem) {
		const char *start = (const char *)attr;
		unsigned int type = nla_type(attr);
		const struct fm_nl_set *nest;

		if (target < start || target >= start + attr->nla_len)
			continue;
		append(buf, size, region->set, type, index_of(region, attr));
		nest = name_in(region->set, type) ?
			region->set->attrs[type].set : NULL;
		region->set = nest;
		region->head = nla_data(attr);
		region->len = nla_len(attr);
		return nest && target > start;
	}
	return false;
}

static struct region walk(const struct nlmsghdr *nlh, size_t offset, char *buf,
			  size_t size)
{
	struct region region = {
		.set = &fm_nl_set_main,
		.head = (const void *)((const char *)nlh + HEADERS),
		.len = nlh->nlmsg_len - HEADERS,
	};

	*buf = 0;
	while (descend(&region, (const char *)nlh + offset, buf, size))
		;
	return region;
}

/**
 * fm_nl_attr_path() - name the attribute at an offset of a request
 * @nlh: the request, as it was sent
 * @offset: bytes from @nlh
 * @buf: gets the path ("chain.inst[1].mode"), "" if there is no attribute
 * @size: bytes of @buf
 */
void fm_nl_attr_path(const struct nlmsghdr *nlh, size_t offset, char *buf,
		     size_t size)
{
	walk(nlh, offset, buf, size);
}

/**
 * fm_nl_attr_path_missing() - name an attribute that a request lacks
 * @nlh: the request, as it was sent
 * @nest: offset of the nest that lacks it, 0 = the top level
 * @type: its number
 * @buf: gets the path
 * @size: bytes of @buf
 */
void fm_nl_attr_path_missing(const struct nlmsghdr *nlh, size_t nest,
			     unsigned int type, char *buf, size_t size)
{
	struct region region = walk(nlh, nest, buf, size);

	append(buf, size, region.set, type, 0);
}
