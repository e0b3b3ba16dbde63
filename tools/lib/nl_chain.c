// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests about chains. */
#include <errno.h>
#include <stdlib.h>
#include "nl_msg.h"

static int send_lists(struct fm_nl *nl, const struct fm_chain *chain,
		      struct fm_error *err)
{
	size_t i, j;
	int ret = 0;

	for (i = 0; i < chain->nnfs; i++)
		for (j = 0; j < chain->nfs[i].nparams && !ret; j++)
			if (chain->nfs[i].params[j].list)
				ret = fm_nl_list_send(nl,
					chain->nfs[i].params[j].list, err);
	return ret;
}

static int change(struct fm_nl *nl, uint8_t cmd, const struct fm_chain *chain,
		  struct fm_error *err)
{
	struct nl_msg *msg;
	int ret = send_lists(nl, chain, err);

	if (ret)
		return ret;
	msg = fm_nl_request(nl, cmd, err);
	if (!msg)
		return err->code;
	ret = nla_put_string(msg, FM_A_CHAIN_NAME, chain->name);
	if (!ret && cmd == FM_CMD_CHAIN_SET && chain->generation)
		ret = nla_put_u32(msg, FM_A_GENERATION, chain->generation);
	if (ret || fm_nl_chain_fill(msg, chain))
		return fm_nl_too_large(msg, err);
	return fm_nl_do(nl, msg, NULL, NULL, err);
}

/**
 * fm_nl_chain_new() - create a chain with its plan
 * @nl: the family
 * @chain: the chain; its generation is not sent
 * @err: filled on failure: what the kernel refused, by name
 *
 * Return: 0, FM_EXIT_CONFLICT if there is one of that name or on one of the
 * devices, or another exit code. Nothing changes unless 0.
 */
int fm_nl_chain_new(struct fm_nl *nl, const struct fm_chain *chain,
		    struct fm_error *err)
{
	return change(nl, FM_CMD_CHAIN_NEW, chain, err);
}

/**
 * fm_nl_chain_set() - replace a chain and its plan in one step
 * @nl: the family
 * @chain: the chain; if its generation is not 0 it must still be the present
 * @err: filled on failure
 *
 * Return: 0, FM_EXIT_NOT_FOUND, FM_EXIT_CONFLICT if the generation is stale,
 * or another exit code. Nothing changes unless 0.
 */
int fm_nl_chain_set(struct fm_nl *nl, const struct fm_chain *chain,
		    struct fm_error *err)
{
	return change(nl, FM_CMD_CHAIN_SET, chain, err);
}

/**
 * fm_nl_chain_del() - delete a chain and its state
 * @nl: the family
 * @name: of the chain
 * @generation: the one it must still have, 0 = whatever
 * @err: filled on failure
 *
 * Return: 0, FM_EXIT_NOT_FOUND, FM_EXIT_CONFLICT or another exit code.
 */
int fm_nl_chain_del(struct fm_nl *nl, const char *name, uint32_t generation,
		    struct fm_error *err)
{
	struct nl_msg *msg = fm_nl_request(nl, FM_CMD_CHAIN_DEL, err);

	if (!msg)
		return err->code;
	if (nla_put_string(msg, FM_A_CHAIN_NAME, name) ||
	    (generation && nla_put_u32(msg, FM_A_GENERATION, generation)))
		return fm_nl_too_large(msg, err);
	return fm_nl_do(nl, msg, NULL, NULL, err);
}

static int get_reply(struct nlmsghdr *nlh, void *arg)
{
	fm_nl_chain_parse(nlh, arg);
	return 0;
}

/**
 * fm_nl_chain_get() - a chain with its plan
 * @nl: the family
 * @name: of the chain
 * @chain: filled; large, not for the stack
 * @err: filled on failure
 *
 * Return: 0, FM_EXIT_NOT_FOUND or another exit code.
 */
int fm_nl_chain_get(struct fm_nl *nl, const char *name, struct fm_chain *chain,
		    struct fm_error *err)
{
	struct nl_msg *msg = fm_nl_request(nl, FM_CMD_CHAIN_GET, err);

	if (!msg)
		return err->code;
	if (nla_put_string(msg, FM_A_CHAIN_NAME, name))
		return fm_nl_too_large(msg, err);
	return fm_nl_do(nl, msg, get_reply, chain, err);
}

struct chain_dump {
	int (*cb)(const struct fm_chain *chain, void *arg);
	void *arg;
	struct fm_chain *chain;
};

static int dump_reply(struct nlmsghdr *nlh, void *arg)
{
	struct chain_dump *dump = arg;

	fm_nl_chain_parse(nlh, dump->chain);
	return dump->cb(dump->chain, dump->arg);
}

/**
 * fm_nl_chain_dump() - every chain of the namespace with its plan
 * @nl: the family
 * @cb: called per chain; non-zero ends the dump
 * @arg: for @cb
 * @err: filled on failure
 *
 * Return: 0, an exit code, or what @cb returned.
 */
int fm_nl_chain_dump(struct fm_nl *nl,
		     int (*cb)(const struct fm_chain *chain, void *arg),
		     void *arg, struct fm_error *err)
{
	struct chain_dump dump = { .cb = cb, .arg = arg };
	struct nl_msg *msg = fm_nl_request(nl, FM_CMD_CHAIN_GET, err);
	int ret;

	if (!msg)
		return err->code;
	dump.chain = malloc(sizeof(*dump.chain));
	if (!dump.chain) {
		nlmsg_free(msg);
		return fm_error_errno(err, ENOMEM, "chain list");
	}
	ret = fm_nl_dump(nl, msg, FM_NL_CONSISTENT, dump_reply, &dump, err);
	free(dump.chain);
	return ret;
}
