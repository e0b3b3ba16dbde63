// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Messages without a kernel: what is filled is parsed to the same, what is cut
 * short does no harm, and a refusal names the attribute.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <json-c/json.h>
#include <netlink/attr.h>
#include <stdlib.h>
#include "nl_attr.h"
#include "nl_json.h"
#include "nl_msg.h"
#include "nl_talk.h"

#define FAMILY 0x20

static struct nl_msg *begin(uint8_t cmd)
{
	struct nl_msg *msg = fm_nl_msg_alloc(FAMILY, cmd, NLM_F_REQUEST);

	assert_non_null(msg);
	return msg;
}

static struct fm_chain *make_chain(void)
{
	struct fm_chain *chain = calloc(1, sizeof(*chain));
	uint32_t i;

	assert_non_null(chain);
	strcpy(chain->name, "edge");
	chain->generation = 7;
	chain->ifindex[chain->ndevs++] = 3;
	chain->ifindex[chain->ndevs++] = 5;
	chain->frag_policy = FM_FRAG_ACCEPT;
	chain->other_policy = FM_OTHER_DROP;
	chain->sample_shift = 8;
	chain->steer[0].fields = FM_F_SRC_IP;
	chain->steer[0].fields6 = FM_F_IPS;
	chain->steer[0].symmetric = true;
	chain->steer[0].l4 = FM_L4_TCP | FM_L4_UDP;
	chain->steer[0].key_len = 40;
	memset(chain->steer[0].key, 0xa5, 40);
	chain->steer[0].key6_len = 52;
	memset(chain->steer[0].key6, 0x5a, 52);
	chain->steer[0].nshards = 8;
	for (i = 0; i < 8; i++)
		chain->steer[0].owners[i] = i % 3;
	chain->steer[0].hw = true;
	chain->steer[1].fields = FM_F_DST_IP;
	chain->steer[1].fields6 = FM_F_DST_IP;
	chain->steer[1].key_len = 40;
	memset(chain->steer[1].key, 0x3c, 40);
	chain->steer[1].nshards = 2;
	chain->steer[1].owners[1] = 3;
	chain->nsegs = 2;
	return chain;
}

static void add_nfs(struct fm_chain *chain)
{
	struct fm_chain_inst *nf = &chain->nfs[chain->nnfs++];

	strcpy(nf->name, "scan");
	strcpy(nf->type, "psd");
	nf->mode = FM_MODE_LOCAL;
	nf->max_entries = 4096;
	nf->timeout_ms = 30000;
	nf->full_policy = FM_FULL_LRU;
	nf->nparams = 3;
	strcpy(nf->params[0].name, "threshold");
	nf->params[0].uint = UINT64_MAX;
	strcpy(nf->params[1].name, "action");
	nf->params[1].is_string = true;
	strcpy(nf->params[1].string, "drop");
	strcpy(nf->params[2].name, "deny");
	nf->params[2].is_list = true;
	nf->params[2].uint = 7;
	nf = &chain->nfs[chain->nnfs++];
	strcpy(nf->name, "policer");
	strcpy(nf->type, "policer");
	nf->mode = FM_MODE_SHARED;
	nf->segment = 1;
}

static void chain_round_trip(void **state)
{
	struct nl_msg *msg = begin(FM_CMD_CHAIN_NEW);
	struct fm_chain *in = make_chain(), *out = malloc(sizeof(*out));

	(void)state;
	assert_non_null(out);
	add_nfs(in);
	assert_int_equal(0, nla_put_string(msg, FM_A_CHAIN_NAME, in->name));
	assert_int_equal(0, nla_put_u32(msg, FM_A_GENERATION, in->generation));
	assert_int_equal(0, fm_nl_chain_fill(msg, in));
	memset(out, 0xff, sizeof(*out));
	fm_nl_chain_parse(nlmsg_hdr(msg), out);
	assert_memory_equal(in, out, sizeof(*in));
	nlmsg_free(msg);
	free(in);
	free(out);
}

static void chain_too_large(void **state)
{
	struct nl_msg *msg = begin(FM_CMD_CHAIN_NEW);
	struct fm_chain *chain = make_chain();
	struct fm_error err;
	size_t i, j;

	(void)state;
	chain->nnfs = FM_NFS_MAX;
	for (i = 0; i < FM_NFS_MAX; i++) {
		chain->nfs[i].nparams = FM_PARAMS_MAX;
		for (j = 0; j < FM_PARAMS_MAX; j++) {
			chain->nfs[i].params[j].is_string = true;
			memset(chain->nfs[i].params[j].string, 'x', 255);
		}
	}
	assert_true(fm_nl_chain_fill(msg, chain) != 0);
	assert_int_equal(FM_EXIT_ERROR, fm_nl_too_large(msg, &err));
	assert_int_equal(EMSGSIZE, err.sys);
	free(chain);
}

