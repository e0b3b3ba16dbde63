/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NFs whose features are known, and how right answers about them are. */
#ifndef FM_LLM_LABELS_H
#define FM_LLM_LABELS_H

#include <json-c/json.h>

#include "record.h"

#define FM_LABELS_MAX	1024

/**
 * struct fm_label - what is known of an NF
 * @nf: its name
 * @framework: what it is written for
 * @path: of a file of its own in its tree, or ""
 * @features: statefulness, key, intensity and pointer
 * @other_intensity: the other one can be defended too
 * @other_pointer: the other answer can be defended too
 */
struct fm_label {
	char nf[FM_RECORD_NAME];
	char framework[FM_RECORD_NAME];
	char path[FM_RECORD_PATH];
	struct fm_features features;
	bool other_intensity;
	bool other_pointer;
};

struct fm_labels {
	struct fm_label *v;
	size_t n;
};

enum fm_score_attribute {
	FM_SCORE_STATEFULNESS,
	FM_SCORE_KEY,
	FM_SCORE_INTENSITY,
	FM_SCORE_POINTER,
	__FM_SCORE_MAX
};

/* Right answers, of so many; those without any count as wrong. */
struct fm_score {
	unsigned int right[__FM_SCORE_MAX];
	unsigned int all[__FM_SCORE_MAX];
	unsigned int missing;
	double cost_usd;
	bool cost_known;
	double seconds;
	double slowest;		/* seconds of one NF */
};

int fm_labels_read(const char *path, struct fm_labels *labels, char *err);
int fm_labels_parse(const char *name, const char *text, size_t len,
		    struct fm_labels *labels, char *err);
void fm_labels_cleanup(struct fm_labels *labels);
void fm_score_add(struct fm_score *score, const struct fm_label *label,
		  const struct fm_features *answer, bool strict);

/* The recorded answers: models, NFs of a model, repetitions of an NF. */
struct json_object *fm_answers_read(const char *path, char *err);
bool fm_answers_vote(struct json_object *nfs, const char *nf,
		     struct fm_features *features, struct fm_score *score);

#endif
