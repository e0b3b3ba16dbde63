// SPDX-License-Identifier: GPL-2.0-or-later
/* No shard of a program moves: there is nothing to wait for. */
#include "move.h"

void fm_move_flush(const struct fm_steer *steer)
{
}
