// SPDX-License-Identifier: GPL-2.0-or-later
/* Counters of a chain, its NFs and the CPUs. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "nl_msg.h"

/* Numbers are looked up by type, for every one is the same. */
struct number {
	int type;
	size_t offset;
};

#define N(_type, _struct, _member) { _type, offsetof(struct _struct, _member) }

static const struct number total_numbers[] = {
	N(FM_A_STAT_PACKETS, fm_stat, packets),
	N(FM_A_STAT_BYTES, fm_stat, bytes),
	N(FM_A_STAT_ACCEPTED, fm_stat, accepted),
	N(FM_A_STAT_DROPPED, fm_stat, dropped),
	N(FM_A_STAT_MEMORY, fm_stat, memory_bytes),
	N(FM_A_STAT_FRAGS, fm_stat, frags),
	N(FM_A_STAT_FRAGS_MERGED, fm_stat, frags_merged),
	N(FM_A_STAT_REASSEMBLED, fm_stat, reassembled),
	{ 0, 0 }
};

static const struct number inst_numbers[] = {
	N(FM_A_INST_STAT_PACKETS, fm_inst_stat, packets),
	N(FM_A_INST_STAT_BYTES, fm_inst_stat, bytes),
	N(FM_A_INST_STAT_DROPPED, fm_inst_stat, dropped),
	N(FM_A_INST_STAT_CREATED, fm_inst_stat, created),
	N(FM_A_INST_STAT_EXPIRED, fm_inst_stat, expired),
	N(FM_A_INST_STAT_EVICTED, fm_inst_stat, evicted),
	N(FM_A_INST_STAT_REFUSED, fm_inst_stat, refused),
	N(FM_A_INST_STAT_ENTRIES, fm_inst_stat, entries),
	N(FM_A_INST_STAT_SAMPLES, fm_inst_stat, samples),
	N(FM_A_INST_STAT_SAMPLED_NS, fm_inst_stat, sampled_ns),
	{ 0, 0 }
};

static const struct number cpu_numbers[] = {
	N(FM_A_CPU_STAT_ARRIVED, fm_cpu_stat, arrived),
	N(FM_A_CPU_STAT_RUN, fm_cpu_stat, run),
	N(FM_A_CPU_STAT_HANDED, fm_cpu_stat, handed),
	N(FM_A_CPU_STAT_HANDOFF_DROPS, fm_cpu_stat, handoff_drops),
	N(FM_A_CPU_STAT_PARKED, fm_cpu_stat, parked),
	N(FM_A_CPU_STAT_PARKED_DROPS, fm_cpu_stat, parked_drops),
	N(FM_A_CPU_STAT_WAKEUPS, fm_cpu_stat, wakeups),
	N(FM_A_CPU_STAT_OFFLOADED, fm_cpu_stat, offloaded),
	N(FM_A_CPU_STAT_OFFLOAD_RUN, fm_cpu_stat, offload_run),
	N(FM_A_CPU_STAT_OFFLOAD_WAITED, fm_cpu_stat, offload_waited),
	N(FM_A_CPU_STAT_PRIORITY, fm_cpu_stat, priority),
	{ 0, 0 }
};

static const struct number group_numbers[] = {
	N(FM_A_GROUP_STAT_ENTRIES, fm_group_stat, entries),
	N(FM_A_GROUP_STAT_MEMORY, fm_group_stat, memory_bytes),
	N(FM_A_GROUP_STAT_TABLES, fm_group_stat, table_bytes),
	N(FM_A_GROUP_STAT_FAILURES, fm_group_stat, failures),
	{ 0, 0 }
};

static const struct number segment_numbers[] = {
	N(FM_A_SEGMENT_STAT_PACKETS, fm_segment_stat, packets),
	N(FM_A_SEGMENT_STAT_HANDED, fm_segment_stat, handed),
	N(FM_A_SEGMENT_STAT_PARKED, fm_segment_stat, parked),
	{ 0, 0 }
};

