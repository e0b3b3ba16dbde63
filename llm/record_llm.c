// SPDX-License-Identifier: GPL-2.0-or-later
/* What models and humans say of an NF, in its feature record. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "doc.h"
#include "fieldset.h"
#include "record.h"

#define FIELDS		5
#define ANSWERS_MAX	1000
#define TOKENS_MAX	1000000000000ULL
#define BETTER		0.3	/* of the doubt that is left if all agree */
#define WORSE		0.5	/* of the confidence that is left if they do not */

static const char *const states[] = { "stateless", "stateful", NULL };
static const char *const intensities[] = {
	"none", "per-flow", "per-packet", NULL
};

/* ---- all sources together */

/**
 * fm_record_same - do two sources say the same?
 * @a: one
 * @b: the other; sizes and complexity do not count
 */
bool fm_record_same(const struct fm_features *a, const struct fm_features *b)
{
	if (a->stateful != b->stateful)
		return false;
	return !a->stateful || (a->key == b->key &&
		a->intensity == b->intensity && a->pointer == b->pointer);
}

/* What cannot break the NF's meaning, whoever of the two is right. */
static void safe_side(struct fm_features *f, const struct fm_features *other)
{
	if (!other->stateful)
		return;
	if (!f->stateful) {
		uint32_t complexity = f->complexity;

		*f = *other;
		f->complexity = complexity;
		return;
	}
	f->key &= other->key;
	f->bidirectional |= other->bidirectional;
	f->pointer |= other->pointer;
	if (other->intensity > f->intensity)
		f->intensity = other->intensity;
	if (other->state_size > f->state_size)
		f->state_size = other->state_size;
}

/**
 * fm_record_confirm - let a human's decisions stand above all else
 * @record: the record
 */
void fm_record_confirm(struct fm_record *record)
{
	const struct fm_features *c = &record->confirmed.features;
	uint32_t set = record->confirmed.set;
	struct fm_features *f = &record->features;

	if (set & (1U << FM_ATTRIBUTE_STATEFULNESS))
		f->stateful = c->stateful;
	if (!f->stateful && set & (1U << FM_ATTRIBUTE_KEY))
		f->stateful = c->key;
	if (set & (1U << FM_ATTRIBUTE_KEY))
		f->key = c->key;
	if (set & (1U << FM_ATTRIBUTE_BIDIRECTIONAL))
		f->bidirectional = c->bidirectional;
	if (set & (1U << FM_ATTRIBUTE_INTENSITY))
		f->intensity = c->intensity;
	if (set & (1U << FM_ATTRIBUTE_POINTER))
		f->pointer = c->pointer;
	if (set & (1U << FM_ATTRIBUTE_STATE_SIZE))
		f->state_size = c->state_size;
	if (!f->stateful)
		*f = (struct fm_features){ .complexity = f->complexity };
	else if (f->intensity == FM_INTENSITY_NONE)
		f->intensity = FM_INTENSITY_PACKET;
}

static bool same_files(const struct fm_record *a, const struct fm_record *b)
{
	if (a->nfiles != b->nfiles)
		return false;
	for (size_t i = 0; i < a->nfiles; i++)
		if (strcmp(a->files[i].path, b->files[i].path) ||
		    strcmp(a->files[i].sha256, b->files[i].sha256))
			return false;
	return true;
}

/* Where a profile's answers are or belong; NULL if there is no more room. */
static struct fm_llm_source *source_of(struct fm_record *record,
				       const char *profile)
{
	for (size_t i = 0; i < record->nllm; i++)
		if (!strcmp(record->by_llm[i].profile, profile))
			return &record->by_llm[i];
	return record->nllm < FM_RECORD_LLM ? &record->by_llm[record->nllm++] :
					      NULL;
}

/**
 * fm_record_adopt - take over what others have said of the same source
 * @record: a new record
 * @old: the stored one, which may have been written since @record was begun
 * @prompt_version: answers to other questions do not count
 * @asked: profile whose old answers are not wanted, or NULL
 *
 * New answers of a model stand for its old ones. A human's decision is taken
 * over whatever the source.
 */
