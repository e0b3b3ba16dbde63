// SPDX-License-Identifier: GPL-2.0-or-later
/* Shards and their moves. */
#include <errno.h>
#include <string.h>
#include "nl_msg.h"

static void shard_parse_move(struct nlattr *attr, struct fm_shard_info *shard)
{
	switch (nla_type(attr)) {
	case FM_A_SHARD_STATE:
		shard->state = fm_nl_get_uint(attr);
		break;
	case FM_A_SHARD_TARGET:
		shard->target = fm_nl_get_uint(attr);
		break;
	case FM_A_SHARD_HOME:
		shard->home = fm_nl_get_uint(attr);
		break;
	case FM_A_SHARD_PARKED:
		shard->parked = fm_nl_get_uint(attr);
		break;
	case FM_A_SHARD_PARK_DROPS:
		shard->park_drops = fm_nl_get_uint(attr);
		break;
	case FM_A_SHARD_MOVES:
		shard->moves = fm_nl_get_uint(attr);
		break;
	case FM_A_SHARD_FORCED:
		shard->forced = fm_nl_get_uint(attr);
		break;
	}
}

static void shard_parse(struct nlattr *nest, struct fm_shard_info *shard)
{
	struct nlattr *attr;
	int rem;

	nla_for_each_nested(attr, nest, rem) {
		switch (nla_type(attr)) {
		case FM_A_SHARD_ID:
			shard->id = fm_nl_get_uint(attr);
			break;
		case FM_A_SHARD_SEGMENT:
			shard->segment = fm_nl_get_uint(attr);
			break;
		case FM_A_SHARD_OWNER:
			shard->owner = fm_nl_get_uint(attr);
			break;
		case FM_A_SHARD_PACKETS:
			shard->packets = fm_nl_get_uint(attr);
			break;
		case FM_A_SHARD_BYTES:
			shard->bytes = fm_nl_get_uint(attr);
			break;
		case FM_A_SHARD_ENTRIES:
			shard->entries = fm_nl_get_uint(attr);
			break;
		default:
			shard_parse_move(attr, shard);
		}
	}
}

struct shard_dump {
	int (*cb)(const struct fm_shard_info *shard, void *arg);
	void *arg;
};

static int shard_reply(struct nlmsghdr *nlh, void *arg)
{
	struct shard_dump *dump = arg;
	struct fm_shard_info shard;
	struct nlattr *attr;
	int rem, ret = 0;

	fm_nl_for_each_top(attr, nlh, rem) {
		if (nla_type(attr) != FM_A_SHARD)
			continue;
		memset(&shard, 0, sizeof(shard));
		shard_parse(attr, &shard);
		ret = ret ?: dump->cb(&shard, dump->arg);
	}
	return ret;
}

/**
 * fm_nl_shard_dump() - the shards of a chain, segment by segment, in order
 * @nl: the family
 * @chain: name of the chain
 * @cb: called per shard; non-zero ends the dump
 * @arg: for @cb
 * @err: filled on failure
 *
 * Return: 0, FM_EXIT_NOT_FOUND, another exit code, or what @cb returned.
 */
int fm_nl_shard_dump(struct fm_nl *nl, const char *chain,
		     int (*cb)(const struct fm_shard_info *shard, void *arg),
		     void *arg, struct fm_error *err)
{
	struct nl_msg *msg = fm_nl_request(nl, FM_CMD_SHARD_GET, err);
	struct shard_dump dump = { cb, arg };

	if (!msg)
		return err->code;
	if (nla_put_string(msg, FM_A_CHAIN_NAME, chain))
		return fm_nl_too_large(msg, err);
	return fm_nl_dump(nl, msg, FM_NL_CONSISTENT, shard_reply, &dump, err);
}

/**
 * fm_nl_move_fill() - append the moves of shards to a request
 * @msg: the request
 * @moves: the moves
 * @hold: they wait for fm_nl_shard_go()
 *
 * Return: 0, or negative if it does not fit.
 */
int fm_nl_move_fill(struct nl_msg *msg, const struct fm_shard_moves *moves,
		    bool hold)
{
	struct nlattr *nest = nla_nest_start(msg, FM_A_MOVE);
	int len = moves->n * sizeof(uint32_t);

	if (!nest || nla_put(msg, FM_A_MOVE_SHARDS, len, moves->shards) ||
	    nla_put(msg, FM_A_MOVE_CPUS, len, moves->cpus) ||
	    (moves->has_segment &&
	     nla_put_u32(msg, FM_A_MOVE_SEGMENT, moves->segment)) ||
	    (hold && nla_put_flag(msg, FM_A_MOVE_HOLD)))
		return -EMSGSIZE;
	return nla_nest_end(msg, nest);
}

