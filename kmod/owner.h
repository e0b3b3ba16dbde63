/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_OWNER_H
#define _FM_OWNER_H

#include "store.h"

/**
 * typedef fm_owner_fn - a step of work on a slot
 * @slot: the slot
 * @n: its number
 * @arg: the caller's
 *
 * Called with bottom halves off, as the slot's writer.
 *
 * Return: true if it wants to be called again.
 */
typedef bool (*fm_owner_fn)(struct fm_slot *slot, u32 n, void *arg);

int fm_owner_run(const struct fm_group *group, fm_owner_fn fn, void *arg);

#endif
