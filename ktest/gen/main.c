// SPDX-License-Identifier: GPL-2.0-or-later
/* gen: the same traffic from the same seed, into a file or onto a wire. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "random.h"
#include "sink.h"
#include "traffic.h"

#define EXIT_USAGE	2

struct options {
	const struct gen_profile *profile;
	struct gen_plan plan;
	uint64_t packets;
	const char *read;
	const char *write;
	const char *device;
	uint64_t jitter_ms;
	bool flood;
};

static const struct option table[] = {
	{ "profile", required_argument, NULL, 'p' },
	{ "seed", required_argument, NULL, 's' },
	{ "packets", required_argument, NULL, 'n' },
	{ "rate", required_argument, NULL, 'R' },
	{ "flows", required_argument, NULL, 'f' },
	{ "zipf", required_argument, NULL, 'z' },
	{ "family", required_argument, NULL, 'F' },
	{ "dst-mac", required_argument, NULL, 'd' },
	{ "src-mac", required_argument, NULL, 'e' },
	{ "read", required_argument, NULL, 'r' },
	{ "jitter", required_argument, NULL, 'J' },
	{ "write", required_argument, NULL, 'w' },
	{ "interface", required_argument, NULL, 'i' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static const char usage[] =
"usage: gen (--profile NAME | -r FILE) (-w FILE | -i DEV)... [OPTION]...\n"
"\n"
"  --profile NAME   kind of traffic, see below\n"
"  -r FILE          frames of this capture\n"
"  -w FILE          write a capture, times begin at 1700000000\n"
"  -i DEV           send\n"
"  --seed N         (1)\n"
"  --packets N      frames (1000; with -r all)\n"
"  --rate PPS       (10000); 0 with -i: as fast as possible\n"
"  --jitter MS      with -r: each frame up to so much later, in order\n"
"  --flows N        flows or sources (depends on the profile)\n"
"  --zipf S         flow k is chosen in proportion to k^-S (0: all alike)\n"
"  --family 4|6     (both)\n"
"  --dst-mac MAC    (02:00:00:00:00:02)\n"
"  --src-mac MAC    (02:00:00:00:00:01)\n"
"profiles:\n";

static void print_usage(void)
{
	fputs(usage, stdout);
	for (const struct gen_profile *p = gen_profiles; p->name; p++)
		printf("  %-16s %s (%u flows)\n", p->name, p->help, p->flows);
}

static int usage_error(const char *what, const char *arg)
{
	fprintf(stderr, "gen: %s%s%s (gen --help)\n", what, arg ? ": " : "",
		arg ? arg : "");
	return EXIT_USAGE;
}

static bool parse_uint(const char *text, uint64_t max, uint64_t *n)
{
	char *end;

	errno = 0;
	*n = strtoull(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end && !errno && *n <= max;
}

static bool parse_mac(const char *text, uint8_t *mac)
{
	int end = 0;

	return sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%n", &mac[0],
		      &mac[1], &mac[2], &mac[3], &mac[4], &mac[5],
		      &end) == 6 && !text[end];
}

static bool parse_zipf(const char *text, double *zipf)
{
	char *end;

	*zipf = strtod(text, &end);
	return *text && !*end && *zipf >= 0 && *zipf <= 10;
}

static bool parse_profile(const char *text, const struct gen_profile **profile)
{
	for (*profile = gen_profiles; (*profile)->name; (*profile)++)
		if (!strcmp((*profile)->name, text))
			return true;
	return false;
}

static bool take_plan(struct gen_plan *plan, int c, const char *arg)
{
	uint64_t n;

	switch (c) {
	case 's':
		return parse_uint(arg, UINT64_MAX, &plan->seed);
	case 'R':
		return parse_uint(arg, 1000000000, &plan->rate);
	case 'f':
		if (!parse_uint(arg, 1u << 24, &n) || !n)
			return false;
		plan->flows = n;
		return true;
	case 'z':
		return parse_zipf(arg, &plan->zipf);
	case 'F':
		if (!parse_uint(arg, 6, &n) || (n != 4 && n != 6))
			return false;
		plan->family = n;
		return true;
	case 'd':
		return parse_mac(arg, plan->dst_mac);
	case 'e':
		return parse_mac(arg, plan->src_mac);
	default:
		return false;
	}
}

static bool take(struct options *options, int c, const char *arg)
{
	switch (c) {
	case 'p':
		return parse_profile(arg, &options->profile);
	case 'n':
		return parse_uint(arg, UINT64_MAX, &options->packets);
	case 'J':
		return parse_uint(arg, 3600000, &options->jitter_ms);
	case 'r':
		options->read = arg;
		return true;
	case 'w':
		options->write = arg;
		return true;
	case 'i':
		options->device = arg;
		return true;
	default:
		return take_plan(&options->plan, c, arg);
	}
}

static int complete(struct options *options)
{
	if (!options->profile == !options->read)
		return usage_error("--profile or -r?", NULL);
	if (!options->write && !options->device)
		return usage_error("-w or -i?", NULL);
	if (options->jitter_ms && !options->read)
		return usage_error("--jitter is for -r", NULL);
	options->flood = !options->plan.rate;
	if (options->flood) {
		if (options->write)
			return usage_error("--rate 0 is for -i", NULL);
		options->plan.rate = 1000000000;
	}
	if (options->profile && !options->plan.flows)
		options->plan.flows = options->profile->flows;
	if (!options->packets)
		options->packets = options->read ? UINT64_MAX : 1000;
	return 0;
}

static int parse(struct options *options, int argc, char **argv)
{
	int c;

	while ((c = getopt_long(argc, argv, "r:w:i:h", table, NULL)) != -1) {
		if (c == 'h') {
			print_usage();
			exit(0);
		}
		if (c == '?')
			return EXIT_USAGE;
		if (!take(options, c, optarg))
			return usage_error("bad value", optarg);
	}
	if (optind != argc)
		return usage_error("what is", argv[optind]);
	return complete(options);
}

/* No frame overtakes another, @last is when the one before it came. */
static void delay(const struct options *options, struct gen_random *random,
		  struct gen_frame *frame, uint64_t *last)
{
	frame->time_ns += (uint64_t)gen_random_below(random,
				options->jitter_ms * 1000 + 1) * 1000;
	if (frame->time_ns < *last)
		frame->time_ns = *last;
	*last = frame->time_ns;
}

