// SPDX-License-Identifier: GPL-2.0
/*
 * ether_encap: sets the addresses of the Ethernet header.
 */
#include <linux/etherdevice.h>
#include "flowmage_nf.h"

enum ether_encap_reason {
	ETHER_ENCAP_NO_HEADER,
	ETHER_ENCAP_NO_MEMORY,
};

struct ether_encap_config {
	u8 dst[ETH_ALEN];
	u8 src[ETH_ALEN];
};

static const struct fm_param ether_encap_params[] = {
	FM_MAC_REQUIRED(struct ether_encap_config, dst,
			"destination address that packets get"),
	FM_MAC_REQUIRED(struct ether_encap_config, src,
			"source address that they get"),
};

static const char *const ether_encap_reasons[] = {
	[ETHER_ENCAP_NO_HEADER] = "no_ethernet_header",
	[ETHER_ENCAP_NO_MEMORY] = "no_memory_to_write",
};

static int ether_encap_init(struct fm_inst *inst, void *ptr,
			    struct netlink_ext_ack *extack)
{
	const struct ether_encap_config *config = ptr;

	if (!is_multicast_ether_addr(config->src))
		return 0;
	NL_SET_ERR_MSG(extack, "ether_encap: src is a group's address");
	return -EINVAL;
}

static enum fm_verdict ether_encap_eval(struct fm_ctx *ctx,
					struct fm_pkt *pkt)
{
	const struct ether_encap_config *config = fm_ctx_config(ctx);
	int err = fm_ether_write(pkt, config->dst, config->src);

	if (!err)
		return FM_CONTINUE;
	return fm_drop(ctx, err == -ENOENT ? ETHER_ENCAP_NO_HEADER :
					     ETHER_ENCAP_NO_MEMORY);
}

FM_BUILTIN_NF(ether_encap) = {
	.name = "ether_encap",
	.description = "sets the addresses of the Ethernet header",
	.owner = THIS_MODULE,
	.params = ether_encap_params,
	.nparams = ARRAY_SIZE(ether_encap_params),
	.reasons = ether_encap_reasons,
	.nreasons = ARRAY_SIZE(ether_encap_reasons),
	.config_size = sizeof(struct ether_encap_config),
	.init = ether_encap_init,
	.eval = ether_encap_eval,
};
