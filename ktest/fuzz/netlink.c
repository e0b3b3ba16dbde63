// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whatever a kernel could answer: attributes of any length, in any nest, any
 * number of times.  The first byte of the input chooses what is expected, the
 * rest is the message behind its header.
 */
#include <netlink/attr.h>
#include "input.h"
#include "nl_attr.h"
#include "nl_json.h"
#include "nl_msg.h"
#include "nl_talk.h"
#include "request.h"

#define FAMILY	0x20
#define PATH	128

static struct nlmsghdr *message(const uint8_t *data, size_t size)
{
	size_t len = NLMSG_HDRLEN + size;
	struct nlmsghdr *nlh = malloc(len);

	fuzz_expect(nlh);
	memset(nlh, 0, NLMSG_HDRLEN);
	nlh->nlmsg_len = len;
	nlh->nlmsg_type = FAMILY;
	memcpy((char *)nlh + NLMSG_HDRLEN, data, size);
	return nlh;
}

/* It can be printed, and the text is JSON. */
static void print(struct json_object *obj)
{
	struct json_object *again;

	fuzz_expect(obj);
	again = json_tokener_parse(json_object_to_json_string(obj));
	fuzz_expect(again);
	json_object_put(again);
	json_object_put(obj);
}

static void try_chain(struct nlmsghdr *nlh)
{
	struct fm_chain *chain = malloc(sizeof(*chain));
	size_t i;

	fm_nl_chain_parse(nlh, chain);
	fuzz_expect(chain->nnfs <= FM_NFS_MAX && chain->ndevs <= FM_DEVS_MAX);
	fuzz_expect(chain->nsegs <= FM_SEGMENTS_MAX);
	for (i = 0; i < FM_SEGMENTS_MAX; i++) {
		fuzz_expect(chain->steer[i].nshards <= FM_SHARDS_MAX);
		fuzz_expect(chain->steer[i].key_len <= FM_KEY_MAX);
	}
	print(fm_chain_json(chain));
	free(chain);
}

static void try_nf(struct nlmsghdr *nlh)
{
	struct fm_nf_info *nf = malloc(sizeof(*nf));

	fm_nl_nf_parse(nlh, nf);
	fuzz_expect(nf->nparams <= FM_PARAMS_MAX);
	print(fm_nf_json(nf));
	free(nf);
}

static void try_flow(struct nlmsghdr *nlh)
{
	struct fm_flow *flow = malloc(sizeof(*flow));
	struct nlattr *attr;
	int rem;

	fm_nl_for_each_top(attr, nlh, rem) {
		fm_nl_flow_parse(attr, flow);
		fuzz_expect(flow->nstates <= FM_NFS_MAX);
		print(fm_flow_json(flow));
	}
	free(flow);
}

static void try_stat(struct nlmsghdr *nlh)
{
	struct fm_stat stat;

	fuzz_expect(!fm_nl_stat_parse(nlh, &stat));
	print(fm_stat_json(&stat));
	fm_nl_stat_free(&stat);
}

static void try_nic(struct nlmsghdr *nlh)
{
	struct fm_nic *nic = malloc(sizeof(*nic));

	fm_nl_nic_parse(nlh, nic);
	fuzz_expect(nic->nqueues <= FM_QUEUES_MAX);
	fuzz_expect(nic->nclasses <= __FM_CLASS_MAX);
	print(fm_nic_json(nic));
	free(nic);
}

static void try_event(struct nlmsghdr *nlh)
{
	struct fm_flow *flow = malloc(sizeof(*flow));
	struct fm_move_event *move = malloc(sizeof(*move));
	struct fm_event event;

	fm_nl_event_parse(nlh, &event, flow, move);
	fuzz_expect(!event.flow || event.flow == flow);
	fuzz_expect(!event.move || event.move->moves.n <= FM_SHARDS_MAX);
	print(fm_event_json(&event));
	print(raw_reply_json(nlh));
	free(move);
	free(flow);
}

/* libnl lets no error through that is shorter than its header. */
static void try_refusal(struct nlmsghdr *nlh, uint8_t how)
{
	struct nl_msg *request = fm_nl_msg_alloc(FAMILY, FM_CMD_CHAIN_NEW, 0);
	struct nlattr *nest = nla_nest_start(request, FM_A_CHAIN);
	struct fm_error err = { 0 };

	nla_put_u32(request, FM_A_CHAIN_IFINDEX, 1);
	nla_put_u32(request, FM_A_CHAIN_IFINDEX, 2);
	nla_nest_end(request, nest);
	nlh->nlmsg_type = how & 1 ? NLMSG_DONE : NLMSG_ERROR;
	nlh->nlmsg_flags = NLM_F_ACK_TLVS | (how & 2 ? NLM_F_CAPPED : 0);
	if (how & 1 || nlh->nlmsg_len >= NLMSG_LENGTH(sizeof(struct nlmsgerr)))
		fuzz_expect(fm_nl_refusal(nlmsg_hdr(request), nlh, 22, &err) &&
			    err.code);
	nlmsg_free(request);
}

/* The request is whatever it is, the offset wherever. */
static void try_path(struct nlmsghdr *nlh, uint8_t how)
{
	size_t size = how % PATH + 1;
	uint32_t offset = 0;
	char *path = malloc(size);

	if (nlh->nlmsg_len >= NLMSG_HDRLEN + sizeof(offset))
		memcpy(&offset, nlmsg_data(nlh), sizeof(offset));
	fm_nl_attr_path(nlh, offset, path, size);
	fuzz_expect(memchr(path, 0, size));
	fm_nl_attr_path_missing(nlh, offset, how, path, size);
	fuzz_expect(memchr(path, 0, size));
	free(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const tries[])(struct nlmsghdr *nlh) = {
		try_chain, try_nf, try_flow, try_stat, try_nic, try_event,
	};
	struct nlmsghdr *nlh;

	if (!size)
		return -1;
	nlh = message(data + 1, size - 1);
	if (*data % 8 == 6)
		try_refusal(nlh, *data >> 3);
	else if (*data % 8 == 7)
		try_path(nlh, *data >> 3);
	else if (nlh->nlmsg_len >= NLMSG_HDRLEN + GENL_HDRLEN)
		tries[*data % 8](nlh);
	free(nlh);
	return 0;
}
