// SPDX-License-Identifier: GPL-2.0-or-later
/* Feature records: one that was read and written again says the same. */
#include <errno.h>
#include "input.h"
#include "record.h"

static void check_again(const struct fm_record *record)
{
	struct json_object *first = fm_record_fill(record), *second;
	struct fm_record *again = NULL;
	char err[FM_ERROR_LEN] = "";
	const char *text;

	text = json_object_to_json_string(first);
	if (fm_record_parse("again", text, strlen(text), &again, err)) {
		fprintf(stderr, "%s\n", err);
		fuzz_expect(!"a record is not read as it was written");
	}
	second = fm_record_fill(again);
	fuzz_expect(!strcmp(text, json_object_to_json_string(second)));
	json_object_put(first);
	json_object_put(second);
	fm_record_destroy(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size), err[FM_ERROR_LEN] = "";
	struct fm_record *record = NULL;
	int ret;

	ret = fm_record_parse("fuzz", text, size, &record, err);
	fuzz_expect(ret || !memchr(text, '\0', size));
	free(text);
	fuzz_expect(!ret == !!record && !ret == !*err);
	fuzz_expect(!ret || ret == -EINVAL);
	if (record)
		check_again(record);
	fm_record_destroy(record);
	return 0;
}
