// SPDX-License-Identifier: GPL-2.0-or-later
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "args.h"
#include "stream.h"

static const struct option table[] = {
	{ "to", required_argument, NULL, 't' },
	{ "to6", required_argument, NULL, '6' },
	{ "until", required_argument, NULL, 'u' },
	{ "flows", required_argument, NULL, 'f' },
	{ "rate", required_argument, NULL, 'r' },
	{ "connections", required_argument, NULL, 'c' },
	{ "tcp-rate", required_argument, NULL, 'T' },
	{ "size", required_argument, NULL, 's' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static const char usage[] =
"usage: stream receive\n"
"       stream send --to ADDRESS --until FILE [OPTION]...\n"
"\n"
"  --to6 ADDRESS    of every two flows one goes to this IPv6 address\n"
"  --until FILE     end when there is this file\n"
"  --flows N        UDP flows (64)\n"
"  --rate PPS       datagrams of all flows (2000)\n"
"  --size BYTES     of a datagram (64)\n"
"  --connections N  TCP connections (8)\n"
"  --tcp-rate BPS   bytes of all connections per second (400000)\n"
"\n"
"The receiver ends when a sender has, and prints lost=, reordered=, ...\n";

uint64_t stream_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static bool take(struct stream_options *o, int c)
{
	switch (c) {
	case 't':
		o->host = optarg;
		return true;
	case '6':
		o->host6 = optarg;
		return true;
	case 'u':
		o->stop = optarg;
		return true;
	case 'f':
		return fm_args_uint(optarg, 1, STREAM_FLOWS_MAX, &o->flows);
	case 'r':
		return fm_args_uint(optarg, 1, 10000000, &o->rate);
	case 'c':
		return fm_args_uint(optarg, 0, 256, &o->connections);
	case 'T':
		return fm_args_uint(optarg, 0, 1000000000, &o->tcp_rate);
	default:
		return fm_args_uint(optarg, sizeof(struct stream_header), 1400,
				    &o->size);
	}
}

static int usage_error(const char *what)
{
	fprintf(stderr, "stream: %s (stream --help)\n", what);
	return 2;
}

int main(int argc, char **argv)
{
	struct stream_options o = {
		.flows = 64, .rate = 2000, .size = 64,
		.connections = 8, .tcp_rate = 400000,
	};
	int c;

	while ((c = getopt_long(argc, argv, "h", table, NULL)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			return 0;
		}
		if (c == '?' || !take(&o, c))
			return usage_error("bad option or value");
	}
	if (optind != argc - 1)
		return usage_error("send or receive?");
	if (!strcmp(argv[optind], "receive"))
		return stream_receive() ? 1 : 0;
	if (strcmp(argv[optind], "send"))
		return usage_error("send or receive?");
	if (!o.host || !o.stop)
		return usage_error("--to and --until are wanted");
	return stream_send(&o) ? 1 : 0;
}
