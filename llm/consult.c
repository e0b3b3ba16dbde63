// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Consulting a model: the same question several times, at the same time; the
 * majority counts, and nobody waits for answers that cannot change it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "consult.h"
#include "doc.h"
#include "prompt.h"

#define MILLION		1e6
#define BYTES_PER_TOKEN	3
#define ANSWER_TOKENS	400	/* that an answer is expected to have */

struct session {
	struct fm_consult *consult;
	const struct fm_source *source;
	struct fm_record *record;
	struct fm_llm_source *told;
	struct fm_vote vote;
	unsigned int for_a;
	unsigned int for_b;
	const char *a;
	const char *b;
};

/* ---- money */

static double cost_of(const struct fm_profile *p, double prompt,
		      double completion)
{
	return (prompt * p->price_prompt + completion * p->price_completion) /
	       MILLION;
}

static void account(struct session *s, const struct fm_question *q)
{
	const struct fm_reply *r = &q->reply;
	double cost;

	if (q->from_cache)
		return;
	if (!r->usage) {
		s->told->usage_known = false;
		s->told->cost_known = false;
		s->consult->unknown = true;
		return;
	}
	s->told->prompt_tokens += r->prompt_tokens;
	s->told->completion_tokens += r->completion_tokens;
	cost = cost_of(&s->consult->profile, r->prompt_tokens,
		       r->completion_tokens);
	s->told->cost_usd += cost;
	s->consult->spent += cost;
}

/* Questions whose replies are kept cost nothing. */
static uint32_t kept(const struct fm_consult *c, const struct fm_prompt *prompt,
		     struct json_object *schema, uint32_t n)
{
	uint32_t known = 0;

	for (uint32_t i = 0; i < n; i++) {
		struct fm_question q = {
			.system = prompt->system, .user = prompt->user,
			.schema = schema, .seed = c->profile.seed + i,
		};

		known += fm_client_has(&c->client, &q);
	}
	return known;
}

/* How many questions does the budget allow? */
static int afford(struct fm_consult *c, const struct fm_prompt *prompt,
		  struct json_object *schema, uint32_t *n, char *err)
{
	double each, left = c->max_cost - c->spent;
	uint32_t free_ones, paid;

	if (c->max_cost < 0 || c->client.replay)
		return 0;
	if (!c->profile.priced)
		return fm_sentence_set(err, -EINVAL,
			"profile '%s' has no prices, so a limit of cost cannot be kept",
			c->profile.name);
	each = cost_of(&c->profile, (double)(strlen(prompt->system) +
		strlen(prompt->user)) / BYTES_PER_TOKEN, ANSWER_TOKENS);
	c->client.profile = &c->profile;
	free_ones = kept(c, prompt, schema, *n);
	paid = *n - free_ones;
	if (each * paid > left)
		*n = free_ones + (left > 0 ? (uint32_t)(left / each) : 0);
	if (*n)
		return 0;
	return fm_sentence_set(err, -EDQUOT,
		"a question would cost about $%.4f, of $%.4f that are left",
		each, left > 0 ? left : 0);
}

/* ---- features */

static void note(struct session *s, const char *why)
{
	snprintf(s->told->failure, sizeof(s->told->failure), "%.200s", why);
	s->vote.failures++;
}

static void take_evidence(struct session *s, const struct fm_answer *answer)
{
	s->told->evidence_named += answer->nevidence;
	s->told->evidence_good += answer->good;
	for (size_t i = 0; i < answer->good; i++) {
		const struct fm_evidence *e = &answer->evidence[i];

		fm_record_explain(s->record, e->attribute, e->file, e->line,
				  "named by %.60s", s->told->model);
	}
}

static bool hear(void *arg, struct fm_question *q)
{
	char why[FM_ERROR_LEN] = "";
	struct session *s = arg;
	struct fm_answer answer;

	account(s, q);
	if (*q->reply.model)
		snprintf(s->told->model, FM_RECORD_NAME, "%s", q->reply.model);
	if (*q->reply.failure) {
		note(s, q->reply.failure);
	} else if (fm_answer_parse(q->reply.content, strlen(q->reply.content),
				   &answer, why)) {
		note(s, why);
	} else {
		fm_answer_check(&answer, s->source);
		fm_vote_add(&s->vote, &answer);
		take_evidence(s, &answer);
	}
	if (!q->from_cache && s->consult->max_cost >= 0 &&
	    s->consult->spent >= s->consult->max_cost)
		return true;
	return fm_vote_decided(&s->vote);
}

static int ask(struct session *s, const struct fm_prompt *prompt,
	       struct json_object *schema, uint32_t n, fm_client_enough enough,
	       char *err)
{
	struct fm_consult *c = s->consult;
	struct fm_question *list = calloc(n ? n : 1, sizeof(*list));
	int ret;

	if (!list)
		return fm_sentence_set(err, -ENOMEM, "out of memory");
	for (uint32_t i = 0; i < n; i++)
		list[i] = (struct fm_question){
			.system = prompt->system, .user = prompt->user,
			.schema = schema, .seed = c->profile.seed + i,
		};
	c->client.profile = &c->profile;
	ret = fm_client_ask(&c->client, list, n, enough, s, err);
	for (uint32_t i = 0; i < n; i++)
		fm_reply_cleanup(&list[i].reply);
	free(list);
	return ret;
}

static void take_votes(struct session *s)
{
	struct fm_llm_source *t = s->told;

	t->answers = s->vote.n;
	t->failures = s->vote.failures;
	t->stateful = s->vote.stateful;
	for (int i = 0; i < 5; i++)
		t->fields[i] = s->vote.fields[i];
	t->per_packet = s->vote.per_packet;
	t->pointer = s->vote.pointer;
	if (s->vote.n)
		fm_vote_result(&s->vote, &t->features);
}

