// SPDX-License-Identifier: GPL-2.0-or-later
/* Words into structs: every word is taken whole, or refused by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "args.h"

struct opts {
	const char *chain;
	bool all;
	struct fm_opt_uint limit;
	struct fm_opt_prefix src;
	struct fm_opt_uint proto;
	struct fm_opt_strings dev;
	const char *mode;
};

#define AT(_member) offsetof(struct opts, _member)

static const struct fm_option table[] = {
	{ "CHAIN", FM_OPT_NAME, AT(chain),
	  FM_OPT_POSITIONAL | FM_OPT_REQUIRED, .help = "" },
	{ "all", FM_OPT_FLAG, AT(all), FM_OPT_DASHED, 'a', .help = "" },
	{ "limit", FM_OPT_UINT, AT(limit), .min = 1, .max = 100, .letter = 'l',
	  .help = "" },
	{ "local", FM_OPT_CHOICE, AT(mode), .choices = "yes|no", .help = "" },
	{ "src", FM_OPT_PREFIX, AT(src), .help = "" },
	{ "proto", FM_OPT_PROTO, AT(proto), .help = "" },
	{ "dev", FM_OPT_STRINGS, AT(dev), .help = "" },
	{ 0 }
};

#define PARSE(_opts, _err, ...) parse(_opts, _err, (char *[]) {		\
		__VA_ARGS__, NULL })

static int parse(struct opts *opts, struct fm_error *err, char **argv)
{
	struct fm_args set = { table, opts, 0 };
	int argc = 0;

	while (argv[argc])
		argc++;
	memset(opts, 0, sizeof(*opts));
	memset(err, 0, sizeof(*err));
	return fm_args_parse(&set, 1, argc, argv, err);
}

static void every_type(void **state)
{
	struct fm_error err;
	struct opts o;

	(void)state;
	assert_int_equal(0, PARSE(&o, &err, "edge", "--all", "limit", "0x10",
				  "--src=10.1.0.0/16", "proto", "udp",
				  "--dev", "eth0", "dev", "eth1", "local",
				  "no"));
	assert_string_equal("edge", o.chain);
	assert_true(o.all);
	assert_true(o.limit.set);
	assert_int_equal(16, o.limit.value);
	assert_int_equal(4, o.src.len);
	assert_int_equal(16, o.src.bits);
	assert_memory_equal("\x0a\x01\0\0", o.src.addr, 4);
	assert_int_equal(17, o.proto.value);
	assert_int_equal(2, o.dev.n);
	assert_string_equal("eth1", o.dev.v[1]);
	assert_string_equal("no", o.mode);
}

static void refused(void **state)
{
	static const struct {
		char *argv[5];
		const char *message;
	} cases[] = {
		{ { "e", "limit", "12abc" },
		  "limit: \"12abc\" is not a number from 1 to 100" },
		{ { "e", "limit", "0" },
		  "limit: \"0\" is not a number from 1 to 100" },
		{ { "e", "limit", "101" },
		  "limit: \"101\" is not a number from 1 to 100" },
		{ { "e", "limit", "18446744073709551617" },
		  "limit: \"18446744073709551617\" is not a number from 1 to "
		  "100" },
		{ { "e", "limit", "+1" },
		  "limit: \"+1\" is not a number from 1 to 100" },
		{ { "e", "limit", " 1" },
		  "limit: \" 1\" is not a number from 1 to 100" },
		{ { "e", "limit", "0x" },
		  "limit: \"0x\" is not a number from 1 to 100" },
		{ { "e", "limit" }, "\"limit\" needs a value: VALUE" },
		{ { "e", "limit", "1", "limit", "2" },
		  "\"limit\" is given twice" },
		{ { "e", "l", "1" }, "\"l\" may be \"limit\" or \"local\"" },
		{ { "e", "bogus" }, "unknown word \"bogus\"" },
		{ { "e", "--bogus" }, "unknown option \"--bogus\"" },
		{ { "e", "-x" }, "unknown option \"-x\"" },
		{ { "e", "-ax" }, "unknown option \"-ax\"" },
		{ { "e", "all" }, "unknown word \"all\"" },
		{ { "e", "--all=1" }, "\"all\" takes no value" },
		{ { "e", "--" }, "unknown option \"--\"" },
		{ { "limit" , "1" }, "unknown word \"1\"" },
		{ { "--limit", "1" }, "\"CHAIN\" is missing" },
		{ { "e", "src", "10.0.0.0/33" },
		  "src: \"10.0.0.0/33\" is not an address or prefix" },
		{ { "e", "src", "10.0.0.0/" },
		  "src: \"10.0.0.0/\" is not an address or prefix" },
		{ { "e", "src", "1.2.3" },
		  "src: \"1.2.3\" is not an address or prefix" },
		{ { "e", "local", "maybe" },
		  "local: \"maybe\" is not one of yes|no" },
		{ { "e", "local", "ye" }, "local: \"ye\" is not one of yes|no" },
		{ { "" }, "CHAIN: \"\" is not a value, it is empty" },
		{ { "a-name-that-is-longer-than-31-bytes" },
		  "CHAIN: \"a-name-that-is-longer-than-31-bytes\" is not a "
		  "name of at most 31 bytes" },
	};
	struct fm_error err;
	struct opts o;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(FM_EXIT_USAGE, parse(&o, &err,
						(char **)cases[i].argv));
		assert_int_equal(FM_EXIT_USAGE, err.code);
		assert_string_equal(cases[i].message, err.message);
	}
}

static void letters(void **state)
{
	struct fm_error err;
	struct opts o;

	(void)state;
	assert_int_equal(0, PARSE(&o, &err, "-al5", "e"));
	assert_true(o.all);
	assert_int_equal(5, o.limit.value);
	assert_int_equal(0, PARSE(&o, &err, "-l", "6", "e"));
	assert_int_equal(6, o.limit.value);
}

static void prefixes_of_addresses(void **state)
{
	struct fm_opt_prefix p;

	(void)state;
	assert_true(fm_args_prefix("2001:db8::/32", &p));
	assert_int_equal(16, p.len);
	assert_int_equal(32, p.bits);
	assert_true(fm_args_prefix("::1", &p));
	assert_int_equal(128, p.bits);
	assert_true(fm_args_prefix("0.0.0.0/0", &p));
	assert_int_equal(4, p.len);
	assert_int_equal(0, p.bits);
	assert_false(fm_args_prefix("::/129", &p));
	assert_false(fm_args_prefix("", &p));
}

static void abbreviations(void **state)
{
	const char *const names[] = { "show", "show", "set", "setall", NULL };

	(void)state;
	assert_int_equal(0, fm_args_match("sh", names, 5));
	assert_int_equal(2, fm_args_match("set", names, 5));
	assert_int_equal(3, fm_args_match("seta", names, 5));
	assert_int_equal(FM_ARGS_AMBIGUOUS, fm_args_match("s", names, 5));
	assert_int_equal(FM_ARGS_NONE, fm_args_match("x", names, 5));
	assert_int_equal(FM_ARGS_NONE, fm_args_match("", names, 5));
}

static void numbers(void **state)
{
	uint64_t n = 7;

	(void)state;
	assert_true(fm_args_uint("18446744073709551615", 0, UINT64_MAX, &n));
	assert_true(n == UINT64_MAX);
	assert_true(fm_args_uint("010", 0, 100, &n));
	assert_int_equal(10, n);
	assert_false(fm_args_uint("18446744073709551616", 0, UINT64_MAX, &n));
	assert_false(fm_args_uint("", 0, 1, &n));
	assert_false(fm_args_uint("-1", 0, UINT64_MAX, &n));
	assert_int_equal(10, n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type),
		cmocka_unit_test(refused),
		cmocka_unit_test(letters),
		cmocka_unit_test(prefixes_of_addresses),
		cmocka_unit_test(abbreviations),
		cmocka_unit_test(numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
