// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Answers of models. Nobody vouches for them: what is not of the form that was
 * asked for is no answer, and evidence counts only if it is in the source.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "doc.h"
#include "fieldset.h"

#define ANSWER_MAX	(1U << 16)	/* bytes */
#define FIELDS		5
#define NEAR		2	/* lines that evidence may be off by */

static int bad(char *err, const char *what)
{
	return fm_sentence_set(err, -EINVAL, "the answer's %s", what);
}

static struct json_object *get(struct json_object *obj, const char *key)
{
	struct json_object *value = NULL;

	json_object_object_get_ex(obj, key, &value);
	return value;
}

static const char *word(struct json_object *obj, const char *key)
{
	struct json_object *value = get(obj, key);

	return json_object_is_type(value, json_type_string) ?
	       json_object_get_string(value) : NULL;
}

/* ---- attributes */

static int read_key(struct json_object *list, uint32_t *key, char *err)
{
	size_t n;

	*key = 0;
	if (!list || json_object_is_type(list, json_type_null))
		return 0;
	if (!json_object_is_type(list, json_type_array))
		return bad(err, "key is no list");
	n = json_object_array_length(list);
	if (n > 16)
		return bad(err, "key has too many fields");
	for (size_t i = 0; i < n; i++) {
		struct json_object *v = json_object_array_get_idx(list, i);
		uint32_t one;

		if (!json_object_is_type(v, json_type_string) ||
		    fm_fieldset_parse(json_object_get_string(v), &one))
			return bad(err, "key has what is no header field");
		*key |= one;
	}
	return 0;
}

/* "pointer", or what older prompts asked for: size as [bytes, pointer] */
static int read_size(struct json_object *obj, struct fm_features *f, char *err)
{
	struct json_object *size = get(obj, "size"), *bytes = NULL, *more = NULL;
	struct json_object *pointer = get(obj, "pointer");
	int64_t n;

	if (json_object_is_type(size, json_type_array)) {
		bytes = json_object_array_get_idx(size, 0);
		more = json_object_array_get_idx(size, 1);
	} else if (json_object_is_type(size, json_type_object)) {
		bytes = get(size, "bytes");
		more = get(size, "irregular_memory");
	} else {
		bytes = get(obj, "state_size");
	}
	if (pointer)
		more = pointer;
	if (pointer && !json_object_is_type(pointer, json_type_boolean) &&
	    !json_object_is_type(pointer, json_type_null))
		return bad(err, "pointer is neither true nor false");
	f->pointer = json_object_get_boolean(more);
	n = json_object_is_type(bytes, json_type_int) ?
	    json_object_get_int64(bytes) : 0;
	if (n < 0 || n > FM_RECORD_STATE_MAX)
		return bad(err, "state_size is out of range");
	f->state_size = n;
	return 0;
}

static int read_features(struct json_object *obj, struct fm_answer *a,
			 char *err)
{
	struct fm_features *f = &a->features;
	const char *state = word(obj, "statefulness");
	const char *intensity = word(obj, "intensity");
	struct json_object *both = get(obj, "bidirectional");
	int ret;

	if (!state || (strcmp(state, "stateful") && strcmp(state, "stateless")))
		return bad(err, "statefulness is neither stateful nor stateless");
	f->stateful = !strcmp(state, "stateful");
	ret = read_key(get(obj, "key"), &f->key, err);
	if (!ret)
		ret = read_size(obj, f, err);
	if (ret)
		return ret;
	f->intensity = FM_INTENSITY_FLOW;
	if (intensity && !strcmp(intensity, "per-packet"))
		f->intensity = FM_INTENSITY_PACKET;
	else if (intensity && strcmp(intensity, "per-flow") &&
		 strcmp(intensity, "none"))
		return bad(err, "intensity is neither per-packet nor per-flow");
	else if (f->stateful && !intensity)
		return bad(err, "intensity is missing");
	a->has_bidirectional = json_object_is_type(both, json_type_boolean);
	f->bidirectional = a->has_bidirectional &&
			   json_object_get_boolean(both);
	if (!f->stateful)
		*f = (struct fm_features){ .intensity = FM_INTENSITY_NONE };
	return 0;
}

/* ---- evidence */

