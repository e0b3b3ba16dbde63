// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files of flows: each line is taken, or refused with its place; what was taken
 * is, printed and read again, the same.
 */
#include "flowfile.h"
#include "input.h"
#include "nl_json.h"

static struct fm_flow flow, again;

static void expect_refusal(const struct fm_error *err, unsigned int line)
{
	char place[32];

	snprintf(place, sizeof(place), "fuzz:%u:", line);
	fuzz_expect(!strncmp(err->message, place, strlen(place)));
}

static void expect_same(const char *text, size_t len)
{
	struct fm_error err = { 0 };

	fuzz_expect(!fm_flowfile_parse_flow("fuzz", 2, text, len, &again, &err));
	fuzz_expect(flow.key == again.key && flow.family == again.family &&
		    flow.src_port == again.src_port &&
		    flow.dst_port == again.dst_port &&
		    flow.protocol == again.protocol &&
		    flow.idle_ms == again.idle_ms &&
		    flow.nstates == again.nstates);
	fuzz_expect(!memcmp(flow.src, again.src, sizeof(flow.src)) &&
		    !memcmp(flow.dst, again.dst, sizeof(flow.dst)));
	for (size_t i = 0; i < flow.nstates; i++)
		fuzz_expect(flow.states[i].nvalues == again.states[i].nvalues &&
			    !strcmp(flow.states[i].inst, again.states[i].inst));
}

static void try_flow(unsigned int line, const char *text, size_t len)
{
	struct fm_error err = { 0 };
	struct json_object *row;
	const char *printed;

	if (fm_flowfile_parse_flow("fuzz", line, text, len, &flow, &err)) {
		expect_refusal(&err, line);
		return;
	}
	row = fm_flow_json(&flow);
	printed = json_object_to_json_string_ext(row, JSON_C_TO_STRING_PLAIN);
	expect_same(printed, strlen(printed));
	json_object_put(row);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size), *at = text, *end;
	struct fm_error err = { 0 };
	unsigned int line;
	size_t len;

	for (line = 1; at < text + size; line++, at += len + 1) {
		end = memchr(at, '\n', text + size - at);
		len = (end ? end : text + size) - at;
		if (line > 1)
			try_flow(line, at, len);
		else if (fm_flowfile_parse_head("fuzz", at, len, &err))
			expect_refusal(&err, line);
	}
	free(text);
	return 0;
}
