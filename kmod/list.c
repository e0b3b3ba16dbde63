// SPDX-License-Identifier: GPL-2.0
/*
 * Lists: parameters that do not fit in a message. One comes in pieces, is
 * checked piece by piece, and never changes once it is complete.
 */
#include <linux/in.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "error.h"
#include "list.h"

/* The namespace's mutex is held, all along this file. */

/**
 * fm_lists_setup - begin to keep lists
 * @lists: of a namespace
 * @budget: pays for them
 */
void fm_lists_setup(struct fm_lists *lists, struct fm_budget *budget)
{
	INIT_LIST_HEAD(&lists->list);
	lists->budget = budget;
	lists->n = 0;
	lists->last_id = 0;
}

/**
 * fm_list_element_size - bytes of an element
 * @type: enum fm_param_type
 *
 * Return: 0 if there are no lists of that type.
 */
size_t fm_list_element_size(u32 type)
{
	switch (type) {
	case FM_PARAM_PREFIXES:
		return sizeof(struct fm_prefix);
	case FM_PARAM_RULES:
		return sizeof(struct fm_rule);
	default:
		return 0;
	}
}

static size_t list_bytes(const struct fm_list *list)
{
	return list->count * fm_list_element_size(list->type);
}

static u32 lists_next_id(struct fm_lists *lists)
{
	do {
		lists->last_id++;
	} while (!lists->last_id || fm_list_lookup(lists, lists->last_id));
	return lists->last_id;
}

static int list_alloc(struct fm_list *list, struct netlink_ext_ack *extack)
{
	size_t size = list_bytes(list);

	if (!fm_budget_charge(list->lists->budget, size)) {
		fm_error_set(extack, NULL,
			     "a list of %u elements does not fit in memory_max",
			     list->count);
		return -ENOMEM;
	}
	list->elements = kvzalloc(size, GFP_KERNEL);
	if (list->elements)
		return 0;
	fm_budget_uncharge(list->lists->budget, size);
	return -ENOMEM;
}

/**
 * fm_list_create - begin a list
 * @lists: of the namespace
 * @type: enum fm_param_type
 * @count: elements that it is to have
 * @holder: port of a socket, which keeps it
 * @extack: gets a sentence
 *
 * Return: the list, without elements, or an ERR_PTR.
 */
struct fm_list *fm_list_create(struct fm_lists *lists, u32 type, u32 count,
			       u32 holder, struct netlink_ext_ack *extack)
{
	struct fm_list *list;
	int err;

	if (!fm_list_element_size(type) || !count || count > FM_LIST_MAX) {
		fm_error_set(extack, NULL,
			     "a list has 1 to %u elements of a type for lists",
			     FM_LIST_MAX);
		return ERR_PTR(-EINVAL);
	}
	if (lists->n == FM_LISTS_MAX) {
		fm_error_set(extack, NULL, "there are %u lists already",
			     FM_LISTS_MAX);
		return ERR_PTR(-ENOSPC);
	}
	list = kzalloc(sizeof(*list), GFP_KERNEL);
	if (!list)
		return ERR_PTR(-ENOMEM);
	list->lists = lists;
	list->type = type;
	list->count = count;
	err = list_alloc(list, extack);
	if (err) {
		kfree(list);
		return ERR_PTR(err);
	}
	list->id = lists_next_id(lists);
	list->holder = holder;
	list->refs = 1;
	list_add_tail(&list->list, &lists->list);
	lists->n++;
	return list;
}

/* No bit is set from @len on. */
static bool prefix_is_clean(const u8 *addr, u32 len)
{
	u32 byte = len / 8;

	if (len < 128 && addr[byte] & 0xff >> len % 8)
		return false;
	return len >= 120 || !memchr_inv(addr + byte + 1, 0, 15 - byte);
}

static const char *prefix_fault(const struct fm_prefix *prefix)
{
	if (prefix->family != 4 && prefix->family != 6)
		return "is of no family";
	if (prefix->len > (prefix->family == 4 ? 32 : 128))
		return "is too long";
	if (!prefix_is_clean(prefix->addr, prefix->len))
		return "has bits beyond its length";
	return prefix->zero[0] || prefix->zero[1] ? "is not padded by zeros" :
						    NULL;
}

static int prefix_compare(const struct fm_prefix *a, const struct fm_prefix *b)
{
	int diff = a->family - b->family;

	diff = diff ?: memcmp(a->addr, b->addr, sizeof(a->addr));
	return diff ?: a->len - b->len;
}

static int prefix_refuse(const struct fm_list *list,
			 const struct fm_prefix *prefix, const char *fault,
			 struct netlink_ext_ack *extack)
{
	u32 index = prefix - (const struct fm_prefix *)list->elements;

	if (prefix->family == 6)
		fm_error_set(extack, NULL, "element %u, %pI6c/%u, %s", index,
			     prefix->addr, prefix->len, fault);
	else
		fm_error_set(extack, NULL, "element %u, %pI4/%u, %s", index,
			     prefix->addr, prefix->len, fault);
	return -EINVAL;
}

static int prefixes_check(const struct fm_list *list, u32 n,
			  struct netlink_ext_ack *extack)
{
	const struct fm_prefix *first = list->elements, *prefix;
	const char *fault;

	for (prefix = first + list->have; n--; prefix++) {
		fault = prefix_fault(prefix);
		if (!fault && prefix > first &&
		    prefix_compare(prefix - 1, prefix) >= 0)
			fault = "is not after the one before it";
		if (fault)
			return prefix_refuse(list, prefix, fault, extack);
	}
	return 0;
}

