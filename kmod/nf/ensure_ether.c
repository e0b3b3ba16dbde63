// SPDX-License-Identifier: GPL-2.0
/*
 * ensure_ether: packets that come without a link-layer header, as from a tunnel,
 * get an Ethernet header; those that have one keep it.
 */
#include <linux/etherdevice.h>
#include "flowmage_nf.h"

enum ensure_ether_reason {
	ENSURE_ETHER_OTHER_HEADER,
	ENSURE_ETHER_NO_MEMORY,
};

struct ensure_ether_config {
	u8 dst[ETH_ALEN];
	u8 src[ETH_ALEN];
};

static const struct fm_param ensure_ether_params[] = {
	FM_MAC_REQUIRED(struct ensure_ether_config, dst,
			"destination address of headers that are added"),
	FM_MAC_REQUIRED(struct ensure_ether_config, src,
			"source address of headers that are added"),
};

static const char *const ensure_ether_reasons[] = {
	[ENSURE_ETHER_OTHER_HEADER] = "other_link_layer",
	[ENSURE_ETHER_NO_MEMORY] = "no_memory_to_write",
};

static int ensure_ether_init(struct fm_inst *inst, void *ptr,
			     struct netlink_ext_ack *extack)
{
	const struct ensure_ether_config *config = ptr;

	if (!is_multicast_ether_addr(config->src))
		return 0;
	NL_SET_ERR_MSG(extack, "ensure_ether: src is a group's address");
	return -EINVAL;
}

static enum fm_verdict ensure_ether_eval(struct fm_ctx *ctx,
					 struct fm_pkt *pkt)
{
	const struct ensure_ether_config *config = fm_ctx_config(ctx);
	u64 *added = fm_ctx_cpu(ctx);
	int err = fm_ether_push(pkt, config->dst, config->src);

	if (!err)
		*added += pkt->segs;
	if (!err || err == -EEXIST)
		return FM_CONTINUE;
	return fm_drop(ctx, err == -EOPNOTSUPP ? ENSURE_ETHER_OTHER_HEADER :
						 ENSURE_ETHER_NO_MEMORY);
}

static void ensure_ether_show(struct fm_dump *dump, const void *config,
			      const void __percpu *cpu)
{
	fm_dump_uint(dump, "added", fm_cpu_sum(cpu, 0));
}

FM_BUILTIN_NF(ensure_ether) = {
	.name = "ensure_ether",
	.description = "gives packets without an Ethernet header one",
	.owner = THIS_MODULE,
	.params = ensure_ether_params,
	.nparams = ARRAY_SIZE(ensure_ether_params),
	.reasons = ensure_ether_reasons,
	.nreasons = ARRAY_SIZE(ensure_ether_reasons),
	.config_size = sizeof(struct ensure_ether_config),
	.cpu_size = sizeof(u64),
	.init = ensure_ether_init,
	.eval = ensure_ether_eval,
	.show = ensure_ether_show,
};
