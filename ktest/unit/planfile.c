// SPDX-License-Identifier: GPL-2.0-or-later
/* Plan files: there and back, refused with reasons, and held to their chain. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "planfile.h"

#define KEY	"6d5a56da255b0ec24167253d43a38fb0d0ca2bcbae7b30b4" \
		"77cb2da38030f20c6a42b73bbeac01fa"
#define HEAD	"{\"schema_version\": 1, \"chain_name\": \"x\", "
#define INST	"\"inst\": [{\"name\": \"psd\", \"mode\": \"local\"}]"
#define STEER	"\"steer\": [{\"fields\": [\"src_ip\"], \"key\": \"" KEY \
		"\", \"owners\": [0, 1]}]"

struct broken {
	const char *text;
	const char *error;
};

static struct fm_plan *parse(const char *text, char *error)
{
	struct fm_jsonc *doc = fm_jsonc_parse("f", text, strlen(text));
	struct fm_plan *plan = malloc(sizeof(*plan));
	int ret;

	assert_non_null(plan);
	ret = fm_planfile_parse(doc, plan);
	assert_int_equal(ret, doc->nerrors ? -EINVAL : 0);
	*error = '\0';
	if (doc->nerrors)
		snprintf(error, FM_JSONC_TEXT, "%.300s", doc->errors[0].text);
	fm_jsonc_destroy(doc);
	return plan;
}

static struct fm_plan *make_plan(void)
{
	struct fm_plan *plan = calloc(1, sizeof(*plan));
	uint32_t i;

	assert_non_null(plan);
	strcpy(plan->chain, "edge");
	plan->steer[0].fields = FM_F_SRC_IP | FM_F_DST_PORT;
	plan->steer[0].fields6 = FM_F_SRC_IP;
	plan->steer[0].symmetric = true;
	plan->steer[0].l4 = FM_L4_UDP;
	plan->steer[0].key_len = 52;
	plan->steer[0].key6_len = 40;
	for (i = 0; i < 52; i++)
		plan->steer[0].key[i] = 3 * i;
	for (i = 0; i < 40; i++)
		plan->steer[0].key6[i] = 255 - i;
	plan->steer[0].nshards = 512;
	for (i = 0; i < 512; i++)
		plan->steer[0].owners[i] = i % 7;
	plan->steer[0].hw = true;
	plan->steer[1] = plan->steer[0];
	plan->steer[1].fields = FM_F_DST_IP;
	plan->steer[1].nshards = 2;
	memset(plan->steer[1].owners + 2, 0, 510 * sizeof(uint32_t));
	plan->nsegs = 2;
	plan->ninsts = 2;
	strcpy(plan->insts[0].name, "a");
	plan->insts[0].mode = FM_MODE_LOCAL;
	strcpy(plan->insts[1].name, "b");
	plan->insts[1].mode = FM_MODE_NONE;
	plan->insts[1].segment = 1;
	plan->select[FM_ETHTOOL_UDP6] = FM_F_IPS;
	return plan;
}

static void test_round(void **state)
{
	struct fm_plan *plan = make_plan(), *back;
	struct json_object *obj = fm_plan_json(plan);
	char error[FM_JSONC_TEXT];

	(void)state;
	json_object_object_add(obj, "schema_version", json_object_new_int(1));
	back = parse(json_object_to_json_string(obj), error);
	assert_string_equal(error, "");
	assert_memory_equal(plan, back, sizeof(*plan));
	json_object_put(obj);
	free(plan);
	free(back);
}

static void test_defaults(void **state)
{
	char error[FM_JSONC_TEXT];
	struct fm_plan *plan = parse(HEAD STEER ", " INST "}", error);

	(void)state;
	assert_string_equal(error, "");
	assert_int_equal(plan->steer[0].fields6, FM_F_SRC_IP);
	assert_int_equal(plan->steer[0].l4, FM_L4_TCP | FM_L4_UDP);
	assert_int_equal(plan->steer[0].key_len, 40);
	assert_int_equal(plan->steer[0].key[0], 0x6d);
	assert_int_equal(plan->steer[0].key6_len, 0);
	assert_int_equal(plan->steer[0].nshards, 2);
	assert_int_equal(plan->nsegs, 1);
	assert_false(plan->steer[0].hw);
	free(plan);
}

static void test_broken(void **state)
{
	static const struct broken rows[] = {
		{ "[]", "a plan must be an object {...}, not a list [...]" },
		{ HEAD INST "}", "key \"steer\" is missing" },
		{ HEAD STEER ", " INST ", \"ownres\": 1}",
		  "unknown key \"ownres\"" },
		{ HEAD "\"steer\": [], " INST "}",
		  "a plan has 1 to 4 steerings, one for each segment, not 0" },
		{ HEAD "\"steer\": [0, 0, 0, 0, 0], " INST "}",
		  "a plan has 1 to 4 steerings, one for each segment, not 5" },
		{ HEAD "\"steer\": [0], " INST "}",
		  "a steering must be an object {...}, not a whole number" },
		{ HEAD "\"steer\": [{\"fields\": [\"src\"], \"key\": \"" KEY
		  "\", \"owners\": [0]}], " INST "}",
		  "fields has no \"src\"" },
		{ HEAD "\"steer\": [{\"fields\": [], \"key\": \"6d5a\", "
		  "\"owners\": [0]}], " INST "}",
		  "key must be 40 to 52 bytes in hex" },
		{ HEAD "\"steer\": [{\"fields\": [], \"key\": \"" KEY
		  "\", \"owners\": [0, 1, 2]}], " INST "}",
		  "owners must be 1, 2, 4, ... 4096 CPUs, one for each "
		  "shard, not 3" },
		{ HEAD "\"steer\": [{\"fields\": [], \"key\": \"" KEY
		  "\", \"owners\": [-1]}], " INST "}",
		  "a CPU must be from 0 to 65535, not -1" },
		{ HEAD STEER ", \"inst\": []}", "a plan has 1 to 32 NFs, "
		  "not 0" },
		{ HEAD STEER ", \"inst\": [{\"name\": \"a\", \"mode\": "
		  "\"mine\"}]}", "mode must be one of none, local, shared, "
		  "not \"mine\"" },
		{ HEAD STEER ", \"inst\": [{\"name\": \"a\", \"mode\": "
		  "\"none\"}, {\"name\": \"a\", \"mode\": \"none\"}]}",
		  "NF \"a\" stands here for the second time" },
		{ HEAD STEER ", " INST ", \"nic\": {\"select\": {\"tcp\": "
		  "[]}}}", "unknown key \"tcp\"; did you mean \"tcp4\"?" },
	};
	char error[FM_JSONC_TEXT];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		free(parse(rows[i].text, error));
		assert_string_equal(error, rows[i].error);
	}
}

static void test_apply(void **state)
{
	struct fm_chain *chain = calloc(1, sizeof(*chain));
	struct fm_plan *plan = make_plan();
	struct fm_error err;

	(void)state;
	assert_non_null(chain);
	strcpy(chain->name, "edge");
	chain->nnfs = 2;
	strcpy(chain->nfs[0].name, "b");
	strcpy(chain->nfs[1].name, "a");
	assert_int_equal(fm_plan_apply(plan, chain, &err), 0);
	assert_int_equal(chain->nfs[1].mode, FM_MODE_LOCAL);
	assert_int_equal(chain->steer[0].nshards, 512);
	strcpy(chain->nfs[1].name, "c");
	assert_int_equal(fm_plan_apply(plan, chain, &err), FM_EXIT_CHECK);
	assert_string_equal(err.message, "the plan says nothing of NF c");
	chain->nnfs = 1;
	assert_int_equal(fm_plan_apply(plan, chain, &err), FM_EXIT_CHECK);
	assert_string_equal(err.message,
			    "the plan has 2 NFs, chain edge has 1");
	strcpy(chain->name, "other");
	assert_int_equal(fm_plan_apply(plan, chain, &err), FM_EXIT_CHECK);
	assert_string_equal(err.message,
			    "the plan is for chain edge, not for other");
	free(chain);
	free(plan);
}

static void test_damage(void **state)
{
	static const char whole[] = HEAD STEER ", " INST "}";
	static const char bytes[] = "\0\"{}[],:-0\\\xff ";
	char text[sizeof(whole)];
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(whole) - 1; i++) {
		assert_int_equal(fm_planfile_fuzz(whole, i), -EINVAL);
		memcpy(text, whole, sizeof(whole));
		for (j = 0; j < sizeof(bytes) - 1; j++) {
			text[i] = bytes[j];
			fm_planfile_fuzz(text, sizeof(whole) - 1);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_apply),
		cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