static void take_left_out(struct fm_record *record,
			  const struct fm_prompt *prompt)
{
	struct fm_strings *list = &record->by_static.unparsed;

	for (size_t i = 0; i < prompt->left_out.n; i++)
		if (list->n < FM_RECORD_UNPARSED &&
		    !fm_strings_has(list, prompt->left_out.v[i]))
			fm_strings_add(list, prompt->left_out.v[i]);
}

/**
 * fm_consult_features - ask for the features of an NF
 * @consult: whom
 * @source: what is shown
 * @record: what the analysis says; gets what the model says
 * @err: FM_ERROR_LEN bytes for a sentence, or NULL
 *
 * Questions without an answer are no error; the record tells of them.
 *
 * Return: 0, -EDQUOT if the budget does not allow a question, -EINVAL if there
 * are no prices to keep it, -ENOSPC if the record has no room for a further
 * model, else as fm_client_ask().
 */
int fm_consult_features(struct fm_consult *consult,
			const struct fm_source *source,
			struct fm_record *record, char *err)
{
	struct session s = { .consult = consult, .source = source,
			     .record = record };
	struct json_object *schema = fm_prompt_schema();
	struct fm_prompt prompt = { 0 };
	uint32_t n = consult->profile.repetitions;
	int ret;

	if (record->nllm == FM_RECORD_LLM) {
		json_object_put(schema);
		return fm_sentence_set(err, -ENOSPC,
				       "%s: too many models were asked",
				       record->nf);
	}
	s.told = &record->by_llm[record->nllm];
	*s.told = (struct fm_llm_source){
		.usage_known = true, .cost_known = consult->profile.priced,
		.features.intensity = FM_INTENSITY_NONE,
	};
	strcpy(s.told->profile, consult->profile.name);
	strcpy(s.told->model, consult->profile.model);
	strcpy(s.told->prompt_version, FM_PROMPT_VERSION);
	ret = fm_prompt_features(record->nf, source, record,
				 consult->profile.context_tokens, &prompt);
	if (ret)
		fm_sentence_set(err, ret, "out of memory");
	if (!ret)
		ret = afford(consult, &prompt, schema, &n, err);
	s.vote.wanted = n;
	if (!ret)
		ret = ask(&s, &prompt, schema, n, hear, err);
	if (!ret) {
		record->nllm++;
		take_votes(&s);
		take_left_out(record, &prompt);
	}
	fm_prompt_cleanup(&prompt);
	json_object_put(schema);
	return ret;
}

/* ---- comparisons */

static void choose(struct session *s, const char *content)
{
	const char *open = strchr(content, '{'), *end = strrchr(content, '}');
	struct fm_doc doc = { .name = "the answer" };
	struct json_object *obj, *nf = NULL;

	obj = open && end > open ? fm_doc_parse(&doc, open, end + 1 - open) :
				   NULL;
	if (obj)
		json_object_object_get_ex(obj, "nf", &nf);
	if (json_object_is_type(nf, json_type_string)) {
		const char *name = json_object_get_string(nf);

		s->vote.n++;
		s->for_a += !strcmp(name, s->a);
		s->for_b += !strcmp(name, s->b);
		if (strcmp(name, s->a) && strcmp(name, s->b) &&
		    strcmp(name, "ANY")) {
			s->vote.n--;
			s->vote.failures++;
		}
	} else {
		s->vote.failures++;
	}
	json_object_put(obj);
}

static bool compare(void *arg, struct fm_question *q)
{
	struct session *s = arg;
	unsigned int half = s->vote.wanted / 2;

	account(s, q);
	if (*q->reply.failure)
		s->vote.failures++;
	else
		choose(s, q->reply.content);
	return s->for_a > half || s->for_b > half ||
	       s->vote.n - s->for_a - s->for_b > half;
}

/**
 * fm_consult_compare - ask which of two NFs needs more processing per packet
 * @consult: whom
 * @a: name of one
 * @source_a: its files
 * @b: name of the other
 * @source_b: its files
 * @costlier: gets 1 if @a needs more, -1 if @b does, 0 if any of the two
 * @err: FM_ERROR_LEN bytes for a sentence, or NULL
 *
 * Return: 0, -ENODATA if there is no answer, else as fm_consult_features().
 */
int fm_consult_compare(struct fm_consult *consult, const char *a,
		       const struct fm_source *source_a, const char *b,
		       const struct fm_source *source_b, int *costlier,
		       char *err)
{
	struct fm_llm_source told = { .usage_known = true };
	struct session s = { .consult = consult, .a = a, .b = b,
			     .told = &told };
	struct fm_prompt prompt = { 0 };
	uint32_t n = consult->profile.repetitions;
	int ret;

	ret = fm_prompt_compare(a, source_a, b, source_b,
				consult->profile.context_tokens, &prompt);
	if (ret)
		fm_sentence_set(err, ret, "out of memory");
	if (!ret)
		ret = afford(consult, &prompt, NULL, &n, err);
	s.vote.wanted = n;
	if (!ret)
		ret = ask(&s, &prompt, NULL, n, compare, err);
	if (!ret && !s.vote.n)
		ret = fm_sentence_set(err, -ENODATA,
			"%.60s does not say which of '%.60s' and '%.60s' costs more",
			consult->profile.model, a, b);
	if (!ret)
		*costlier = 2 * s.for_a > s.vote.n ? 1 :
			    2 * s.for_b > s.vote.n ? -1 : 0;
	fm_prompt_cleanup(&prompt);
	return ret;
}