void fm_record_adopt(struct fm_record *record, const struct fm_record *old,
		     const char *prompt_version, const char *asked)
{
	struct fm_llm_source *own;

	record->confirmed = old->confirmed;
	for (size_t i = 0; i < old->nllm && same_files(record, old); i++) {
		const struct fm_llm_source *s = &old->by_llm[i];

		if (!s->answers ||
		    strcmp(s->prompt_version, prompt_version) ||
		    (asked && !strcmp(s->profile, asked)))
			continue;
		own = source_of(record, s->profile);
		if (own && !own->answers)
			*own = *s;
	}
}

/**
 * fm_record_merge - put what the sources say together
 * @record: the record; its static source is set
 * @llm_counts_alone: the static source is left out
 */
void fm_record_merge(struct fm_record *record, bool llm_counts_alone)
{
	bool first = llm_counts_alone, same = true;
	size_t n = 0;

	record->features = record->by_static.features;
	for (size_t i = 0; i < record->nllm; i++) {
		struct fm_features f = record->by_llm[i].features;

		if (!record->by_llm[i].answers)
			continue;
		n++;
		f.complexity = record->features.complexity;
		if (first)
			record->features = f;
		else if (!fm_record_same(&record->features, &f))
			same = false;
		if (!first && !fm_record_same(&record->features, &f))
			safe_side(&record->features, &f);
		first = false;
	}
	if (!n)
		record->agreement = FM_AGREEMENT_STATIC_ONLY;
	else if (!same)
		record->agreement = FM_AGREEMENT_CONFLICT;
	else
		record->agreement = llm_counts_alone ? FM_AGREEMENT_LLM_ONLY :
						       FM_AGREEMENT_AGREED;
	if (record->agreement == FM_AGREEMENT_AGREED)
		record->confidence = 1 - (1 - record->confidence) * BETTER;
	else if (record->agreement == FM_AGREEMENT_CONFLICT)
		record->confidence *= WORSE;
	fm_record_confirm(record);
}

/* ---- out */

static void add(struct json_object *obj, const char *key,
		struct json_object *value)
{
	json_object_object_add(obj, key, value);
}

static void add_uint(struct json_object *obj, const char *key, uint64_t n)
{
	add(obj, key, json_object_new_int64(n));
}

static void add_string(struct json_object *obj, const char *key,
		       const char *text)
{
	add(obj, key, json_object_new_string(text));
}

static struct json_object *fill_votes(const struct fm_llm_source *s)
{
	struct json_object *obj = json_object_new_object();
	struct json_object *key = json_object_new_object();

	add_uint(obj, "stateful", s->stateful);
	for (unsigned int i = 0; i < FIELDS; i++)
		add_uint(key, fm_fieldset_name(1U << i), s->fields[i]);
	add(obj, "key", key);
	add_uint(obj, "per_packet", s->per_packet);
	add_uint(obj, "pointer", s->pointer);
	return obj;
}

static struct json_object *fill_source(const struct fm_llm_source *s)
{
	const struct fm_features *f = &s->features;
	struct json_object *obj = json_object_new_object();
	char cost[32];

	add_string(obj, "profile", s->profile);
	add_string(obj, "model", s->model);
	add_string(obj, "prompt_version", s->prompt_version);
	add_uint(obj, "answers", s->answers);
	add_uint(obj, "failures", s->failures);
	add(obj, "votes", fill_votes(s));
	add_string(obj, "statefulness", states[f->stateful]);
	add(obj, "key", fm_record_fill_fields(f->key));
	add(obj, "bidirectional", json_object_new_boolean(f->bidirectional));
	add_string(obj, "intensity", fm_record_intensity(f->intensity));
	add(obj, "pointer", json_object_new_boolean(f->pointer));
	add_uint(obj, "state_size", f->state_size);
	add_uint(obj, "evidence_named", s->evidence_named);
	add_uint(obj, "evidence_good", s->evidence_good);
	if (s->usage_known) {
		add_uint(obj, "prompt_tokens", s->prompt_tokens);
		add_uint(obj, "completion_tokens", s->completion_tokens);
	}
	snprintf(cost, sizeof(cost), "%.6f", s->cost_usd);
	if (s->cost_known)
		add(obj, "cost_usd", json_object_new_double_s(s->cost_usd,
							      cost));
	if (*s->failure)
		add_string(obj, "failure", s->failure);
	return obj;
}

/**
 * fm_record_fill_llm - what the models say, as JSON
 * @record: the record
 */