static bool rule_is_tcp(const struct fm_rule *rule)
{
	return rule->protocol == IPPROTO_TCP;
}

static bool rule_has_ports(const struct fm_rule *rule)
{
	return rule_is_tcp(rule) || rule->protocol == IPPROTO_UDP ||
	       rule->protocol == IPPROTO_SCTP;
}

static const char *rule_addr_fault(const struct fm_rule *rule)
{
	u32 most = rule->family == 6 ? 128 : rule->family == 4 ? 32 : 0;

	if (rule->family && rule->family != 4 && rule->family != 6)
		return "is of no family";
	if (rule->src_len > most || rule->dst_len > most)
		return "has a prefix that is too long";
	if (!prefix_is_clean(rule->src, rule->src_len) ||
	    !prefix_is_clean(rule->dst, rule->dst_len))
		return "has bits beyond the length of a prefix";
	return NULL;
}

static const char *rule_fault(const struct fm_rule *rule)
{
	if (rule->action >= __FM_RULE_MAX)
		return "has no action";
	if (rule->protocol > FM_RULE_ANY)
		return "has no protocol";
	if (rule->sport_min > rule->sport_max ||
	    rule->dport_min > rule->dport_max)
		return "has no port";
	if (!rule_has_ports(rule) &&
	    (rule->sport_min || rule->sport_max != U16_MAX ||
	     rule->dport_min || rule->dport_max != U16_MAX))
		return "has ports of a protocol without them";
	if (rule->tcp_set & rule->tcp_clear)
		return "wants a TCP flag set and not set";
	if (!rule_is_tcp(rule) && (rule->tcp_set || rule->tcp_clear))
		return "has TCP flags of another protocol";
	return rule_addr_fault(rule);
}

static int rules_check(const struct fm_list *list, u32 n,
		       struct netlink_ext_ack *extack)
{
	const struct fm_rule *rule = list->elements;
	const char *fault;
	u32 i;

	for (i = list->have; i < list->have + n; i++) {
		fault = rule_fault(&rule[i]);
		if (!fault)
			continue;
		fm_error_set(extack, NULL, "element %u, a rule, %s", i, fault);
		return -EINVAL;
	}
	return 0;
}

/**
 * fm_list_add - add elements to a list
 * @list: not complete yet
 * @elements: next in order
 * @size: bytes of them
 * @extack: gets a sentence that names the element
 *
 * Return: 0 or a negative errno; then none was added.
 */
int fm_list_add(struct fm_list *list, const void *elements, size_t size,
		struct netlink_ext_ack *extack)
{
	size_t each = fm_list_element_size(list->type);
	u32 n = size / each;
	int err;

	if (size % each) {
		fm_error_set(extack, NULL,
			     "elements of this type have %zu bytes", each);
		return -EINVAL;
	}
	if (n > list->count - list->have) {
		fm_error_set(extack, NULL,
			     "list %u was to have %u elements, not more",
			     list->id, list->count);
		return -E2BIG;
	}
	memcpy(list->elements + list->have * each, elements, size);
	err = list->type == FM_PARAM_RULES ? rules_check(list, n, extack) :
					     prefixes_check(list, n, extack);
	if (!err)
		list->have += n;
	return err;
}

/**
 * fm_list_lookup - a list by its id
 * @lists: of the namespace
 * @id: of the list
 *
 * Return: the list, complete or not, or NULL.
 */
struct fm_list *fm_list_lookup(const struct fm_lists *lists, u32 id)
{
	struct fm_list *list;

	list_for_each_entry(list, &lists->list, list)
		if (list->id == id)
			return list;
	return NULL;
}

const struct fm_list *fm_list_get(struct fm_list *list)
{
	list->refs++;
	return list;
}

/* Configurations see their lists const. */
void fm_list_put(const struct fm_list *ptr)
{
	struct fm_list *list = (struct fm_list *)ptr;

	if (!list || --list->refs)
		return;
	list_del(&list->list);
	list->lists->n--;
	fm_budget_uncharge(list->lists->budget, list_bytes(list));
	kvfree(list->elements);
	kfree(list);
}

/**
 * fm_list_hold - keep a list for a socket
 * @list: which is kept already if another socket holds it
 * @holder: port of the socket
 */
void fm_list_hold(struct fm_list *list, u32 holder)
{
	if (list->holder)
		return;
	list->holder = holder;
	list->refs++;
}

/**
 * fm_lists_release - let go what a socket holds
 * @lists: of the namespace
 * @holder: port of the socket, 0: all sockets
 */
void fm_lists_release(struct fm_lists *lists, u32 holder)
{
	struct fm_list *list, *next;

	list_for_each_entry_safe(list, next, &lists->list, list) {
		if (!list->holder || (holder && list->holder != holder))
			continue;
		list->holder = 0;
		fm_list_put(list);
	}
}

u32 fm_list_count(const struct fm_list *list)
{
	return list ? list->count : 0;
}
EXPORT_SYMBOL_GPL(fm_list_count);

const struct fm_prefix *fm_list_prefixes(const struct fm_list *list)
{
	return list ? list->elements : NULL;
}
EXPORT_SYMBOL_GPL(fm_list_prefixes);

const struct fm_rule *fm_list_rules(const struct fm_list *list)
{
	return list ? list->elements : NULL;
}
EXPORT_SYMBOL_GPL(fm_list_rules);
