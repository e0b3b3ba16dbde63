/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_EVENT_H
#define _FM_EVENT_H

#include <linux/types.h>

struct fm_bind;
struct fm_chain;
struct fm_move_report;

void fm_event_chain(const struct fm_chain *chain, u8 cmd);
void fm_event_move(const struct fm_chain *chain,
		   const struct fm_move_report *report, const u32 *ids);
void fm_event_mismatch(const struct fm_bind *bind);

#endif
