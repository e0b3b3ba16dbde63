/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a sweep over the allocations of an operation has found. */
#ifndef FAILNTH_SWEEP_H
#define FAILNTH_SWEEP_H

/**
 * struct sweep - the findings
 * @sites: allocations that failed, one at a time
 * @refused: of those, operations that failed and changed nothing
 * @lost: those without an answer, done or not
 * @done: done in spite of it
 * @bad: anything else; the first ones are told on stderr
 */
struct sweep {
	unsigned int sites;
	unsigned int refused;
	unsigned int lost;
	unsigned int done;
	unsigned int bad;
};

/**
 * sweep_netlink() - sweep a request to the flowmage family
 * @plan: JSON, {"do": REQUEST, "undo": [REQUEST...], "look": [REQUEST...]}
 * @sweep: filled
 *
 * Return: 0, or an exit status if it could not begin.
 */
int sweep_netlink(const char *plan, struct sweep *sweep);

/**
 * sweep_call() - sweep a system call
 * @argv: its name and arguments, as the usage says
 * @last: only so many allocations, the last ones, are to fail; 0 for all
 * @before: shell command that prepares each attempt, or NULL
 * @after: shell command that fails if things are not as the outcome, its $1,
 *	"done", "refused" or "lost", says; or NULL
 * @sweep: filled
 *
 * Return: 0, or an exit status if it could not begin.
 */
int sweep_call(char **argv, unsigned int last, const char *before,
	       const char *after, struct sweep *sweep);

#endif