/* Parse the message with every length it could have been cut to. */
static void truncated(void **state)
{
	struct nl_msg *msg = begin(FM_CMD_CHAIN_NEW);
	struct fm_chain *in = make_chain(), *out = malloc(sizeof(*out));
	uint32_t len, full = nlmsg_hdr(msg)->nlmsg_len;
	struct fm_error err;
	struct nlmsghdr *nlh;
	char path[128];

	(void)state;
	add_nfs(in);
	assert_int_equal(0, fm_nl_chain_fill(msg, in));
	for (len = full; len <= nlmsg_hdr(msg)->nlmsg_len; len++) {
		nlh = malloc(len);
		assert_non_null(nlh);
		memcpy(nlh, nlmsg_hdr(msg), len);
		nlh->nlmsg_len = len;
		fm_nl_chain_parse(nlh, out);
		assert_true(out->nnfs <= 2);
		fm_nl_attr_path(nlh, len / 2, path, sizeof(path));
		free(nlh);
	}
	fm_nl_too_large(msg, &err);
	free(in);
	free(out);
}

static size_t offset_of(struct nl_msg *msg, struct nlattr *attr)
{
	return (char *)attr - (char *)nlmsg_hdr(msg);
}

static void path_of_attribute(void **state)
{
	struct nl_msg *msg = begin(FM_CMD_CHAIN_NEW);
	struct fm_chain *chain = make_chain();
	struct nlattr *body, *inst, *mode;
	char path[128];
	int rem;

	(void)state;
	add_nfs(chain);
	assert_int_equal(0, nla_put_string(msg, FM_A_CHAIN_NAME, "edge"));
	assert_int_equal(0, fm_nl_chain_fill(msg, chain));
	body = nlmsg_find_attr(nlmsg_hdr(msg), GENL_HDRLEN, FM_A_CHAIN);
	assert_non_null(body);
	inst = NULL;
	nla_for_each_nested(mode, body, rem)
		if (nla_type(mode) == FM_A_CHAIN_INST)
			inst = mode;
	mode = nla_find(nla_data(inst), nla_len(inst), FM_A_INST_MODE);
	fm_nl_attr_path(nlmsg_hdr(msg), offset_of(msg, mode), path,
			sizeof(path));
	assert_string_equal("chain.inst[1].mode", path);
	fm_nl_attr_path(nlmsg_hdr(msg), offset_of(msg, body), path,
			sizeof(path));
	assert_string_equal("chain", path);
	fm_nl_attr_path(nlmsg_hdr(msg), 100000, path, sizeof(path));
	assert_string_equal("", path);
	fm_nl_attr_path_missing(nlmsg_hdr(msg), offset_of(msg, inst),
				FM_A_INST_TYPE, path, sizeof(path));
	assert_string_equal("chain.inst[1].type", path);
	fm_nl_attr_path_missing(nlmsg_hdr(msg), 0, FM_A_NIC, path,
				sizeof(path));
	assert_string_equal("nic", path);
	nlmsg_free(msg);
	free(chain);
}

/* An NLMSG_ERROR as the kernel makes it, with the request's header only. */
static struct nl_msg *make_refusal(const struct nlmsghdr *request, int sys,
				   const char *text, uint32_t offset)
{
	struct nl_msg *msg = nlmsg_alloc();
	struct nlmsgerr e = { .error = -sys, .msg = *request };
	struct nlmsghdr *nlh;

	nlh = nlmsg_put(msg, 0, 0, NLMSG_ERROR, 0,
			NLM_F_CAPPED | NLM_F_ACK_TLVS);
	assert_non_null(nlh);
	assert_int_equal(0, nlmsg_append(msg, &e, sizeof(e), NLMSG_ALIGNTO));
	assert_int_equal(0, nla_put_string(msg, NLMSGERR_ATTR_MSG, text));
	assert_int_equal(0, nla_put_u32(msg, NLMSGERR_ATTR_OFFS, offset));
	return msg;
}

