// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rules of a framework: they are sound, or one sentence says what is not.
 * fuzz: -max_len=16384
 */
#include <errno.h>
#include "error.h"
#include "input.h"
#include "rules.h"

static void check_strings(const struct fm_strings *list)
{
	size_t i;

	fuzz_expect(list->n <= FM_RULES_STRINGS);
	for (i = 0; i < list->n; i++)
		fuzz_expect(strlen(list->v[i]) <= FM_RULES_STRING);
}

static void check_rules(const struct fm_rules *rules)
{
	size_t i;

	fuzz_expect(!strcmp(rules->framework, "flowmage"));
	check_strings(&rules->sources);
	check_strings(&rules->flags);
	fuzz_expect(rules->nenvs >= 1 && rules->nenvs <= FM_RULES_ENVS);
	for (i = 0; i < rules->nenvs; i++)
		check_strings(&rules->envs[i].needs);
	for (i = 0; i < rules->nfields; i++)
		fuzz_expect(fm_rules_field(rules, rules->fields[i].type,
					   rules->fields[i].member));
	for (i = 0; i < rules->ncalls; i++) {
		fuzz_expect(rules->calls[i].weight <= FM_RULES_WEIGHT_MAX);
		fm_rules_call(rules, rules->calls[i].name);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size), err[FM_ERROR_LEN] = "";
	struct fm_rules *rules = NULL;
	int ret;

	ret = fm_rules_parse("fuzz", text, size, "flowmage", &rules, err);
	fuzz_expect(ret || !memchr(text, '\0', size));
	free(text);
	fuzz_expect(!ret == !!rules && !ret == !*err);
	fuzz_expect(!ret || ret == -EINVAL);
	if (rules)
		check_rules(rules);
	fm_rules_destroy(rules);
	return 0;
}
