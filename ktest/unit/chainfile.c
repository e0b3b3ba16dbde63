// SPDX-License-Identifier: GPL-2.0-or-later
/* Chain files: what is read of them, and where and how they are refused. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "chainfile.h"
#include "elements.h"
#include "prefix.h"
#include "nearest.h"

#define HEAD	"{\"schema_version\": 1, \"name\": \"x\", \"nfs\": "
#define NF(members)	HEAD "[{\"type\": \"psd\"" members "}]}"

/* A text and the first complaint about it. */
struct broken {
	const char *text;
	const char *error;
};

static struct fm_catalogue catalogue;

static int setup(void **state)
{
	struct fm_error err;

	(void)state;
	setenv("FLOWMAGE_SHARE", ".", 1);
	return fm_catalogue_load(&catalogue, &err);
}

static int teardown(void **state)
{
	(void)state;
	fm_catalogue_cleanup(&catalogue);
	return 0;
}

static struct fm_chainfile *parse(const char *text, size_t len, char *error)
{
	struct fm_jsonc *doc = fm_jsonc_parse("f", text, len);
	struct fm_chainfile *file = malloc(sizeof(*file));
	int ret;

	assert_non_null(doc);
	assert_non_null(file);
	ret = fm_chainfile_parse(doc, &catalogue, file);
	assert_int_equal(ret, doc->nerrors ? -EINVAL : 0);
	*error = '\0';
	if (doc->nerrors)
		snprintf(error, FM_JSONC_TEXT, "%u:%u: %.300s",
			 doc->errors[0].line, doc->errors[0].col,
			 doc->errors[0].text);
	fm_jsonc_destroy(doc);
	return file;
}

static void release(struct fm_chainfile *file)
{
	fm_chainfile_cleanup(file);
	free(file);
}

static void expect(const struct broken *rows, size_t n)
{
	char error[FM_JSONC_TEXT];
	size_t i;

	for (i = 0; i < n; i++) {
		release(parse(rows[i].text, strlen(rows[i].text), error));
		assert_string_equal(error, rows[i].error);
	}
}

#define EXPECT(rows)	expect(rows, sizeof(rows) / sizeof(*(rows)))

static const char whole[] =
	"// a comment\n"
	"{ /* another */ \"schema_version\": 1, # and one more\n"
	"  \"name\": \"edge-1\", \"frag_policy\": \"accept\",\n"
	"  \"other_policy\": \"drop\", \"sample_shift\": 7,\n"
	"  \"cpus\": [3, 1], \"wishes\": {\"families\": \"ipv4\",\n"
	"  \"software\": false, \"segments\": 2}, \"nfs\": [\n"
	"    {\"type\": \"psd\", \"params\": {\"threshold\": 5,\n"
	"     \"action\": \"mark\"}, \"pin\": \"local\"},\n"
	"    {\"type\": \"policer\", \"name\": \"lim\", \"params\":\n"
	"     {\"rate\": 17179869184, \"burst\": 1},\n"
	"     \"max_entries\": 16777216, \"timeout_ms\": 4294967295,\n"
	"     \"full_policy\": \"lru\", \"pin\": \"shared\"}]}\n";

static void test_whole(void **state)
{
	char error[FM_JSONC_TEXT];
	struct fm_chainfile *f = parse(whole, strlen(whole), error);

	(void)state;
	assert_string_equal(error, "");
	assert_string_equal(f->chain.name, "edge-1");
	assert_int_equal(f->chain.frag_policy, FM_FRAG_ACCEPT);
	assert_int_equal(f->chain.other_policy, FM_OTHER_DROP);
	assert_int_equal(f->chain.sample_shift, 7);
	assert_int_equal(f->cpus.n, 2);
	assert_int_equal(f->cpus.cpus[0], 1);
	assert_true(f->ipv4 && !f->ipv6 && !f->software);
	assert_int_equal(f->segments, 2);
	assert_int_equal(f->chain.nnfs, 2);
	assert_string_equal(f->chain.nfs[0].name, "psd");
	assert_int_equal(f->chain.nfs[0].pin, FM_MODE_LOCAL);
	assert_int_equal(f->chain.nfs[0].nparams, 2);
	assert_int_equal(f->chain.nfs[0].params[0].uint, 5);
	assert_true(f->chain.nfs[0].params[1].is_string);
	assert_string_equal(f->chain.nfs[0].params[1].string, "mark");
	assert_string_equal(f->chain.nfs[1].name, "lim");
	assert_true(f->chain.nfs[1].params[0].uint == 17179869184);
	assert_int_equal(f->chain.nfs[1].max_entries, 16777216);
	assert_int_equal(f->chain.nfs[1].timeout_ms, 4294967295);
	assert_int_equal(f->chain.nfs[1].full_policy, FM_FULL_LRU);
	assert_int_equal(f->chain.nfs[1].pin, FM_MODE_SHARED);
	free(f);
}

