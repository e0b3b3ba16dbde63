// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>
#include "flows.h"
#include "lists.h"
#include "plan.h"
#include "request.h"
#include "spec.h"

static uint32_t below(struct world *world, uint32_t n)
{
	return gen_random_below(&world->random, n);
}

static bool percent(struct world *world, uint32_t n)
{
	return gen_random_percent(&world->random, n);
}

static void begin(struct world *world, struct message *m, uint8_t cmd,
		  uint16_t flags)
{
	message_begin(m, world->link->family, cmd, flags);
}

static unsigned int put_chain(struct world *world, struct message *m)
{
	unsigned int chain = world_pick(world);
	char name[FM_NAME_MAX + 1];

	world_name(chain, name);
	message_put_string(m, FM_A_CHAIN_NAME, name);
	return chain;
}

static void put_ref(struct message *m)
{
	message_put_string(m, FM_A_CHAIN_NAME, WORLD_REF);
	m->precious = true;
}

/* A number of the kind that a policy lets in, its bounds most of all. */
static uint64_t pick_number(struct world *world, const struct spec_attr *attr)
{
	uint64_t range = attr->max - attr->min;

	if (attr->mask)
		return gen_random_next(&world->random) & attr->mask;
	if (percent(world, 30))
		return percent(world, 50) ? attr->min : attr->max;
	range = range > 5000 ? 5000 : range;
	return attr->min + below(world, range + 1);
}

static void put_bytes(struct world *world, struct message *m,
		      unsigned int type, const struct spec_attr *attr)
{
	uint32_t min = attr->min_len, max = attr->max_len ?: 16;
	uint32_t len = percent(world, 80) && max > 64 ? 64 : max;
	uint8_t buf[512];

	if (len > sizeof(buf))
		len = sizeof(buf);
	len = min + below(world, len - min + 1);
	if (percent(world, 70))
		len &= ~3U;
	for (uint32_t i = 0; i < len; i++)
		buf[i] = attr->kind == SPEC_STRING ? 'a' + below(world, 4) :
			 gen_random_next(&world->random);
	if (attr->kind == SPEC_STRING)
		buf[len ? len - 1 : len++] = 0;
	message_put(m, type, buf, len);
}

static void put_random(struct world *world, struct message *m,
		       unsigned int set, unsigned int type);

static void put_random_nest(struct world *world, struct message *m,
			    unsigned int set, unsigned int type)
{
	size_t nest = message_nest(m, type);
	const struct spec_attr *attr;

	for (unsigned int i = 1; i <= spec_set(set)->max; i++) {
		attr = spec_attr(set, i);
		if (attr->refused && !percent(world, 1))
			continue;
		for (int n = 0; n < 3 && percent(world, n ? 20 : 50); n++) {
			put_random(world, m, set, i);
			if (!attr->multi)
				break;
		}
	}
	message_close(m, nest);
}

static void put_random(struct world *world, struct message *m,
		       unsigned int set, unsigned int type)
{
	const struct spec_attr *attr = spec_attr(set, type);
	uint64_t value;

	switch (attr->kind) {
	case SPEC_NEST:
		put_random_nest(world, m, attr->set, type);
		break;
	case SPEC_STRING:
	case SPEC_BINARY:
		put_bytes(world, m, type, attr);
		break;
	case SPEC_FLAG:
	case SPEC_PAD:
		message_put(m, type, NULL, 0);
		break;
	default:
		value = pick_number(world, attr);
		message_put(m, type, &value, spec_width(attr->kind));
	}
}

static void put_nic(struct world *world, struct message *m, bool set)
{
	size_t nest = message_nest(m, FM_A_NIC);
	uint32_t queues[64];

	if (world->devs && percent(world, 98))
		message_put_u32(m, FM_A_NIC_IFINDEX,
				world->dev[below(world, world->devs)]);
	if (set && percent(world, 80)) {
		for (unsigned int i = 0; i < 64; i++)
			queues[i] = below(world, 8);
		message_put(m, FM_A_NIC_INDIR, queues,
			    sizeof(*queues) << below(world, 7));
	}
	if (set && percent(world, 5))
		message_put(m, FM_A_NIC_TEST, NULL, 0);
	message_close(m, nest);
}

static void put_nf_name(struct world *world, struct message *m)
{
	message_put_string(m, FM_A_NF_NAME, percent(world, 95) ?
			   world->nf[below(world, world->nfs)].type : "none");
}

