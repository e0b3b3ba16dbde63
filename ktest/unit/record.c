// SPDX-License-Identifier: GPL-2.0-or-later
/* Feature records: JSON there and back, the validator, comparison. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "record.h"

static const char hash[] =
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static struct fm_record *make_record(void)
{
	struct fm_record *r = fm_record_create();

	assert_non_null(r);
	strcpy(r->nf, "policer");
	strcpy(r->framework, "some-frame.work");
	r->nfiles = 1;
	strcpy(r->files[0].path, "nf/policer.c");
	strcpy(r->files[0].sha256, hash);
	r->features = (struct fm_features){
		.stateful = true, .key = FM_F_DST_IP | FM_F_PROTOCOL,
		.bidirectional = true, .intensity = FM_INTENSITY_FLOW,
		.pointer = true, .state_size = 32, .complexity = 70,
	};
	fm_record_explain(r, FM_ATTRIBUTE_KEY, "nf/policer.c", 123, "since %s",
			  "\"so\"");
	strcpy(r->by_static.analyzer, "an analyzer");
	strcpy(r->by_static.environment, "stubs");
	strcpy(r->by_static.rules.path, "rules/x.json");
	strcpy(r->by_static.rules.sha256, hash);
	strcpy(r->by_static.settings[0].path, "nf/.policer.o.cmd");
	strcpy(r->by_static.settings[0].sha256, hash);
	r->by_static.nsettings = 1;
	r->by_static.features = r->features;
	r->by_static.reads = FM_F_SRC_PORT;
	assert_true(fm_strings_add(&r->by_static.unparsed, "a.c:1: what?"));
	r->agreement = FM_AGREEMENT_STATIC_ONLY;
	r->confidence = 0.87;
	return r;
}

static char *make_text(void)
{
	struct fm_record *r = make_record();
	struct json_object *obj = fm_record_fill(r);
	char *text = strdup(json_object_to_json_string_ext(
		obj, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));

	json_object_put(obj);
	fm_record_destroy(r);
	return text;
}

static void test_text(void **state)
{
	char *text = make_text();

	(void)state;
	assert_string_equal(text,
"{\"schema_version\":1,\"nf\":\"policer\",\"framework\":\"some-frame.work\","
"\"files\":[{\"path\":\"nf/policer.c\",\"sha256\":\"0123456789abcdef"
"0123456789abcdef0123456789abcdef0123456789abcdef\"}],"
"\"statefulness\":\"stateful\",\"key\":[\"dst_ip\",\"protocol\"],"
"\"bidirectional\":true,\"intensity\":\"per-flow\",\"pointer\":true,"
"\"state_size\":32,\"complexity\":70,"
"\"evidence\":[{\"attribute\":\"key\",\"file\":\"nf/policer.c\",\"line\":123,"
"\"why\":\"since \\\"so\\\"\"}],\"sources\":{\"static\":{"
"\"analyzer\":\"an analyzer\",\"environment\":\"stubs\","
"\"rules\":{\"path\":\"rules/x.json\",\"sha256\":\"0123456789abcdef"
"0123456789abcdef0123456789abcdef0123456789abcdef\"},"
"\"settings\":[{\"path\":\"nf/.policer.o.cmd\",\"sha256\":\"0123456789abcdef"
"0123456789abcdef0123456789abcdef0123456789abcdef\"}],"
"\"statefulness\":\"stateful\",\"key\":[\"dst_ip\",\"protocol\"],"
"\"bidirectional\":true,\"intensity\":\"per-flow\",\"pointer\":true,"
"\"state_size\":32,\"complexity\":70,\"reads\":[\"src_port\"],"
"\"unparsed\":[\"a.c:1: what?\"]},\"llm\":[]},"
"\"agreement\":\"static-only\",\"confidence\":0.87}");
	free(text);
}

static void test_there_and_back(void **state)
{
	char *text = make_text(), err[FM_ERROR_LEN], *again;
	struct fm_record *r = NULL;
	struct json_object *obj;

	(void)state;
	assert_int_equal(fm_record_parse("x", text, strlen(text), &r, err), 0);
	assert_int_equal(r->features.key, FM_F_DST_IP | FM_F_PROTOCOL);
	assert_int_equal(r->evidence[0].line, 123);
	assert_string_equal(r->by_static.unparsed.v[0], "a.c:1: what?");
	obj = fm_record_fill(r);
	again = strdup(json_object_to_json_string_ext(
		obj, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	assert_string_equal(text, again);
	json_object_put(obj);
	fm_record_destroy(r);
	free(again);
	free(text);
}

/* The text with the first @from replaced by @to. */
static char *edit(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	char *out;

	assert_non_null(at);
	assert_true(asprintf(&out, "%.*s%s%s", (int)(at - text), text, to,
			     at + strlen(from)) > 0);
	return out;
}

