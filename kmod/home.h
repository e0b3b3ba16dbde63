/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_HOME_H
#define _FM_HOME_H

#include <linux/types.h>

struct fm_steer;

int fm_home_init(void);
void fm_home_exit(void);
bool fm_home_has(unsigned int cpu);
void fm_home_add(struct fm_steer *steer, const u32 *owners);
void fm_home_set(struct fm_steer *steer, const u32 *owners);
void fm_home_del(struct fm_steer *steer);

#endif
