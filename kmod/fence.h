/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_FENCE_H
#define _FM_FENCE_H

#include <linux/types.h>

struct fm_chain;

bool fm_fence_wait(const struct fm_chain *chain);

#endif