static void test_defaults(void **state)
{
	static const char text[] = NF("");
	char error[FM_JSONC_TEXT];
	struct fm_chainfile *f = parse(text, strlen(text), error);

	(void)state;
	assert_string_equal(error, "");
	assert_int_equal(f->chain.frag_policy, FM_FRAG_DROP);
	assert_int_equal(f->chain.other_policy, FM_OTHER_ACCEPT);
	assert_true(f->ipv4 && f->ipv6 && f->software);
	assert_int_equal(f->segments, 4);
	assert_int_equal(f->cpus.n, 0);
	assert_int_equal(f->chain.nfs[0].max_entries, 0);
	assert_int_equal(f->chain.nfs[0].pin, FM_MODE_NONE);
	free(f);
}

static void test_syntax(void **state)
{
	static const struct broken rows[] = {
		{ "", "0:0: the file is empty" },
		{ " \n// x", "2:5: there is nothing in the file" },
		{ "\xef\xbb\xbf{}", "1:1: the file begins with a byte order "
		  "mark; save it as UTF-8 without one" },
		{ "{", "1:2: expected a key in double quotes, found the end "
		  "of the file" },
		{ "{\"a\" 1}", "1:6: expected ':' after the key, found '1'" },
		{ "{\"a\": 1,}", "1:9: a comma before '}' is one too many" },
		{ "[1 2]", "1:4: expected ',' or ']', found '2'" },
		{ "[1,]", "1:4: a comma before ']' is one too many" },
		{ "{} x", "1:4: expected the end of the file, found 'x'" },
		{ "{\"a\": 1, \"a\": 2}",
		  "1:10: key \"a\" stands here for the second time" },
		{ "[null]", "1:2: null says nothing: leave the key out" },
		{ "[drop]", "1:2: a word must stand in quotes: \"drop\"" },
		{ "['a']", "1:2: strings stand in double quotes" },
		{ "[\"a\n\"]", "1:2: this string has no end" },
		{ "[\"a\tb\"]", "1:4: byte 0x09 in a string must be written "
		  "\\u0009" },
		{ "[\"\\x\"]", "1:3: no such escape; write \\\\ for a "
		  "backslash" },
		{ "[\"\\u00\"]", "1:3: \\u needs four hex digits" },
		{ "[\"\\u0000\"]", "1:3: a string cannot contain NUL" },
		{ "[\"\\ud800\"]", "1:3: \\ud800 is half a character" },
		{ "[\"\xc3\xa9\xff\"]", "1:4: invalid UTF-8: byte 0xff" },
		{ "[\"\xed\xa0\x80\"]", "1:3: invalid UTF-8: byte 0xed" },
		{ "[\"\xc0\x80\"]", "1:3: invalid UTF-8: byte 0xc0" },
		{ "[01]", "1:2: a number cannot begin with 0" },
		{ "[1.]", "1:4: expected a digit, found ']'" },
		{ "[-]", "1:3: expected a digit, found ']'" },
		{ "[5k]", "1:2: a number ends in letters; units are part of "
		  "the key's name, not of the value" },
		{ "[18446744073709551616]",
		  "1:2: this number does not fit in 64 bits" },
		{ "[-9223372036854775809]",
		  "1:2: this number does not fit in 64 bits" },
		{ "/* x", "1:1: this comment has no end" },
		{ "{\"\\u0061\": 1}", "1:2: a key is written without escapes" },
		{ "[[[[[[[[[[[[[[[[[1",
		  "1:17: more than 16 levels of brackets" },
		{ "\r\n\t\x01", "2:2: this is not a text file: byte 0x01" },
	};

	(void)state;
	EXPECT(rows);
}

