/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What servers speak: a question as JSON, and what their reply says. */
#ifndef FM_LLM_DIALECT_H
#define FM_LLM_DIALECT_H

#include "profile.h"

#define FM_DIALECT_REPLY_MAX	(4U << 20)	/* bytes */

/* Parameters that some models refuse. */
#define FM_DROP_MAX_TOKENS	(1U << 0)
#define FM_DROP_TEMPERATURE	(1U << 1)
#define FM_DROP_SEED		(1U << 2)
#define FM_DROP_FORMAT		(1U << 3)
#define FM_DROP_SCHEMA		(1U << 4)	/* a plain JSON object then */

/**
 * struct fm_reply - what a server's reply says
 * @content: what the model wrote, to be freed; NULL if that is nothing
 * @model: the model, as the server names it
 * @fingerprint: of the server's configuration, or ""
 * @usage: the counts are known
 * @prompt_tokens: of the question
 * @completion_tokens: of the answer
 * @failure: why the content does not count, "" if it does
 */
struct fm_reply {
	char *content;
	char model[FM_RECORD_NAME];
	char fingerprint[FM_RECORD_NAME];
	bool usage;
	uint32_t prompt_tokens;
	uint32_t completion_tokens;
	char failure[FM_ERROR_LEN];
};

char *fm_dialect_url(const struct fm_profile *profile);
char *fm_dialect_key_header(const struct fm_profile *profile, const char *key);
char *fm_dialect_request(const struct fm_profile *profile, const char *system,
			 const char *user, struct json_object *schema,
			 uint32_t seed, unsigned int dropped);
void fm_dialect_reply(enum fm_api api, const char *text, size_t len,
		      struct fm_reply *reply);
void fm_dialect_error(const char *text, size_t len, char *message, char *code);
unsigned int fm_dialect_refused(const char *message);
void fm_reply_cleanup(struct fm_reply *reply);

#endif
