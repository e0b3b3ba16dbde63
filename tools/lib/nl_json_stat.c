// SPDX-License-Identifier: GPL-2.0-or-later
/* Counters, devices and events into JSON. */
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

static struct json_object *counters_json(const struct fm_counter *counters,
					 size_t n)
{
	struct json_object *obj = json_object_new_object();
	size_t i;

	for (i = 0; i < n; i++)
		add_uint(obj, counters[i].name, counters[i].value);
	return obj;
}

static struct json_object *inst_stat_json(const struct fm_inst_stat *inst)
{
	struct json_object *obj = json_object_new_object();

	add_string(obj, "name", inst->name);
	add_uint(obj, "packets", inst->packets);
	add_uint(obj, "bytes", inst->bytes);
	add_uint(obj, "dropped", inst->dropped);
	add(obj, "reason", counters_json(inst->reasons, inst->nreasons));
	add(obj, "value", counters_json(inst->values, inst->nvalues));
	add_uint(obj, "created", inst->created);
	add_uint(obj, "expired", inst->expired);
	add_uint(obj, "evicted", inst->evicted);
	add_uint(obj, "refused", inst->refused);
	add_uint(obj, "entries", inst->entries);
	add_uint(obj, "samples", inst->samples);
	add_uint(obj, "sampled_ns", inst->sampled_ns);
	return obj;
}

static struct json_object *cpu_stat_json(const struct fm_cpu_stat *cpu)
{
	struct json_object *obj = json_object_new_object();

	add_uint(obj, "cpu", cpu->cpu);
	add_uint(obj, "arrived", cpu->arrived);
	add_uint(obj, "run", cpu->run);
	add_uint(obj, "handed", cpu->handed);
	add_uint(obj, "handoff_drops", cpu->handoff_drops);
	add_uint(obj, "parked", cpu->parked);
	add_uint(obj, "parked_drops", cpu->parked_drops);
	add_uint(obj, "wakeups", cpu->wakeups);
	add_uint(obj, "offloaded", cpu->offloaded);
	add_uint(obj, "offload_run", cpu->offload_run);
	add_uint(obj, "offload_waited", cpu->offload_waited);
	add_uint(obj, "priority", cpu->priority);
	return obj;
}

static struct json_object *group_stat_json(const struct fm_group_stat *group)
{
	struct json_object *obj = json_object_new_object();

	add_uint(obj, "id", group->id);
	add_uint(obj, "entries", group->entries);
	add_uint(obj, "memory", group->memory_bytes);
	add_uint(obj, "tables", group->table_bytes);
	add_uint(obj, "failures", group->failures);
	return obj;
}

static struct json_object *segment_stat_json(const struct fm_segment_stat *s)
{
	struct json_object *obj = json_object_new_object();

	add_uint(obj, "id", s->id);
	add_uint(obj, "packets", s->packets);
	add_uint(obj, "handed", s->handed);
	add_uint(obj, "parked", s->parked);
	add(obj, "reason", counters_json(s->reasons, s->nreasons));
	return obj;
}

/**
 * fm_stat_json() - counters of a chain
 * @stat: the counters
 */
struct json_object *fm_stat_json(const struct fm_stat *stat)
{
	struct json_object *obj = json_object_new_object();
	struct json_object *insts = json_object_new_array();
	struct json_object *cpus = json_object_new_array();
	struct json_object *groups = json_object_new_array();
	struct json_object *segments = json_object_new_array();
	size_t i;

	add_uint(obj, "packets", stat->packets);
	add_uint(obj, "bytes", stat->bytes);
	add_uint(obj, "accepted", stat->accepted);
	add_uint(obj, "dropped", stat->dropped);
	add_uint(obj, "memory", stat->memory_bytes);
	add_uint(obj, "frags", stat->frags);
	add_uint(obj, "frags_merged", stat->frags_merged);
	add_uint(obj, "reassembled", stat->reassembled);
	add(obj, "reason", counters_json(stat->reasons, stat->nreasons));
	for (i = 0; i < stat->ninsts; i++)
		json_object_array_add(insts, inst_stat_json(&stat->insts[i]));
	add(obj, "inst", insts);
	for (i = 0; i < stat->ncpus; i++)
		json_object_array_add(cpus, cpu_stat_json(&stat->cpus[i]));
	add(obj, "cpu", cpus);
	for (i = 0; i < stat->ngroups; i++)
		json_object_array_add(groups, group_stat_json(&stat->groups[i]));
	add(obj, "group", groups);
	for (i = 0; i < stat->nsegments; i++)
		json_object_array_add(segments,
				      segment_stat_json(&stat->segments[i]));
	add(obj, "segment", segments);
	return obj;
}

static struct json_object *class_json(const struct fm_nic_class *class)
{
	struct json_object *obj = json_object_new_object();

