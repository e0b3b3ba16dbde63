// SPDX-License-Identifier: GPL-2.0-or-later
/* Labels and scores. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "doc.h"
#include "labels.h"

#define LABELS_SIZE	(1U << 20)	/* bytes */
#define ANSWERS_SIZE	(16U << 20)

static const char *const states[] = { "stateless", "stateful", NULL };
static const char *const intensities[] = {
	"none", "per-flow", "per-packet", NULL
};

/* ---- labels */

static bool has(struct json_object *obj, const char *key)
{
	return json_object_object_get_ex(obj, key, NULL);
}

static void parse_state(struct fm_doc *doc, struct json_object *obj,
			const char *where, struct fm_label *l)
{
	struct fm_strings also = { 0 };

	l->features.key = fm_record_parse_fields(doc, obj, where, "key");
	l->features.intensity = fm_doc_choice(doc, obj, where, "intensity",
					      intensities);
	l->features.pointer = fm_doc_bool(doc, obj, where, "pointer");
	if (!doc->status && has(obj, "defensible"))
		fm_doc_strings(doc, obj, where, "defensible", 2,
			       FM_RECORD_NAME, &also);
	l->other_intensity = fm_strings_has(&also, "intensity");
	l->other_pointer = fm_strings_has(&also, "pointer");
	fm_strings_cleanup(&also);
	if (!doc->status && l->features.intensity == FM_INTENSITY_NONE)
		fm_doc_fail(doc, where, "intensity",
			    "is none, but statefulness is stateful");
}

static void parse_label(struct fm_doc *doc, struct json_object *obj,
			const char *where, struct fm_label *l)
{
	static const char *const known[] = {
		"nf", "framework", "repository", "path", "statefulness", "key",
		"intensity", "pointer", "defensible", NULL
	};

	fm_doc_keys(doc, obj, where, known);
	fm_doc_string(doc, obj, where, "nf", l->nf, sizeof(l->nf));
	fm_doc_string(doc, obj, where, "framework", l->framework,
		      sizeof(l->framework));
	if (!doc->status && has(obj, "path"))
		fm_doc_string(doc, obj, where, "path", l->path,
			      sizeof(l->path));
	l->features.stateful = fm_doc_choice(doc, obj, where, "statefulness",
					     states);
	if (!doc->status && !fm_record_name_valid(l->nf))
		fm_doc_fail(doc, where, "nf", "is not a name");
	if (l->features.stateful)
		parse_state(doc, obj, where, l);
}

static int parse_tree(struct fm_doc *doc, struct json_object *root,
		      struct fm_labels *labels)
{
	static const char *const known[] = { "schema_version", "nfs", NULL };
	char where[FM_DOC_WHERE_LEN];
	struct json_object *list;
	size_t n;

	if (!root)
		return doc->status;
	fm_doc_keys(doc, root, "", known);
	if (fm_doc_uint(doc, root, "", "schema_version", UINT32_MAX) != 1)
		fm_doc_fail(doc, "", "schema_version", "must be 1");
	n = fm_doc_list(doc, root, "", "nfs", FM_LABELS_MAX, &list);
	labels->v = calloc(n ? n : 1, sizeof(*labels->v));
	if (!labels->v)
		doc->status = fm_sentence_set(doc->err, -ENOMEM,
					      "%s: out of memory", doc->name);
	for (size_t i = 0; i < n && labels->v; i++)
		parse_label(doc, json_object_array_get_idx(list, i),
			    fm_doc_item(where, "nfs", i), &labels->v[i]);
	labels->n = labels->v ? n : 0;
	json_object_put(root);
	if (doc->status)
		fm_labels_cleanup(labels);
	return doc->status;
}

/**
 * fm_labels_parse - labels from JSON that nobody vouches for
 * @name: what to call the text in sentences
 * @text: the JSON
 * @len: its bytes
 * @labels: gets them, to be cleaned up after success
 * @err: FM_ERROR_LEN bytes for a sentence, or NULL
 *
 * Return: 0, -EINVAL if anything differs from the format, -ENOMEM.
 */
int fm_labels_parse(const char *name, const char *text, size_t len,
		    struct fm_labels *labels, char *err)
{
	struct fm_doc doc = { .name = name, .err = err };

