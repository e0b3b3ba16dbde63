// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include "flows.h"

/* What the NFs tell of their states. */
static const char *const values[] = {
	"packets", "bytes", "active_connections", "first_seen_ns",
	"last_seen_ns", "tokens_bytes", "conformed_bytes", "exceeded_bytes",
	"distinct_ports", "scans", "blocked_until_ns", "nothing",
};

static uint32_t below(struct world *world, uint32_t n)
{
	return gen_random_below(&world->random, n);
}

static bool percent(struct world *world, uint32_t n)
{
	return gen_random_percent(&world->random, n);
}

void flows_filter(struct world *world, struct message *m, unsigned int chain)
{
	uint8_t src[4] = { 10, 1, below(world, 4), below(world, 256) };
	uint8_t bits = below(world, 34), udp = 17;
	size_t nest = message_nest(m, FM_A_FILTER);
	uint16_t port = 9;

	if (percent(world, 30) && *world->insts[chain])
		message_put_string(m, FM_A_FILTER_INST, world->insts[chain]);
	if (percent(world, 20))
		message_put_u32(m, FM_A_FILTER_SHARD, below(world, 8));
	if (percent(world, 40))
		message_put(m, percent(world, 70) ? FM_A_FILTER_SRC :
			    FM_A_FILTER_DST, src, sizeof(src));
	if (percent(world, 40))
		message_put(m, percent(world, 70) ? FM_A_FILTER_SRC_LEN :
			    FM_A_FILTER_DST_LEN, &bits, sizeof(bits));
	if (percent(world, 20))
		message_put(m, FM_A_FILTER_PORT, &port, sizeof(port));
	if (percent(world, 20))
		message_put(m, FM_A_FILTER_PROTOCOL, &udp, sizeof(udp));
	if (percent(world, 30))
		message_put_u32(m, FM_A_FILTER_LIMIT, below(world, 100));
	message_close(m, nest);
}

static const struct world_nf *nf_of(struct world *world, const char *type)
{
	for (unsigned int i = 0; i < world->nfs; i++)
		if (!strcmp(world->nf[i].type, type))
			return &world->nf[i];
	return &world->nf[below(world, world->nfs)];
}

static void put_state(struct world *world, struct message *m, const char *name)
{
	size_t state = message_nest(m, FM_A_FLOW_STATE), value;

	if (percent(world, 98))
		message_put_string(m, FM_A_STATE_INST, name);
	for (uint32_t n = below(world, 4); n; n--) {
		value = message_nest(m, FM_A_STATE_VALUE);
		message_put_string(m, FM_A_VALUE_NAME,
				   values[below(world, sizeof(values) /
						sizeof(*values))]);
		if (percent(world, 95))
			message_put_u64(m, FM_A_VALUE_UINT, percent(world, 50) ?
					gen_random_next(&world->random) :
					below(world, 1000));
		message_close(m, value);
	}
	message_close(m, state);
}

static void put_addr(struct world *world, struct message *m, uint16_t type,
		     uint8_t family)
{
	uint8_t addr[16] = { 10, 1, below(world, 4), below(world, 256) };
	size_t len = family == 4 ? 4 : 16;

	message_put(m, type, addr, percent(world, 99) ? len : 20 - len);
}

/* The fields of @key, of which one in a hundred lacks. */
static void put_key(struct world *world, struct message *m, uint32_t key)
{
	uint16_t sport = below(world, 4), dport = below(world, 1 << 16);
	uint8_t protocol = percent(world, 50) ? 6 : 17;
	uint8_t family = percent(world, 70) ? 4 : 6;

	message_put_u32(m, FM_A_FLOW_KEY, key);
	if (key & FM_F_SRC_IP && percent(world, 99))
		put_addr(world, m, FM_A_FLOW_SRC, family);
	if (key & FM_F_DST_IP && percent(world, 99))
		put_addr(world, m, FM_A_FLOW_DST, family);
	if (key & FM_F_SRC_PORT && percent(world, 99))
		message_put(m, FM_A_FLOW_SRC_PORT, &sport, sizeof(sport));
	if (key & FM_F_DST_PORT && percent(world, 99))
		message_put(m, FM_A_FLOW_DST_PORT, &dport, sizeof(dport));
	if (key & FM_F_PROTOCOL && percent(world, 99))
		message_put(m, FM_A_FLOW_PROTOCOL, &protocol, sizeof(protocol));
	family = percent(world, 99) ? family : 5;
	message_put(m, FM_A_FLOW_FAMILY, &family, sizeof(family));
}

void flows_put(struct world *world, struct message *m, unsigned int chain)
{
	const char *name = world->insts[chain];
	const struct world_nf *nf = nf_of(world, name);
	uint32_t n = percent(world, 95) ? 1 + below(world, 3) :
					  200 + below(world, 100);
	size_t nest;

	if (!*name || percent(world, 3))
		name = nf->type;
	while (n--) {
		nest = message_nest(m, FM_A_FLOW);
		put_key(world, m, percent(world, 97) ? nf->key :
						       below(world, 32));
		if (percent(world, 50))
			message_put_u64(m, FM_A_FLOW_IDLE_MS,
					below(world, 1000));
		put_state(world, m, name);
		message_close(m, nest);
	}
}
