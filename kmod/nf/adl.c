// SPDX-License-Identifier: GPL-2.0
/*
 * adl: allows and denies sources. Of the prefixes in both lists the longest one
 * that the source address has decides.
 */
#include "flowmage_nf.h"

enum adl_policy {
	ADL_ALLOW,
	ADL_DENY,
};

enum adl_reason {
	ADL_DENIED,
};

struct adl_config {
	const struct fm_list *allow;
	const struct fm_list *deny;
	const struct fm_lpm *denied;
	u8 otherwise;
};

static const struct fm_param adl_params[] = {
	FM_PREFIXES(struct adl_config, allow, FM_LIST_MAX,
		    "prefixes of sources that pass"),
	FM_PREFIXES(struct adl_config, deny, FM_LIST_MAX,
		    "prefixes of sources whose packets are dropped"),
	FM_ENUM(struct adl_config, otherwise, "allow|deny", ADL_ALLOW,
		"what happens to sources that have no prefix"),
};

static const char *const adl_reasons[] = {
	[ADL_DENIED] = "denied",
};

static int adl_init(struct fm_inst *inst, void *ptr,
		    struct netlink_ext_ack *extack)
{
	struct adl_config *config = ptr;

	config->denied = fm_lpm_create(inst, config->deny, config->allow,
				       config->otherwise == ADL_DENY, extack);
	return PTR_ERR_OR_ZERO(config->denied);
}

static enum fm_verdict adl_eval(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	const struct adl_config *config = fm_ctx_config(ctx);

	if (fm_lpm_lookup(config->denied, pkt->family, &pkt->src))
		return fm_drop(ctx, ADL_DENIED);
	return FM_CONTINUE;
}

FM_BUILTIN_NF(adl) = {
	.name = "adl",
	.description = "allows and denies sources by longest prefix",
	.owner = THIS_MODULE,
	.params = adl_params,
	.nparams = ARRAY_SIZE(adl_params),
	.reasons = adl_reasons,
	.nreasons = ARRAY_SIZE(adl_reasons),
	.config_size = sizeof(struct adl_config),
	.init = adl_init,
	.eval = adl_eval,
};
