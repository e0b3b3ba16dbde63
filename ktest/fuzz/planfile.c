// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Plan files: a plan that was read and written again is read as the same plan.
 */
#include "input.h"
#include "planfile.h"

static int parse(const char *text, size_t len, struct fm_plan *plan)
{
	struct fm_jsonc *doc = fm_jsonc_parse("fuzz", text, len);
	int ret;

	fuzz_expect(doc);
	ret = fm_planfile_parse(doc, plan);
	fuzz_expect(!ret == !doc->nerrors);
	fm_jsonc_destroy(doc);
	return ret;
}

static void check_again(const struct fm_plan *plan, struct fm_plan *again)
{
	struct json_object *obj = fm_plan_json(plan);
	const char *text;

	json_object_object_add(obj, "schema_version", json_object_new_int(1));
	text = json_object_to_json_string(obj);
	fuzz_expect(!parse(text, strlen(text), again));
	fuzz_expect(!memcmp(plan, again, sizeof(*plan)));
	json_object_put(obj);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fm_plan *plan = malloc(sizeof(*plan));
	struct fm_plan *again = malloc(sizeof(*again));
	char *text = fuzz_copy(data, size);

	fuzz_expect(plan && again);
	if (!parse(text, size, plan))
		check_again(plan, again);
	free(text);
	free(plan);
	free(again);
	return 0;
}