static void refusal(void **state)
{
	struct nl_msg *request = begin(FM_CMD_CHAIN_SET), *reply;
	struct fm_error err;
	struct nlattr *attr;

	(void)state;
	assert_int_equal(0, nla_put_u32(request, FM_A_GENERATION, 3));
	attr = nlmsg_find_attr(nlmsg_hdr(request), GENL_HDRLEN,
			       FM_A_GENERATION);
	reply = make_refusal(nlmsg_hdr(request), ESTALE, "it is 4",
			     offset_of(request, attr));
	assert_int_equal(FM_EXIT_CONFLICT,
			 fm_nl_refusal(nlmsg_hdr(request), nlmsg_hdr(reply),
				       ESTALE, &err));
	assert_int_equal(ESTALE, err.sys);
	assert_string_equal("it is 4", err.message);
	assert_string_equal("generation", err.attr);
	assert_string_not_equal("", err.hint);
	nlmsg_free(request);
	nlmsg_free(reply);
}

static void put_number(struct nl_msg *msg, int type, const char *name,
		       uint64_t value)
{
	struct nlattr *nest = nla_nest_start(msg, type);

	nla_put_string(msg, FM_A_VALUE_NAME, name);
	nla_put_u64(msg, FM_A_VALUE_UINT, value);
	nla_nest_end(msg, nest);
}

static void counters(void **state)
{
	struct nl_msg *msg = begin(FM_CMD_STAT_GET);
	struct nlattr *top = nla_nest_start(msg, FM_A_STAT), *nest;
	struct fm_stat stat;

	(void)state;
	nla_put_u64(msg, FM_A_STAT_PACKETS, 10);
	nla_put_u64(msg, FM_A_STAT_DROPPED, 4);
	put_number(msg, FM_A_STAT_REASON, "frag", 1);
	nest = nla_nest_start(msg, FM_A_STAT_INST);
	nla_put_string(msg, FM_A_INST_STAT_NAME, "psd");
	nla_put_u64(msg, FM_A_INST_STAT_DROPPED, 3);
	put_number(msg, FM_A_INST_STAT_REASON, "blocked", 3);
	nla_nest_end(msg, nest);
	nest = nla_nest_start(msg, FM_A_STAT_CPU);
	nla_put_u32(msg, FM_A_CPU_STAT_CPU, 2);
	nla_put_u64(msg, FM_A_CPU_STAT_HANDED, 9);
	nla_nest_end(msg, nest);
	nest = nla_nest_start(msg, FM_A_STAT_GROUP);
	nla_put_u32(msg, FM_A_GROUP_STAT_ID, 1);
	nla_put_u64(msg, FM_A_GROUP_STAT_ENTRIES, 7);
	nla_nest_end(msg, nest);
	nest = nla_nest_start(msg, FM_A_STAT_SEGMENT);
	nla_put_u32(msg, FM_A_SEGMENT_STAT_ID, 1);
	nla_put_u64(msg, FM_A_SEGMENT_STAT_HANDED, 5);
	put_number(msg, FM_A_SEGMENT_STAT_REASON, "detached", 2);
	nla_nest_end(msg, nest);
	nla_nest_end(msg, top);
	assert_int_equal(0, fm_nl_stat_parse(nlmsg_hdr(msg), &stat));
	assert_int_equal(10, stat.packets);
	assert_int_equal(4, stat.dropped);
	assert_string_equal("frag", stat.reasons[0].name);
	assert_int_equal(1, stat.ninsts);
	assert_string_equal("blocked", stat.insts[0].reasons[0].name);
	assert_int_equal(3, stat.insts[0].reasons[0].value);
	assert_int_equal(1, stat.ncpus);
	assert_int_equal(2, stat.cpus[0].cpu);
	assert_int_equal(9, stat.cpus[0].handed);
	assert_int_equal(1, stat.ngroups);
	assert_int_equal(1, stat.groups[0].id);
	assert_int_equal(7, stat.groups[0].entries);
	assert_int_equal(1, stat.nsegments);
	assert_int_equal(1, stat.segments[0].id);
	assert_int_equal(5, stat.segments[0].handed);
	assert_int_equal(2, stat.segments[0].reasons[0].value);
	fm_nl_stat_free(&stat);
	nlmsg_free(msg);
}

