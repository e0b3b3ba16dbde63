// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "hex.h"
#include "json.h"
#include "nl_attr.h"
#include "nl_talk.h"
#include "request.h"

static const char *const cmd_names[] = {
	[FM_CMD_INFO_GET] = "info_get",
	[FM_CMD_NF_GET] = "nf_get",
	[FM_CMD_CHAIN_NEW] = "chain_new",
	[FM_CMD_CHAIN_SET] = "chain_set",
	[FM_CMD_CHAIN_DEL] = "chain_del",
	[FM_CMD_CHAIN_GET] = "chain_get",
	[FM_CMD_SHARD_GET] = "shard_get",
	[FM_CMD_FLOW_GET] = "flow_get",
	[FM_CMD_STAT_GET] = "stat_get",
	[FM_CMD_NIC_GET] = "nic_get",
	[FM_CMD_NIC_SET] = "nic_set",
	[FM_CMD_FLOW_NEW] = "flow_new",
	[FM_CMD_FLOW_DEL] = "flow_del",
	[FM_CMD_SHARD_MOVE] = "shard_move",
	[FM_CMD_SHARD_GO] = "shard_go",
	[FM_CMD_OFFLOAD_SET] = "offload_set",
	[FM_CMD_OFFLOAD_DEL] = "offload_del",
	[FM_CMD_OFFLOAD_GET] = "offload_get",
	[FM_CMD_PRIORITY_SET] = "priority_set",
	[FM_CMD_LIST_NEW] = "list_new",
	[FM_CMD_LIST_ADD] = "list_add",
	[FM_CMD_LIST_GET] = "list_get",
	[FM_CMD_PRIORITY_GET] = "priority_get",
};

#define CMDS	(sizeof(cmd_names) / sizeof(*cmd_names))

static int fill_list(struct nl_msg *msg, const struct fm_nl_set *set,
		     struct json_object *list, struct fm_error *err);

static int bad(struct fm_error *err, const char *what, struct json_object *on)
{
	return fm_error_set(err, FM_EXIT_USAGE, 0, "%s: %.200s", what,
			    json_object_to_json_string(on));
}

static int find_type(const struct fm_nl_set *set, struct json_object *name)
{
	const char *text = json_object_get_string(name);

	if (json_object_is_type(name, json_type_int))
		return json_object_get_int(name);
	for (unsigned int i = 1; set && text && i <= set->max; i++)
		if (set->attrs[i].name && !strcmp(set->attrs[i].name, text))
			return i;
	return -1;
}

static int fill_hex(struct nl_msg *msg, int type, struct json_object *value,
		    struct fm_error *err)
{
	const char *text = json_object_get_string(value);
	size_t len = text ? strlen(text) / 2 : 0;
	uint8_t *buf = malloc(len + 1);
	int ret = 0;

	if (!text || (len && fm_hex_parse(text, buf, len, &len)))
		ret = bad(err, "not hex digits", value);
	else if (nla_put(msg, type, len, buf))
		ret = bad(err, "does not fit", value);
	free(buf);
	return ret;
}

static int fill_nest(struct nl_msg *msg, const struct fm_nl_set *set, int type,
		     struct json_object *value, struct fm_error *err)
{
	struct nlattr *nest = nla_nest_start(msg, type | NLA_F_NESTED);
	const struct fm_nl_set *inner = NULL;
	int ret;

	if (!nest)
		return bad(err, "does not fit", value);
	if (set && (unsigned int)type <= set->max)
		inner = set->attrs[type].set;
	ret = fill_list(msg, inner, value, err);
	if (!ret)
		nla_nest_end_keep_empty(msg, nest);
	return ret;
}

static int fill_value(struct nl_msg *msg, int type, const char *kind,
		      struct json_object *value, struct fm_error *err)
{
	const char *text = json_object_get_string(value);
	uint64_t n = json_object_get_uint64(value);
	int ret;

	if (!strcmp(kind, "u8"))
		ret = nla_put_u8(msg, type, n);
	else if (!strcmp(kind, "u16"))
		ret = nla_put_u16(msg, type, n);
	else if (!strcmp(kind, "u32"))
		ret = nla_put_u32(msg, type, n);
	else if (!strcmp(kind, "u64"))
		ret = nla_put_u64(msg, type, n);
	else if (!strcmp(kind, "flag"))
		ret = nla_put_flag(msg, type);
	else if (!strcmp(kind, "string") && text)
		ret = nla_put_string(msg, type, text);
	else
		return bad(err, "no value, or of an unknown type", value);
	return ret ? bad(err, "does not fit", value) : 0;
}