static void test_chain(void **state)
{
	static const struct broken rows[] = {
		{ "[]", "1:1: a chain must be an object {...}, not a list "
		  "[...]" },
		{ "{}", "1:1: key \"schema_version\" is missing" },
		{ "{\"schema_version\": 2, \"name\": \"x\", \"nfs\": []}",
		  "1:20: schema_version must be from 1 to 1, not 2" },
		{ "{\"schema_version\": 1, \"name\": \"a b\", \"nfs\": "
		  "[{\"type\": \"psd\"}]}", "1:31: name \"a b\" has other than "
		  "letters, digits, '_', '-' and '.', or begins with the "
		  "latter two" },
		{ "{\"schema_version\": 1, \"name\": \"\", \"nfs\": "
		  "[{\"type\": \"psd\"}]}",
		  "1:31: name must have 1 to 31 bytes, not 0" },
		{ HEAD "[]}", "1:43: a chain has 1 to 32 NFs, not 0" },
		{ HEAD "{}}", "1:43: nfs must be a list [...], not an object "
		  "{...}" },
		{ HEAD "[7]}", "1:44: an NF must be an object {...}, not a "
		  "whole number" },
		{ HEAD "[{\"type\": \"psd\"}], \"frag_polcy\": \"drop\"}",
		  "1:62: unknown key \"frag_polcy\"; did you mean "
		  "\"frag_policy\"?" },
		{ HEAD "[{\"type\": \"psd\"}], \"zzz\": 1}",
		  "1:62: unknown key \"zzz\"" },
		{ HEAD "[{\"type\": \"psd\"}], \"frag_policy\": \"merge\"}",
		  "1:77: frag_policy must be one of drop, accept, defrag, not "
		  "\"merge\"" },
		{ HEAD "[{\"type\": \"psd\"}], \"sample_shift\": 32}",
		  "1:78: sample_shift must be from 0 to 31, not 32" },
		{ HEAD "[{\"type\": \"psd\"}], \"cpus\": [1, 1]}",
		  "1:74: CPU 1 stands here for the second time" },
		{ HEAD "[{\"type\": \"psd\"}], \"cpus\": []}",
		  "1:70: a chain needs a CPU" },
		{ HEAD "[{\"type\": \"psd\"}, {\"type\": \"psd\"}]}",
		  "1:70: NFs 1 and 2 are both named \"psd\"; give one a "
		  "\"name\" of its own" },
		{ HEAD "[{\"type\": \"psd\"}], \"wishes\": {\"familie\": 4}}",
		  "1:73: unknown key \"familie\"; did you mean \"families\"?" },
		{ HEAD "[{\"type\": \"psd\"}], \"wishes\": {\"segments\": 5}}",
		  "1:85: segments must be from 1 to 4, not 5" },
	};

	(void)state;
	EXPECT(rows);
}

