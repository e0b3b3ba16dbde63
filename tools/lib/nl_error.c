// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the kernel says when it refuses a request: a sentence, and the offset of
 * the attribute it means or the number of the one it misses.
 */
#include <errno.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <string.h>
#include "nl_attr.h"
#include "nl_msg.h"
#include "nl_talk.h"

/* What extended acknowledgement says, with zeros for what it does not. */
struct extack {
	const char *message;
	int message_len;
	bool has_offset, has_missing;
	uint32_t offset, nest, missing;
};

/* Bytes between the header of the reply and its TLVs. */
static size_t tlv_offset(const struct nlmsghdr *reply)
{
	const struct nlmsgerr *e = nlmsg_data(reply);

	if (reply->nlmsg_type == NLMSG_DONE)
		return sizeof(int);
	if (reply->nlmsg_flags & NLM_F_CAPPED ||
	    e->msg.nlmsg_len < sizeof(e->msg))
		return sizeof(*e);
	return sizeof(*e) + NLMSG_ALIGN(e->msg.nlmsg_len - sizeof(e->msg));
}

static void extack_parse(const struct nlmsghdr *reply, struct extack *ack)
{
	struct nlattr *attr;
	int rem;

	memset(ack, 0, sizeof(*ack));
	if (!(reply->nlmsg_flags & NLM_F_ACK_TLVS) ||
	    reply->nlmsg_len < NLMSG_HDRLEN + tlv_offset(reply))
		return;
	nlmsg_for_each_attr(attr, (struct nlmsghdr *)reply, tlv_offset(reply),
			    rem) {
		switch (nla_type(attr)) {
		case NLMSGERR_ATTR_MSG:
			ack->message = nla_data(attr);
			ack->message_len = strnlen(nla_data(attr),
						   nla_len(attr));
			break;
		case NLMSGERR_ATTR_OFFS:
			ack->offset = fm_nl_get_uint(attr);
			ack->has_offset = true;
			break;
		case NLMSGERR_ATTR_MISS_TYPE:
			ack->missing = fm_nl_get_uint(attr);
			ack->has_missing = true;
			break;
		case NLMSGERR_ATTR_MISS_NEST:
			ack->nest = fm_nl_get_uint(attr);
			break;
		}
	}
}

static void add_hint(struct fm_error *err)
{
	switch (err->sys) {
	case EPERM:
	case EACCES:
		fm_error_hint(err, "changes need CAP_NET_ADMIN in the user "
			      "namespace of the network namespace");
		break;
	case ESTALE:
		fm_error_hint(err, "somebody else changed the chain: look at "
			      "it with \"fmctl chain show\" and try again");
		break;
	case ENOTSUP:
		fm_error_hint(err, "is the module older than this program?");
		break;
	}
}

/**
 * fm_nl_refusal() - the kernel's refusal of a request as an error
 * @request: as it was sent
 * @reply: NLMSG_ERROR, or NLMSG_DONE of a dump
 * @sys: errno, positive
 * @err: to be filled
 *
 * Return: exit code.
 */
int fm_nl_refusal(const struct nlmsghdr *request, const struct nlmsghdr *reply,
		  int sys, struct fm_error *err)
{
	struct extack ack;

	extack_parse(reply, &ack);
	if (ack.message_len)
		fm_error_set(err, fm_error_code(sys), sys, "%.*s",
			     ack.message_len, ack.message);
	else
		fm_error_set(err, fm_error_code(sys), sys, "the kernel says: %s",
			     strerror(sys));
	if (ack.has_missing)
		fm_nl_attr_path_missing(request, ack.nest, ack.missing,
					err->attr, sizeof(err->attr));
	else if (ack.has_offset)
		fm_nl_attr_path(request, ack.offset, err->attr,
				sizeof(err->attr));
	add_hint(err);
	return err->code;
}
