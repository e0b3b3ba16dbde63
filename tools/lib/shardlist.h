/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shards and where they are to go, as people write it. */
#ifndef FM_TOOLS_SHARDLIST_H
#define FM_TOOLS_SHARDLIST_H

#include <stdio.h>
#include "log.h"
#include "nl_types.h"

int fm_shardlist_add(struct fm_shard_moves *moves, const char *shards,
		     uint32_t cpu, struct fm_error *err);
int fm_shardlist_parse(struct fm_shard_moves *moves, const char *text,
		       struct fm_error *err);
int fm_shardlist_read(struct fm_shard_moves *moves, FILE *file,
		      const char *name, struct fm_error *err);

#endif
