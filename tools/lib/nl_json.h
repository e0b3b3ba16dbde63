/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the module tells, as JSON with the names of the netlink spec. */
#ifndef FM_TOOLS_NL_JSON_H
#define FM_TOOLS_NL_JSON_H

#include <json-c/json.h>
#include "nl.h"

struct json_object *fm_info_json(const struct fm_info *info);
struct json_object *fm_nf_json(const struct fm_nf_info *nf);
struct json_object *fm_inst_json(const struct fm_chain_inst *inst);
struct json_object *fm_steer_json(const struct fm_steering *steer);
struct json_object *fm_chain_json(const struct fm_chain *chain);
struct json_object *fm_shard_json(const struct fm_shard_info *shard);
struct json_object *fm_offload_json(const struct fm_offload_info *offload);
struct json_object *fm_priority_json(const struct fm_priority_rule *rule);
struct json_object *fm_flow_json(const struct fm_flow *flow);
struct json_object *fm_stat_json(const struct fm_stat *stat);
struct json_object *fm_nic_json(const struct fm_nic *nic);
struct json_object *fm_event_json(const struct fm_event *event);

struct json_object *fm_json_fields(uint32_t fields);
void fm_json_add_dev(struct json_object *obj, uint32_t ifindex);

#endif