	*labels = (struct fm_labels){ 0 };
	if (len > LABELS_SIZE)
		return fm_sentence_set(err, -EINVAL,
				       "%s: is longer than %u bytes", name,
				       LABELS_SIZE);
	return parse_tree(&doc, fm_doc_parse(&doc, text, len), labels);
}

/**
 * fm_labels_read - labels from a file
 * @path: of the file
 * @labels: as fm_labels_parse()
 * @err: as fm_labels_parse()
 *
 * Return: as fm_labels_parse(), or the negative errno of reading.
 */
int fm_labels_read(const char *path, struct fm_labels *labels, char *err)
{
	struct fm_doc doc = { .name = path, .err = err };

	*labels = (struct fm_labels){ 0 };
	return parse_tree(&doc, fm_doc_read(&doc, path, LABELS_SIZE), labels);
}

/**
 * fm_labels_cleanup - free labels
 * @labels: the labels
 */
void fm_labels_cleanup(struct fm_labels *labels)
{
	free(labels->v);
	*labels = (struct fm_labels){ 0 };
}

/* ---- scores */

static void count(struct fm_score *score, enum fm_score_attribute attribute,
		  bool right)
{
	score->all[attribute]++;
	score->right[attribute] += right;
}

/**
 * fm_score_add - score an answer
 * @score: the score
 * @label: what is right
 * @answer: the answer, NULL if there is none
 * @strict: what can be defended too is wrong
 */
void fm_score_add(struct fm_score *score, const struct fm_label *label,
		  const struct fm_features *answer, bool strict)
{
	const struct fm_features *f = &label->features;

	score->missing += !answer;
	count(score, FM_SCORE_STATEFULNESS,
	      answer && answer->stateful == f->stateful);
	if (!f->stateful)
		return;
	count(score, FM_SCORE_KEY, answer && answer->key == f->key);
	count(score, FM_SCORE_INTENSITY, answer && answer->stateful &&
	      (answer->intensity == f->intensity ||
	       (label->other_intensity && !strict)));
	count(score, FM_SCORE_POINTER, answer && answer->stateful &&
	      (answer->pointer == f->pointer ||
	       (label->other_pointer && !strict)));
}

/* ---- recorded answers */

/**
 * fm_answers_read - recorded answers of models
 * @path: of the file
 * @err: FM_ERROR_LEN bytes for a sentence, or NULL
 *
 * Return: an object of models, to be put, or NULL.
 */
struct json_object *fm_answers_read(const char *path, char *err)
{
	struct fm_doc doc = { .name = path, .err = err };

	return fm_doc_read(&doc, path, ANSWERS_SIZE);
}

static void add_cost(struct json_object *repetition, struct fm_score *score)
{
	struct json_object *cost;

	if (json_object_object_get_ex(repetition, "cost_usd", &cost))
		score->cost_usd += json_object_get_double(cost);
	else
		score->cost_known = false;
}

/**
 * fm_answers_vote - what the recorded answers of a model say together
 * @nfs: of the model
 * @nf: name of the NF
 * @features: gets it
 * @score: gets the cost
 *
 * A stateful NF's attributes are counted over all answers, as they were when
 * the answers were published.
 *
 * Return: whether there is any answer.
 */
bool fm_answers_vote(struct json_object *nfs, const char *nf,
		     struct fm_features *features, struct fm_score *score)
{
	struct json_object *list, *answer;
	struct fm_vote vote = { 0 };
	struct fm_answer a;
	size_t n;

	if (!json_object_is_type(nfs, json_type_object) ||
	    !json_object_object_get_ex(nfs, nf, &list) ||
	    !json_object_is_type(list, json_type_array))
		return false;
	n = json_object_array_length(list);
	for (size_t i = 0; i < n; i++) {
		struct json_object *r = json_object_array_get_idx(list, i);

		if (!json_object_is_type(r, json_type_object))
			continue;
		add_cost(r, score);
		if (json_object_object_get_ex(r, "answer", &answer) &&
		    !fm_answer_read(answer, &a, NULL))
			fm_vote_add(&vote, &a);
	}
	if (vote.n)
		fm_vote_result(&vote, features);
	return vote.n;
}
