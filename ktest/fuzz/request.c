// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests that nlraw is to send, as JSON: a message, or why not. */
#include "input.h"
#include "nl_talk.h"
#include "request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fm_nl nl = { .family = 0x20 };
	char *text = fuzz_string(data, size);
	struct json_object *request = json_tokener_parse(text);
	struct fm_error err = { 0 };
	struct nl_msg *msg;
	bool dump;

	free(text);
	msg = raw_request_build(&nl, request, &dump, &err);
	fuzz_expect(msg ? !err.code : err.code);
	if (msg)
		json_object_put(raw_reply_json(nlmsg_hdr(msg)));
	nlmsg_free(msg);
	json_object_put(request);
	return 0;
}
