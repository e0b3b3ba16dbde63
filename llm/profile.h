/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which model is asked, where, with which key, within which limits. */
#ifndef FM_LLM_PROFILE_H
#define FM_LLM_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "record.h"

#define FM_PROFILE_URL		512
#define FM_PROFILE_KEY_MAX	4096
#define FM_PROFILES_MAX		32
#define FM_PROFILE_REPETITIONS	50

enum fm_api {
	FM_API_CHAT,		/* chat-completions, of any server */
	FM_API_ANTHROPIC,
	FM_API_GEMINI,
};

/**
 * struct fm_profile - one of them
 * @name: as the user names it
 * @api: what the server speaks
 * @base_url: up to and with the version
 * @model: its name there
 * @key_env: variable of the environment that holds the key, or ""
 * @key_file: file that holds it, or ""
 * @ca_file: certificates to trust instead of the system's, or ""
 * @proxy: URL of a proxy, or ""
 * @repetitions: how often a question is asked
 * @parallel: how many questions are out at a time
 * @attempts: of one question
 * @timeout_ms: of one attempt
 * @deadline_ms: of all questions about an NF
 * @max_tokens: of a reply
 * @context_tokens: of a question
 * @temperature: of the model
 * @seed: of the model
 * @priced: the prices are known
 * @price_prompt: US dollars for a million tokens of questions
 * @price_completion: US dollars for a million tokens of replies
 * @price_date: when they were
 */
struct fm_profile {
	char name[FM_RECORD_NAME];
	enum fm_api api;
	char base_url[FM_PROFILE_URL];
	char model[FM_RECORD_NAME];
	char key_env[FM_RECORD_NAME];
	char key_file[FM_RECORD_PATH];
	char ca_file[FM_RECORD_PATH];
	char proxy[FM_PROFILE_URL];
	uint32_t repetitions;
	uint32_t parallel;
	uint32_t attempts;
	uint32_t timeout_ms;
	uint32_t deadline_ms;
	uint32_t max_tokens;
	uint32_t context_tokens;
	double temperature;
	uint32_t seed;
	bool priced;
	double price_prompt;
	double price_completion;
	char price_date[16];
};

int fm_profile_load(const char *path, const char *name,
		    struct fm_profile *profile, char *err);
int fm_profile_parse(const char *path, const char *text, size_t len,
		     const char *name, struct fm_profile *profile, char *err);
int fm_profile_key(const struct fm_profile *profile, char **key, char *err);

#endif
