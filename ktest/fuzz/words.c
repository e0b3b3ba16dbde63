// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Small things that people and the kernel write as words: lists of CPUs and of
 * shards, bytes in hex, and a command line for a table with every type of option.
 * fuzz: -max_len=512
 */
#include "args.h"
#include "cpulist.h"
#include "hex.h"
#include "input.h"
#include "shardlist.h"

#define WORDS_MAX	32

struct values {
	bool flag;
	const char *string;
	struct fm_opt_strings strings;
	const char *name;
	const char *choice;
	struct fm_opt_uint number;
	struct fm_opt_prefix prefix;
	struct fm_opt_uint proto;
	const char *place;
};

#define AT(member)	.offset = offsetof(struct values, member)

static const struct fm_option table[] = {
	{ .name = "PLACE", .type = FM_OPT_STRING, AT(place),
	  .flags = FM_OPT_POSITIONAL },
	{ .name = "json", .type = FM_OPT_FLAG, AT(flag), .letter = 'j',
	  .flags = FM_OPT_DASHED },
	{ .name = "string", .type = FM_OPT_STRING, AT(string), .letter = 's' },
	{ .name = "strings", .type = FM_OPT_STRINGS, AT(strings) },
	{ .name = "name", .type = FM_OPT_NAME, AT(name) },
	{ .name = "choice", .type = FM_OPT_CHOICE, AT(choice),
	  .choices = "a|bc|d" },
	{ .name = "limit", .type = FM_OPT_UINT, AT(number), .letter = 'n',
	  .min = 3, .max = 1000 },
	{ .name = "prefix", .type = FM_OPT_PREFIX, AT(prefix) },
	{ .name = "proto", .type = FM_OPT_PROTO, AT(proto) },
	{ .name = NULL },
};

static void try_cpulist(const char *text)
{
	struct fm_cpulist list;
	size_t i;

	if (fm_cpulist_parse(text, &list))
		return;
	fuzz_expect(list.n >= 1 && list.n <= FM_CPULIST_MAX);
	for (i = 0; i < list.n; i++) {
		fuzz_expect(fm_cpulist_contains(&list, list.cpus[i]));
		fuzz_expect(!i || list.cpus[i - 1] < list.cpus[i]);
	}
}

static void expect_moves(const struct fm_shard_moves *moves)
{
	size_t i, j;

	fuzz_expect(moves->n <= FM_SHARDS_MAX);
	for (i = 0; i < moves->n; i++) {
		fuzz_expect(moves->shards[i] < FM_SHARDS_MAX);
		for (j = 0; j < i && i < 100; j++)
			fuzz_expect(moves->shards[i] != moves->shards[j]);
	}
}

static void try_shards(const char *text)
{
	struct fm_shard_moves *moves = calloc(1, sizeof(*moves));
	struct fm_error err = { 0 };
	FILE *file;

	if (!fm_shardlist_add(moves, text, 1, &err))
		expect_moves(moves);
	moves->n = 0;
	if (!fm_shardlist_parse(moves, text, &err))
		expect_moves(moves);
	moves->n = 0;
	memset(&err, 0, sizeof(err));
	file = *text ? fmemopen((void *)text, strlen(text), "r") : NULL;
	if (file && !fm_shardlist_read(moves, file, "map", &err))
		expect_moves(moves);
	if (file)
		fclose(file);
	free(moves);
}

/* What was read is written and read again. */
static void try_hex(const char *text)
{
	uint8_t *buf = malloc(52), again[52];
	size_t len, len2;
	char out[3 * 52];

	if (!fm_hex_parse(text, buf, 52, &len)) {
		fuzz_expect(len >= 1 && len <= 52);
		fm_hex_format(buf, len, out, sizeof(out));
		fuzz_expect(!fm_hex_parse(out, again, sizeof(again), &len2));
		fuzz_expect(len == len2 && !memcmp(buf, again, len));
	}
	free(buf);
}

static void check_values(const struct values *v)
{
	if (v->number.set)
		fuzz_expect(v->number.value >= 3 && v->number.value <= 1000);
	if (v->proto.set)
		fuzz_expect(v->proto.value <= 255);
	if (v->prefix.len)
		fuzz_expect(v->prefix.bits <= 8 * v->prefix.len);
	if (v->name)
		fuzz_expect(*v->name && strlen(v->name) <= 31);
	if (v->choice)
		fuzz_expect(!strcmp(v->choice, "a") ||
			    !strcmp(v->choice, "bc") ||
			    !strcmp(v->choice, "d"));
	fuzz_expect(v->strings.n <= FM_ARGS_MULTI);
}

/* Words end in newlines. */
static void try_args(char *text)
{
	struct values values = { 0 };
	struct fm_args set = { .table = table, .into = &values };
	char *argv[WORDS_MAX + 1], *word;
	struct fm_error err;
	int argc = 0;

	while (text && argc < WORDS_MAX) {
		word = strsep(&text, "\n");
		argv[argc++] = word;
	}
	argv[argc] = NULL;
	if (!fm_args_parse(&set, 1, argc, argv, &err))
		check_values(&values);
	else
		fuzz_expect(err.code == FM_EXIT_USAGE && *err.message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (!size)
		return -1;
	text = fuzz_string(data + 1, size - 1);
	switch (*data % 3) {
	case 0:
		try_cpulist(text);
		try_shards(text);
		break;
	case 1:
		try_hex(text);
		break;
	default:
		try_args(text);
	}
	free(text);
	return 0;
}
