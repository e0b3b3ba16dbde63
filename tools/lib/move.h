/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Moving shards: the module holds them, the NICs' tables follow, the module
 * goes on. Documentation/shards.rst has the order and its reasons.
 */
#ifndef FM_TOOLS_MOVE_H
#define FM_TOOLS_MOVE_H

#include "device.h"
#include "nl.h"

#define FM_MOVE_WHY	320	/* bytes of a sentence */

/**
 * struct fm_mover - somebody who moves the shards of a chain
 * @nl: to the module
 * @stop: polled while waiting; may be NULL
 * @progress: called while waiting, with how many shards have arrived; or NULL
 * @arg: for @progress
 * @software: leave the NICs' tables as they are
 * @timeout_ms: for fm_move_wait()
 * @chain: out: the chain, its owners as they are after the last move
 * @devices: out: those that the NIC steers for the chain
 * @ndevices: out: how many
 * @why: out: what a NIC refused last, or ""
 */
struct fm_mover {
	struct fm_nl *nl;
	bool (*stop)(void);
	void (*progress)(size_t arrived, size_t n, void *arg);
	void *arg;
	bool software;
	unsigned int timeout_ms;
	struct fm_chain *chain;
	struct fm_device *devices;
	size_t ndevices;
	char why[FM_MOVE_WHY];
	int lock;
};

int fm_move_open(struct fm_mover *mover, const char *chain,
		 struct fm_error *err);
int fm_move_run(struct fm_mover *mover, const struct fm_shard_moves *moves,
		uint32_t *id, struct fm_error *err);
int fm_move_wait(struct fm_mover *mover, const struct fm_shard_moves *moves,
		 struct fm_error *err);
void fm_move_close(struct fm_mover *mover);

#endif
