/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The flow that a captured frame belongs to. */
#ifndef FM_TOOLS_FRAME_H
#define FM_TOOLS_FRAME_H

#include "traffic.h"

bool fm_frame_known(int link);
bool fm_frame_parse(int link, const uint8_t *data, size_t len,
		    struct fm_traffic_tuple *tuple);

#endif