static void number_parse(struct nlattr *attr, const struct number *numbers,
			 void *into)
{
	for (; numbers->type; numbers++)
		if (numbers->type == nla_type(attr))
			*(uint64_t *)((char *)into + numbers->offset) =
				fm_nl_get_uint(attr);
}

/**
 * fm_nl_counter_parse() - a named number
 * @nest: the attribute, a value
 * @counter: filled
 */
void fm_nl_counter_parse(struct nlattr *nest, struct fm_counter *counter)
{
	struct nlattr *attr;
	int rem;

	memset(counter, 0, sizeof(*counter));
	nla_for_each_nested(attr, nest, rem) {
		if (nla_type(attr) == FM_A_VALUE_NAME)
			fm_nl_get_string(attr, counter->name,
					 sizeof(counter->name));
		else if (nla_type(attr) == FM_A_VALUE_UINT)
			counter->value = fm_nl_get_uint(attr);
	}
}

static void inst_parse(struct nlattr *nest, struct fm_inst_stat *inst)
{
	struct nlattr *attr;
	int rem;

	nla_for_each_nested(attr, nest, rem) {
		if (nla_type(attr) == FM_A_INST_STAT_NAME)
			fm_nl_get_string(attr, inst->name, sizeof(inst->name));
		else if (nla_type(attr) == FM_A_INST_STAT_REASON &&
			 inst->nreasons < FM_REASONS_MAX)
			fm_nl_counter_parse(attr,
					    &inst->reasons[inst->nreasons++]);
		else if (nla_type(attr) == FM_A_INST_STAT_VALUE &&
			 inst->nvalues < FM_SHOWN_MAX)
			fm_nl_counter_parse(attr,
					    &inst->values[inst->nvalues++]);
		else if (nla_type(attr) != FM_A_INST_STAT_REASON &&
			 nla_type(attr) != FM_A_INST_STAT_VALUE)
			number_parse(attr, inst_numbers, inst);
	}
}

static void cpu_parse(struct nlattr *nest, struct fm_cpu_stat *cpu)
{
	struct nlattr *attr;
	int rem;

	nla_for_each_nested(attr, nest, rem) {
		if (nla_type(attr) == FM_A_CPU_STAT_CPU)
			cpu->cpu = fm_nl_get_uint(attr);
		else
			number_parse(attr, cpu_numbers, cpu);
	}
}

static void group_parse(struct nlattr *nest, struct fm_group_stat *group)
{
	struct nlattr *attr;
	int rem;

	nla_for_each_nested(attr, nest, rem) {
		if (nla_type(attr) == FM_A_GROUP_STAT_ID)
			group->id = fm_nl_get_uint(attr);
		else
			number_parse(attr, group_numbers, group);
	}
}

static void segment_parse(struct nlattr *nest, struct fm_segment_stat *segment)
{
	struct nlattr *attr;
	int rem;

	nla_for_each_nested(attr, nest, rem) {
		if (nla_type(attr) == FM_A_SEGMENT_STAT_ID)
			segment->id = fm_nl_get_uint(attr);
		else if (nla_type(attr) == FM_A_SEGMENT_STAT_REASON &&
			 segment->nreasons < FM_REASONS_MAX)
			fm_nl_counter_parse(attr,
				&segment->reasons[segment->nreasons++]);
		else if (nla_type(attr) != FM_A_SEGMENT_STAT_REASON)
			number_parse(attr, segment_numbers, segment);
	}
}

static size_t count(struct nlattr *nest, int type)
{
	struct nlattr *attr;
	size_t n = 0;
	int rem;

	nla_for_each_nested(attr, nest, rem)
		n += nla_type(attr) == type;
	return n;
}

