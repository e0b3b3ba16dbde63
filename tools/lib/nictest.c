// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <time.h>

#include "nictest.h"

#define POLL_NS	20000000	/* 20 ms */

static const char *const names[] = {
	[FM_NICTEST_UNSEEN] = "unseen",
	[FM_NICTEST_RUNNING] = "testing",
	[FM_NICTEST_EQUAL] = "verified",
	[FM_NICTEST_DIFFERENT] = "mismatch",
	[FM_NICTEST_MISPLACED] = "wrong queue",
	[FM_NICTEST_ABSENT] = "no hash",
};

/**
 * fm_nictest_judge - the verdict on one class of packets
 * @row: what the module counted
 * @packets: enough of them
 *
 * Return: the verdict.
 */
enum fm_nictest_verdict fm_nictest_judge(const struct fm_nic_class *row,
					 uint64_t packets)
{
	uint64_t compared = row->matched + row->mismatched;

	if (!compared && !row->absent)
		return FM_NICTEST_UNSEEN;
	if (row->state == FM_HASH_MISMATCH)
		return FM_NICTEST_DIFFERENT;
	if (row->state == FM_HASH_VERIFIED || compared >= packets) {
		if (row->state != FM_HASH_VERIFIED && row->mismatched)
			return FM_NICTEST_DIFFERENT;
		return row->queue_mismatched ? FM_NICTEST_MISPLACED :
					       FM_NICTEST_EQUAL;
	}
	if (!compared && row->absent >= packets)
		return FM_NICTEST_ABSENT;
	return FM_NICTEST_RUNNING;
}

/**
 * fm_nictest_name - a verdict for people
 * @verdict: the verdict
 *
 * Return: a word or two.
 */
const char *fm_nictest_name(enum fm_nictest_verdict verdict)
{
	return names[verdict];
}

/**
 * fm_nictest_done - is there a verdict on every class seen
 * @nic: what the module counted
 * @packets: enough of them
 *
 * Return: true if so, and at least one class was seen.
 */
bool fm_nictest_done(const struct fm_nic *nic, uint64_t packets)
{
	enum fm_nictest_verdict verdict;
	bool seen = false;
	size_t i;

	for (i = 0; i < nic->nclasses; i++) {
		verdict = fm_nictest_judge(&nic->classes[i], packets);
		if (verdict == FM_NICTEST_RUNNING)
			return false;
		seen |= verdict != FM_NICTEST_UNSEEN;
	}
	return seen;
}

/**
 * fm_nictest_failed - is the verdict on any class bad
 * @nic: what the module counted
 * @packets: enough of them
 *
 * Return: true if a hash differs or is absent, or a queue is wrong.
 */
bool fm_nictest_failed(const struct fm_nic *nic, uint64_t packets)
{
	size_t i;

	for (i = 0; i < nic->nclasses; i++)
		if (fm_nictest_judge(&nic->classes[i], packets) >=
		    FM_NICTEST_DIFFERENT)
			return true;
	return false;
}

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ULL + ts.tv_nsec / 1000000;
}

/**
 * fm_nictest_wait - wait until there is a verdict on every class seen
 * @test: what to wait for
 * @nic: gets what the module counted in the end
 * @err: says what went wrong
 *
 * Return: 0, whatever the verdict; FM_EXIT_TIMEOUT, FM_EXIT_INTERRUPTED or
 * another exit code.
 */
int fm_nictest_wait(const struct fm_nictest *test, struct fm_nic *nic,
		    struct fm_error *err)
{
	struct timespec pause = { .tv_nsec = POLL_NS };
	uint64_t end = now_ms() + test->timeout_ms;
	int ret;

	for (;;) {
		ret = fm_nl_nic_get(test->nl, test->ifindex, nic, err);
		if (ret || fm_nictest_done(nic, test->packets))
			return ret;
		if (test->stop && test->stop())
			return fm_error_set(err, FM_EXIT_INTERRUPTED, EINTR,
					    "interrupted");
		if (now_ms() >= end)
			return fm_error_set(err, FM_EXIT_TIMEOUT, ETIMEDOUT,
					    "too few packets came for a verdict");
		nanosleep(&pause, NULL);
	}
}
