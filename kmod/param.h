/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_PARAM_H
#define _FM_PARAM_H

#include "flowmage_nf.h"

/**
 * struct fm_param_value - a parameter as it was given
 * @name: of the parameter
 * @string: its value if it is a string, else NULL
 * @uint: its value if it is a number
 * @attr: where it stands in the request, or NULL
 */
struct fm_param_value {
	const char *name;
	const char *string;
	u64 uint;
	const struct nlattr *attr;
};

int fm_param_check(const struct fm_nf_ops *ops);
int fm_param_fill(const struct fm_nf_ops *ops, void *config,
		  const struct fm_param_value *values, unsigned int n,
		  struct netlink_ext_ack *extack);
u64 fm_param_uint(const struct fm_param *param, const void *config);
bool fm_param_word(const char *choices, u64 index, const char **word,
		   unsigned int *len);

#endif