static void test_nf(void **state)
{
	static const struct broken rows[] = {
		{ HEAD "[{\"name\": \"y\"}]}",
		  "1:44: key \"type\" is missing" },
		{ HEAD "[{\"type\": \"polcer\"}]}", "1:53: there is no NF "
		  "\"polcer\"; did you mean \"policer\"?" },
		{ HEAD "[{\"type\": \"qqq\"}]}",
		  "1:53: there is no NF \"qqq\"" },
		{ HEAD "[{\"type\": \"policer\"}]}",
		  "1:44: NF policer needs the parameter \"rate\": bytes per "
		  "second a destination may receive" },
		{ NF(", \"params\": {\"treshold\": 5}"), "1:71: NF psd has no "
		  "parameter \"treshold\"; did you mean \"threshold\"?" },
		{ NF(", \"params\": {\"threshold\": 0}"),
		  "1:84: threshold must be from 1 to 1024, not 0" },
		{ NF(", \"params\": {\"threshold\": -1}"),
		  "1:84: threshold must be from 1 to 1024, not -1" },
		{ NF(", \"params\": {\"threshold\": 1.5}"),
		  "1:84: threshold must be a whole number, not a fraction" },
		{ NF(", \"params\": {\"threshold\": \"5\"}"),
		  "1:84: threshold must be a whole number, not a string" },
		{ NF(", \"params\": {\"action\": \"reject\"}"),
		  "1:81: action must be one of drop|mark, not \"reject\"" },
		{ NF(", \"params\": {\"action\": \"drop|mark\"}"),
		  "1:81: action must be one of drop|mark, not "
		  "\"drop|mark\"" },
		{ NF(", \"params\": []"), "1:70: params must be an object "
		  "{...}, not a list [...]" },
		{ NF(", \"max_entries\": 0"),
		  "1:75: max_entries must be from 1 to 16777216, not 0" },
		{ NF(", \"timeout_ms\": 4294967296"), "1:74: timeout_ms must "
		  "be from 1 to 4294967295, not 4294967296" },
		{ NF(", \"full_policy\": \"drop\""), "1:75: full_policy must "
		  "be one of refuse, lru, not \"drop\"" },
		{ NF(", \"pin\": \"none\""),
		  "1:67: pin must be one of local, shared, not \"none\"" },
		{ NF(", \"name\": \"0123456789012345678901234567890x\""),
		  "1:68: name must have 1 to 31 bytes, not 32" },
	};

	(void)state;
	EXPECT(rows);
}

#define ADL(params)							\
	"{\"schema_version\": 1, \"name\": \"a\", \"nfs\": [{\"type\": "	\
	"\"adl\", \"params\": {" params "}}]}"

static void test_lists(void **state)
{
	const struct fm_prefix *prefixes;
	static const char text[] = ADL("\"deny\": [\"2001:db8::/32\", "
		"\"192.0.2.1\", \"192.0.2.0/24\", \"0.0.0.0/0\"]");
	static const char *const want[] = {
		"0.0.0.0/0", "192.0.2.0/24", "192.0.2.1/32", "2001:db8::/32",
	};
	static const struct broken rows[] = {
		{ ADL("\"deny\": [\"10.0.0.1/8\"]"), "1:80: deny: "
		  "\"10.0.0.1/8\" has bits beyond its length; did you mean "
		  "\"10.0.0.0/8\"?" },
		{ ADL("\"deny\": [\"10.0.0.0/33\"]"), "1:80: deny: "
		  "\"10.0.0.0/33\" has no length from 0 to 32" },
		{ ADL("\"deny\": [\"::/129\"]"), "1:80: deny: \"::/129\" has "
		  "no length from 0 to 128" },
		{ ADL("\"deny\": [\"10.0.0.0/08\"]"), "1:80: deny: "
		  "\"10.0.0.0/08\" has no length from 0 to 32" },
		{ ADL("\"deny\": [\"10.0/8\"]"), "1:80: deny: \"10.0/8\" is "
		  "no address or prefix" },
		{ ADL("\"deny\": [\"::1\", \"::1/128\"]"), "1:87: deny: "
		  "::1/128 is there twice" },
		{ ADL("\"deny\": []"), "1:79: deny must have 1 to 1048576 "
		  "elements, not 0" },
		{ ADL("\"deny\": \"::/0\""), "1:79: deny must be a list of "
		  "prefixes, or {\"file\": NAME}" },
		{ ADL("\"deny\": {\"file\": \"/none/x\"}"), "1:88: /none/x: No "
		  "such file or directory" },
		{ ADL("\"deny\": {\"file\": \"/dev/zero\"}"), "1:88: "
		  "/dev/zero: Invalid argument" },
	};
	char error[FM_JSONC_TEXT], prefix[FM_PREFIX_TEXT];
	const struct fm_value *value;
	struct fm_chainfile *f;
	size_t i;

	(void)state;
	EXPECT(rows);
	f = parse(text, strlen(text), error);
	assert_string_equal(error, "");
	value = &f->chain.nfs[0].params[0];
	assert_true(value->is_list);
	assert_int_equal(value->list->n, 4);
	prefixes = value->list->items;
	for (i = 0; i < 4; i++) {
		fm_prefix_format(&prefixes[i], prefix);
		assert_string_equal(prefix, want[i]);
	}
	release(f);
}