	add(obj, "id", fm_json_enum(NAMES(fm_nl_class_names), class->id));
	add(obj, "state", fm_json_enum(NAMES(fm_nl_hash_state_names),
				       class->state));
	add_uint(obj, "matched", class->matched);
	add_uint(obj, "mismatched", class->mismatched);
	add_uint(obj, "absent", class->absent);
	add_uint(obj, "queue_matched", class->queue_matched);
	add_uint(obj, "queue_mismatched", class->queue_mismatched);
	return obj;
}

static struct json_object *queue_json(const struct fm_nic_queue *queue)
{
	struct json_object *obj = json_object_new_object();

	add_uint(obj, "id", queue->id);
	add_uint(obj, "cpu", queue->cpu);
	add_uint(obj, "packets", queue->packets);
	return obj;
}

/**
 * fm_nic_json() - a bound device
 * @nic: the device
 */
struct json_object *fm_nic_json(const struct fm_nic *nic)
{
	struct json_object *obj = json_object_new_object();
	struct json_object *classes = json_object_new_array();
	struct json_object *queues = json_object_new_array();
	struct json_object *indir = json_object_new_array();
	size_t i;

	add_uint(obj, "ifindex", nic->ifindex);
	fm_json_add_dev(obj, nic->ifindex);
	add_string(obj, "chain", nic->chain);
	add(obj, "hw", json_object_new_boolean(nic->hw));
	for (i = 0; i < nic->nclasses; i++)
		json_object_array_add(classes, class_json(&nic->classes[i]));
	add(obj, "class", classes);
	for (i = 0; i < nic->nqueues; i++)
		json_object_array_add(queues, queue_json(&nic->queues[i]));
	add(obj, "queue", queues);
	for (i = 0; i < nic->nindir; i++)
		json_object_array_add(indir, fm_json_uint(nic->indir[i]));
	add(obj, "indir", indir);
	return obj;
}

static struct json_object *alert_json(const struct fm_event *event)
{
	struct json_object *obj = json_object_new_object();

	add_string(obj, "kind", event->kind);
	if (*event->inst)
		add_string(obj, "inst", event->inst);
	if (event->flow)
		add(obj, "flow", fm_flow_json(event->flow));
	if (event->ifindex) {
		add_uint(obj, "ifindex", event->ifindex);
		fm_json_add_dev(obj, event->ifindex);
	}
	add_uint(obj, "lost", event->lost);
	return obj;
}

static struct json_object *move_json(const struct fm_move_event *move)
{
	struct json_object *obj = json_object_new_object();
	struct json_object *shards = json_object_new_array();
	struct json_object *cpus = json_object_new_array();
	size_t i;

	add_uint(obj, "id", move->id);
	add_uint(obj, "segment", move->moves.segment);
	for (i = 0; i < move->moves.n; i++) {
		json_object_array_add(shards,
				      fm_json_uint(move->moves.shards[i]));
		json_object_array_add(cpus, fm_json_uint(move->moves.cpus[i]));
	}
	add(obj, "shards", shards);
	add(obj, "cpus", cpus);
	add(obj, "done", json_object_new_boolean(move->done));
	if (!move->done)
		return obj;
	add(obj, "forced", json_object_new_boolean(move->forced));
	add_uint(obj, "parked", move->parked);
	add_uint(obj, "held_ns", move->held_ns);
	add_uint(obj, "fence_ns", move->fence_ns);
	add_uint(obj, "play_ns", move->play_ns);
	return obj;
}

static const char *event_name(enum fm_cmd cmd)
{
	switch (cmd) {
	case FM_CMD_UNSPEC:
		return "overrun";
	case FM_CMD_CHAIN_NTF:
		return "chain_ntf";
	case FM_CMD_CHAIN_DEL_NTF:
		return "chain_del_ntf";
	case FM_CMD_ALERT_NTF:
		return "alert_ntf";
	case FM_CMD_SHARD_NTF:
		return "shard_ntf";
	default:
		return "unknown";
	}
}

/**
 * fm_event_json() - an event
 * @event: the event; a lack of room for others is the event "overrun"
 */
struct json_object *fm_event_json(const struct fm_event *event)
{
	struct json_object *obj = json_object_new_object();

	add_string(obj, "event", event_name(event->cmd));
	add_uint(obj, "seq", event->seq);
	if (event->cmd == FM_CMD_UNSPEC)
		return obj;
	add_string(obj, "chain_name", event->chain);
	if (event->move)
		add(obj, "move", move_json(event->move));
	else if (event->cmd == FM_CMD_ALERT_NTF)
		add(obj, "alert", alert_json(event));
	else
		add_uint(obj, "generation", event->generation);
	return obj;
}