static int fill_attr(struct nl_msg *msg, const struct fm_nl_set *set,
		     struct json_object *attr, struct fm_error *err)
{
	struct json_object *value;
	const char *kind;
	int type;

	if (!json_object_is_type(attr, json_type_array) ||
	    json_object_array_length(attr) < 2)
		return bad(err, "not [NAME, TYPE, VALUE]", attr);
	type = find_type(set, json_object_array_get_idx(attr, 0));
	kind = json_object_get_string(json_object_array_get_idx(attr, 1));
	value = json_object_array_get_idx(attr, 2);
	if (type < 0 || !kind)
		return bad(err, "unknown attribute", attr);
	if (!strcmp(kind, "nest"))
		return fill_nest(msg, set, type, value, err);
	if (!strcmp(kind, "hex"))
		return fill_hex(msg, type, value, err);
	return fill_value(msg, type, kind, value, err);
}

static int fill_list(struct nl_msg *msg, const struct fm_nl_set *set,
		     struct json_object *list, struct fm_error *err)
{
	int ret = 0;

	if (!json_object_is_type(list, json_type_array))
		return list ? bad(err, "not a list of attributes", list) : 0;
	for (size_t i = 0; !ret && i < json_object_array_length(list); i++)
		ret = fill_attr(msg, set, json_object_array_get_idx(list, i),
				err);
	return ret;
}

static int find_cmd(struct json_object *name)
{
	if (json_object_is_type(name, json_type_int))
		return json_object_get_int(name);
	for (size_t i = 0; name && i < CMDS; i++)
		if (cmd_names[i] &&
		    !strcmp(cmd_names[i], json_object_get_string(name)))
			return i;
	return -1;
}

struct nl_msg *raw_request_build(struct fm_nl *nl, struct json_object *request,
				 bool *dump, struct fm_error *err)
{
	struct json_object *attrs = fm_json_get(request, "attrs");
	int flags = json_object_get_int(fm_json_get(request, "flags"));
	int cmd = find_cmd(fm_json_get(request, "cmd"));
	struct nl_msg *msg;

	*dump = json_object_get_boolean(fm_json_get(request, "dump"));
	if (cmd < 0) {
		bad(err, "unknown command", request);
		return NULL;
	}
	msg = fm_nl_msg_alloc(nl->family, cmd, NLM_F_REQUEST | flags);
	if (!msg) {
		fm_error_errno(err, ENOMEM, "request");
		return NULL;
	}
	if (fill_list(msg, &fm_nl_set_main, attrs, err)) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

const char *raw_cmd_name(unsigned int cmd)
{
	static char number[16];

	if (cmd < CMDS && cmd_names[cmd])
		return cmd_names[cmd];
	snprintf(number, sizeof(number), "%u", cmd);
	return number;
}

static struct json_object *attrs_json(const struct fm_nl_set *set,
				      struct nlattr *head, int len)
{
	struct json_object *list = json_object_new_array();
	struct nlattr *attr;
	int rem;

	nla_for_each_attr(attr, head, len, rem) {
		struct json_object *pair = json_object_new_array();
		unsigned int type = nla_type(attr);
		const struct fm_nl_attr *known = type <= set->max ?
						 &set->attrs[type] : NULL;

		json_object_array_add(pair, known && known->name ?
				      fm_json_string(known->name) :
				      fm_json_uint(type));
		json_object_array_add(pair, known && known->set ?
				      attrs_json(known->set, nla_data(attr),
						 nla_len(attr)) :
				      fm_json_hex(nla_data(attr),
						  nla_len(attr)));
		json_object_array_add(list, pair);
	}
	return list;
}

struct json_object *raw_reply_json(struct nlmsghdr *nlh)
{
	struct genlmsghdr *ghdr = nlmsg_data(nlh);
	struct json_object *reply = json_object_new_object();

	json_object_object_add(reply, "cmd",
			       fm_json_string(raw_cmd_name(ghdr->cmd)));
	json_object_object_add(reply, "attrs",
			       attrs_json(&fm_nl_set_main,
					  genlmsg_attrdata(ghdr, 0),
					  genlmsg_attrlen(ghdr, 0)));
	return reply;
}