static void member_parse(struct nlattr *attr, struct fm_stat *stat)
{
	switch (nla_type(attr)) {
	case FM_A_STAT_REASON:
		if (stat->nreasons < FM_REASONS_MAX)
			fm_nl_counter_parse(attr,
					    &stat->reasons[stat->nreasons++]);
		break;
	case FM_A_STAT_INST:
		inst_parse(attr, &stat->insts[stat->ninsts++]);
		break;
	case FM_A_STAT_CPU:
		cpu_parse(attr, &stat->cpus[stat->ncpus++]);
		break;
	case FM_A_STAT_GROUP:
		group_parse(attr, &stat->groups[stat->ngroups++]);
		break;
	case FM_A_STAT_SEGMENT:
		if (stat->nsegments < FM_SEGMENTS_MAX)
			segment_parse(attr,
				      &stat->segments[stat->nsegments++]);
		break;
	default:
		number_parse(attr, total_numbers, stat);
	}
}

static int body_parse(struct nlattr *nest, struct fm_stat *stat)
{
	struct nlattr *attr;
	int rem;

	fm_nl_stat_free(stat);
	memset(stat->segments, 0, sizeof(stat->segments));
	stat->insts = calloc(count(nest, FM_A_STAT_INST) + 1,
			     sizeof(*stat->insts));
	stat->cpus = calloc(count(nest, FM_A_STAT_CPU) + 1,
			    sizeof(*stat->cpus));
	stat->groups = calloc(count(nest, FM_A_STAT_GROUP) + 1,
			      sizeof(*stat->groups));
	if (!stat->insts || !stat->cpus || !stat->groups) {
		fm_nl_stat_free(stat);
		return -ENOMEM;
	}
	nla_for_each_nested(attr, nest, rem)
		member_parse(attr, stat);
	return 0;
}

/**
 * fm_nl_stat_parse() - a reply with counters
 * @nlh: the reply
 * @stat: filled, to be freed by fm_nl_stat_free()
 *
 * Return: 0 or -ENOMEM.
 */
int fm_nl_stat_parse(struct nlmsghdr *nlh, struct fm_stat *stat)
{
	struct nlattr *attr;
	int rem, ret = 0;

	memset(stat, 0, sizeof(*stat));
	fm_nl_for_each_top(attr, nlh, rem)
		if (nla_type(attr) == FM_A_STAT && !ret)
			ret = body_parse(attr, stat);
	return ret;
}

struct stat_get {
	struct fm_stat *stat;
	struct fm_error *err;
};

static int stat_reply(struct nlmsghdr *nlh, void *arg)
{
	struct stat_get *get = arg;

	if (fm_nl_stat_parse(nlh, get->stat))
		return fm_error_errno(get->err, ENOMEM, "counters");
	return 0;
}

/**
 * fm_nl_stat_get() - the counters of a chain
 * @nl: the family
 * @chain: name of the chain
 * @stat: filled, to be freed by fm_nl_stat_free() whatever is returned
 * @err: filled on failure
 *
 * Return: 0, FM_EXIT_NOT_FOUND or another exit code.
 */
int fm_nl_stat_get(struct fm_nl *nl, const char *chain, struct fm_stat *stat,
		   struct fm_error *err)
{
	struct nl_msg *msg = fm_nl_request(nl, FM_CMD_STAT_GET, err);
	struct stat_get get = { stat, err };

	memset(stat, 0, sizeof(*stat));
	if (!msg)
		return err->code;
	if (nla_put_string(msg, FM_A_CHAIN_NAME, chain))
		return fm_nl_too_large(msg, err);
	return fm_nl_do(nl, msg, stat_reply, &get, err);
}

/**
 * fm_nl_stat_free() - free what counters hold
 * @stat: the counters, zeroed or filled
 */
void fm_nl_stat_free(struct fm_stat *stat)
{
	free(stat->insts);
	free(stat->cpus);
	free(stat->groups);
	stat->insts = NULL;
	stat->cpus = NULL;
	stat->groups = NULL;
	stat->ninsts = 0;
	stat->ncpus = 0;
	stat->ngroups = 0;
	stat->nsegments = 0;
}
