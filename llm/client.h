/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asking a server: several questions at a time, again where that may help. */
#ifndef FM_LLM_CLIENT_H
#define FM_LLM_CLIENT_H

#include "dialect.h"

/**
 * struct fm_question - what is asked, and what became of it
 * @system: what the model is told first
 * @user: the question
 * @schema: of the answer, or NULL
 * @seed: of the model
 * @reply: what the server says; @reply.failure if that is nothing
 * @attempts: how often it was asked
 * @answered: it has an end: a reply or a failure
 * @from_cache: no server was asked
 * @duration_ms: of the last attempt
 */
struct fm_question {
	const char *system;
	const char *user;
	struct json_object *schema;
	uint32_t seed;
	struct fm_reply reply;
	unsigned int attempts;
	bool answered;
	bool from_cache;
	uint32_t duration_ms;
};

/**
 * struct fm_client - who asks
 * @profile: whom
 * @cache: directory of replies to use and to keep, or NULL
 * @replay: only what is kept there counts; no server is asked
 * @record: replies are kept even if the cache is not to be used
 * @unkept: a reply could not be kept
 * @dropped: parameters that the model does not take
 * @cancelled: says whether the user wants no more, or NULL
 */
struct fm_client {
	const struct fm_profile *profile;
	const char *cache;
	bool replay;
	bool record;
	bool unkept;
	unsigned int dropped;
	bool (*cancelled)(void);
};

/* Called as each question has its end; true: the others need none. */
typedef bool (*fm_client_enough)(void *arg, struct fm_question *question);

int fm_client_ask(struct fm_client *client, struct fm_question *questions,
		  size_t n, fm_client_enough enough, void *arg, char *err);

bool fm_client_has(const struct fm_client *client,
		   const struct fm_question *question);

/* keep.c */
bool fm_keep_has(const char *dir, const char *request);
bool fm_keep_get(const char *dir, const char *request, char **reply,
		 size_t *len);
int fm_keep_put(const char *dir, const char *request, const char *reply,
		size_t len, char *err);

#endif