static void check_refused(const char *text, const char *why)
{
	struct fm_record *r = NULL;
	char err[FM_ERROR_LEN] = "";

	assert_int_equal(fm_record_parse("x.json", text, strlen(text), &r, err),
			 -EINVAL);
	assert_null(r);
	assert_string_equal(err, why);
	assert_int_equal(fm_record_parse("x.json", text, strlen(text), &r,
					 NULL), -EINVAL);
}

static void test_validator(void **state)
{
	static const struct {
		const char *from, *to, *why;
	} cases[] = {
		{ "\"nf\":\"policer\",", "", "x.json: nf is missing" },
		{ "\"nf\":\"policer\"", "\"nf\":7",
		  "x.json: nf must be of type string, not int" },
		{ "\"nf\":\"policer\"", "\"nf\":\"../../etc/passwd\"",
		  "x.json: nf is not a name" },
		{ "\"nf\":\"policer\"", "\"nf\":\"a\\u0000b\"",
		  "x.json: nf has a NUL in it" },
		{ "\"nf\":", "\"nF\":\"x\",\"nf\":",
		  "x.json: has the unknown key 'nF'" },
		{ "_version\":1", "_version\":2",
		  "x.json: schema_version must be 1" },
		{ "\"stateful\"", "\"statefull\"",
		  "x.json: statefulness is 'statefull', but must be one of: stateless, stateful" },
		{ "\"stateful\"", "\"stateless\"",
		  "x.json: statefulness is stateless, but other attributes tell of state" },
		{ "\"per-flow\"", "\"none\"",
		  "x.json: intensity is none, but statefulness is stateful" },
		{ "\"dst_ip\",", "\"dst_ip\",\"dst_ip\",",
		  "x.json: key must be a list of different field names" },
		{ "\"dst_ip\",", "17,",
		  "x.json: key must be a list of different field names" },
		{ "[\"dst_ip\",\"protocol\"]", "\"dst_ip\"",
		  "x.json: key must be of type array, not string" },
		{ ":32", ":-1", "x.json: state_size must be between 0 and 16777216" },
		{ ":32", ":99999999999999999999",
		  "x.json: state_size must be between 0 and 16777216" },
		{ ":70", ":7.5",
		  "x.json: complexity must be of type int, not double" },
		{ "\"0123", "\"G123",
		  "x.json: files[0].sha256 must be 64 lower-case hex digits" },
		{ "cdef\"", "cde\"",
		  "x.json: files[0].sha256 must be 64 lower-case hex digits" },
		{ "{\"path\":\"nf/policer.c\"", "{\"size\":1,\"path\":\"\"",
		  "x.json: files[0] has the unknown key 'size'" },
		{ "\"line\":123", "\"line\":true",
		  "x.json: evidence[0].line must be of type int, not boolean" },
		{ "\"evidence\":[", "\"evidence\":[5,",
		  "x.json: evidence[0] must be an object" },
		{ "\"static\":{", "\"static\":[],\"dynamic\":{",
		  "x.json: sources has the unknown key 'dynamic'" },
		{ "\"reads\":[\"src_port\"]", "\"reads\":null",
		  "x.json: sources.static.reads must be of type array, not null" },
		{ "[\"a.c:1: what?\"]", "[{}]",
		  "x.json: sources.static.unparsed must be a list of strings" },
		{ "\"llm\":[]", "\"llm\":[{}]",
		  "x.json: sources.llm[0].profile is missing" },
		{ ":0.87", ":1.01", "x.json: confidence must be from 0.0 to 1.0" },
		{ ":0.87", ":NaN", "x.json: confidence must be from 0.0 to 1.0" },
		{ ":0.87}", ":0.87", "x.json: ends too early, in line 1" },
		{ ":0.87}", ":0.87}}",
		  "x.json: line 1 is not JSON: unexpected character" },
		{ "[\"a.c:1: what?\"]", "[[[[[[[[[[]]]]]]]]]]",
		  "x.json: line 1 is not JSON: nesting too deep" },
	};
	char *text = make_text(), *wrong;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		wrong = edit(text, cases[i].from, cases[i].to);
		check_refused(wrong, cases[i].why);
		free(wrong);
	}
	check_refused("", "x.json: ends too early, in line 1");
	check_refused("[]", "x.json: must be a JSON object");
	check_refused("{\"nf\":\"\xff\"}",
		      "x.json: line 1 is not JSON: invalid utf-8 string");
	free(text);
}

