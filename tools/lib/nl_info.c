// SPDX-License-Identifier: GPL-2.0-or-later
/* The module itself and the NFs it knows. */
#include <string.h>
#include "nl_msg.h"

static void info_parse(struct nlattr *nest, struct fm_info *info)
{
	struct nlattr *attr;
	int rem;

	nla_for_each_nested(attr, nest, rem) {
		switch (nla_type(attr)) {
		case FM_A_INFO_VERSION:
			fm_nl_get_string(attr, info->version,
					 sizeof(info->version));
			break;
		case FM_A_INFO_ABI:
			info->abi = fm_nl_get_uint(attr);
			break;
		case FM_A_INFO_CHAINS:
			info->chains = fm_nl_get_uint(attr);
			break;
		case FM_A_INFO_MEMORY:
			info->memory_bytes = fm_nl_get_uint(attr);
			break;
		case FM_A_INFO_MEMORY_MAX:
			info->memory_max_bytes = fm_nl_get_uint(attr);
			break;
		}
	}
}

static int info_reply(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *attr;
	int rem;

	fm_nl_for_each_top(attr, nlh, rem)
		if (nla_type(attr) == FM_A_INFO)
			info_parse(attr, arg);
	return 0;
}

/**
 * fm_nl_info_get() - version, ABI and memory of the module
 * @nl: the family
 * @info: filled
 * @err: filled on failure
 *
 * Return: 0 or an exit code.
 */
int fm_nl_info_get(struct fm_nl *nl, struct fm_info *info, struct fm_error *err)
{
	struct nl_msg *msg = fm_nl_request(nl, FM_CMD_INFO_GET, err);

	memset(info, 0, sizeof(*info));
	if (!msg)
		return err->code;
	return fm_nl_do(nl, msg, info_reply, info, err);
}

static void param_parse(struct nlattr *nest, struct fm_param_info *param)
{
	struct nlattr *attr;
	int rem;

	nla_for_each_nested(attr, nest, rem) {
		switch (nla_type(attr)) {
		case FM_A_PARAM_NAME:
			fm_nl_get_string(attr, param->name,
					 sizeof(param->name));
			break;
		case FM_A_PARAM_TYPE:
			param->type = fm_nl_get_uint(attr);
			break;
		case FM_A_PARAM_HELP:
			fm_nl_get_string(attr, param->help,
					 sizeof(param->help));
			break;
		case FM_A_PARAM_MIN:
			param->min = fm_nl_get_uint(attr);
			break;
		case FM_A_PARAM_MAX_VALUE:
			param->max = fm_nl_get_uint(attr);
			break;
		case FM_A_PARAM_DEFAULT:
			param->def = fm_nl_get_uint(attr);
			break;
		case FM_A_PARAM_DEFAULT_STRING:
			fm_nl_get_string(attr, param->def_string,
					 sizeof(param->def_string));
			break;
		case FM_A_PARAM_CHOICES:
			fm_nl_get_string(attr, param->choices,
					 sizeof(param->choices));
			break;
		case FM_A_PARAM_REQUIRED:
			param->required = true;
			break;
		}
	}
}

static void list_parse(struct nlattr *attr, struct fm_nf_info *nf)
{
	if (nla_type(attr) == FM_A_NF_PARAM && nf->nparams < FM_PARAMS_MAX)
		param_parse(attr, &nf->params[nf->nparams++]);
	if (nla_type(attr) == FM_A_NF_REASON && nf->nreasons < FM_REASONS_MAX)
		fm_nl_get_string(attr, nf->reasons[nf->nreasons++],
				 sizeof(nf->reasons[0]));
}

static void member_parse(struct nlattr *attr, struct fm_nf_info *nf)
{
	switch (nla_type(attr)) {
	case FM_A_NF_TYPE:
		fm_nl_get_string(attr, nf->type, sizeof(nf->type));
		break;
	case FM_A_NF_DESCRIPTION:
		fm_nl_get_string(attr, nf->description,
				 sizeof(nf->description));
		break;
	case FM_A_NF_STATEFUL:
		nf->stateful = true;
		break;
	case FM_A_NF_KEY:
		nf->key = fm_nl_get_uint(attr);
		break;
	case FM_A_NF_BIDIRECTIONAL:
		nf->bidirectional = true;
		break;
	case FM_A_NF_INTENSITY:
		nf->intensity = fm_nl_get_uint(attr);
		break;
	case FM_A_NF_POINTER:
		nf->pointer = true;
		break;
	case FM_A_NF_STATE_SIZE:
		nf->state_size = fm_nl_get_uint(attr);
		break;
	case FM_A_NF_TIMEOUT_MS:
		nf->timeout_ms = fm_nl_get_uint(attr);
		break;
	case FM_A_NF_MAX_ENTRIES:
		nf->max_entries = fm_nl_get_uint(attr);
		break;
	default:
		list_parse(attr, nf);
	}
}

/**
 * fm_nl_nf_parse() - a reply with an NF
 * @nlh: the reply
 * @nf: filled
 */
void fm_nl_nf_parse(struct nlmsghdr *nlh, struct fm_nf_info *nf)
{
	struct nlattr *attr, *member;
	int rem, rest;

	memset(nf, 0, sizeof(*nf));
	fm_nl_for_each_top(attr, nlh, rem) {
		if (nla_type(attr) != FM_A_NF)
			continue;
		nla_for_each_nested(member, attr, rest)
			member_parse(member, nf);
	}
}

static int nf_reply(struct nlmsghdr *nlh, void *arg)
{
	fm_nl_nf_parse(nlh, arg);
	return 0;
}

/**
 * fm_nl_nf_get() - what the module knows of an NF
 * @nl: the family
 * @name: its type
 * @nf: filled
 * @err: filled on failure
 *
 * Return: 0, FM_EXIT_NOT_FOUND or another exit code.
 */
int fm_nl_nf_get(struct fm_nl *nl, const char *name, struct fm_nf_info *nf,
		 struct fm_error *err)
{
	struct nl_msg *msg = fm_nl_request(nl, FM_CMD_NF_GET, err);

	if (!msg)
		return err->code;
	if (nla_put_string(msg, FM_A_NF_NAME, name))
		return fm_nl_too_large(msg, err);
	return fm_nl_do(nl, msg, nf_reply, nf, err);
}

struct nf_dump {
	int (*cb)(const struct fm_nf_info *nf, void *arg);
	void *arg;
};

static int nf_dump_reply(struct nlmsghdr *nlh, void *arg)
{
	struct nf_dump *dump = arg;
	struct fm_nf_info nf;

	fm_nl_nf_parse(nlh, &nf);
	return dump->cb(&nf, dump->arg);
}

/**
 * fm_nl_nf_dump() - what the module knows of every NF
 * @nl: the family
 * @cb: called per NF; non-zero ends the dump
 * @arg: for @cb
 * @err: filled on failure
 *
 * Return: 0, an exit code, or what @cb returned.
 */
int fm_nl_nf_dump(struct fm_nl *nl,
		  int (*cb)(const struct fm_nf_info *nf, void *arg), void *arg,
		  struct fm_error *err)
{
	struct nl_msg *msg = fm_nl_request(nl, FM_CMD_NF_GET, err);
	struct nf_dump dump = { cb, arg };

	if (!msg)
		return err->code;
	return fm_nl_dump(nl, msg, FM_NL_CONSISTENT, nf_dump_reply, &dump, err);
}