static bool read_place(struct json_object *obj, struct fm_evidence *e)
{
	const char *attribute = word(obj, "attribute");
	const char *file = word(obj, "file"), *why = word(obj, "text");
	struct json_object *line = get(obj, "line");

	if (!attribute || !file || !json_object_is_type(line, json_type_int) ||
	    json_object_get_int64(line) < 1 ||
	    json_object_get_int64(line) > FM_RECORD_LINE_MAX ||
	    strlen(file) >= sizeof(e->file))
		return false;
	for (e->attribute = 0; e->attribute < __FM_ATTRIBUTE_MAX;
	     e->attribute++)
		if (!strcmp(fm_record_attribute(e->attribute), attribute))
			break;
	if (e->attribute == __FM_ATTRIBUTE_MAX)
		return false;
	strcpy(e->file, file);
	e->line = json_object_get_int64(line);
	snprintf(e->why, sizeof(e->why), "%s", why ? why : "");
	return true;
}

static void read_evidence(struct json_object *list, struct fm_answer *a)
{
	size_t n = json_object_is_type(list, json_type_array) ?
		   json_object_array_length(list) : 0;

	for (size_t i = 0; i < n && a->nevidence < FM_ANSWER_EVIDENCE; i++) {
		struct json_object *v = json_object_array_get_idx(list, i);

		if (json_object_is_type(v, json_type_object) &&
		    read_place(v, &a->evidence[a->nevidence]))
			a->nevidence++;
	}
}

static bool has_words(const char *line, size_t len, const char *text)
{
	size_t n = 0, k = 0;

	/* blanks do not count */
	for (; text[k]; n++) {
		while (isspace((unsigned char)text[k]))
			k++;
		if (!text[k])
			break;
		while (n < len && isspace((unsigned char)line[n]))
			n++;
		if (n >= len || line[n] != text[k])
			return false;
		k++;
	}
	return true;
}

static bool line_has(const char *line, size_t len, const char *text)
{
	for (size_t i = 0; i < len; i++)
		if (has_words(line + i, len - i, text))
			return true;
	return false;
}

static bool is_there(const struct fm_source_file *file,
		     const struct fm_evidence *e)
{
	const char *p = file->text, *end = file->text + file->len, *nl;
	bool blank = !e->why[strspn(e->why, " \t")];
	uint32_t line = 1;

	for (; p < end; p = nl + 1, line++) {
		nl = memchr(p, '\n', end - p);
		if (!nl)
			nl = end;
		if (line + NEAR < e->line || line > e->line + NEAR)
			continue;
		if ((blank && line == e->line) ||
		    (!blank && line_has(p, nl - p, e->why)))
			return true;
	}
	return false;
}

static bool same_file(const char *path, const char *named)
{
	size_t a = strlen(path), b = strlen(named);

	return b <= a && !strcmp(path + a - b, named) &&
	       (a == b || path[a - b - 1] == '/');
}

/**
 * fm_answer_check - keep only the evidence that is in the source
 * @answer: the answer
 * @source: what the model was shown
 */
void fm_answer_check(struct fm_answer *answer, const struct fm_source *source)
{
	answer->good = 0;
	for (size_t i = 0; i < answer->nevidence; i++)
		for (size_t k = 0; k < source->nfiles; k++)
			if (same_file(source->files[k].path,
				      answer->evidence[i].file) &&
			    is_there(&source->files[k],
				     &answer->evidence[i])) {
				snprintf(answer->evidence[i].file,
					 FM_RECORD_PATH, "%s",
					 source->files[k].path);
				answer->evidence[answer->good++] =
					answer->evidence[i];
				break;
			}
}

/**
 * fm_answer_read - an answer from a JSON object
 * @obj: the object; members that were not asked for are ignored
 * @answer: gets it
 * @err: FM_ERROR_LEN bytes for a sentence, or NULL
 *
 * Return: 0, or -EINVAL.
 */
int fm_answer_read(struct json_object *obj, struct fm_answer *answer, char *err)
{
	int ret;

	memset(answer, 0, sizeof(*answer));
	if (!json_object_is_type(obj, json_type_object))
		return fm_sentence_set(err, -EINVAL,
				       "the answer is no JSON object");
	ret = read_features(obj, answer, err);
	if (!ret)
		read_evidence(get(obj, "evidence"), answer);
	return ret;
}

/**
 * fm_answer_parse - an answer from what a model wrote
 * @text: what it wrote: an object, perhaps fenced as code
 * @len: its bytes
 * @answer: gets it
 * @err: FM_ERROR_LEN bytes for a sentence, or NULL
 *
 * Return: 0, -EINVAL if it is not of the form that was asked for, -ENOMEM.
 */
