// SPDX-License-Identifier: GPL-2.0-or-later
/* Bound devices: how their hash and queues compare with ours. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "nl_msg.h"

static void class_parse(struct nlattr *nest, struct fm_nic_class *class)
{
	struct nlattr *attr;
	int rem;

	nla_for_each_nested(attr, nest, rem) {
		uint64_t value = fm_nl_get_uint(attr);

		switch (nla_type(attr)) {
		case FM_A_CLASS_ID:
			class->id = value;
			break;
		case FM_A_CLASS_STATE:
			class->state = value;
			break;
		case FM_A_CLASS_MATCHED:
			class->matched = value;
			break;
		case FM_A_CLASS_MISMATCHED:
			class->mismatched = value;
			break;
		case FM_A_CLASS_ABSENT:
			class->absent = value;
			break;
		case FM_A_CLASS_QUEUE_MATCHED:
			class->queue_matched = value;
			break;
		case FM_A_CLASS_QUEUE_MISMATCHED:
			class->queue_mismatched = value;
			break;
		}
	}
}

static void queue_parse(struct nlattr *nest, struct fm_nic_queue *queue)
{
	struct nlattr *attr;
	int rem;

	nla_for_each_nested(attr, nest, rem) {
		switch (nla_type(attr)) {
		case FM_A_QUEUE_ID:
			queue->id = fm_nl_get_uint(attr);
			break;
		case FM_A_QUEUE_CPU:
			queue->cpu = fm_nl_get_uint(attr);
			break;
		case FM_A_QUEUE_PACKETS:
			queue->packets = fm_nl_get_uint(attr);
			break;
		}
	}
}

static void member_parse(struct nlattr *attr, struct fm_nic *nic)
{
	switch (nla_type(attr)) {
	case FM_A_NIC_IFINDEX:
		nic->ifindex = fm_nl_get_uint(attr);
		break;
	case FM_A_NIC_CHAIN:
		fm_nl_get_string(attr, nic->chain, sizeof(nic->chain));
		break;
	case FM_A_NIC_CLASS:
		if (nic->nclasses < __FM_CLASS_MAX)
			class_parse(attr, &nic->classes[nic->nclasses++]);
		break;
	case FM_A_NIC_QUEUE:
		if (nic->nqueues < FM_QUEUES_MAX)
			queue_parse(attr, &nic->queues[nic->nqueues++]);
		break;
	case FM_A_NIC_INDIR:
		nic->nindir = fm_nl_get_bytes(attr, nic->indir,
					      sizeof(nic->indir)) /
			      sizeof(*nic->indir);
		break;
	case FM_A_NIC_HW:
		nic->hw = true;
		break;
	}
}

/**
 * fm_nl_nic_parse() - a reply with a bound device
 * @nlh: the reply
 * @nic: filled
 */
void fm_nl_nic_parse(struct nlmsghdr *nlh, struct fm_nic *nic)
{
	struct nlattr *attr, *member;
	int rem, rest;

	memset(nic, 0, sizeof(*nic));
	fm_nl_for_each_top(attr, nlh, rem) {
		if (nla_type(attr) != FM_A_NIC)
			continue;
		nla_for_each_nested(member, attr, rest)
			member_parse(member, nic);
	}
}

/**
 * fm_nl_nic_fill() - append the change of a device to a request
 * @msg: the request
 * @change: the change; with only an ifindex it names the device
 *
 * Return: 0, or negative if it does not fit.
 */
int fm_nl_nic_fill(struct nl_msg *msg, const struct fm_nic_change *change)
{
	struct nlattr *nest = nla_nest_start(msg, FM_A_NIC);

	if (!nest ||
	    nla_put_u32(msg, FM_A_NIC_IFINDEX, change->ifindex) ||
	    (change->indir && nla_put(msg, FM_A_NIC_INDIR,
				      change->nindir * sizeof(*change->indir),
				      change->indir)) ||
	    (change->test && nla_put_flag(msg, FM_A_NIC_TEST)))
		return -EMSGSIZE;
	return nla_nest_end(msg, nest);
}

static int get_reply(struct nlmsghdr *nlh, void *arg)
{
	fm_nl_nic_parse(nlh, arg);
	return 0;
}

/**
 * fm_nl_nic_get() - how a bound device hashes
 * @nl: the family
 * @ifindex: the device
 * @nic: filled; large, not for the stack
 * @err: filled on failure
 *
 * Return: 0, FM_EXIT_NOT_FOUND if no chain is bound to it, or another exit
 * code.
 */
int fm_nl_nic_get(struct fm_nl *nl, uint32_t ifindex, struct fm_nic *nic,
		  struct fm_error *err)
{
	struct nl_msg *msg = fm_nl_request(nl, FM_CMD_NIC_GET, err);
	struct fm_nic_change which = { .ifindex = ifindex };

	if (!msg)
		return err->code;
	if (fm_nl_nic_fill(msg, &which))
		return fm_nl_too_large(msg, err);
	return fm_nl_do(nl, msg, get_reply, nic, err);
}

struct nic_dump {
	int (*cb)(const struct fm_nic *nic, void *arg);
	void *arg;
	struct fm_nic *nic;
};

static int dump_reply(struct nlmsghdr *nlh, void *arg)
{
	struct nic_dump *dump = arg;

	fm_nl_nic_parse(nlh, dump->nic);
	return dump->cb(dump->nic, dump->arg);
}

/**
 * fm_nl_nic_dump() - how every bound device of the namespace hashes
 * @nl: the family
 * @cb: called per device; non-zero ends the dump
 * @arg: for @cb
 * @err: filled on failure
 *
 * Return: 0, an exit code, or what @cb returned.
 */
int fm_nl_nic_dump(struct fm_nl *nl,
		   int (*cb)(const struct fm_nic *nic, void *arg), void *arg,
		   struct fm_error *err)
{
	struct nl_msg *msg = fm_nl_request(nl, FM_CMD_NIC_GET, err);
	struct nic_dump dump = { .cb = cb, .arg = arg };
	int ret;

	if (!msg)
		return err->code;
	dump.nic = malloc(sizeof(*dump.nic));
	if (!dump.nic) {
		nlmsg_free(msg);
		return fm_error_errno(err, ENOMEM, "NIC list");
	}
	ret = fm_nl_dump(nl, msg, FM_NL_CONSISTENT, dump_reply, &dump, err);
	free(dump.nic);
	return ret;
}

/**
 * fm_nl_nic_set() - tell the module how a bound device was set
 * @nl: the family
 * @change: see there
 * @err: filled on failure
 *
 * Return: 0, FM_EXIT_NOT_FOUND or another exit code.
 */
int fm_nl_nic_set(struct fm_nl *nl, const struct fm_nic_change *change,
		  struct fm_error *err)
{
	struct nl_msg *msg = fm_nl_request(nl, FM_CMD_NIC_SET, err);

	if (!msg)
		return err->code;
	if (fm_nl_nic_fill(msg, change))
		return fm_nl_too_large(msg, err);
	return fm_nl_do(nl, msg, NULL, NULL, err);
}
