// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sources that are none: the sketch ends, and what it says is sound.
 * fuzz: -max_len=4096
 */
#include "input.h"
#include "sketch.h"

static struct fm_rules *rules_of(const char *framework)
{
	struct fm_rules *rules = NULL;
	char err[FM_ERROR_LEN] = "";

	if (fm_rules_load("rules/frameworks", framework, &rules, err)) {
		fprintf(stderr, "%s\n", err);
		abort();
	}
	return rules;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fm_rules *rules[3];
	struct fm_source source = { .tree = (char *)"/", .nfiles = 1 };
	struct fm_record *record = NULL;
	struct fm_features *f;
	int i;

	if (!rules[0]) {
		rules[0] = rules_of("linux");
		rules[1] = rules_of("fastclick");
		rules[2] = rules_of("vpp");
	}
	strcpy(source.files[0].path, "nf.c");
	source.files[0].text = fuzz_string(data, size);
	source.files[0].len = size;
	for (i = 0; i < 3; i++) {
		fuzz_expect(!fm_sketch_analyze(rules[i], &source, "nf", &record,
					       NULL));
		f = &record->features;
		fuzz_expect(f->stateful == !!f->key);
		fuzz_expect(f->stateful == (f->intensity != FM_INTENSITY_NONE));
		fm_record_destroy(record);
	}
	free(source.files[0].text);
	return 0;
}
