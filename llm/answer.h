/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a model says of an NF, and what several answers say together. */
#ifndef FM_LLM_ANSWER_H
#define FM_LLM_ANSWER_H

#include "source.h"

#define FM_ANSWER_EVIDENCE	32

/**
 * struct fm_answer - one answer
 * @features: what it says; without state there is nothing but that
 * @has_bidirectional: it says so
 * @evidence: places that it names, @nevidence of them
 * @good: how many of these are in the source
 */
struct fm_answer {
	struct fm_features features;
	bool has_bidirectional;
	struct fm_evidence evidence[FM_ANSWER_EVIDENCE];
	size_t nevidence;
	size_t good;
};

/**
 * struct fm_vote - all answers of a model
 * @wanted: how often it is to be asked
 * @n: answers
 * @failures: questions without one
 * @stateful: how many say so, and so on
 */
struct fm_vote {
	unsigned int wanted;
	unsigned int n;
	unsigned int failures;
	unsigned int stateful;
	unsigned int fields[5];
	unsigned int per_packet;
	unsigned int pointer;
	unsigned int bidirectional;
	uint32_t state_size;
};

int fm_answer_parse(const char *text, size_t len, struct fm_answer *answer,
		    char *err);
int fm_answer_read(struct json_object *obj, struct fm_answer *answer,
		   char *err);
void fm_answer_check(struct fm_answer *answer, const struct fm_source *source);
void fm_vote_add(struct fm_vote *vote, const struct fm_answer *answer);
bool fm_vote_decided(const struct fm_vote *vote);
void fm_vote_result(const struct fm_vote *vote, struct fm_features *features);
struct json_object *fm_vote_fill(const struct fm_vote *vote);

#endif
