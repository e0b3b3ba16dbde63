// SPDX-License-Identifier: GPL-2.0
#include "builtin.h"
#include "flowmage_nf.h"

extern const struct fm_nf_ops fm_nf_flow_counter;
extern const struct fm_nf_ops fm_nf_policer;
extern const struct fm_nf_ops fm_nf_psd;
extern const struct fm_nf_ops fm_nf_source_counter;

const struct fm_nf_ops *const fm_builtin_nfs[] = {
	&fm_nf_flow_counter,
	&fm_nf_policer,
	&fm_nf_psd,
	&fm_nf_source_counter,
	NULL
};
