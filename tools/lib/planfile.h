/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A plan in a file, as "solve -j" prints it and "deploy --plan" takes it. It
 * is not corrected here: what it claims is for the kernel to check.
 */
#ifndef FM_TOOLS_PLANFILE_H
#define FM_TOOLS_PLANFILE_H

#include "chain.h"
#include "ethtool.h"
#include "jsonc.h"
#include "log.h"

/* An NF's part of the plan. */
struct fm_plan_inst {
	char name[FM_NAME_MAX + 1];
	enum fm_mode mode;
	uint32_t segment;
};

/**
 * struct fm_plan - steerings, modes and what the NIC has to do
 * @chain: name of the chain it was made for
 * @steer: the steering of each segment
 * @nsegs: how many
 * @insts: one for each NF of the chain, in any order
 * @ninsts: how many
 * @select: per flow type, FM_F_* to select on the NIC, 0 = leave
 */
struct fm_plan {
	char chain[FM_NAME_MAX + 1];
	struct fm_steering steer[FM_SEGMENTS_MAX];
	uint32_t nsegs;
	struct fm_plan_inst insts[FM_NFS_MAX];
	size_t ninsts;
	uint32_t select[FM_ETHTOOL_FLOWS];
};

int fm_planfile_parse(struct fm_jsonc *doc, struct fm_plan *plan);
int fm_planfile_fuzz(const char *buf, size_t len);
struct json_object *fm_plan_json(const struct fm_plan *plan);
int fm_plan_apply(const struct fm_plan *plan, struct fm_chain *chain,
		  struct fm_error *err);

#endif
