/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a model is told: who it is, what the words mean, the form, the source. */
#ifndef FM_LLM_PROMPT_H
#define FM_LLM_PROMPT_H

#include "source.h"

#define FM_PROMPT_VERSION	"1"

/**
 * struct fm_prompt - one
 * @system: what the model is told first
 * @user: the question with the source
 * @shown: bytes of source in it
 * @left_out: what there was no room for, as sentences
 */
struct fm_prompt {
	char *system;
	char *user;
	size_t shown;
	struct fm_strings left_out;
};

int fm_prompt_features(const char *nf, const struct fm_source *source,
		       const struct fm_record *record, uint32_t tokens,
		       struct fm_prompt *prompt);
int fm_prompt_compare(const char *a, const struct fm_source *source_a,
		      const char *b, const struct fm_source *source_b,
		      uint32_t tokens, struct fm_prompt *prompt);
struct json_object *fm_prompt_schema(void);
void fm_prompt_cleanup(struct fm_prompt *prompt);

#endif
