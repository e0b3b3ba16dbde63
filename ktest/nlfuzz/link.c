// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include "flowmage.h"
#include "link.h"
#include "spec.h"

#define SENT(link, seq)	(&(link)->sent[(seq) % 1024])

const struct nlattr *link_attr(const void *data, int len, uint16_t type)
{
	const struct nlattr *attr;

	link_for_each(attr, data, len)
		if ((attr->nla_type & NLA_TYPE_MASK) == type)
			return attr;
	return NULL;
}

int link_socket(const struct link *link, int rcvbuf)
{
	struct sockaddr_nl local = { .nl_family = AF_NETLINK };
	struct timeval timeout = { .tv_sec = 10 };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	int on = 1, size = 1 << 20;

	if (fd < 0 || bind(fd, (struct sockaddr *)&local, sizeof(local))) {
		perror("nlfuzz: socket");
		exit(2);
	}
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	if (!rcvbuf)
		rcvbuf = 8 << 20;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &rcvbuf, sizeof(rcvbuf));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &rcvbuf, sizeof(rcvbuf));
	(void)link;
	return fd;
}

static void learn_group(struct link *link, const struct nlattr *group)
{
	const struct nlattr *id, *name;

	id = link_attr(link_data(group), link_len(group),
		       CTRL_ATTR_MCAST_GRP_ID);
	name = link_attr(link_data(group), link_len(group),
			 CTRL_ATTR_MCAST_GRP_NAME);
	for (unsigned int i = 0; id && name && spec_group(i); i++)
		if (!strcmp(link_data(name), spec_group(i)) &&
		    link->groups < sizeof(link->group) / sizeof(uint32_t))
			memcpy(&link->group[link->groups++], link_data(id),
			       sizeof(uint32_t));
}

static void on_family(const struct nlmsghdr *nlh, void *arg)
{
	const char *data = (const char *)nlh + MESSAGE_HEAD;
	int len = nlh->nlmsg_len - MESSAGE_HEAD;
	const struct nlattr *attr, *group;
	struct link *link = arg;

	attr = link_attr(data, len, CTRL_ATTR_FAMILY_ID);
	if (attr)
		memcpy(&link->family, link_data(attr), sizeof(link->family));
	attr = link_attr(data, len, CTRL_ATTR_MCAST_GROUPS);
	if (!attr)
		return;
	link_for_each(group, link_data(attr), link_len(attr))
		learn_group(link, group);
}