void request_get(struct world *world, struct message *m)
{
	static const uint8_t cmds[] = {
		FM_CMD_INFO_GET, FM_CMD_NF_GET, FM_CMD_CHAIN_GET,
		FM_CMD_STAT_GET, FM_CMD_NIC_GET, FM_CMD_PRIORITY_GET,
	};
	uint8_t cmd = cmds[below(world, sizeof(cmds))];

	begin(world, m, cmd, percent(world, 10) ? NLM_F_ACK : 0);
	if (cmd == FM_CMD_NF_GET)
		put_nf_name(world, m);
	else if (cmd == FM_CMD_NIC_GET)
		put_nic(world, m, false);
	else if (cmd != FM_CMD_INFO_GET && world->has_ref &&
		 percent(world, 10))
		put_ref(m);
	else if (cmd != FM_CMD_INFO_GET)
		put_chain(world, m);
}

/* Nobody may change the reference chain whose generation he does not know. */
static void write_stale(struct world *world, struct message *m)
{
	bool del = percent(world, 50);
	unsigned int chain = 0;
	uint32_t generation;

	begin(world, m, del ? FM_CMD_CHAIN_DEL : FM_CMD_CHAIN_SET, 0);
	if (world->has_ref && percent(world, 50))
		put_ref(m);
	else
		chain = put_chain(world, m);
	generation = m->precious ? world->ref_generation :
		     world->generation[chain];
	message_put_u32(m, FM_A_GENERATION,
			generation + 1 + below(world, 1000));
	if (!del)
		plan_put(world, m, chain);
}

static void write_chain(struct world *world, struct message *m, uint8_t cmd)
{
	unsigned int chain;

	begin(world, m, cmd, percent(world, 20) ? NLM_F_ACK : 0);
	chain = put_chain(world, m);
	/* What the kernel told must not decide how many numbers are drawn. */
	if (cmd != FM_CMD_CHAIN_NEW && percent(world, 50) &&
	    world->generation[chain])
		message_put_u32(m, FM_A_GENERATION, world->generation[chain]);
	if (cmd != FM_CMD_CHAIN_DEL)
		plan_put(world, m, chain);
}

void request_change(struct world *world, struct message *m, unsigned int chain)
{
	char name[FM_NAME_MAX + 1];

	begin(world, m, FM_CMD_CHAIN_SET, 0);
	world_name(chain, name);
	message_put_string(m, FM_A_CHAIN_NAME, name);
	plan_put(world, m, chain);
}

/* To CPUs of which one or two are not there, and shards likewise. */
static void move_shards(struct world *world, struct message *m)
{
	uint32_t n = 1 + below(world, percent(world, 70) ? 2 : 8);
	uint32_t shards[8], cpus[8];
	size_t nest;

	begin(world, m, FM_CMD_SHARD_MOVE, 0);
	put_chain(world, m);
	nest = message_nest(m, FM_A_MOVE);
	for (uint32_t i = 0; i < n; i++) {
		shards[i] = percent(world, 90) ? i : below(world, 9);
		cpus[i] = below(world, percent(world, 90) ? 2 : 5);
	}
	message_put(m, FM_A_MOVE_SHARDS, shards, n * sizeof(*shards));
	message_put(m, FM_A_MOVE_CPUS, cpus, n * sizeof(*cpus));
	if (percent(world, 30))
		message_put(m, FM_A_MOVE_HOLD, NULL, 0);
	message_close(m, nest);
}

static void let_go(struct world *world, struct message *m)
{
	size_t nest;

	begin(world, m, FM_CMD_SHARD_GO, 0);
	put_chain(world, m);
	nest = message_nest(m, FM_A_MOVE);
	message_put_u32(m, FM_A_MOVE_ID, below(world, 1000));
	message_close(m, nest);
}

/* Mostly one shard, whose owner may be that CPU; now and then all of them. */
static void offload_flows(struct world *world, struct message *m)
{
	bool del = percent(world, 30);
	uint32_t n = percent(world, 80) ? 1 : below(world, 9), shards[8];
	uint64_t slices = percent(world, 30) ? ~0ULL :
			  gen_random_next(&world->random);
	size_t nest;

	begin(world, m, del ? FM_CMD_OFFLOAD_DEL : FM_CMD_OFFLOAD_SET, 0);
	put_chain(world, m);
	nest = message_nest(m, FM_A_OFFLOAD);
	for (uint32_t i = 0; i < n; i++)
		shards[i] = n > 1 && percent(world, 90) ? i : below(world, 4);
	if (n)
		message_put(m, FM_A_OFFLOAD_SHARDS, shards,
			    n * sizeof(*shards));
	message_put_u32(m, FM_A_OFFLOAD_CPU,
			below(world, percent(world, 90) ? 2 : 5));
	message_put(m, FM_A_OFFLOAD_SLICES, &slices, sizeof(slices));
	message_close(m, nest);
}

