// SPDX-License-Identifier: GPL-2.0
/*
 * Lists of the servers behind services.
 */
#include <linux/in.h>
#include <linux/string.h>
#include "element.h"
#include "error.h"
#include "flowmage_nf.h"

/* Of the other family's addresses none is as short. */
static bool addr_is_clean(const struct fm_backend *backend, const u8 *addr)
{
	return backend->family == 6 || !memchr_inv(addr + 4, 0, 12);
}

static const char *backend_fault(const struct fm_backend *backend)
{
	if (backend->family != 4 && backend->family != 6)
		return "is of no family";
	if (backend->l4proto != IPPROTO_TCP && backend->l4proto != IPPROTO_UDP)
		return "is neither TCP nor UDP";
	if (!addr_is_clean(backend, backend->vip) ||
	    !addr_is_clean(backend, backend->addr))
		return "has an IPv4 address of more than 4 bytes";
	if (!backend->vip_port || !backend->port)
		return "has port 0";
	if (backend->state >= __FM_BACKEND_MAX)
		return "is in no known state";
	if (backend->mac[0] & 1)
		return "has an Ethernet address of a group";
	return backend->zero ? "is not padded by zeros" : NULL;
}

static int backend_refuse(const struct fm_list *list,
			  const struct fm_backend *backend, const char *fault,
			  struct netlink_ext_ack *extack)
{
	u32 index = backend - (const struct fm_backend *)list->elements;

	if (backend->family == 6)
		fm_error_set(extack, NULL, "element %u, [%pI6c]:%u, %s", index,
			     backend->addr, ntohs(backend->port), fault);
	else
		fm_error_set(extack, NULL, "element %u, %pI4:%u, %s", index,
			     backend->addr, ntohs(backend->port), fault);
	return -EINVAL;
}

static int backends_check(const struct fm_list *list, u32 n,
			  struct netlink_ext_ack *extack)
{
	const struct fm_backend *first = list->elements, *backend;
	const char *fault;

	BUILD_BUG_ON(sizeof(*backend) != 48);

	for (backend = first + list->have; n--; backend++) {
		fault = backend_fault(backend);
		if (!fault && backend > first &&
		    memcmp(backend - 1, backend,
			   offsetof(struct fm_backend, weight)) >= 0)
			fault = "is not after the one before it";
		if (fault)
			return backend_refuse(list, backend, fault, extack);
	}
	return 0;
}

const struct fm_element_type fm_backend_type = {
	.size = sizeof(struct fm_backend),
	.check = backends_check,
};

const struct fm_backend *fm_list_backends(const struct fm_list *list)
{
	return list ? list->elements : NULL;
}
EXPORT_SYMBOL_GPL(fm_list_backends);