/* What follows a NUL is not overlooked. */
static void test_nul(void **state)
{
	char *text = make_text(), err[FM_ERROR_LEN] = "";
	size_t len = strlen(text);
	struct fm_record *r = NULL;

	(void)state;
	text = realloc(text, len + 3);
	memcpy(text + len, "\0x", 3);
	assert_int_equal(fm_record_parse("x", text, len + 2, &r, err), -EINVAL);
	assert_null(r);
	assert_string_equal(err, "x: has a NUL in line 1");
	free(text);
}

/* Every text that is cut short is refused, and none crashes. */
static void test_cut(void **state)
{
	char *text = make_text();
	struct fm_record *r = NULL;

	(void)state;
	for (size_t len = 0; len < strlen(text); len++)
		assert_int_equal(fm_record_parse("x", text, len, &r, NULL),
				 -EINVAL);
	free(text);
}

static void test_long(void **state)
{
	char *text = make_text(), *wrong, name[FM_RECORD_PATH + 32];
	static char huge[FM_RECORD_SIZE_MAX + 2];
	struct fm_record *r = NULL;
	char err[FM_ERROR_LEN];

	(void)state;
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	wrong = edit(text, "nf/policer.c", name);
	check_refused(wrong, "x.json: files[0].path is longer than 255 bytes");
	memset(huge, ' ', sizeof(huge) - 1);
	assert_int_equal(fm_record_parse("x", huge, sizeof(huge) - 1, &r, err),
			 -EINVAL);
	assert_string_equal(err, "x: is longer than 262144 bytes");
	free(wrong);
	free(text);
}

static void test_compare_equal(void **state)
{
	struct fm_record *r = make_record();
	struct fm_strings d = { 0 };
	struct fm_features module = r->features;

	(void)state;
	module.complexity = 1;	/* the module knows none */
	assert_int_equal(fm_record_compare(r, &module, &d), 0);
	assert_int_equal(d.n, 0);
	fm_record_destroy(r);
}

static void test_compare_all(void **state)
{
	struct fm_record *r = make_record();
	struct fm_features module = { .key = FM_F_SRC_IP, .state_size = 40 };
	struct fm_strings d = { 0 };

	(void)state;
	assert_int_equal(fm_record_compare(r, &module, &d), 0);
	assert_int_equal(d.n, 6);
	assert_string_equal(d.v[0], "policer: statefulness is stateful by nf/policer.c but the module reports stateless");
	assert_string_equal(d.v[1], "policer: key is dst_ip,protocol by nf/policer.c:123 but the module reports src_ip");
	assert_string_equal(d.v[2], "policer: bidirectional is true by nf/policer.c but the module reports false");
	assert_string_equal(d.v[3], "policer: intensity is per-flow by nf/policer.c but the module reports none");
	assert_string_equal(d.v[4], "policer: pointer is true by nf/policer.c but the module reports false");
	assert_string_equal(d.v[5], "policer: state_size is 32 by nf/policer.c but the module reports 40");
	fm_strings_cleanup(&d);
	fm_record_destroy(r);
}

static void test_evidence_is_bounded(void **state)
{
	struct fm_record *r = make_record();

	(void)state;
	fm_record_explain(r, FM_ATTRIBUTE_KEY, "nf/policer.c", 123, "again");
	assert_int_equal(r->nevidence, 1);
	for (unsigned int i = 0; i < 2 * FM_RECORD_EVIDENCE; i++)
		fm_record_explain(r, FM_ATTRIBUTE_POINTER, "a.c", i, "%300d", 1);
	assert_int_equal(r->nevidence, FM_RECORD_EVIDENCE);
	assert_int_equal(strlen(r->evidence[1].why), FM_RECORD_WHY - 1);
	fm_record_destroy(r);
}

static void test_names(void **state)
{
	(void)state;
	assert_true(fm_record_name_valid("flow_counter"));
	assert_true(fm_record_name_valid("IPFilter-2.0+x"));
	assert_false(fm_record_name_valid(""));
	assert_false(fm_record_name_valid(".hidden"));
	assert_false(fm_record_name_valid("a/b"));
	assert_false(fm_record_name_valid("a b"));
	assert_false(fm_record_name_valid(hash));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_validator),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_compare_equal),
		cmocka_unit_test(test_compare_all),
		cmocka_unit_test(test_evidence_is_bounded),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