static void put_rule(struct world *world, struct message *m)
{
	uint64_t dscp = gen_random_next(&world->random);
	uint8_t src[4] = { 10, 1, 0, 0 }, bits = below(world, 18);
	size_t nest = message_nest(m, FM_A_PRIORITY);

	if (percent(world, 30))
		message_put(m, FM_A_PRIORITY_DSCP, &dscp, sizeof(dscp));
	else if (percent(world, 40))
		message_put_u32(m, FM_A_PRIORITY_MARK, below(world, 4));
	else
		message_put(m, FM_A_PRIORITY_SRC, src, sizeof(src));
	if (percent(world, 30))
		message_put(m, FM_A_PRIORITY_LEN, &bits, sizeof(bits));
	if (percent(world, 20))
		message_put_u32(m, FM_A_PRIORITY_MARK_MASK, below(world, 8));
	message_close(m, nest);
}

static void set_priority(struct world *world, struct message *m)
{
	begin(world, m, FM_CMD_PRIORITY_SET, 0);
	put_chain(world, m);
	for (uint32_t n = below(world, percent(world, 95) ? 4 : 20); n; n--)
		put_rule(world, m);
}

static void bring_list(struct world *world, struct message *m)
{
	begin(world, m, percent(world, 60) ? FM_CMD_LIST_NEW : FM_CMD_LIST_ADD,
	      0);
	lists_put(world, m);
}

static void bring_flows(struct world *world, struct message *m)
{
	begin(world, m, FM_CMD_FLOW_NEW, 0);
	flows_put(world, m, put_chain(world, m));
}

static void end_flows(struct world *world, struct message *m)
{
	unsigned int chain;

	begin(world, m, FM_CMD_FLOW_DEL, 0);
	chain = put_chain(world, m);
	if (percent(world, 80))
		flows_filter(world, m, chain);
}

void request_write(struct world *world, struct message *m)
{
	unsigned int roll = below(world, 100);

	if (roll < 28) {
		write_chain(world, m, FM_CMD_CHAIN_NEW);
	} else if (roll < 52) {
		write_chain(world, m, FM_CMD_CHAIN_SET);
	} else if (roll < 58) {
		bring_flows(world, m);
	} else if (roll < 61) {
		end_flows(world, m);
	} else if (roll < 75) {
		write_chain(world, m, FM_CMD_CHAIN_DEL);
	} else if (roll < 83) {
		write_stale(world, m);
	} else if (roll < 88) {
		move_shards(world, m);
	} else if (roll < 90) {
		let_go(world, m);
	} else if (roll < 94) {
		offload_flows(world, m);
	} else if (roll < 96) {
		set_priority(world, m);
	} else if (roll < 98) {
		bring_list(world, m);
	} else {
		begin(world, m, FM_CMD_NIC_SET, 0);
		put_nic(world, m, true);
	}
}

unsigned int request_dump(struct world *world, struct message *m)
{
	static const uint8_t cmds[] = {
		FM_CMD_NF_GET, FM_CMD_CHAIN_GET, FM_CMD_SHARD_GET,
		FM_CMD_FLOW_GET, FM_CMD_FLOW_GET, FM_CMD_FLOW_GET,
		FM_CMD_NIC_GET, FM_CMD_OFFLOAD_GET, FM_CMD_LIST_GET,
	};
	uint8_t cmd = cmds[below(world, sizeof(cmds))];
	bool named = cmd == FM_CMD_SHARD_GET || cmd == FM_CMD_FLOW_GET ||
		     cmd == FM_CMD_OFFLOAD_GET;
	unsigned int chain = 0;

	begin(world, m, cmd, NLM_F_DUMP);
	if (named && world->has_ref && percent(world, 30))
		put_ref(m);
	else if (named && percent(world, 99))
		chain = put_chain(world, m);
	else if (cmd == FM_CMD_LIST_GET)
		lists_put_id(world, m);
	if (cmd == FM_CMD_FLOW_GET && percent(world, 50))
		flows_filter(world, m, chain);
	else if (cmd == FM_CMD_FLOW_GET && percent(world, 10))
		put_random(world, m, 0, FM_A_FILTER);
	return chain;
}

void request_any(struct world *world, struct message *m)
{
	unsigned int cmd = 1 + below(world, spec_ops() - 1);
	const struct spec_op *op = spec_op(cmd);

	if (!op || !op->has_act || percent(world, 50)) {
		request_write(world, m);
		return;
	}
	begin(world, m, cmd, 0);
	for (unsigned int i = 0; i < op->nact; i++) {
		if (percent(world, 3))
			continue;
		if (op->act[i] == FM_A_CHAIN_NAME)
			put_chain(world, m);
		else if (op->act[i] == FM_A_NF_NAME)
			put_nf_name(world, m);
		else
			put_random(world, m, 0, op->act[i]);
	}
}
