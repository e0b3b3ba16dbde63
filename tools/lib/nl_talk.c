// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A request and everything that comes back, until the kernel says that it is
 * done, refuses, falls silent, or the user has had enough.
 */
#include <errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/handlers.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>
#include "nl_msg.h"
#include "nl_talk.h"

#define DUMP_TRIES 5		/* of a dump that changes while it is read */

/* Copies of the replies of a dump that may have to be thrown away. */
struct backlog {
	char *data;
	size_t len, size;
};

/**
 * struct talk - a request under way
 * @request: as it was sent, to find refused attributes in
 * @cb: gets replies
 * @arg: for @cb
 * @err: filled by a refusal
 * @backlog: where replies are kept for later, or NULL
 * @done: the kernel has said its last word
 * @torn: something changed during the dump
 * @ret: exit code of a refusal, or what @cb returned
 */
struct talk {
	const struct nlmsghdr *request;
	fm_nl_reply_fn cb;
	void *arg;
	struct fm_error *err;
	struct backlog *backlog;
	bool done;
	bool torn;
	int ret;
};

static int backlog_add(struct backlog *backlog, const struct nlmsghdr *nlh)
{
	size_t len = NLMSG_ALIGN(nlh->nlmsg_len);
	size_t need = backlog->len + len;
	char *data;

	if (need > backlog->size) {
		data = realloc(backlog->data, 2 * need);
		if (!data)
			return -ENOMEM;
		backlog->data = data;
		backlog->size = 2 * need;
	}
	memcpy(backlog->data + backlog->len, nlh, nlh->nlmsg_len);
	backlog->len = need;
	return 0;
}

static int backlog_play(struct backlog *backlog, fm_nl_reply_fn cb, void *arg)
{
	struct nlmsghdr *nlh;
	size_t pos;
	int ret;

	for (pos = 0; pos < backlog->len; pos += NLMSG_ALIGN(nlh->nlmsg_len)) {
		nlh = (struct nlmsghdr *)(backlog->data + pos);
		ret = cb(nlh, arg);
		if (ret)
			return ret;
	}
	return 0;
}

static int on_valid(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct talk *talk = arg;

	if (!genlmsg_valid_hdr(nlh, 0) || !talk->cb)
		return NL_SKIP;
	if (!talk->backlog)
		talk->ret = talk->cb(nlh, talk->arg);
	else if (backlog_add(talk->backlog, nlh))
		talk->ret = fm_error_errno(talk->err, ENOMEM, "dump");
	return talk->ret ? NL_STOP : NL_OK;
}

static int on_ack(struct nl_msg *msg, void *arg)
{
	struct talk *talk = arg;

	(void)msg;
	talk->done = true;
	return NL_STOP;
}

/* The end of a dump carries the error that cut it short. */
static int on_finish(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct talk *talk = arg;
	int status = 0;

	if (nlmsg_datalen(nlh) >= (int)sizeof(status))
		memcpy(&status, nlmsg_data(nlh), sizeof(status));
	if (status < 0)
		talk->ret = fm_nl_refusal(talk->request, nlh, -status,
					  talk->err);
	talk->done = true;
	return NL_STOP;
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *e, void *arg)
{
	const struct nlmsghdr *reply =
		(const void *)((const char *)e - NLMSG_HDRLEN);
	struct talk *talk = arg;

	(void)from;
	talk->ret = fm_nl_refusal(talk->request, reply, -e->error, talk->err);
	talk->done = true;
	return NL_STOP;
}

static int on_torn(struct nl_msg *msg, void *arg)
{
	struct talk *talk = arg;

	(void)msg;
	talk->torn = true;
	return NL_OK;
}

static struct nl_cb *callbacks(struct talk *talk)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);

	if (!cb)
		return NULL;
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_valid, talk);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_ack, talk);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, talk);
	nl_cb_set(cb, NL_CB_DUMP_INTR, NL_CB_CUSTOM, on_torn, talk);
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, talk);
	return cb;
}

static int receive(struct fm_nl *nl, struct talk *talk, struct nl_cb *cb)
{
	int ret;

	while (!talk->done && !talk->ret) {
		ret = fm_nl_socket_wait(nl, nl->sk, nl->config.timeout_ms,
					talk->err);
		if (ret)
			return ret;
		ret = nl_recvmsgs(nl->sk, cb);
		if (ret < 0 && ret != -NLE_AGAIN && !talk->ret && !talk->done)
			return fm_nl_library_error(ret, "netlink", talk->err);
	}
	return talk->ret;
}

