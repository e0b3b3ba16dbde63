// SPDX-License-Identifier: GPL-2.0
/*
 * Lists over netlink. One belongs to the socket that sends it until that is
 * closed, and to the chains that refer to it.
 */
#include <linux/notifier.h>
#include "error.h"
#include "netlink.h"

#define LIST_PIECE	32768	/* bytes of elements in a message of a dump */

static int list_refuse(struct genl_info *info, const struct nlattr *attr,
		       const char *text)
{
	fm_error_set(info->extack, attr, "%s", text);
	return -EINVAL;
}

static int list_parse(struct genl_info *info, struct nlattr **attrs)
{
	if (!info->attrs[FM_A_LIST])
		return list_refuse(info, NULL, "list is missing");
	return nla_parse_nested(attrs, FM_A_LIST_MAX, info->attrs[FM_A_LIST],
				NULL, info->extack);
}

static int list_append(struct genl_info *info, struct fm_list *list,
		    const struct nlattr *elements)
{
	int err;

	if (!elements)
		return 0;
	err = fm_list_add(list, nla_data(elements), nla_len(elements),
			  info->extack);
	if (err)
		NL_SET_BAD_ATTR(info->extack, elements);
	return err;
}

static int list_fill_id(struct sk_buff *msg, const void *object)
{
	const struct fm_list *list = object;
	struct nlattr *nest = nla_nest_start(msg, FM_A_LIST);

	if (!nest || nla_put_u32(msg, FM_A_LIST_ID, list->id))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int list_new(struct fm_net *net, struct genl_info *info,
		    struct nlattr **attrs)
{
	struct fm_list *list;
	int err;

	list = fm_list_create(&net->lists,
			      nla_get_u32(attrs[FM_A_LIST_TYPE]),
			      nla_get_u32(attrs[FM_A_LIST_COUNT]),
			      info->snd_portid, info->extack);
	if (IS_ERR(list))
		return PTR_ERR(list);
	err = list_append(info, list, attrs[FM_A_LIST_ELEMENTS]);
	if (!err)
		err = fm_netlink_reply(info, FM_CMD_LIST_NEW, list_fill_id,
				       list);
	if (err)
		fm_list_put(list);
	return err;
}

int fm_nl_list_new(struct sk_buff *skb, struct genl_info *info)
{
	struct fm_net *net = fm_net_get(genl_info_net(info));
	struct nlattr *attrs[FM_A_LIST_MAX + 1];
	int err;

	err = list_parse(info, attrs);
	if (err)
		return err;
	if (!attrs[FM_A_LIST_TYPE] || !attrs[FM_A_LIST_COUNT])
		return list_refuse(info, info->attrs[FM_A_LIST],
				   attrs[FM_A_LIST_TYPE] ?
				   "list: count is missing" :
				   "list: type is missing");
	mutex_lock(&net->mutex);
	err = list_new(net, info, attrs);
	mutex_unlock(&net->mutex);
	return err;
}

static struct fm_list *list_find(struct fm_net *net, struct nlattr **attrs,
				 const struct nlattr *parent,
				 struct netlink_ext_ack *extack)
{
	struct fm_list *list;

	if (!attrs[FM_A_LIST_ID]) {
		fm_error_set(extack, parent, "list: id is missing");
		return ERR_PTR(-EINVAL);
	}
	list = fm_list_lookup(&net->lists, nla_get_u32(attrs[FM_A_LIST_ID]));
	if (list)
		return list;
	fm_error_set(extack, attrs[FM_A_LIST_ID], "there is no list %u",
		     nla_get_u32(attrs[FM_A_LIST_ID]));
	return ERR_PTR(-ENOENT);
}

/* Only whoever has begun a list goes on with it. */
static int list_go_on(struct fm_net *net, struct genl_info *info,
		      struct nlattr **attrs)
{
	struct fm_list *list = list_find(net, attrs, info->attrs[FM_A_LIST],
					 info->extack);

	if (IS_ERR(list))
		return PTR_ERR(list);
	if (list->have < list->count && list->holder != info->snd_portid) {
		fm_error_set(info->extack, attrs[FM_A_LIST_ID],
			     "list %u is another socket's", list->id);
		return -EPERM;
	}
	return list_append(info, list, attrs[FM_A_LIST_ELEMENTS]);
}

int fm_nl_list_add(struct sk_buff *skb, struct genl_info *info)
{
	struct fm_net *net = fm_net_get(genl_info_net(info));
	struct nlattr *attrs[FM_A_LIST_MAX + 1];
	int err;

	err = list_parse(info, attrs);
	if (err)
		return err;
	if (!attrs[FM_A_LIST_ELEMENTS])
		return list_refuse(info, info->attrs[FM_A_LIST],
				   "list: elements is missing");
	mutex_lock(&net->mutex);
	err = list_go_on(net, info, attrs);
	mutex_unlock(&net->mutex);
	return err;
}

/* A piece of a list. */
struct list_piece {
	const struct fm_list *list;
	u32 from;
	u32 n;
};

static int list_fill(struct sk_buff *msg, const void *object)
{
	const struct list_piece *piece = object;
	const struct fm_list *list = piece->list;
	size_t each = fm_list_element_size(list->type);
	struct nlattr *nest = nla_nest_start(msg, FM_A_LIST);

	if (!nest || nla_put_u32(msg, FM_A_LIST_ID, list->id) ||
	    nla_put_u32(msg, FM_A_LIST_TYPE, list->type) ||
	    nla_put_u32(msg, FM_A_LIST_COUNT, list->count) ||
	    nla_put(msg, FM_A_LIST_ELEMENTS, piece->n * each,
		    list->elements + piece->from * each))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

/* As many as the message has room for. */
static int list_dump_piece(struct sk_buff *skb, struct netlink_callback *cb,
			   const struct fm_list *list)
{
	struct list_piece piece = { list, cb->args[0] };
	size_t room = min_t(size_t, skb_tailroom(skb), LIST_PIECE);
	size_t each = fm_list_element_size(list->type);
	int err;

	if (room < SZ_256 + each)
		return -EMSGSIZE;
	piece.n = min_t(size_t, (room - SZ_256) / each,
			list->have - piece.from);
	err = fm_netlink_dump_one(skb, cb, FM_CMD_LIST_GET, list_fill, &piece,
				  GFP_KERNEL);
	if (!err)
		cb->args[0] += piece.n;
	return err;
}

static int list_dump(struct fm_net *net, struct sk_buff *skb,
		     struct netlink_callback *cb)
{
	struct nlattr **top = fm_netlink_dump_attrs(cb);
	struct nlattr *attrs[FM_A_LIST_MAX + 1];
	const struct fm_list *list;
	int err;

	if (!top[FM_A_LIST]) {
		fm_error_set(cb->extack, NULL, "list is missing");
		return -EINVAL;
	}
	err = nla_parse_nested(attrs, FM_A_LIST_MAX, top[FM_A_LIST], NULL,
			       cb->extack);
	if (err)
		return err;
	list = list_find(net, attrs, top[FM_A_LIST], cb->extack);
	if (IS_ERR(list))
		return PTR_ERR(list);
	while (!err && cb->args[0] < list->have)
		err = list_dump_piece(skb, cb, list);
	return err;
}

int fm_nl_list_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct fm_net *net = fm_net_get(sock_net(skb->sk));
	int err;

	mutex_lock(&net->mutex);
	err = list_dump(net, skb, cb);
	mutex_unlock(&net->mutex);
	return skb->len ?: err;
}

/**
 * fm_nl_list_resolve - find the lists that parameters refer to by their ids
 * @net: the namespace; its mutex is held
 * @inst: the NF whose parameters they are
 * @extack: gets a sentence
 *
 * Return: 0, -ENOENT, or -EINVAL if a list is not complete.
 */
int fm_nl_list_resolve(const struct fm_net *net, struct fm_inst_config *inst,
		       struct netlink_ext_ack *extack)
{
	u32 i;

	for (i = 0; i < inst->nparams; i++) {
		struct fm_param_value *value = &inst->params[i];

		if (!value->is_list)
			continue;
		value->list = fm_list_lookup(&net->lists, value->uint);
		if (!value->list) {
			fm_error_set(extack, value->attr, "there is no list %llu",
				     value->uint);
			return -ENOENT;
		}
		if (value->list->have < value->list->count) {
			fm_error_set(extack, value->attr,
				     "list %llu has %u of its %u elements",
				     value->uint, value->list->have,
				     value->list->count);
			return -EINVAL;
		}
	}
	return 0;
}

/**
 * fm_nl_list_keep - keep a chain's lists for a socket that replaces the chain
 * @plan: of the chain; its namespace's mutex is held
 * @portid: of the socket, which may want to go back
 */
void fm_nl_list_keep(const struct fm_plan *plan, u32 portid)
{
	u32 i, j;

	for (i = 0; i < plan->ninsts; i++) {
		const struct fm_inst *inst = &plan->insts[i];

		for (j = 0; j < inst->ops->nparams; j++) {
			const struct fm_param *param = &inst->ops->params[j];
			const struct fm_list *list;

			if (!fm_list_element_size(param->type))
				continue;
			list = fm_param_list(param, inst->config);
			if (list)
				fm_list_hold(fm_list_lookup(list->lists,
							    list->id), portid);
		}
	}
}

static int list_notify(struct notifier_block *block, unsigned long event,
		       void *data)
{
	const struct netlink_notify *notify = data;
	struct fm_net *net;

	if (event != NETLINK_URELEASE || notify->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;
	net = fm_net_get(notify->net);
	mutex_lock(&net->mutex);
	fm_lists_release(&net->lists, notify->portid);
	mutex_unlock(&net->mutex);
	return NOTIFY_DONE;
}

static struct notifier_block list_notifier = {
	.notifier_call = list_notify,
};

int fm_nl_list_init(void)
{
	return netlink_register_notifier(&list_notifier);
}

void fm_nl_list_exit(void)
{
	netlink_unregister_notifier(&list_notifier);
}