static void move_parse_list(struct nlattr *attr, uint32_t *list, size_t *n)
{
	*n = fm_nl_get_bytes(attr, list, FM_SHARDS_MAX * sizeof(*list)) /
	     sizeof(*list);
}

static void move_parse_one(struct nlattr *attr, struct fm_move_event *move)
{
	size_t n;

	switch (nla_type(attr)) {
	case FM_A_MOVE_ID:
		move->id = fm_nl_get_uint(attr);
		break;
	case FM_A_MOVE_SHARDS:
		move_parse_list(attr, move->moves.shards, &move->moves.n);
		break;
	case FM_A_MOVE_CPUS:
		move_parse_list(attr, move->moves.cpus, &n);
		break;
	case FM_A_MOVE_SEGMENT:
		move->moves.segment = fm_nl_get_uint(attr);
		move->moves.has_segment = true;
		break;
	case FM_A_MOVE_DONE:
		move->done = true;
		break;
	case FM_A_MOVE_FORCED:
		move->forced = true;
		break;
	case FM_A_MOVE_PARKED:
		move->parked = fm_nl_get_uint(attr);
		break;
	case FM_A_MOVE_HELD_NS:
		move->held_ns = fm_nl_get_uint(attr);
		break;
	case FM_A_MOVE_FENCE_NS:
		move->fence_ns = fm_nl_get_uint(attr);
		break;
	case FM_A_MOVE_PLAY_NS:
		move->play_ns = fm_nl_get_uint(attr);
		break;
	}
}

/**
 * fm_nl_move_parse() - a move
 * @nest: the attribute
 * @move: filled; large, not for the stack
 */
void fm_nl_move_parse(struct nlattr *nest, struct fm_move_event *move)
{
	struct nlattr *attr;
	int rem;

	memset(move, 0, sizeof(*move));
	nla_for_each_nested(attr, nest, rem)
		move_parse_one(attr, move);
}

static int move_reply(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *attr, *member;
	uint32_t *id = arg;
	int rem, rest;

	fm_nl_for_each_top(attr, nlh, rem) {
		if (nla_type(attr) != FM_A_MOVE)
			continue;
		nla_for_each_nested(member, attr, rest)
			if (nla_type(member) == FM_A_MOVE_ID)
				*id = fm_nl_get_uint(member);
	}
	return 0;
}

/**
 * fm_nl_shard_move() - begin to move shards, all or none
 * @nl: the family
 * @chain: name of the chain
 * @moves: the moves
 * @hold: wait for fm_nl_shard_go(), for some seconds at most
 * @id: gets the number of the move
 * @err: filled on failure
 *
 * Return: 0 or an exit code.
 */
int fm_nl_shard_move(struct fm_nl *nl, const char *chain,
		     const struct fm_shard_moves *moves, bool hold,
		     uint32_t *id, struct fm_error *err)
{
	struct nl_msg *msg = fm_nl_request(nl, FM_CMD_SHARD_MOVE, err);

	if (!msg)
		return err->code;
	if (nla_put_string(msg, FM_A_CHAIN_NAME, chain) ||
	    fm_nl_move_fill(msg, moves, hold) < 0)
		return fm_nl_too_large(msg, err);
	*id = 0;
	return fm_nl_do(nl, msg, move_reply, id, err);
}

/**
 * fm_nl_shard_go() - let shards go that are held
 * @nl: the family
 * @chain: name of the chain
 * @id: number of the move
 * @err: filled on failure
 *
 * Return: 0, FM_EXIT_NOT_FOUND if the move is over, or another exit code.
 */
int fm_nl_shard_go(struct fm_nl *nl, const char *chain, uint32_t id,
		   struct fm_error *err)
{
	struct nl_msg *msg = fm_nl_request(nl, FM_CMD_SHARD_GO, err);
	struct nlattr *nest;

	if (!msg)
		return err->code;
	nest = nla_put_string(msg, FM_A_CHAIN_NAME, chain) ? NULL :
		nla_nest_start(msg, FM_A_MOVE);
	if (!nest || nla_put_u32(msg, FM_A_MOVE_ID, id))
		return fm_nl_too_large(msg, err);
	nla_nest_end(msg, nest);
	return fm_nl_do(nl, msg, NULL, NULL, err);
}