#define ACL(rule)							\
	"{\"schema_version\": 1, \"name\": \"a\", \"nfs\": [{\"type\": "	\
	"\"acl\", \"params\": {\"rules\": [\"" rule "\"]}}]}"

static void test_rules(void **state)
{
	static const struct broken rows[] = {
		{ ACL("allow tcp any any any any"),
		  "1:81: rules: \"allow tcp any any any any\" in word "
		  "1: \"allow\" is no action: accept or drop" },
		{ ACL("drop tpc any any any any"),
		  "1:81: rules: \"drop tpc any any any any\" in word "
		  "2: \"tpc\" is no protocol: any, tcp, udp, sctp, "
		  "icmp, icmpv6 or 0 to 255" },
		{ ACL("drop tcp 10.0.0.1/8 any any any"),
		  "1:81: rules: \"drop tcp 10.0.0.1/8 any any any\" in "
		  "word 3: \"10.0.0.1/8\" has bits beyond its length" },
		{ ACL("drop tcp ::1 any 10.0.0.1 any"),
		  "1:81: rules: \"drop tcp ::1 any 10.0.0.1 any\" in "
		  "word 5: \"10.0.0.1\" is not of the family of the "
		  "source" },
		{ ACL("drop tcp any any any 80-"),
		  "1:81: rules: \"drop tcp any any any 80-\" in word "
		  "6: \"80-\" is no port: any, 0 to 65535, or two "
		  "joined by -" },
		{ ACL("drop tcp any any any 80-79"),
		  "1:81: rules: \"drop tcp any any any 80-79\" in word "
		  "6: \"80-79\" ends before it begins" },
		{ ACL("drop any any any any 80"),
		  "1:81: rules: \"drop any any any any 80\" in word 6: "
		  "\"80\" is a port, which only tcp, udp and sctp have" },
		{ ACL("drop udp any any any any syn"),
		  "1:81: rules: \"drop udp any any any any syn\" in "
		  "word 7: \"syn\" is one word too many: only tcp has "
		  "flags" },
		{ ACL("drop tcp any any any any syn,!syn"),
		  "1:81: rules: \"drop tcp any any any any syn,!syn\" "
		  "in word 7: \"syn,!syn\" has a flag that must be set "
		  "and must not" },
		{ ACL("drop tcp any any any any syn ack"),
		  "1:81: rules: \"drop tcp any any any any syn ack\" "
		  "in word 8: \"ack\" is one word too many" },
		{ ACL("drop tcp any any"),
		  "1:81: rules: \"drop tcp any any\" has no destination" },
	};
	static const char text[] = ACL("accept tcp 10.0.0.0/8 any "
				       "192.0.2.1 80-443 syn,!ack\", "
				       "\"drop any any any any any");
	const struct fm_rule want[] = {
		{ .src = { 10 }, .dst = { 192, 0, 2, 1 }, .sport_max = 65535,
		  .dport_min = 80, .dport_max = 443, .protocol = 6,
		  .family = 4, .src_len = 8, .dst_len = 32, .tcp_set = 2,
		  .tcp_clear = 16, .action = FM_RULE_ACCEPT },
		{ .sport_max = 65535, .dport_max = 65535,
		  .protocol = FM_RULE_ANY, .action = FM_RULE_DROP },
	};
	char error[FM_JSONC_TEXT], line[FM_ELEMENT_TEXT];
	struct fm_chainfile *f;

	(void)state;
	EXPECT(rows);
	f = parse(text, strlen(text), error);
	assert_string_equal(error, "");
	assert_int_equal(f->chain.nfs[0].params[0].list->n, 2);
	assert_memory_equal(f->chain.nfs[0].params[0].list->items, want,
			    sizeof(want));
	fm_rule_kind.format(f->chain.nfs[0].params[0].list->items, line);
	assert_string_equal(line, "accept tcp 10.0.0.0/8 any 192.0.2.1/32 "
			    "80-443 syn,!ack");
	release(f);
}

