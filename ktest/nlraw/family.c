// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/genetlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include "family.h"
#include "flowmage.h"
#include "json.h"
#include "nl_msg.h"
#include "request.h"

static void op_json(struct json_object *obj, struct nlattr *op)
{
	uint32_t id = 0, flags = 0;
	struct nlattr *attr;
	int rem;

	nla_for_each_nested(attr, op, rem) {
		if (nla_type(attr) == CTRL_ATTR_OP_ID)
			id = fm_nl_get_uint(attr);
		else if (nla_type(attr) == CTRL_ATTR_OP_FLAGS)
			flags = fm_nl_get_uint(attr);
	}
	json_object_object_add(obj, raw_cmd_name(id), fm_json_uint(flags));
}

static int on_family(struct nl_msg *msg, void *arg)
{
	struct nlattr *attr, *op;
	int rem, rest;

	nlmsg_for_each_attr(attr, nlmsg_hdr(msg), GENL_HDRLEN, rem) {
		if (nla_type(attr) != CTRL_ATTR_OPS)
			continue;
		nla_for_each_nested(op, attr, rest)
			op_json(arg, op);
	}
	return NL_OK;
}

struct json_object *raw_family_json(void)
{
	struct json_object *obj = json_object_new_object();
	struct nl_msg *msg = nlmsg_alloc();
	struct nl_sock *sk = nl_socket_alloc();
	int ret = -NLE_NOMEM;

	if (msg && sk) {
		nl_socket_modify_cb(sk, NL_CB_VALID, NL_CB_CUSTOM, on_family,
				    obj);
		genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, GENL_ID_CTRL, 0,
			    NLM_F_REQUEST, CTRL_CMD_GETFAMILY, 1);
		nla_put_string(msg, CTRL_ATTR_FAMILY_NAME, FM_GENL_NAME);
		ret = genl_connect(sk);
		if (ret >= 0)
			ret = nl_send_sync(sk, msg);
		else
			nlmsg_free(msg);
	}
	nl_socket_free(sk);
	if (ret >= 0)
		return obj;
	json_object_put(obj);
	fprintf(stderr, "nlraw: %s\n", nl_geterror(ret));
	return NULL;
}
