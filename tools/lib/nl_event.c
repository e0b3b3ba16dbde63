// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Events. Groups are lossy: the kernel drops what a slow reader has no room
 * for, and ENOBUFS tells that it happened; the numbers of the events tell how
 * many there were in all groups.
 */
#include <errno.h>
#include <netlink/genl/ctrl.h>
#include <stdlib.h>
#include <string.h>
#include "nl_msg.h"
#include "nl_talk.h"

/**
 * struct listener - somebody who listens
 * @cb: gets the events
 * @arg: for @cb
 * @flow: room for the key of an alert
 * @move: room for a move
 * @family: number of the family
 * @seq: of the last event, 0 before the first
 * @ret: what @cb returned
 */
struct listener {
	int (*cb)(const struct fm_event *event, void *arg);
	void *arg;
	struct fm_flow *flow;
	struct fm_move_event *move;
	int family;
	uint64_t seq;
	int ret;
};

static void alert_parse(struct nlattr *nest, struct fm_event *event,
			struct fm_flow *flow)
{
	struct nlattr *attr;
	int rem;

	nla_for_each_nested(attr, nest, rem) {
		switch (nla_type(attr)) {
		case FM_A_ALERT_KIND:
			fm_nl_get_string(attr, event->kind,
					 sizeof(event->kind));
			break;
		case FM_A_ALERT_INST:
			fm_nl_get_string(attr, event->inst,
					 sizeof(event->inst));
			break;
		case FM_A_ALERT_FLOW:
			fm_nl_flow_parse(attr, flow);
			event->flow = flow;
			break;
		case FM_A_ALERT_IFINDEX:
			event->ifindex = fm_nl_get_uint(attr);
			break;
		case FM_A_ALERT_LOST:
			event->lost = fm_nl_get_uint(attr);
			break;
		}
	}
}

/**
 * fm_nl_event_parse() - a notification
 * @nlh: the notification
 * @event: filled
 * @flow: where the key of an alert goes; event->flow points to it or is NULL
 * @move: where a move goes; event->move points to it or is NULL
 */
void fm_nl_event_parse(struct nlmsghdr *nlh, struct fm_event *event,
		       struct fm_flow *flow, struct fm_move_event *move)
{
	struct nlattr *attr;
	int rem;

	memset(event, 0, sizeof(*event));
	event->cmd = genlmsg_hdr(nlh)->cmd;
	fm_nl_for_each_top(attr, nlh, rem) {
		switch (nla_type(attr)) {
		case FM_A_SEQ:
			event->seq = fm_nl_get_uint(attr);
			break;
		case FM_A_CHAIN_NAME:
			fm_nl_get_string(attr, event->chain,
					 sizeof(event->chain));
			break;
		case FM_A_GENERATION:
			event->generation = fm_nl_get_uint(attr);
			break;
		case FM_A_ALERT:
			alert_parse(attr, event, flow);
			break;
		case FM_A_MOVE:
			fm_nl_move_parse(attr, move);
			event->move = move;
			break;
		}
	}
}

static int on_event(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct listener *listener = arg;
	struct fm_event event;

	if (nlh->nlmsg_type != listener->family || !genlmsg_valid_hdr(nlh, 0))
		return NL_SKIP;
	fm_nl_event_parse(nlh, &event, listener->flow, listener->move);
	listener->seq = event.seq;
	listener->ret = listener->cb(&event, listener->arg);
	return listener->ret ? NL_STOP : NL_OK;
}

static int overrun(struct listener *listener)
{
	struct fm_event event = { .cmd = FM_CMD_UNSPEC, .missed = 1 };

	event.seq = listener->seq;
	return listener->cb(&event, listener->arg);
}

static int join(struct fm_nl *nl, struct nl_sock *sk, const char *group,
		struct fm_error *err)
{
	int id, ret;

	id = genl_ctrl_resolve_grp(nl->sk, FM_GENL_NAME, group);
	if (id < 0)
		return fm_error_set(err, FM_EXIT_MODULE, ENOENT,
				    "the module has no group \"%s\"", group);
	ret = nl_socket_add_membership(sk, id);
	return ret < 0 ? fm_nl_library_error(ret, group, err) : 0;
}

static int loop(struct fm_nl *nl, struct nl_sock *sk, struct listener *listener,
		struct fm_error *err)
{
	int ret;

	while (!listener->ret) {
		ret = fm_nl_socket_wait(nl, sk, 0, err);
		if (ret)
			return ret;
		ret = nl_recvmsgs_default(sk);
		if (ret == -NLE_NOMEM)
			listener->ret = overrun(listener);
		else if (ret < 0 && ret != -NLE_AGAIN)
			return fm_nl_library_error(ret, "netlink", err);
	}
	return listener->ret;
}

static int prepare(struct fm_nl *nl, struct nl_sock *sk,
		   struct listener *listener, const char *const *groups,
		   size_t n, struct fm_error *err)
{
	size_t i;
	int ret;

	listener->flow = malloc(sizeof(*listener->flow));
	listener->move = malloc(sizeof(*listener->move));
	if (!listener->flow || !listener->move)
		return fm_error_errno(err, ENOMEM, "events");
	nl_socket_set_nonblocking(sk);
	nl_socket_disable_seq_check(sk);
	nl_socket_modify_cb(sk, NL_CB_VALID, NL_CB_CUSTOM, on_event, listener);
	for (i = 0; i < n; i++) {
		ret = join(nl, sk, groups[i], err);
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * fm_nl_event_listen() - wait for events until told to stop
 * @nl: the family
 * @groups: FM_MCGRP_*
 * @n: how many
 * @cb: called per event, with cmd FM_CMD_UNSPEC when some were lost; non-zero
 *	ends
 * @arg: for @cb
 * @err: filled on failure
 *
 * Return: what @cb returned, FM_EXIT_INTERRUPTED or another exit code.
 */
int fm_nl_event_listen(struct fm_nl *nl, const char *const *groups, size_t n,
		       int (*cb)(const struct fm_event *event, void *arg),
		       void *arg, struct fm_error *err)
{
	struct listener listener = { .cb = cb, .arg = arg };
	struct nl_sock *sk;
	int ret;

	listener.family = nl->family;
	ret = fm_nl_socket_create(&sk, err);
	if (ret)
		return ret;
	ret = prepare(nl, sk, &listener, groups, n, err);
	ret = ret ?: loop(nl, sk, &listener, err);
	nl_socket_free(sk);
	free(listener.flow);
	free(listener.move);
	return ret;
}
