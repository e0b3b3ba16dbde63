// SPDX-License-Identifier: GPL-2.0-or-later
/* Drops what is not TCP to port 80: looks at fields, keeps nothing. */
#include "flowmage_nf.h"

static enum fm_verdict stateless_eval(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	if (pkt->l4proto != IPPROTO_TCP || ntohs(pkt->dport) != 80)
		return fm_drop(ctx, 0);
	return FM_CONTINUE;
}

const struct fm_nf_ops fm_nf_stateless = {
	.name = "stateless",
	.description = "test",
	.owner = THIS_MODULE,
	.eval = stateless_eval,
};