static void put_flow(struct nl_msg *msg, int type)
{
	struct nlattr *flow = nla_nest_start(msg, type), *nest;

	nla_put_u32(msg, FM_A_FLOW_KEY, FM_F_SRC_IP | FM_F_DST_PORT);
	nla_put_u8(msg, FM_A_FLOW_FAMILY, 6);
	nla_put(msg, FM_A_FLOW_SRC, 16, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0"
		"\x01");
	nla_put_u16(msg, FM_A_FLOW_DST_PORT, 443);
	nla_put_u32(msg, FM_A_FLOW_MODE, FM_MODE_LOCAL);
	nla_put_u32(msg, FM_A_FLOW_SHARD, 0);
	nla_put_u64(msg, FM_A_FLOW_IDLE_MS, 12);
	nest = nla_nest_start(msg, FM_A_FLOW_STATE);
	nla_put_string(msg, FM_A_STATE_INST, "scan");
	put_number(msg, FM_A_STATE_VALUE, "ports", 5);
	nla_nest_end(msg, nest);
	nla_nest_end(msg, flow);
}

static void alert(void **state)
{
	struct nl_msg *msg = begin(FM_CMD_ALERT_NTF);
	struct fm_flow *flow = malloc(sizeof(*flow));
	struct json_object *obj;
	struct fm_event event;
	struct nlattr *nest;

	(void)state;
	nla_put_u64(msg, FM_A_SEQ, 1ULL << 40);
	nla_put_string(msg, FM_A_CHAIN_NAME, "edge");
	nest = nla_nest_start(msg, FM_A_ALERT);
	nla_put_string(msg, FM_A_ALERT_KIND, "port-scan");
	nla_put_string(msg, FM_A_ALERT_INST, "scan");
	nla_put_u32(msg, FM_A_ALERT_LOST, 2);
	put_flow(msg, FM_A_ALERT_FLOW);
	nla_nest_end(msg, nest);
	fm_nl_event_parse(nlmsg_hdr(msg), &event, flow, NULL);
	obj = fm_event_json(&event);
	assert_string_equal("{\"event\":\"alert_ntf\",\"seq\":1099511627776,"
		"\"chain_name\":\"edge\",\"alert\":{\"kind\":\"port-scan\","
		"\"inst\":\"scan\",\"flow\":{\"key\":[\"src_ip\",\"dst_port\"],"
		"\"family\":6,\"src\":\"2001:db8::1\",\"dst_port\":443,"
		"\"group\":0,\"segment\":0,\"mode\":\"local\",\"shard\":0,\"slice\":0,\"idle_ms\":12,"
		"\"state\":[{\"inst\":\"scan\",\"value\":{\"ports\":5}}]},"
		"\"lost\":2}}",
		json_object_to_json_string_ext(obj, JSON_C_TO_STRING_PLAIN));
	json_object_put(obj);
	nlmsg_free(msg);
	free(flow);
}

static void filter(void **state)
{
	const struct fm_flow_filter everything = { 0 };
	const struct fm_flow_filter some = {
		.inst = "scan", .has_shard = true, .src_len = 4,
		.src = { 10, 1 }, .src_bits = 16, .has_port = true, .port = 53,
		.limit = 9,
	};
	struct nl_msg *msg = begin(FM_CMD_FLOW_GET);
	struct nlattr *nest, *tb[FM_A_FILTER_MAX + 1];

	(void)state;
	assert_int_equal(0, fm_nl_filter_fill(msg, &everything));
	assert_null(nlmsg_find_attr(nlmsg_hdr(msg), GENL_HDRLEN, FM_A_FILTER));
	assert_int_equal(0, fm_nl_filter_fill(msg, &some));
	nest = nlmsg_find_attr(nlmsg_hdr(msg), GENL_HDRLEN, FM_A_FILTER);
	assert_non_null(nest);
	assert_int_equal(0, nla_parse_nested(tb, FM_A_FILTER_MAX, nest, NULL));
	assert_string_equal("scan", nla_get_string(tb[FM_A_FILTER_INST]));
	assert_int_equal(0, nla_get_u32(tb[FM_A_FILTER_SHARD]));
	assert_int_equal(4, nla_len(tb[FM_A_FILTER_SRC]));
	assert_int_equal(16, nla_get_u8(tb[FM_A_FILTER_SRC_LEN]));
	assert_int_equal(53, nla_get_u16(tb[FM_A_FILTER_PORT]));
	assert_int_equal(9, nla_get_u32(tb[FM_A_FILTER_LIMIT]));
	assert_null(tb[FM_A_FILTER_DST]);
	assert_null(tb[FM_A_FILTER_PROTOCOL]);
	nlmsg_free(msg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chain_round_trip),
		cmocka_unit_test(chain_too_large),
		cmocka_unit_test(truncated),
		cmocka_unit_test(path_of_attribute),
		cmocka_unit_test(refusal),
		cmocka_unit_test(counters),
		cmocka_unit_test(alert),
		cmocka_unit_test(filter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
