// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ref: what must a chain have done with the packets of a capture, and did it?
 * Shares nothing with the module but the documentation.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include "compare.h"
#include "report.h"

enum {
	EXIT_EQUAL = 0,
	EXIT_UNREADABLE = 1,
	EXIT_USAGE = 2,
	EXIT_DIFFERENT = 8,
};

struct options {
	const char *chain;
	const char *pcap[REF_CAPTURES_MAX];
	size_t npcaps;
	const char *flows;
	const char *stats;
	struct ref_select select;
	int64_t margin_ns;
	bool compare;
	bool json;
	bool times;
};

static const struct option table[] = {
	{ "chain", required_argument, NULL, 'c' },
	{ "pcap", required_argument, NULL, 'p' },
	{ "dst-mac", required_argument, NULL, 'd' },
	{ "skip-own", required_argument, NULL, 'o' },
	{ "filter", required_argument, NULL, 'f' },
	{ "exclude", required_argument, NULL, 'x' },
	{ "margin", required_argument, NULL, 'm' },
	{ "flows", required_argument, NULL, 'F' },
	{ "stats", required_argument, NULL, 'S' },
	{ "times", no_argument, NULL, 't' },
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static const char usage[] =
"usage: ref run --chain FILE --pcap FILE... [SELECT] [--margin MS]\n"
"       ref compare --chain FILE --pcap FILE... [SELECT] [--margin MS]\n"
"                   --flows FILE --stats FILE [--times] [-j]\n"
"\n"
"run prints as JSON what the chain must have done with the packets.\n"
"compare reads what fmctl -j flow list and fmctl -j stat show say of it and\n"
"exits with 0 if they agree, 8 if not, 2 on wrong usage, 1 if a file cannot\n"
"be read.\n"
"\n"
"  --chain FILE     the chain file\n"
"  --pcap FILE      capture; several are merged by time\n"
"  --margin MS      a packet may have been judged this much later than it was\n"
"                   captured (run: 0, compare: 50)\n"
"  --times          compare the time between first and last packet, too\n"
"SELECT:\n"
"  --dst-mac MAC    only what was sent to MAC, broadcast or multicast\n"
"  --skip-own MAC   not what MAC sent\n"
"  --filter EXPR    only what matches this BPF expression\n"
"  --exclude EXPR   not what matches this one\n";

static int usage_error(const char *what, const char *arg)
{
	fprintf(stderr, "ref: %s%s%s (ref --help)\n", what, arg ? ": " : "",
		arg ? arg : "");
	return EXIT_USAGE;
}

static bool parse_mac(const char *text, uint8_t *mac)
{
	int end = 0;

	return sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%n", &mac[0],
		      &mac[1], &mac[2], &mac[3], &mac[4], &mac[5],
		      &end) == 6 && !text[end];
}

static bool parse_margin(const char *text, int64_t *margin_ns)
{
	char *end;
	unsigned long ms = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || ms > 3600000)
		return false;
	*margin_ns = ms * REF_MSEC_NS;
	return true;
}

static bool add_mac(uint8_t (*set)[6], size_t *n, const char *text)
{
	return *n < REF_MACS_MAX && parse_mac(text, set[(*n)++]);
}

static bool take_select(struct ref_select *select, int c, const char *arg)
{
	switch (c) {
	case 'd':
		return add_mac(select->dst, &select->ndst, arg);
	case 'o':
		return add_mac(select->own, &select->nown, arg);
	case 'f':
		select->filter = arg;
		return true;
	case 'x':
		select->exclude = arg;
		return true;
	default:
		return false;
	}
}

static bool take(struct options *options, int c, const char *arg)
{
	switch (c) {
	case 'c':
		options->chain = arg;
		return true;
	case 'p':
		if (options->npcaps == REF_CAPTURES_MAX)
			return false;
		options->pcap[options->npcaps++] = arg;
		return true;
	case 'F':
		options->flows = arg;
		return true;
	case 'S':
		options->stats = arg;
		return true;
	case 'm':
		return parse_margin(arg, &options->margin_ns);
	case 't':
		options->times = true;
		return true;
	case 'j':
		options->json = true;
		return true;
	default:
		return take_select(&options->select, c, arg);
	}
}

static int parse(struct options *options, int argc, char **argv)
{
	int c;

	while ((c = getopt_long(argc, argv, "jh", table, NULL)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			exit(0);
		}
		if (c == '?')
			return EXIT_USAGE;
		if (!take(options, c, optarg))
			return usage_error("bad value", optarg);
	}
	if (optind != argc)
		return usage_error("what is", argv[optind]);
	if (!options->chain || !options->npcaps)
		return usage_error("--chain and --pcap are needed", NULL);
	if (options->compare && (!options->flows || !options->stats))
		return usage_error("--flows and --stats are needed", NULL);
	if (!options->compare &&
	    (options->flows || options->stats || options->times))
		return usage_error("that is for compare", NULL);
	return 0;
}

static void print_json(struct json_object *object)
{
	puts(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY |
					    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
}

static int compare(const struct options *options, const struct ref_model *model)
{
	struct ref_told told;
	struct ref_compare result = {
		.model = model,
		.told = &told,
		.times = options->times,
	};

	if (ref_told_read(&told, options->flows, options->stats,
			  model->chain)) {
		ref_told_cleanup(&told);
		return EXIT_UNREADABLE;
	}
	ref_compare_run(&result);
	if (options->json) {
		print_json(result.report);
	} else {
		ref_compare_print(&result, stdout);
		json_object_put(result.report);
	}
	ref_told_cleanup(&told);
	return result.mismatched ? EXIT_DIFFERENT : EXIT_EQUAL;
}

static int run(const struct options *options)
{
	static struct ref_chain chain;
	struct ref_model model = { .chain = &chain };
	int ret = EXIT_UNREADABLE;

	if (!ref_chain_read(&chain, options->chain, options->margin_ns) &&
	    !ref_model_run(&model, options->pcap, options->npcaps,
			   &options->select)) {
		ret = EXIT_EQUAL;
		if (options->compare)
			ret = compare(options, &model);
		else
			print_json(ref_report_make(&model));
	}
	ref_chain_cleanup(&chain);
	return ret;
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	int ret;

	if (argc > 1 && !strcmp(argv[1], "--help")) {
		fputs(usage, stdout);
		return 0;
	}
	if (argc < 2 || (strcmp(argv[1], "run") && strcmp(argv[1], "compare")))
		return usage_error("run or compare?", NULL);
	options.compare = !strcmp(argv[1], "compare");
	if (options.compare)
		options.margin_ns = 50 * REF_MSEC_NS;
	ret = parse(&options, argc - 1, argv + 1);
	return ret ? ret : run(&options);
}
