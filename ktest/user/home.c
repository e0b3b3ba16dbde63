// SPDX-License-Identifier: GPL-2.0-or-later
/* A program has all CPUs, and they stay. */
#include "home.h"
#include "steer.h"

void fm_home_add(struct fm_steer *steer, const u32 *owners)
{
	u32 i;

	for (i = 0; i < steer->config.nshards; i++) {
		steer->shards[i].home = owners[i];
		steer->shards[i].owner = owners[i];
	}
}

void fm_home_del(struct fm_steer *steer)
{
}
