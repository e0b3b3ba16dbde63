/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_INST_H
#define _FM_INST_H

#include "param.h"

struct fm_inst;

int fm_inst_configure(struct fm_inst *inst, const struct fm_param_value *values,
		      unsigned int n, struct netlink_ext_ack *extack);
void fm_inst_release(struct fm_inst *inst);

#endif