#define IDS(patterns)							\
	"{\"schema_version\": 1, \"name\": \"a\", \"nfs\": [{\"type\": "	\
	"\"ids\", \"params\": {\"patterns\": [\"" patterns "\"]}}]}"

static void test_patterns(void **state)
{
	static const struct broken rows[] = {
		{ IDS(""), "1:84: patterns: \"\" has no bytes at byte 1" },
		{ IDS("a|0|"), "1:84: patterns: \"a|0|\" has no two "
		  "hexadecimal digits at byte 3" },
		{ IDS("|0d 0a"), "1:84: patterns: \"|0d 0a\" has no second "
		  "\"|\" at byte 7" },
		{ IDS("\\\"a"), "1:84: patterns: \"\"a\" has no second quote "
		  "at byte 3" },
		{ IDS("\\\"a\\\"nocase"), "1:84: patterns: \"\"a\"nocase\" has "
		  "no space behind the quote at byte 4" },
		{ IDS("\\\"a\\\" nocas"), "1:84: patterns: \"\"a\" nocas\" has "
		  "something else than nocase, offset=N and depth=N at "
		  "byte 5" },
		{ IDS("\\\"a\\\" depth=4294967296"), "1:84: patterns: \"\"a\" "
		  "depth=4294967296\" has something else than nocase, "
		  "offset=N and depth=N at byte 5" },
		{ IDS("\\\"abc\\\" depth=2"), "1:84: patterns: \"\"abc\" "
		  "depth=2\" is longer than its depth at byte 14" },
		{ IDS("\\\"Ab\\\" nocase\", \"\\\"aB\\\" nocase"), "1:101: "
		  "patterns: the same is there twice" },
	};
	static const char text[] = IDS("z|0D0a|y\", \"ab\", \"\\\" aB |20|"
		"\\\" nocase offset=7 depth=5\", \"|7c|\", \"AB");
	const struct fm_pattern want[] = {
		{ .len = 4, .bytes = "z\r\ny" }, { .len = 2, .bytes = "ab" },
		{ .len = 5, .bytes = " aB  ", .offset = 7, .depth = 5,
		  .flags = FM_PATTERN_NOCASE },
		{ .len = 1, .bytes = "|" }, { .len = 2, .bytes = "AB" },
	};
	char error[FM_JSONC_TEXT];
	struct fm_chainfile *f;

	(void)state;
	EXPECT(rows);
	f = parse(text, strlen(text), error);
	assert_string_equal(error, "");
	assert_int_equal(f->chain.nfs[0].params[0].list->n, 5);
	assert_memory_equal(f->chain.nfs[0].params[0].list->items, want,
			    sizeof(want));
	release(f);
}

static void expect_file_error(int fd, const char *path, const char *lines,
			      size_t n, const char *want)
{
	char text[256], error[FM_JSONC_TEXT];

	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(pwrite(fd, lines, n, 0), n);
	snprintf(text, sizeof(text), "{\"schema_version\": 1, \"name\": \"a\", "
		 "\"nfs\": [{\"type\": \"ids\", \"params\": {\"patterns\": "
		 "{\"file\": \"%s\"}}}]}", path);
	release(parse(text, strlen(text), error));
	if (want)
		assert_non_null(strstr(error, want));
	else
		assert_string_equal(error, "");
}

#define EXPECT_FILE(lines, want)					\
	expect_file_error(fd, path, lines, sizeof(lines) - 1, want)

static void test_pattern_file(void **state)
{
	char path[] = "/tmp/listXXXXXX", longest[] = " |0a|"
		"0123456789012345678901234567890123456789012345678901234567"
		"8901234567890123456789012345678901234567890123456789012";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	EXPECT_FILE("# one\n \t# two\n\na # no comment\r\n#|zz", NULL);
	EXPECT_FILE("ab\n \"c\" x\n", ":2:6: \"\"c\" x\" has something");
	EXPECT_FILE("ab\ncd\n#\n ab", "the same is in lines 1 and 4");
	EXPECT_FILE("ab\ncd\0ef\n", ":2:3: \"cd\" goes on with a NUL byte");
	EXPECT_FILE("ab\ncd\0", ":2:3: \"cd\" goes on with a NUL byte");
	EXPECT_FILE("#\n", "patterns must have 1 to 16384 elements, not 0");
	expect_file_error(fd, path, longest, 116, NULL);
	expect_file_error(fd, path, longest, 117, ":1:117: \"|0a|");
	close(fd);
	unlink(path);
}