static int send_and_receive(struct fm_nl *nl, struct nl_msg *msg,
			    struct talk *talk)
{
	struct fm_error ignored;
	struct nl_cb *cb;
	int ret;

	talk->request = nlmsg_hdr(msg);
	talk->done = false;
	talk->torn = false;
	cb = callbacks(talk);
	if (!cb)
		return fm_error_errno(talk->err, ENOMEM, "netlink");
	ret = nl_send_auto(nl->sk, msg);
	if (ret < 0)
		ret = fm_nl_library_error(ret, "netlink", talk->err);
	else
		ret = receive(nl, talk, cb);
	nl_cb_put(cb);
	if (!talk->done)
		fm_nl_socket_reset(nl, &ignored);
	return ret;
}

/**
 * fm_nl_msg_alloc() - a request with its headers
 * @family: number of the family
 * @cmd: FM_CMD_*
 * @flags: NLM_F_*
 *
 * Return: the message, or NULL without memory.
 */
struct nl_msg *fm_nl_msg_alloc(uint16_t family, uint8_t cmd, int flags)
{
	struct nl_msg *msg = nlmsg_alloc_size(FM_NL_MSG_MAX);

	if (!msg)
		return NULL;
	genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0, flags, cmd,
		    FM_GENL_VERSION);
	return msg;
}

/**
 * fm_nl_request() - a request to the opened family
 * @nl: the family
 * @cmd: FM_CMD_*
 * @err: filled on failure
 *
 * Return: the message, or NULL.
 */
struct nl_msg *fm_nl_request(struct fm_nl *nl, uint8_t cmd,
			     struct fm_error *err)
{
	struct nl_msg *msg = fm_nl_msg_alloc(nl->family, cmd, NLM_F_REQUEST);

	if (!msg)
		fm_error_errno(err, ENOMEM, "netlink request");
	return msg;
}

/**
 * fm_nl_too_large() - free a request that an attribute did not fit in
 * @msg: the request
 * @err: to be filled
 *
 * Return: FM_EXIT_ERROR.
 */
int fm_nl_too_large(struct nl_msg *msg, struct fm_error *err)
{
	nlmsg_free(msg);
	return fm_error_set(err, FM_EXIT_ERROR, EMSGSIZE,
			    "the request does not fit in a netlink message");
}

/**
 * fm_nl_do() - send a request and wait for its acknowledgement
 * @nl: the family
 * @msg: the request; it is freed
 * @cb: gets the reply, may be NULL
 * @arg: for @cb
 * @err: filled on failure
 *
 * Return: 0, an exit code, or what @cb returned.
 */
int fm_nl_do(struct fm_nl *nl, struct nl_msg *msg, fm_nl_reply_fn cb,
	     void *arg, struct fm_error *err)
{
	struct talk talk = { .cb = cb, .arg = arg, .err = err };
	int ret = send_and_receive(nl, msg, &talk);

	nlmsg_free(msg);
	return ret;
}

static int dump_consistent(struct fm_nl *nl, struct nl_msg *msg,
			   struct talk *talk)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct backlog backlog = { 0 };
	int ret, tries = 0;

	talk->backlog = &backlog;
	do {
		backlog.len = 0;
		nlh->nlmsg_seq = NL_AUTO_SEQ;
		ret = send_and_receive(nl, msg, talk);
	} while (!ret && talk->torn && ++tries < DUMP_TRIES);
	if (!ret)
		ret = backlog_play(&backlog, talk->cb, talk->arg);
	free(backlog.data);
	return ret;
}

/**
 * fm_nl_dump() - send a request and take all replies
 * @nl: the family
 * @msg: the request; it is freed
 * @delivery: FM_NL_CONSISTENT for what fits in memory
 * @cb: gets every reply
 * @arg: for @cb
 * @err: filled on failure
 *
 * What changed while it was dumped is delivered nevertheless after some tries,
 * with a warning.
 *
 * Return: 0, an exit code, or what @cb returned.
 */
int fm_nl_dump(struct fm_nl *nl, struct nl_msg *msg,
	       enum fm_nl_delivery delivery, fm_nl_reply_fn cb, void *arg,
	       struct fm_error *err)
{
	struct talk talk = { .cb = cb, .arg = arg, .err = err };
	int ret;

	nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_DUMP;
	if (delivery == FM_NL_CONSISTENT)
		ret = dump_consistent(nl, msg, &talk);
	else
		ret = send_and_receive(nl, msg, &talk);
	nlmsg_free(msg);
	if (!ret && talk.torn)
		fm_log_print(FM_LOG_WARN, "things changed while they were "
			     "listed: the list may be incomplete");
	return ret;
}
