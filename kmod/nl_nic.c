// SPDX-License-Identifier: GPL-2.0
#include <linux/log2.h>
#include <linux/netdevice.h>
#include "bind.h"
#include "error.h"
#include "netlink.h"

static int class_fill(struct sk_buff *msg, const struct fm_verify *verify,
		      unsigned int class)
{
	struct nlattr *nest = nla_nest_start(msg, FM_A_NIC_CLASS);
	struct fm_verify_count sum;

	fm_verify_read(verify, class, &sum);
	if (!nest || nla_put_u32(msg, FM_A_CLASS_ID, class) ||
	    nla_put_u32(msg, FM_A_CLASS_STATE, sum.state) ||
	    nla_put_u64_64bit(msg, FM_A_CLASS_MATCHED, sum.matched,
			      FM_A_CLASS_PAD) ||
	    nla_put_u64_64bit(msg, FM_A_CLASS_MISMATCHED, sum.mismatched,
			      FM_A_CLASS_PAD) ||
	    nla_put_u64_64bit(msg, FM_A_CLASS_ABSENT, sum.absent,
			      FM_A_CLASS_PAD) ||
	    nla_put_u64_64bit(msg, FM_A_CLASS_QUEUE_MATCHED, sum.queue_matched,
			      FM_A_CLASS_PAD) ||
	    nla_put_u64_64bit(msg, FM_A_CLASS_QUEUE_MISMATCHED,
			      sum.queue_mismatched, FM_A_CLASS_PAD))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int queue_fill(struct sk_buff *msg, const struct fm_verify *verify,
		      u32 n)
{
	const struct fm_queue *queue = &verify->queues[n];
	struct nlattr *nest = nla_nest_start(msg, FM_A_NIC_QUEUE);

	if (!nest || nla_put_u32(msg, FM_A_QUEUE_ID, n) ||
	    nla_put_u32(msg, FM_A_QUEUE_CPU, READ_ONCE(queue->cpu)) ||
	    nla_put_u64_64bit(msg, FM_A_QUEUE_PACKETS,
			      READ_ONCE(queue->packets), FM_A_QUEUE_PAD))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int nic_fill(struct sk_buff *msg, const void *object)
{
	const struct fm_bind *bind = object;
	const struct fm_verify *verify = &bind->verify;
	struct nlattr *nest = nla_nest_start(msg, FM_A_NIC);
	u32 i;

	if (!nest ||
	    nla_put_u32(msg, FM_A_NIC_IFINDEX, bind->dev->ifindex) ||
	    nla_put_string(msg, FM_A_NIC_CHAIN, bind->chain->name) ||
	    (fm_chain_plan(bind->chain)->segs[0].steer->config.hw &&
	     nla_put_flag(msg, FM_A_NIC_HW)))
		return -EMSGSIZE;
	for (i = 0; i < __FM_CLASS_MAX; i++)
		if (class_fill(msg, verify, i))
			return -EMSGSIZE;
	for (i = 0; i < verify->nqueues; i++)
		if (READ_ONCE(verify->queues[i].packets) &&
		    queue_fill(msg, verify, i))
			return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static struct fm_bind *nic_find(struct fm_net *net, struct nlattr **attrs,
				struct netlink_ext_ack *extack)
{
	struct fm_bind *bind;

	if (!attrs[FM_A_NIC_IFINDEX]) {
		fm_error_set(extack, NULL, "nic: ifindex is missing");
		return ERR_PTR(-EINVAL);
	}
	bind = fm_bind_lookup(net, nla_get_u32(attrs[FM_A_NIC_IFINDEX]));
	if (bind)
		return bind;
	fm_error_set(extack, attrs[FM_A_NIC_IFINDEX],
		     "no chain is bound to the device with index %u",
		     nla_get_u32(attrs[FM_A_NIC_IFINDEX]));
	return ERR_PTR(-ENODEV);
}

static int nic_parse(struct nlattr **attrs, struct genl_info *info)
{
	if (!info->attrs[FM_A_NIC]) {
		fm_error_set(info->extack, NULL, "nic is missing");
		return -EINVAL;
	}
	return nla_parse_nested(attrs, FM_A_NIC_MAX, info->attrs[FM_A_NIC],
				NULL, info->extack);
}

int fm_nl_nic_get(struct sk_buff *skb, struct genl_info *info)
{
	struct fm_net *net = fm_net_get(genl_info_net(info));
	struct nlattr *attrs[FM_A_NIC_MAX + 1];
	struct fm_bind *bind;
	int err;

	err = nic_parse(attrs, info);
	if (err)
		return err;
	mutex_lock(&net->mutex);
	bind = nic_find(net, attrs, info->extack);
	err = IS_ERR(bind) ? PTR_ERR(bind) :
	      fm_netlink_reply(info, FM_CMD_NIC_GET, nic_fill, bind);
	mutex_unlock(&net->mutex);
	return err;
}

static int nic_dump(struct fm_net *net, struct sk_buff *skb,
		    struct netlink_callback *cb)
{
	const struct fm_chain *chain;
	const struct fm_bind *bind;
	int n = 0, err;

	list_for_each_entry(chain, &net->chains, list) {
		list_for_each_entry(bind, &chain->binds, list) {
			if (n++ < cb->args[0])
				continue;
			err = fm_netlink_dump_one(skb, cb, FM_CMD_NIC_GET,
						  nic_fill, bind, GFP_KERNEL);
			if (err)
				return err;
			cb->args[0]++;
		}
	}
	return 0;
}

int fm_nl_nic_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct fm_net *net = fm_net_get(sock_net(skb->sk));
	int err;

	mutex_lock(&net->mutex);
	cb->seq = net->generation;
	err = nic_dump(net, skb, cb);
	mutex_unlock(&net->mutex);
	return skb->len ?: err;
}

static int nic_set_indir(struct fm_bind *bind, const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	u32 n = nla_len(attr) / sizeof(u32);

	if (nla_len(attr) % sizeof(u32) || !is_power_of_2(n)) {
		fm_error_set(extack, attr,
			     "nic: indir must have a power of two entries");
		return -EINVAL;
	}
	return fm_verify_set_indir(&bind->verify, nla_data(attr), n);
}

static void nic_test(struct fm_bind *bind)
{
	fm_verify_stop(&bind->verify);
	synchronize_net();
	fm_verify_start(&bind->verify,
			fm_chain_plan(bind->chain)->segs[0].steer);
}

int fm_nl_nic_set(struct sk_buff *skb, struct genl_info *info)
{
	struct fm_net *net = fm_net_get(genl_info_net(info));
	struct nlattr *attrs[FM_A_NIC_MAX + 1];
	struct fm_bind *bind;
	int err;

	err = nic_parse(attrs, info);
	if (err)
		return err;
	mutex_lock(&net->mutex);
	bind = nic_find(net, attrs, info->extack);
	err = PTR_ERR_OR_ZERO(bind);
	if (!err && attrs[FM_A_NIC_INDIR])
		err = nic_set_indir(bind, attrs[FM_A_NIC_INDIR], info->extack);
	if (!err && nla_get_flag(attrs[FM_A_NIC_TEST]))
		nic_test(bind);
	mutex_unlock(&net->mutex);
	return err;
}
