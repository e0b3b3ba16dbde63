/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_LRU_H
#define _FM_LRU_H

#include "state.h"

#define FM_LRU_SAMPLES		16	/* entries looked at to evict one */
#define FM_LRU_SLOTS		16	/* other slots entered to find one */
#define FM_LRU_EVICTIONS	4	/* states given up for a new one, at most */

bool fm_lru_admit(const struct fm_group *group, struct fm_cursor *cursor,
		  u32 m);
bool fm_lru_provide(const struct fm_group *group, struct fm_cursor *cursor,
		    u32 m);

#endif
