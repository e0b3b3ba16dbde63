// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include <inttypes.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include "spec.h"
#include "tally.h"

/* Row 0 is for commands that do not exist. */
unsigned int tally_row(uint8_t cmd, uint16_t flags)
{
	bool dump = (flags & NLM_F_DUMP) == NLM_F_DUMP;

	if (!spec_op(cmd) || 2U * cmd + 1 >= TALLY_ROWS)
		return 0;
	return 2 * cmd + dump;
}

void tally_error(struct tally *tally, unsigned int row, int error)
{
	if (row < TALLY_ROWS)
		tally->error[row][error > 0 && error < TALLY_ERRNOS ? error :
				  TALLY_ERRNOS - 1]++;
}

static uint64_t failed(const struct tally *tally, unsigned int row)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < TALLY_ERRNOS; i++)
		sum += tally->error[row][i];
	return sum;
}

static void print_row(const struct tally *tally, unsigned int row)
{
	const struct spec_op *op = spec_op(row / 2);
	uint64_t sent = tally->sent[row], bad = failed(tally, row);
	const char *name;

	printf("%-12s%-5s %9" PRIu64 " %9" PRIu64, op ? op->name : "(unknown)",
	       row % 2 ? "dump" : "", sent, sent > bad ? sent - bad : 0);
	for (unsigned int i = 0; i < TALLY_ERRNOS; i++) {
		if (!tally->error[row][i])
			continue;
		name = i == TALLY_ERRNOS - 1 ? "other" : strerrorname_np(i);
		printf(" %s=%" PRIu64, name ? name : "?", tally->error[row][i]);
	}
	putchar('\n');
}

void tally_print(const struct tally *tally)
{
	printf("%-17s %9s %9s errors\n", "command", "sent", "good");
	for (unsigned int row = 0; row < TALLY_ROWS; row++)
		if (tally->sent[row])
			print_row(tally, row);
	printf("messages %" PRIu64 ", replies %" PRIu64 ", events %" PRIu64
	       ", buffers run over %" PRIu64 ", dumps torn %" PRIu64
	       ", dumps left %" PRIu64 ", frames %" PRIu64 "\n",
	       tally->messages, tally->replies, tally->events, tally->lost,
	       tally->torn, tally->closed, tally->frames);
}
