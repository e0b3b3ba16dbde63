// SPDX-License-Identifier: GPL-2.0
/* The steerings of a chain over netlink, one per segment. */
#include "error.h"
#include "netlink.h"

static void steer_parse_key(struct fm_steer_config *steer, unsigned int family,
			    const struct nlattr *attr)
{
	memset(steer->key[family], 0, FM_KEY_MAX);
	steer->key_len[family] = nla_len(attr);
	nla_memcpy(steer->key[family], attr, FM_KEY_MAX);
}

static void steer_set_config(struct fm_steer_config *steer,
			     struct nlattr **attrs)
{
	steer->fields[0] = nla_get_u32(attrs[FM_A_STEER_FIELDS]);
	steer->fields[1] = attrs[FM_A_STEER_FIELDS6] ?
		nla_get_u32(attrs[FM_A_STEER_FIELDS6]) : steer->fields[0];
	steer->l4 = attrs[FM_A_STEER_L4] ? nla_get_u32(attrs[FM_A_STEER_L4]) :
		    0;
	steer->symmetric = nla_get_flag(attrs[FM_A_STEER_SYMMETRIC]);
	steer->hw = nla_get_flag(attrs[FM_A_STEER_HW]);
	steer_parse_key(steer, 0, attrs[FM_A_STEER_KEY]);
	steer_parse_key(steer, 1, attrs[FM_A_STEER_KEY6] ?:
			attrs[FM_A_STEER_KEY]);
	steer->nshards = nla_len(attrs[FM_A_STEER_OWNERS]) / sizeof(u32);
}

/**
 * fm_nl_steer_parse - the steering of the next segment
 * @config: of the chain; gets it
 * @attr: nest of fm_steer_attr
 * @extack: gets a sentence
 *
 * Return: 0 or a negative errno.
 */
int fm_nl_steer_parse(struct fm_chain_config *config, const struct nlattr *attr,
		      struct netlink_ext_ack *extack)
{
	struct nlattr *attrs[FM_A_STEER_MAX + 1];
	u32 seg = config->nsegs;
	int err;

	if (seg == FM_SEGMENTS_MAX) {
		fm_error_set(extack, attr, "more than %u segments",
			     FM_SEGMENTS_MAX);
		return -E2BIG;
	}
	err = nla_parse_nested(attrs, FM_A_STEER_MAX, attr, NULL, extack);
	if (!err)
		err = fm_netlink_need(attr, attrs, FM_A_STEER_FIELDS,
				      "steer: fields", extack);
	if (!err)
		err = fm_netlink_need(attr, attrs, FM_A_STEER_KEY,
				      "steer: key", extack);
	if (!err)
		err = fm_netlink_need(attr, attrs, FM_A_STEER_OWNERS,
				      "steer: owners", extack);
	if (err)
		return err;
	if (nla_len(attrs[FM_A_STEER_OWNERS]) % sizeof(u32)) {
		fm_error_set(extack, attrs[FM_A_STEER_OWNERS],
			     "steer: owners must be whole 32-bit numbers");
		return -EINVAL;
	}
	config->steer[seg].seg = seg;
	steer_set_config(&config->steer[seg], attrs);
	config->owners[seg] = nla_data(attrs[FM_A_STEER_OWNERS]);
	config->nsegs++;
	return 0;
}

static int fill_owners(struct sk_buff *msg, const struct fm_steer *steer)
{
	struct nlattr *attr = nla_reserve(msg, FM_A_STEER_OWNERS,
					  steer->config.nshards * sizeof(u32));
	u32 *owners, i;

	if (!attr)
		return -EMSGSIZE;
	owners = nla_data(attr);
	for (i = 0; i < steer->config.nshards; i++)
		owners[i] = fm_owner_to(READ_ONCE(steer->shards[i].owner));
	return 0;
}

/**
 * fm_nl_steer_fill - put a steering into a message
 * @msg: inside a nest of fm_chain_attr
 * @steer: the steering
 *
 * Return: 0 or -EMSGSIZE.
 */
int fm_nl_steer_fill(struct sk_buff *msg, const struct fm_steer *steer)
{
	const struct fm_steer_config *config = &steer->config;
	struct nlattr *nest = nla_nest_start(msg, FM_A_CHAIN_STEER);

	if (!nest ||
	    nla_put_u32(msg, FM_A_STEER_FIELDS, config->fields[0]) ||
	    nla_put_u32(msg, FM_A_STEER_FIELDS6, config->fields[1]) ||
	    nla_put_u32(msg, FM_A_STEER_L4, config->l4) ||
	    (config->symmetric && nla_put_flag(msg, FM_A_STEER_SYMMETRIC)) ||
	    (config->hw && nla_put_flag(msg, FM_A_STEER_HW)) ||
	    nla_put(msg, FM_A_STEER_KEY, config->key_len[0], config->key[0]) ||
	    nla_put(msg, FM_A_STEER_KEY6, config->key_len[1],
		    config->key[1]) ||
	    fill_owners(msg, steer))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}
