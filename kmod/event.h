/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_EVENT_H
#define _FM_EVENT_H

#include <linux/types.h>

struct fm_bind;
struct fm_chain;

void fm_event_chain(const struct fm_chain *chain, u8 cmd);
void fm_event_mismatch(const struct fm_bind *bind);

#endif
