// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Prints, as JSON, the policy of the flowmage family as the kernel reports it
 * (CTRL_CMD_GETPOLICY): {"ops": {cmd: {do, dump}}, "policies": {index: {type:
 * {type, min, max, ...}}}}. ktest/spec_check compares it with the spec.
 */
#include <json-c/json.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <stdio.h>
#include "flowmage.h"
#include "json.h"
#include "nl_msg.h"

static const char *const type_names[] = {
	[NL_ATTR_TYPE_FLAG] = "flag",
	[NL_ATTR_TYPE_U8] = "u8",
	[NL_ATTR_TYPE_U16] = "u16",
	[NL_ATTR_TYPE_U32] = "u32",
	[NL_ATTR_TYPE_U64] = "u64",
	[NL_ATTR_TYPE_S8] = "s8",
	[NL_ATTR_TYPE_S16] = "s16",
	[NL_ATTR_TYPE_S32] = "s32",
	[NL_ATTR_TYPE_S64] = "s64",
	[NL_ATTR_TYPE_BINARY] = "binary",
	[NL_ATTR_TYPE_STRING] = "string",
	[NL_ATTR_TYPE_NUL_STRING] = "nul-string",
	[NL_ATTR_TYPE_NESTED] = "nest",
	[NL_ATTR_TYPE_NESTED_ARRAY] = "nest-array",
	[NL_ATTR_TYPE_BITFIELD32] = "bitfield32",
};

/* Members of a policy that are numbers. */
static const char *const number_names[NL_POLICY_TYPE_ATTR_MAX + 1] = {
	[NL_POLICY_TYPE_ATTR_MIN_VALUE_U] = "min",
	[NL_POLICY_TYPE_ATTR_MAX_VALUE_U] = "max",
	[NL_POLICY_TYPE_ATTR_MIN_LENGTH] = "min-len",
	[NL_POLICY_TYPE_ATTR_MAX_LENGTH] = "max-len",
	[NL_POLICY_TYPE_ATTR_POLICY_IDX] = "policy",
	[NL_POLICY_TYPE_ATTR_MASK] = "mask",
};

struct dump {
	struct json_object *ops;
	struct json_object *policies;
};

static struct json_object *member(struct json_object *obj, int key)
{
	struct json_object *value;
	char name[16];

	snprintf(name, sizeof(name), "%d", key);
	if (json_object_object_get_ex(obj, name, &value))
		return value;
	value = json_object_new_object();
	json_object_object_add(obj, name, value);
	return value;
}

static void attr_policy(struct nlattr *nest, struct json_object *obj)
{
	struct nlattr *attr;
	int rem;

	nla_for_each_nested(attr, nest, rem) {
		unsigned int type = nla_type(attr);
		uint64_t value = fm_nl_get_uint(attr);

		if (type == NL_POLICY_TYPE_ATTR_TYPE)
			json_object_object_add(obj, "type", fm_json_enum(
				type_names, sizeof(type_names) /
				sizeof(*type_names), value));
		else if (type <= NL_POLICY_TYPE_ATTR_MAX && number_names[type])
			json_object_object_add(obj, number_names[type],
					       fm_json_uint(value));
	}
}

/* Nested twice: index of the policy, then number of the attribute. */
static void policies(struct nlattr *nest, struct json_object *obj)
{
	struct nlattr *policy, *attr;
	int rem, rest;

	nla_for_each_nested(policy, nest, rem)
		nla_for_each_nested(attr, policy, rest)
			attr_policy(attr, member(member(obj, nla_type(policy)),
						 nla_type(attr)));
}

static void ops(struct nlattr *nest, struct json_object *obj)
{
	struct nlattr *op, *attr;
	int rem, rest;

	nla_for_each_nested(op, nest, rem)
		nla_for_each_nested(attr, op, rest)
			json_object_object_add(member(obj, nla_type(op)),
				nla_type(attr) == CTRL_ATTR_POLICY_DO ?
				"do" : "dump",
				fm_json_uint(fm_nl_get_uint(attr)));
}

static int on_message(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct dump *dump = arg;
	struct nlattr *attr;
	int rem;

	nlmsg_for_each_attr(attr, nlh, GENL_HDRLEN, rem) {
		if (nla_type(attr) == CTRL_ATTR_POLICY)
			policies(attr, dump->policies);
		else if (nla_type(attr) == CTRL_ATTR_OP_POLICY)
			ops(attr, dump->ops);
	}
	return NL_OK;
}

static int request(struct nl_sock *sk)
{
	struct nl_msg *msg = nlmsg_alloc();
	int ret;

	if (!msg)
		return -NLE_NOMEM;
	genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, GENL_ID_CTRL, 0,
		    NLM_F_REQUEST | NLM_F_DUMP, CTRL_CMD_GETPOLICY, 1);
	nla_put_string(msg, CTRL_ATTR_FAMILY_NAME, FM_GENL_NAME);
	ret = nl_send_auto(sk, msg);
	nlmsg_free(msg);
	return ret;
}

int main(void)
{
	struct json_object *doc = json_object_new_object();
	struct nl_sock *sk = nl_socket_alloc();
	struct dump dump = {
		.ops = json_object_new_object(),
		.policies = json_object_new_object(),
	};
	int ret;

	json_object_object_add(doc, "ops", dump.ops);
	json_object_object_add(doc, "policies", dump.policies);
	nl_socket_modify_cb(sk, NL_CB_VALID, NL_CB_CUSTOM, on_message, &dump);
	ret = genl_connect(sk);
	if (ret >= 0)
		ret = request(sk);
	if (ret >= 0)
		ret = nl_recvmsgs_default(sk);
	if (ret >= 0)
		puts(json_object_to_json_string_ext(doc, FM_JSON_FLAGS |
						    JSON_C_TO_STRING_PRETTY));
	else
		fprintf(stderr, "policy: %s\n", nl_geterror(ret));
	nl_socket_free(sk);
	json_object_put(doc);
	return ret < 0;
}