struct json_object *fm_record_fill_llm(const struct fm_record *record)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < record->nllm; i++)
		json_object_array_add(list, fill_source(&record->by_llm[i]));
	return list;
}

/**
 * fm_record_fill_confirmation - what a human decided, as JSON
 * @record: the record
 */
struct json_object *fm_record_fill_confirmation(const struct fm_record *record)
{
	const struct fm_confirmation *c = &record->confirmed;
	struct json_object *obj = json_object_new_object();

	if (c->set & (1U << FM_ATTRIBUTE_STATEFULNESS))
		add_string(obj, "statefulness", states[c->features.stateful]);
	if (c->set & (1U << FM_ATTRIBUTE_KEY))
		add(obj, "key", fm_record_fill_fields(c->features.key));
	if (c->set & (1U << FM_ATTRIBUTE_BIDIRECTIONAL))
		add(obj, "bidirectional",
		    json_object_new_boolean(c->features.bidirectional));
	if (c->set & (1U << FM_ATTRIBUTE_INTENSITY))
		add_string(obj, "intensity",
			   fm_record_intensity(c->features.intensity));
	if (c->set & (1U << FM_ATTRIBUTE_POINTER))
		add(obj, "pointer",
		    json_object_new_boolean(c->features.pointer));
	if (c->set & (1U << FM_ATTRIBUTE_STATE_SIZE))
		add_uint(obj, "state_size", c->features.state_size);
	add_string(obj, "why", c->why);
	add_string(obj, "date", c->date);
	return obj;
}

/* ---- in */

static bool has(struct json_object *obj, const char *key)
{
	return json_object_object_get_ex(obj, key, NULL);
}

static void parse_votes(struct fm_doc *doc, struct json_object *obj,
			const char *where, struct fm_llm_source *s)
{
	static const char *const known[] = {
		"stateful", "key", "per_packet", "pointer", NULL
	};
	struct json_object *key;

	fm_doc_keys(doc, obj, where, known);
	s->stateful = fm_doc_uint(doc, obj, where, "stateful", ANSWERS_MAX);
	key = fm_doc_get(doc, obj, where, "key", json_type_object);
	for (unsigned int i = 0; i < FIELDS && key; i++)
		s->fields[i] = fm_doc_uint(doc, key, where,
					   fm_fieldset_name(1U << i),
					   ANSWERS_MAX);
	s->per_packet = fm_doc_uint(doc, obj, where, "per_packet", ANSWERS_MAX);
	s->pointer = fm_doc_uint(doc, obj, where, "pointer", ANSWERS_MAX);
}

static void parse_cost(struct fm_doc *doc, struct json_object *obj,
		       const char *where, struct fm_llm_source *s)
{
	s->usage_known = has(obj, "prompt_tokens");
	if (s->usage_known) {
		s->prompt_tokens = fm_doc_uint(doc, obj, where,
					       "prompt_tokens", TOKENS_MAX);
		s->completion_tokens = fm_doc_uint(doc, obj, where,
					"completion_tokens", TOKENS_MAX);
	}
	s->cost_known = has(obj, "cost_usd");
	if (s->cost_known)
		s->cost_usd = json_object_get_double(fm_doc_get(doc, obj,
					where, "cost_usd", json_type_double));
	if (!(s->cost_usd >= 0 && s->cost_usd < 1e9))
		fm_doc_fail(doc, where, "cost_usd", "is out of range");
}