int fm_answer_parse(const char *text, size_t len, struct fm_answer *answer,
		    char *err)
{
	struct fm_doc doc = { .name = "the answer", .err = err };
	struct json_object *obj;
	const char *open, *close;
	int ret;

	if (len > ANSWER_MAX)
		return bad(err, "length is more than was asked for");
	open = memchr(text, '{', len);
	close = memrchr(text, '}', len);
	if (!open || !close || close < open)
		return fm_sentence_set(err, -EINVAL,
				       "the answer is no JSON object");
	obj = fm_doc_parse(&doc, open, close + 1 - open);
	if (!obj)
		return doc.status;
	ret = fm_answer_read(obj, answer, err);
	json_object_put(obj);
	return ret;
}

/* ---- votes */

/**
 * fm_vote_add - count an answer
 * @vote: the votes
 * @answer: the answer
 */
void fm_vote_add(struct fm_vote *vote, const struct fm_answer *answer)
{
	const struct fm_features *f = &answer->features;

	vote->n++;
	vote->stateful += f->stateful;
	for (unsigned int i = 0; i < FIELDS; i++)
		vote->fields[i] += !!(f->key & (1U << i));
	vote->per_packet += f->intensity == FM_INTENSITY_PACKET;
	vote->pointer += f->pointer;
	vote->bidirectional += f->bidirectional;
	if (f->state_size > vote->state_size)
		vote->state_size = f->state_size;
}

/* Can @left more answers change what @yes of @n say? */
static bool is_sure(unsigned int yes, unsigned int n, unsigned int left,
		    bool half_is_enough)
{
	unsigned int all = n + left;

	if (half_is_enough)
		return 2 * yes >= all || 2 * (yes + left) < all;
	return 2 * yes > all || 2 * (yes + left) <= all;
}

/**
 * fm_vote_decided - do the answers that are missing not matter any more?
 * @vote: the votes
 */
bool fm_vote_decided(const struct fm_vote *vote)
{
	unsigned int asked = vote->n + vote->failures;
	unsigned int left = asked < vote->wanted ? vote->wanted - asked : 0;

	if (!vote->n)
		return false;
	if (!is_sure(vote->stateful, vote->n, left, false))
		return false;
	if (!vote->stateful)
		return true;
	for (unsigned int i = 0; i < FIELDS; i++)
		if (!is_sure(vote->fields[i], vote->n, left, true))
			return false;
	return is_sure(vote->per_packet, vote->n, left, false) &&
	       is_sure(vote->pointer, vote->n, left, true);
}

/**
 * fm_vote_result - what the answers say together
 * @vote: the votes, with one answer at least
 * @features: gets it
 *
 * Stateful and per-packet need more than half of the answers; fields of the
 * key and pointers need half.
 */
void fm_vote_result(const struct fm_vote *vote, struct fm_features *features)
{
	*features = (struct fm_features){ .intensity = FM_INTENSITY_NONE };
	features->stateful = 2 * vote->stateful > vote->n;
	if (!features->stateful)
		return;
	for (unsigned int i = 0; i < FIELDS; i++)
		if (2 * vote->fields[i] >= vote->n)
			features->key |= 1U << i;
	features->intensity = 2 * vote->per_packet > vote->n ?
			      FM_INTENSITY_PACKET : FM_INTENSITY_FLOW;
	features->pointer = 2 * vote->pointer >= vote->n;
	features->bidirectional = 2 * vote->bidirectional > vote->n;
	features->state_size = vote->state_size;
}

/**
 * fm_vote_fill - votes as JSON
 * @vote: the votes
 */
struct json_object *fm_vote_fill(const struct fm_vote *vote)
{
	struct json_object *obj = json_object_new_object();
	struct json_object *key = json_object_new_object();

	json_object_object_add(obj, "stateful",
			       json_object_new_int64(vote->stateful));
	for (unsigned int i = 0; i < FIELDS; i++)
		if (vote->fields[i])
			json_object_object_add(key, fm_fieldset_name(1U << i),
				json_object_new_int64(vote->fields[i]));
	json_object_object_add(obj, "key", key);
	json_object_object_add(obj, "per_packet",
			       json_object_new_int64(vote->per_packet));
	json_object_object_add(obj, "pointer",
			       json_object_new_int64(vote->pointer));
	return obj;
}
