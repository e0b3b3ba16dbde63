// SPDX-License-Identifier: GPL-2.0
/*
 * Lists of prefixes: in order, each once.
 */
#include <linux/string.h>
#include "element.h"
#include "error.h"

/**
 * fm_prefix_is_clean - is no bit of an address set beyond its prefix
 * @addr: 16 bytes
 * @len: bits of the prefix
 */
bool fm_prefix_is_clean(const u8 *addr, u32 len)
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
	if (!fm_prefix_is_clean(prefix->addr, prefix->len))
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

const struct fm_element_type fm_prefix_type = {
	.size = sizeof(struct fm_prefix),
	.check = prefixes_check,
};

const struct fm_prefix *fm_list_prefixes(const struct fm_list *list)
{
	return list ? list->elements : NULL;
}
EXPORT_SYMBOL_GPL(fm_list_prefixes);
