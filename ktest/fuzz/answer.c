// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Replies of models, in all dialects: sound, or one sentence says what is not.
 * fuzz: -max_len=8192
 */
#include "answer.h"
#include "dialect.h"
#include "input.h"

static void check_answer(const char *text, size_t len)
{
	char err[FM_ERROR_LEN] = "";
	struct fm_answer answer;
	int ret = fm_answer_parse(text, len, &answer, err);

	fuzz_expect(!ret == !*err);
	if (ret)
		return;
	fuzz_expect(!(answer.features.key & ~FM_F_ALL));
	fuzz_expect(answer.features.stateful || !answer.features.key);
	fuzz_expect(answer.features.state_size <= FM_RECORD_STATE_MAX);
	fuzz_expect(answer.nevidence <= FM_ANSWER_EVIDENCE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size), message[FM_ERROR_LEN];
	char code[FM_RECORD_NAME];
	struct fm_reply reply;
	int api;

	check_answer(text, size);
	fm_dialect_error(text, size, message, code);
	fm_dialect_refused(message);
	for (api = FM_API_CHAT; api <= FM_API_GEMINI; api++) {
		fm_dialect_reply(api, text, size, &reply);
		fuzz_expect(reply.content || *reply.failure);
		if (reply.content)
			check_answer(reply.content, strlen(reply.content));
		fm_reply_cleanup(&reply);
	}
	free(text);
	return 0;
}
