// SPDX-License-Identifier: GPL-2.0-or-later
/* No shard of a program moves or is offloaded: there is nothing to wait for. */
#include "lend.h"
#include "move.h"

void fm_move_flush(const struct fm_steer *steer)
{
}

void fm_offload_forget(const struct fm_steer *steer)
{
}