#define LB(line)							\
	"{\"schema_version\": 1, \"name\": \"a\", \"nfs\": [{\"type\": "	\
	"\"lb\", \"params\": {\"backends\": [\"" line "\"]}}]}"
#define SAYS(line, more)	{ LB(line), "1:83: backends: \"" line "\" " more }

static void test_backends(void **state)
{
	static const struct broken rows[] = {
		SAYS("sctp 10.0.0.1:80 10.0.0.2:80",
		     "in word 1: \"sctp\" must be a protocol, tcp or udp"),
		SAYS("tcp 10.0.0.1 10.0.0.2:80",
		     "in word 2: \"10.0.0.1\" must be the service, "
		     "ADDRESS:PORT or [ADDRESS]:PORT"),
		SAYS("tcp 10.0.0.1:80",
		     "ends before word 3, which must be the server, "
		     "ADDRESS:PORT or [ADDRESS]:PORT"),
		SAYS("tcp 10.0.0.1:80 10.0.0.2:0",
		     "in word 3: \"10.0.0.2:0\" must be the server, "
		     "ADDRESS:PORT or [ADDRESS]:PORT"),
		SAYS("tcp 10.0.0.1:80 10.0.0.2:65536",
		     "in word 3: \"10.0.0.2:65536\" must be the server, "
		     "ADDRESS:PORT or [ADDRESS]:PORT"),
		SAYS("tcp 10.0.0.1:80 [::2:80",
		     "in word 3: \"[::2:80\" must be the server, "
		     "ADDRESS:PORT or [ADDRESS]:PORT"),
		SAYS("tcp 10.0.0.1:80 [::2]:80",
		     "in word 3: \"[::2]:80\" must be of the family of the "
		     "service"),
		SAYS("tcp 10.0.0.1:80 10.0.0.2:80 weight",
		     "ends before word 5, which must be a weight, 0 to "
		     "65535"),
		SAYS("tcp 10.0.0.1:80 10.0.0.2:80 weight 1x",
		     "in word 5: \"1x\" must be a weight, 0 to 65535"),
		SAYS("tcp 10.0.0.1:80 10.0.0.2:80 on",
		     "in word 4: \"on\" must be weight, mac, up, drain or "
		     "down"),
		SAYS("tcp 10.0.0.1:80 10.0.0.2:80 mac 01:00:5e:00:00:01",
		     "in word 5: \"01:00:5e:00:00:01\" must be an Ethernet "
		     "address as 02:00:5e:10:00:01"),
		{ LB("udp 10.0.0.1:80 10.0.0.2:80\", "
		     "\"udp 10.0.0.1:80 10.0.0.2:80 weight 2"),
		  "1:114: backends: udp 10.0.0.1:80 10.0.0.2:80 weight 2 is "
		  "there twice" },
	};
	static const char text[] = LB("udp [2001:db8::1]:53 [fd00::2]:5353 "
		"drain weight 7 mac 02:00:00:00:00:01\", "
		"\"tcp 192.0.2.1:80 10.0.0.1:8080");
	static const char *const want[] = {
		"tcp 192.0.2.1:80 10.0.0.1:8080 weight 1",
		"udp [2001:db8::1]:53 [fd00::2]:5353 weight 7 mac "
		"02:00:00:00:00:01 drain",
	};
	char error[FM_JSONC_TEXT], line[FM_ELEMENT_TEXT];
	const struct fm_elements *list;
	struct fm_backend again[2];
	struct fm_fault fault;
	struct fm_chainfile *f;
	size_t i;

	(void)state;
	EXPECT(rows);
	f = parse(text, strlen(text), error);
	assert_string_equal(error, "");
	list = f->chain.nfs[0].params[0].list;
	assert_int_equal(list->n, 2);
	for (i = 0; i < 2; i++) {
		fm_backend_kind.format((struct fm_backend *)list->items + i,
				       line);
		assert_string_equal(line, want[i]);
		assert_true(fm_backend_kind.parse(line, &again[i], &fault));
	}
	assert_memory_equal(again, list->items, sizeof(again));
	release(f);
}

