// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include "lists.h"

#define LISTS	12	/* that are referred to */

static uint32_t below(struct world *world, uint32_t n)
{
	return gen_random_below(&world->random, n);
}

static bool percent(struct world *world, uint32_t n)
{
	return gen_random_percent(&world->random, n);
}

uint32_t lists_pick(struct world *world)
{
	return percent(world, 95) ? 1 + below(world, LISTS) :
				    below(world, 1000);
}

/* In order, as they must be; now and then one is not, or has bits too many. */
static void put_prefixes(struct world *world, struct message *m, uint32_t from,
			 uint32_t n)
{
	struct fm_prefix prefixes[32] = { 0 };

	for (uint32_t i = 0; i < n; i++) {
		prefixes[i].family = from >= 16 ? 6 : 4;
		prefixes[i].addr[0] = from >= 16 ? 0xfd : 10;
		prefixes[i].addr[1] = percent(world, 99) ? from + i : 0;
		prefixes[i].len = percent(world, 99) ? 16 : below(world, 140);
	}
	message_put(m, FM_A_LIST_ELEMENTS, prefixes,
		    n * sizeof(*prefixes) - percent(world, 1));
}

void lists_put_id(struct world *world, struct message *m)
{
	size_t nest = message_nest(m, FM_A_LIST);

	message_put_u32(m, FM_A_LIST_ID, lists_pick(world));
	message_close(m, nest);
}

void lists_put(struct world *world, struct message *m)
{
	bool more = message_genl(m)->cmd == FM_CMD_LIST_ADD;
	size_t nest = message_nest(m, FM_A_LIST);
	uint32_t n = 1 + below(world, 16);

	if (more) {
		message_put_u32(m, FM_A_LIST_ID, lists_pick(world));
		put_prefixes(world, m, 16, n);
	} else {
		message_put_u32(m, FM_A_LIST_TYPE, percent(world, 98) ?
				FM_PARAM_PREFIXES : below(world, 20));
		message_put_u32(m, FM_A_LIST_COUNT, percent(world, 80) ? n :
				n + below(world, 20));
		if (percent(world, 95))
			put_prefixes(world, m, 0, n);
	}
	message_close(m, nest);
}