bool link_open(struct link *link, struct tally *tally)
{
	struct message *m = malloc(sizeof(*m));
	int err = ENOMEM;

	link->tally = tally;
	link->out = malloc(LINK_BYTES + MESSAGE_MAX);
	link->in = malloc(LINK_BYTES);
	link->fd = link_socket(link, 0);
	link->seq = 1;
	if (m && link->out && link->in) {
		message_begin(m, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
		message_put_string(m, CTRL_ATTR_FAMILY_NAME, FM_GENL_NAME);
		err = link_ask(link, m, on_family, link);
	}
	free(m);
	if (!err && link->family && link->groups)
		return true;
	fprintf(stderr, "nlfuzz: no family %s: %s\n", FM_GENL_NAME,
		strerror(err));
	return false;
}

void link_close(struct link *link)
{
	close(link->fd);
	free(link->out);
	free(link->in);
}

static bool is_whole(struct message *m)
{
	const struct nlmsghdr *nlh = message_header(m);

	return m->len >= MESSAGE_HEAD && nlh->nlmsg_len >= MESSAGE_HEAD &&
	       nlh->nlmsg_len <= m->len && nlh->nlmsg_flags & NLM_F_REQUEST;
}

void link_stamp(struct link *link, struct message *m)
{
	struct nlmsghdr *nlh = message_header(m);
	bool dump = (nlh->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
	const struct spec_op *op = spec_op(message_genl(m)->cmd);
	struct link_sent *sent;

	if (++link->seq == 0)
		link->seq = 1;
	nlh->nlmsg_seq = link->seq;
	if (link->acks)
		nlh->nlmsg_flags |= NLM_F_ACK;
	sent = SENT(link, link->seq);
	sent->seq = link->seq;
	sent->row = is_whole(m) && nlh->nlmsg_type == link->family ?
		    tally_row(message_genl(m)->cmd, nlh->nlmsg_flags) : 0;
	sent->sound = m->sound && op && (dump ? op->has_dump : op->has_act);
	link->tally->sent[sent->row]++;
	link->tally->messages++;
}

/* With no privilege there is one end for what needs it. */
static void judge(struct link *link, const struct link_sent *sent, int error)
{
	const struct spec_op *op = spec_op(sent->row / 2);

	if (!link->denied || !op || !op->admin || error == EPERM)
		return;
	if (!error || sent->sound) {
		link->broken++;
		fprintf(stderr, "nlfuzz: %s ended with %s, not EPERM\n",
			op->name, strerror(error));
	}
}

static void on_end(struct link *link, const struct nlmsghdr *nlh)
{
	const struct link_sent *sent = SENT(link, nlh->nlmsg_seq);
	int error;

	if (nlh->nlmsg_len < NLMSG_HDRLEN + sizeof(error))
		return;
	memcpy(&error, (const char *)nlh + NLMSG_HDRLEN, sizeof(error));
	if (sent->seq != nlh->nlmsg_seq)
		return;
	if (error)
		tally_error(link->tally, sent->row, -error);
	judge(link, sent, -error);
}

void link_account(struct link *link, const void *buf, ssize_t len)
{
	const struct nlmsghdr *nlh = buf;

	for (; NLMSG_OK(nlh, len); nlh = NLMSG_NEXT(nlh, len)) {
		if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			link->tally->torn++;
		if (nlh->nlmsg_type == NLMSG_ERROR ||
		    nlh->nlmsg_type == NLMSG_DONE) {
			on_end(link, nlh);
			continue;
		}
		if (nlh->nlmsg_type != link->family)
			continue;
		if (nlh->nlmsg_seq)
			link->tally->replies++;
		else
			link->tally->events++;
		if (link->on_reply)
			link->on_reply(nlh, link->arg);
	}
}

static void receive_all(struct link *link)
{
	ssize_t len;

	for (;;) {
		len = recv(link->fd, link->in, LINK_BYTES, MSG_DONTWAIT);
		if (len < 0 && errno == ENOBUFS) {
			link->tally->lost++;
			continue;
		}
		if (len <= 0)
			return;
		link_account(link, link->in, len);
	}
}

void link_flush(struct link *link)
{
	if (!link->len)
		return;
	if (send(link->fd, link->out, link->len, 0) < 0)
		perror("nlfuzz: send");
	link->len = 0;
	link->count = 0;
	receive_all(link);
}

void link_queue(struct link *link, struct message *m)
{
	uint32_t whole = NLMSG_ALIGN(m->len);
	bool liar = message_header(m)->nlmsg_len != m->len;

	if (link->len + whole > LINK_BYTES)
		link_flush(link);
	link_stamp(link, m);
	memset(link->out + link->len + m->len, 0, whole - m->len);
	memcpy(link->out + link->len, m->data, m->len);
	link->len += liar ? m->len : whole;
	/* Behind a wrong length the kernel finds no further message. */
	if (liar || ++link->count == LINK_BATCH)
		link_flush(link);
}

/* Returns -1 while there is more to come. */
static int answer(const void *buf, ssize_t len, uint32_t seq,
		  link_reply_fn fn, void *arg)
{
	const struct nlmsghdr *nlh = buf;
	int error;

	for (; NLMSG_OK(nlh, len); nlh = NLMSG_NEXT(nlh, len)) {
		if (nlh->nlmsg_seq != seq)
			continue;
		if (nlh->nlmsg_type == NLMSG_ERROR ||
		    nlh->nlmsg_type == NLMSG_DONE) {
			memcpy(&error, (const char *)nlh + NLMSG_HDRLEN,
			       sizeof(error));
			return -error;
		}
		if (fn)
			fn(nlh, arg);
	}
	return -1;
}

int link_ask(struct link *link, struct message *m, link_reply_fn fn, void *arg)
{
	ssize_t len;
	int ret = -1;

	link_flush(link);
	message_header(m)->nlmsg_seq = ++link->seq;
	message_header(m)->nlmsg_flags |= NLM_F_ACK;
	SENT(link, link->seq)->seq = 0;
	if (send(link->fd, m->data, m->len, 0) < 0)
		return errno;
	while (ret < 0) {
		len = recv(link->fd, link->in, LINK_BYTES, 0);
		if (len < 0 && errno != ENOBUFS)
			return errno;
		if (len > 0)
			ret = answer(link->in, len, link->seq, fn, arg);
	}
	return ret;
}
