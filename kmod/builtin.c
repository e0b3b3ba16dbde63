// SPDX-License-Identifier: GPL-2.0
#include "builtin.h"
#include "flowmage_nf.h"

extern const struct fm_nf_ops fm_nf_acl;
extern const struct fm_nf_ops fm_nf_adl;
extern const struct fm_nf_ops fm_nf_average_counter;
extern const struct fm_nf_ops fm_nf_batch_stats;
extern const struct fm_nf_ops fm_nf_check_ip_header;
extern const struct fm_nf_ops fm_nf_ensure_ether;
extern const struct fm_nf_ops fm_nf_ether_encap;
extern const struct fm_nf_ops fm_nf_ether_mirror;
extern const struct fm_nf_ops fm_nf_flow_counter;
extern const struct fm_nf_ops fm_nf_hash_switch;
extern const struct fm_nf_ops fm_nf_ids;
extern const struct fm_nf_ops fm_nf_lb;
extern const struct fm_nf_ops fm_nf_nat;
extern const struct fm_nf_ops fm_nf_payload_scan;
extern const struct fm_nf_ops fm_nf_policer;
extern const struct fm_nf_ops fm_nf_psd;
extern const struct fm_nf_ops fm_nf_rate_limiter;
extern const struct fm_nf_ops fm_nf_source_counter;

const struct fm_nf_ops *const fm_builtin_nfs[] = {
	&fm_nf_acl,
	&fm_nf_adl,
	&fm_nf_average_counter,
	&fm_nf_batch_stats,
	&fm_nf_check_ip_header,
	&fm_nf_ensure_ether,
	&fm_nf_ether_encap,
	&fm_nf_ether_mirror,
	&fm_nf_flow_counter,
	&fm_nf_hash_switch,
	&fm_nf_ids,
	&fm_nf_lb,
	&fm_nf_nat,
	&fm_nf_payload_scan,
	&fm_nf_policer,
	&fm_nf_psd,
	&fm_nf_rate_limiter,
	&fm_nf_source_counter,
	NULL
};