static void test_list_file(void **state)
{
	static const char lines[] =
		"# blocked\n\n  192.0.2.0/24\t# a net\r\n::1\n192.0.2.9";
	char path[] = "/tmp/listXXXXXX", text[256], error[FM_JSONC_TEXT];
	struct fm_chainfile *f;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, lines, strlen(lines)), strlen(lines));
	snprintf(text, sizeof(text), ADL("\"allow\": {\"file\": \"%s\"}"),
		 path);
	f = parse(text, strlen(text), error);
	assert_string_equal(error, "");
	assert_int_equal(f->chain.nfs[0].params[0].list->n, 3);
	release(f);
	assert_int_equal(write(fd, "\n 10.1.2.3/8\n", 13), 13);
	release(parse(text, strlen(text), error));
	assert_non_null(strstr(error, ":6:2: \"10.1.2.3/8\" has bits"));
	close(fd);
	unlink(path);
}

/* One mistake does not hide the others. */
static void test_many(void **state)
{
	static const char text[] =
		"{\"schema_version\": 1,\n\"name\": 5,\n\"nfs\": [\n"
		"{\"type\": \"psd\", \"pin\": 1},\n{\"type\": \"nope\"}]}";
	struct fm_jsonc *doc = fm_jsonc_parse("f", text, strlen(text));
	struct fm_chainfile *file = malloc(sizeof(*file));

	(void)state;
	assert_non_null(file);
	assert_int_equal(fm_chainfile_parse(doc, &catalogue, file), -EINVAL);
	assert_int_equal(doc->nerrors, 3);
	assert_int_equal(doc->errors[0].line, 2);
	assert_int_equal(doc->errors[1].line, 4);
	assert_int_equal(doc->errors[2].line, 5);
	fm_jsonc_destroy(doc);
	free(file);
}

static void test_large(void **state)
{
	size_t len = FM_JSONC_SIZE_MAX + 1;
	char error[FM_JSONC_TEXT], *text = malloc(len);

	(void)state;
	assert_non_null(text);
	memset(text, ' ', len);
	free(parse(text, len, error));
	assert_string_equal(error, "0:0: the file has more than 1048576 bytes");
	memset(text, '[', len);
	free(parse(text, len - 1, error));
	assert_string_equal(error, "1:17: more than 16 levels of brackets");
	free(text);
}

/* Every prefix, and every byte changed: an answer, never a crash. */
static void test_damage(void **state)
{
	size_t len = strlen(whole), i, j;
	static const char bytes[] = "\0\"{}[],:/*#-0\\\xff\xc3 z";
	char *text = malloc(len);

	(void)state;
	assert_non_null(text);
	for (i = 0; i < len; i++) {
		memcpy(text, whole, len);
		if (i < len - 1)
			assert_int_equal(fm_chainfile_fuzz(text, i), -EINVAL);
		for (j = 0; j < sizeof(bytes) - 1; j++) {
			text[i] = bytes[j];
			fm_chainfile_fuzz(text, len);
		}
	}
	free(text);
}

static void test_nearest(void **state)
{
	static const char *const names[] = { "policer", "psd", "rate", NULL };

	(void)state;
	assert_string_equal(fm_nearest_find_list("polcier", names), "policer");
	assert_string_equal(fm_nearest_find_list("PSD", names), "psd");
	assert_string_equal(fm_nearest_find_list("rat", names), "rate");
	assert_null(fm_nearest_find_list("burst", names));
	assert_null(fm_nearest_find_list("", names));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_syntax),
		cmocka_unit_test(test_chain),
		cmocka_unit_test(test_nf),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_backends),
		cmocka_unit_test(test_list_file),
		cmocka_unit_test(test_pattern_file),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_nearest),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
