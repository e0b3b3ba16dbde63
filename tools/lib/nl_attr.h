/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of the family's attributes and values, as in the netlink spec. */
#ifndef FM_TOOLS_NL_ATTR_H
#define FM_TOOLS_NL_ATTR_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "flowmage.h"

struct fm_nl_set;

/* An attribute; set is that of its members if it is a nest. */
struct fm_nl_attr {
	const char *name;
	const struct fm_nl_set *set;
	bool multi;
};

struct fm_nl_set {
	const char *name;
	unsigned int max;
	const struct fm_nl_attr *attrs;
};

extern const struct fm_nl_set fm_nl_set_main;

/* Names by value, or by bit. */
extern const char *const fm_nl_field_names[5];
extern const char *const fm_nl_l4_names[3];
extern const char *const fm_nl_mode_names[__FM_MODE_MAX];
extern const char *const fm_nl_intensity_names[3];
extern const char *const fm_nl_frag_policy_names[__FM_FRAG_MAX];
extern const char *const fm_nl_other_policy_names[__FM_OTHER_MAX];
extern const char *const fm_nl_full_policy_names[__FM_FULL_MAX];
extern const char *const fm_nl_rule_action_names[__FM_RULE_MAX];
extern const char *const fm_nl_backend_state_names[__FM_BACKEND_MAX];
extern const char *const fm_nl_param_type_names[__FM_PARAM_MAX];
extern const char *const fm_nl_class_names[__FM_CLASS_MAX];
extern const char *const fm_nl_hash_state_names[4];
extern const char *const fm_nl_shard_state_names[4];

const char *fm_nl_attr_name(const char *set, unsigned int type);
void fm_nl_attr_path(const struct nlmsghdr *nlh, size_t offset, char *buf,
		     size_t size);
void fm_nl_attr_path_missing(const struct nlmsghdr *nlh, size_t nest,
			     unsigned int type, char *buf, size_t size);

#endif
