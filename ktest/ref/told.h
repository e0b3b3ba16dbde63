/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What fmctl -j told of a chain: its flows and its counters. The names are
 * those of the netlink specification with _ for -. What ref run printed is
 * understood as well.
 */
#ifndef REF_TOLD_H
#define REF_TOLD_H

#include <json-c/json.h>
#include "chain.h"

/**
 * struct ref_told - flows and counters
 * @flows: per NF of the chain; a state is struct ref_told_flow
 * @flow_root: owns the values in @flows
 * @stat_root: owns @stat
 * @stat: the chain's counters
 */
struct ref_told {
	struct ref_table flows[REF_NFS_MAX];
	struct json_object *flow_root;
	struct json_object *stat_root;
	struct json_object *stat;
};

/* @state: what one NF keeps of the flow; @times: how often it was listed. */
struct ref_told_flow {
	struct json_object *state;
	unsigned int times;
};

/**
 * ref_told_read - read both files
 * @told: filled in
 * @flows_path: output of flow list
 * @stats_path: output of stat show
 * @chain: whose NFs they are of
 *
 * Return: 0, or -1 after saying why on stderr.
 */
int ref_told_read(struct ref_told *told, const char *flows_path,
		  const char *stats_path, const struct ref_chain *chain);

/* A value of a state by its name; false if it is not there. */
bool ref_told_value(struct json_object *state, const char *name, uint64_t *n);

/* A counter of the chain or of an NF; false if it is not there. */
bool ref_told_uint(struct json_object *object, const char *name, uint64_t *n);

/* The counters of an NF, or NULL. */
struct json_object *ref_told_stat(const struct ref_told *told,
				  const char *name);

void ref_told_cleanup(struct ref_told *told);

#endif
