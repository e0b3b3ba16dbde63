// SPDX-License-Identifier: GPL-2.0
/*
 * ether_mirror: sends packets back out of the device, with the addresses of the
 * Ethernet header swapped.
 */
#include <linux/etherdevice.h>
#include "flowmage_nf.h"

enum ether_mirror_reason {
	ETHER_MIRROR_NO_HEADER,
	ETHER_MIRROR_NO_MEMORY,
};

static const char *const ether_mirror_reasons[] = {
	[ETHER_MIRROR_NO_HEADER] = "no_ethernet_header",
	[ETHER_MIRROR_NO_MEMORY] = "no_memory_to_write",
};

/* What was sent to a group would come back from one: that goes on instead. */
static enum fm_verdict ether_mirror_eval(struct fm_ctx *ctx,
					 struct fm_pkt *pkt)
{
	const struct ethhdr *eth = fm_ether_header(pkt);
	u64 *sent = fm_ctx_cpu(ctx);
	u8 dst[ETH_ALEN], src[ETH_ALEN];

	if (!eth)
		return fm_drop(ctx, ETHER_MIRROR_NO_HEADER);
	if (is_multicast_ether_addr(eth->h_dest))
		return FM_CONTINUE;
	ether_addr_copy(dst, eth->h_source);
	ether_addr_copy(src, eth->h_dest);
	if (fm_ether_write(pkt, dst, src))
		return fm_drop(ctx, ETHER_MIRROR_NO_MEMORY);
	*sent += pkt->segs;
	return fm_send(ctx, pkt);
}

static void ether_mirror_show(struct fm_dump *dump, const void *config,
			      const void __percpu *cpu)
{
	fm_dump_uint(dump, "sent", fm_cpu_sum(cpu, 0));
}

FM_BUILTIN_NF(ether_mirror) = {
	.name = "ether_mirror",
	.description = "sends packets back to where they came from",
	.owner = THIS_MODULE,
	.reasons = ether_mirror_reasons,
	.nreasons = ARRAY_SIZE(ether_mirror_reasons),
	.cpu_size = sizeof(u64),
	.eval = ether_mirror_eval,
	.show = ether_mirror_show,
};