static void parse_source(struct fm_doc *doc, struct json_object *obj,
			 const char *where, struct fm_llm_source *s)
{
	static const char *const known[] = {
		"profile", "model", "prompt_version", "answers", "failures",
		"votes", "statefulness", "key", "bidirectional", "intensity",
		"pointer", "state_size", "evidence_named", "evidence_good",
		"prompt_tokens", "completion_tokens", "cost_usd", "failure",
		NULL
	};
	struct fm_features *f = &s->features;

	fm_doc_keys(doc, obj, where, known);
	fm_doc_string(doc, obj, where, "profile", s->profile, FM_RECORD_NAME);
	fm_doc_string(doc, obj, where, "model", s->model, FM_RECORD_NAME);
	fm_doc_string(doc, obj, where, "prompt_version", s->prompt_version,
		      FM_RECORD_NAME);
	s->answers = fm_doc_uint(doc, obj, where, "answers", ANSWERS_MAX);
	s->failures = fm_doc_uint(doc, obj, where, "failures", ANSWERS_MAX);
	parse_votes(doc, fm_doc_get(doc, obj, where, "votes",
				    json_type_object), where, s);
	f->stateful = fm_doc_choice(doc, obj, where, "statefulness", states);
	f->key = fm_record_parse_fields(doc, obj, where, "key");
	f->bidirectional = fm_doc_bool(doc, obj, where, "bidirectional");
	f->intensity = fm_doc_choice(doc, obj, where, "intensity",
				     intensities);
	f->pointer = fm_doc_bool(doc, obj, where, "pointer");
	f->state_size = fm_doc_uint(doc, obj, where, "state_size",
				    FM_RECORD_STATE_MAX);
	s->evidence_named = fm_doc_uint(doc, obj, where, "evidence_named",
					UINT32_MAX);
	s->evidence_good = fm_doc_uint(doc, obj, where, "evidence_good",
				       UINT32_MAX);
	parse_cost(doc, obj, where, s);
	if (!doc->status && has(obj, "failure"))
		fm_doc_string(doc, obj, where, "failure", s->failure,
			      FM_RECORD_WHY);
}

/**
 * fm_record_parse_llm - read what the models say
 * @doc: the document
 * @sources: its member "sources"
 * @record: gets it
 */
void fm_record_parse_llm(struct fm_doc *doc, struct json_object *sources,
			 struct fm_record *record)
{
	char where[FM_DOC_WHERE_LEN];
	struct json_object *list;
	size_t n = fm_doc_list(doc, sources, "sources", "llm", FM_RECORD_LLM,
			       &list);

	for (size_t i = 0; i < n; i++)
		parse_source(doc, json_object_array_get_idx(list, i),
			     fm_doc_item(where, "sources.llm", i),
			     &record->by_llm[i]);
	record->nllm = n;
}

static bool decided(struct json_object *obj, enum fm_attribute attribute,
		    struct fm_confirmation *c)
{
	if (!has(obj, fm_record_attribute(attribute)))
		return false;
	c->set |= 1U << attribute;
	return true;
}

/**
 * fm_record_parse_confirmation - read what a human decided
 * @doc: the document
 * @root: the record
 * @record: gets it
 */
void fm_record_parse_confirmation(struct fm_doc *doc, struct json_object *root,
				  struct fm_record *record)
{
	static const char *const known[] = {
		"statefulness", "key", "bidirectional", "intensity", "pointer",
		"state_size", "why", "date", NULL
	};
	static const char where[] = "confirmed";
	struct fm_confirmation *c = &record->confirmed;
	struct json_object *obj;

	if (doc->status || !has(root, where))
		return;
	obj = fm_doc_get(doc, root, "", where, json_type_object);
	fm_doc_keys(doc, obj, where, known);
	if (doc->status)
		return;
	if (decided(obj, FM_ATTRIBUTE_STATEFULNESS, c))
		c->features.stateful = fm_doc_choice(doc, obj, where,
						     "statefulness", states);
	if (decided(obj, FM_ATTRIBUTE_KEY, c))
		c->features.key = fm_record_parse_fields(doc, obj, where,
							 "key");
	if (decided(obj, FM_ATTRIBUTE_BIDIRECTIONAL, c))
		c->features.bidirectional = fm_doc_bool(doc, obj, where,
							"bidirectional");
	if (decided(obj, FM_ATTRIBUTE_INTENSITY, c))
		c->features.intensity = fm_doc_choice(doc, obj, where,
						      "intensity", intensities);
	if (decided(obj, FM_ATTRIBUTE_POINTER, c))
		c->features.pointer = fm_doc_bool(doc, obj, where, "pointer");
	if (decided(obj, FM_ATTRIBUTE_STATE_SIZE, c))
		c->features.state_size = fm_doc_uint(doc, obj, where,
					"state_size", FM_RECORD_STATE_MAX);
	fm_doc_string(doc, obj, where, "why", c->why, FM_RECORD_WHY);
	fm_doc_string(doc, obj, where, "date", c->date, sizeof(c->date));
	if (!doc->status && !c->set)
		fm_doc_fail(doc, where, NULL, "decides nothing");
}
