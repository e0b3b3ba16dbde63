/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_PARAM_H
#define _FM_PARAM_H

#include "list.h"

/**
 * struct fm_param_value - a parameter as it was given
 * @name: of the parameter
 * @string: its value if it is a string, else NULL
 * @list: its value if it is a list, complete, else NULL
 * @uint: its value if it is a number, or the id of its list
 * @is_list: it is a list
 * @attr: where it stands in the request, or NULL
 */
struct fm_param_value {
	const char *name;
	const char *string;
	struct fm_list *list;
	u64 uint;
	bool is_list;
	const struct nlattr *attr;
};

int fm_param_check(const struct fm_nf_ops *ops);
int fm_param_fill(const struct fm_nf_ops *ops, void *config,
		  const struct fm_param_value *values, unsigned int n,
		  struct netlink_ext_ack *extack);
void fm_param_release(const struct fm_nf_ops *ops, void *config);
const struct fm_list *fm_param_list(const struct fm_param *param,
				    const void *config);
u64 fm_param_uint(const struct fm_param *param, const void *config);
bool fm_param_word(const char *choices, u64 index, const char **word,
		   unsigned int *len);

#endif
