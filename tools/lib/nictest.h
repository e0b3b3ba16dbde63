/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waiting for the module's verdict on a NIC's hash. */
#ifndef FM_TOOLS_NICTEST_H
#define FM_TOOLS_NICTEST_H

#include "nl.h"

enum fm_nictest_verdict {
	FM_NICTEST_UNSEEN,	/* no packet of the class yet */
	FM_NICTEST_RUNNING,	/* not enough packets yet */
	FM_NICTEST_EQUAL,	/* the NIC's hash and queue are ours */
	FM_NICTEST_DIFFERENT,	/* its hash is another */
	FM_NICTEST_MISPLACED,	/* its hash is ours, its queue is another */
	FM_NICTEST_ABSENT,	/* it gives no hash */
};

/**
 * struct fm_nictest - what to wait for
 * @nl: to the module
 * @stop: polled; may be NULL
 * @ifindex: the device
 * @packets: of a class, that are enough for a verdict
 * @timeout_ms: longest wait
 */
struct fm_nictest {
	struct fm_nl *nl;
	bool (*stop)(void);
	uint32_t ifindex;
	uint64_t packets;
	uint64_t timeout_ms;
};

enum fm_nictest_verdict fm_nictest_judge(const struct fm_nic_class *row,
					 uint64_t packets);
const char *fm_nictest_name(enum fm_nictest_verdict verdict);
bool fm_nictest_done(const struct fm_nic *nic, uint64_t packets);
bool fm_nictest_failed(const struct fm_nic *nic, uint64_t packets);
int fm_nictest_wait(const struct fm_nictest *test, struct fm_nic *nic,
		    struct fm_error *err);

#endif
