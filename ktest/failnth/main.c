// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * failnth: let each allocation of an operation fail, one at a time, until the
 * operation ends without reaching the next.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sweep.h"

#define EXIT_BAD	1
#define EXIT_USAGE	2

static const char usage[] =
"usage: failnth netlink PLAN\n"
"       failnth [-l LAST] [-b CMD] [-a CMD] CALL [ARG]...\n"
"\n"
"PLAN is {\"do\": REQUEST, \"undo\": [REQUEST...], \"look\": [REQUEST...]} with\n"
"requests as nlraw reads them.  After each failure, what the look requests show\n"
"must be as before, or as after the request was done; with \"settles\": true, when\n"
"that has come to rest.\n"
"\n"
"CALL is one of\n"
"  insmod FILE [PARAMETERS]\n"
"  rmmod NAME\n"
"  netns             make a network namespace, which goes again\n"
"  listen GROUP      join a multicast group of the family\n"
"  unlink DEVICE     unregister a network device\n"
"\n"
"  -l LAST    only the last so many allocations are to fail\n"
"  -b CMD     shell command before each attempt\n"
"  -a CMD     shell command after each, its $1 is done, refused or lost\n"
"             (done or not); it fails if things are not so\n"
"\n"
"Prints sites=N refused=N lost=N done=N bad=N: allocations that failed, and what\n"
"came of them.  Exit status 1 if any was bad.\n";

int main(int argc, char **argv)
{
	const char *before = NULL, *after = NULL;
	unsigned int last = 0;
	struct sweep sweep = { 0 };
	int c, ret;

	while ((c = getopt(argc, argv, "+l:b:a:h")) != -1) {
		if (c == 'l') {
			last = strtoul(optarg, NULL, 10);
		} else if (c == 'b') {
			before = optarg;
		} else if (c == 'a') {
			after = optarg;
		} else {
			fputs(usage, c == 'h' ? stdout : stderr);
			return c == 'h' ? 0 : EXIT_USAGE;
		}
	}
	argv += optind;
	if (!argv[0] ) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[0], "netlink") && argv[1])
		ret = sweep_netlink(argv[1], &sweep);
	else
		ret = sweep_call(argv, last, before, after, &sweep);
	if (ret)
		return ret;
	printf("sites=%u refused=%u lost=%u done=%u bad=%u\n", sweep.sites,
	       sweep.refused, sweep.lost, sweep.done, sweep.bad);
	return sweep.bad ? EXIT_BAD : 0;
}
