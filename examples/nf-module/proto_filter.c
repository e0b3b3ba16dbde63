// SPDX-License-Identifier: GPL-2.0
/*
 * proto_filter: lets only some IP protocols pass.
 *
 * An example of an NF without state: no key, no table, mode "none" in a plan.
 * It shows a parameter that is a text, and an init() that turns it into what
 * eval() needs or says in words why it cannot.
 */
#include <linux/bitmap.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <flowmage_nf.h>

#define PROTOCOLS	256

enum proto_filter_reason {
	REASON_PROTOCOL,
};

struct proto_filter_config {
	char allow[64];			/* as the user wrote it */
	DECLARE_BITMAP(allowed, PROTOCOLS);
};

static const struct fm_param proto_filter_params[] = {
	{
		.name = "allow",
		.type = FM_PARAM_STRING,
		.offset = offsetof(struct proto_filter_config, allow),
		.size = sizeof_field(struct proto_filter_config, allow),
		.max = sizeof_field(struct proto_filter_config, allow) - 1,
		.def_string = "1,6,17,58",
		.help = "numbers of the IP protocols that pass, with commas",
	},
};

static const char *const proto_filter_reasons[] = {
	[REASON_PROTOCOL] = "protocol",
};

/* The configuration is full of parameters here, the rest of it is zero. */
static int proto_filter_init(struct fm_inst *inst, void *ptr,
			     struct netlink_ext_ack *extack)
{
	struct proto_filter_config *config = ptr;

	if (!*config->allow ||
	    bitmap_parselist(config->allow, config->allowed, PROTOCOLS)) {
		NL_SET_ERR_MSG(extack,
			       "proto_filter: allow must be a list of numbers below 256");
		return -EINVAL;
	}
	return 0;
}

static enum fm_verdict proto_filter_eval(struct fm_ctx *ctx,
					 struct fm_pkt *pkt)
{
	const struct proto_filter_config *config = fm_ctx_config(ctx);

	if (test_bit(pkt->l4proto, config->allowed))
		return FM_CONTINUE;
	return fm_drop(ctx, REASON_PROTOCOL);
}

static const struct fm_nf_ops proto_filter = {
	.name = "proto_filter",
	.description = "lets only some IP protocols pass",
	.owner = THIS_MODULE,
	.params = proto_filter_params,
	.nparams = ARRAY_SIZE(proto_filter_params),
	.reasons = proto_filter_reasons,
	.nreasons = ARRAY_SIZE(proto_filter_reasons),
	.config_size = sizeof(struct proto_filter_config),
	.init = proto_filter_init,
	.eval = proto_filter_eval,
};

module_fm_nf(proto_filter);
MODULE_DESCRIPTION("FlowMage NF: lets only some IP protocols pass");
MODULE_AUTHOR("The FlowMage for Linux developers");
MODULE_LICENSE("GPL");