static int copy(const struct options *options, struct gen_sink *sink)
{
	struct gen_source *source = gen_source_open(options->read);
	struct gen_random random = { options->plan.seed };
	struct gen_frame frame;
	uint64_t last = 0;
	int ret = 1;

	if (!source)
		return -1;
	for (uint64_t n = 0; n < options->packets; n++) {
		ret = gen_source_get(source, &frame);
		if (ret > 0) {
			delay(options, &random, &frame, &last);
			ret = gen_sink_put(sink, &frame) ? -1 : 1;
		}
		if (ret <= 0)
			break;
	}
	gen_source_close(source);
	return ret < 0 ? -1 : 0;
}

static int generate(const struct options *options, struct gen_sink *sink)
{
	static struct gen_batch batch;
	struct gen_traffic traffic;
	int ret = 0;

	if (gen_traffic_setup(&traffic, &options->plan))
		return -1;
	for (uint64_t n = 0; n < options->packets && !ret;) {
		options->profile->next(&traffic, &batch);
		for (size_t i = 0; i < batch.n && n < options->packets && !ret;
		     i++, n++)
			ret = gen_sink_put(sink, &batch.frame[i]);
	}
	gen_traffic_cleanup(&traffic);
	return ret;
}

int main(int argc, char **argv)
{
	struct options options = {
		.plan = {
			.seed = 1,
			.rate = 10000,
			.dst_mac = { 2, 0, 0, 0, 0, 2 },
			.src_mac = { 2, 0, 0, 0, 0, 1 },
		},
	};
	int ret = parse(&options, argc, argv);
	struct gen_sink *sink;

	if (ret)
		return ret;
	sink = gen_sink_open(options.write, options.device, !options.flood);
	if (!sink)
		return 1;
	ret = options.read ? copy(&options, sink) : generate(&options, sink);
	if (gen_sink_close(sink))
		ret = -1;
	return ret ? 1 : 0;
}
