/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_SHARD_H
#define _FM_SHARD_H

#include <linux/types.h>

struct sk_buff;

#define FM_SHARD_BACKLOG	4096	/* packets that wait for an owner */

int fm_shard_init(void);
void fm_shard_exit(void);
bool fm_shard_is_crowded(unsigned int owner);
bool fm_shard_hand(struct sk_buff *skb, unsigned int owner);
void fm_shard_drain(void);

#endif
