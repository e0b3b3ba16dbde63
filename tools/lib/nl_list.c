// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists on their way to the module, in pieces, and back. */
#include <errno.h>
#include <stdlib.h>
#include "nl_msg.h"

#define PIECE_BYTES	40000	/* of elements in a message */

static size_t piece(const struct fm_elements *list)
{
	return PIECE_BYTES / list->kind->size;
}

static int list_fill(struct nl_msg *msg, const struct fm_elements *list,
		     size_t from)
{
	struct nlattr *nest = nla_nest_start(msg, FM_A_LIST);
	size_t n = list->n - from, size = list->kind->size;

	if (n > piece(list))
		n = piece(list);
	if (!nest ||
	    (list->id ? nla_put_u32(msg, FM_A_LIST_ID, list->id) :
			nla_put_u32(msg, FM_A_LIST_TYPE, list->kind->type) ||
			nla_put_u32(msg, FM_A_LIST_COUNT, list->n)) ||
	    nla_put(msg, FM_A_LIST_ELEMENTS, n * size,
		    (const char *)list->items + from * size))
		return -EMSGSIZE;
	return nla_nest_end(msg, nest);
}

static int id_reply(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *attr, *member;
	uint32_t *id = arg;
	int rem, rest;

	fm_nl_for_each_top(attr, nlh, rem) {
		if (nla_type(attr) != FM_A_LIST)
			continue;
		nla_for_each_nested(member, attr, rest)
			if (nla_type(member) == FM_A_LIST_ID)
				*id = fm_nl_get_uint(member);
	}
	return 0;
}

static int send_piece(struct fm_nl *nl, struct fm_elements *list, size_t from,
		      struct fm_error *err)
{
	struct nl_msg *msg = fm_nl_request(nl, list->id ? FM_CMD_LIST_ADD :
					   FM_CMD_LIST_NEW, err);

	if (!msg)
		return err->code;
	if (list_fill(msg, list, from))
		return fm_nl_too_large(msg, err);
	return fm_nl_do(nl, msg, id_reply, &list->id, err);
}

/**
 * fm_nl_list_send() - have a list in the module, for a chain to refer to
 * @nl: the family; the list stays as long as it is open
 * @list: gets its id; one that has an id is there already
 * @err: filled on failure
 *
 * Return: 0 or an exit code.
 */
int fm_nl_list_send(struct fm_nl *nl, struct fm_elements *list,
		    struct fm_error *err)
{
	size_t from;
	int ret = 0;

	if (list->id)
		return 0;
	for (from = 0; !ret && from < list->n; from += piece(list))
		ret = send_piece(nl, list, from, err);
	if (ret)
		list->id = 0;
	return ret;
}

static int add_elements(struct fm_elements *list, struct nlattr *attr)
{
	size_t size = list->kind->size, n = nla_len(attr) / size;
	char *grown;

	grown = realloc(list->items, (list->n + n) * size);
	if (!grown)
		return FM_EXIT_ERROR;
	memcpy(grown + list->n * size, nla_data(attr), n * size);
	list->items = grown;
	list->n += n;
	return 0;
}

static int piece_reply(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *attr, *member;
	struct fm_elements *list = arg;
	int rem, rest, ret = 0;

	fm_nl_for_each_top(attr, nlh, rem) {
		if (nla_type(attr) != FM_A_LIST)
			continue;
		nla_for_each_nested(member, attr, rest)
			if (nla_type(member) == FM_A_LIST_ELEMENTS &&
			    nla_len(member) && !ret)
				ret = add_elements(list, member);
	}
	return ret;
}

/**
 * fm_nl_list_get() - the elements of a list
 * @nl: the family
 * @id: of the list, as a chain's parameter tells it
 * @kind: of its elements
 * @list: set to the list, for fm_elements_destroy()
 * @err: filled on failure
 *
 * Return: 0, FM_EXIT_NOT_FOUND or another exit code.
 */
int fm_nl_list_get(struct fm_nl *nl, uint32_t id,
		   const struct fm_element_kind *kind,
		   struct fm_elements **list, struct fm_error *err)
{
	struct nl_msg *msg = fm_nl_request(nl, FM_CMD_LIST_GET, err);
	struct nlattr *nest;
	int ret;

	*list = NULL;
	if (!msg)
		return err->code;
	nest = nla_nest_start(msg, FM_A_LIST);
	if (!nest || nla_put_u32(msg, FM_A_LIST_ID, id))
		return fm_nl_too_large(msg, err);
	nla_nest_end(msg, nest);
	*list = calloc(1, sizeof(**list));
	if (!*list) {
		nlmsg_free(msg);
		return fm_error_errno(err, ENOMEM, "list");
	}
	(*list)->id = id;
	(*list)->kind = kind;
	ret = fm_nl_dump(nl, msg, FM_NL_STREAM, piece_reply, *list, err);
	if (ret) {
		fm_elements_destroy(*list);
		*list = NULL;
	}
	return ret;
}
