/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The feature record: what the tracker knows of one NF. */
#ifndef FM_LLM_RECORD_H
#define FM_LLM_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <json-c/json.h>

#include "flowmage.h"
#include "error.h"
#include "strings.h"

#define FM_RECORD_VERSION	1
#define FM_RECORD_NAME		64	/* bytes of a name, NUL included */
#define FM_RECORD_PATH		256
#define FM_RECORD_WHY		256
#define FM_RECORD_LLM		8	/* models */
#define FM_RECORD_SETTINGS	4	/* files that say how it is compiled */
#define FM_RECORD_FILES		64	/* files of one NF */
#define FM_RECORD_EVIDENCE	64	/* pieces of evidence */
#define FM_RECORD_UNPARSED	32	/* things not understood */
#define FM_RECORD_LINE_MAX	10000000
#define FM_RECORD_STATE_MAX	(1U << 24)	/* bytes of a state */
#define FM_RECORD_COMPLEXITY_MAX 1000000000U
#define FM_RECORD_SHA256	65	/* 64 hex digits and a NUL */
#define FM_RECORD_SIZE_MAX	(1U << 18)	/* bytes of a record's file */

enum fm_attribute {
	FM_ATTRIBUTE_STATEFULNESS,
	FM_ATTRIBUTE_KEY,
	FM_ATTRIBUTE_BIDIRECTIONAL,
	FM_ATTRIBUTE_INTENSITY,
	FM_ATTRIBUTE_POINTER,
	FM_ATTRIBUTE_STATE_SIZE,
	FM_ATTRIBUTE_COMPLEXITY,
	__FM_ATTRIBUTE_MAX
};

enum fm_agreement {
	FM_AGREEMENT_AGREED,
	FM_AGREEMENT_STATIC_ONLY,
	FM_AGREEMENT_LLM_ONLY,
	FM_AGREEMENT_CONFLICT,
};

/**
 * struct fm_features - the answers, of one source or of all together
 * @stateful: keeps state per key
 * @bidirectional: both directions of a flow share one state
 * @pointer: the state points to more memory
 * @key: FM_F_*, 0 if stateless
 * @intensity: how often the state is written
 * @state_size: bytes of the state of one key, without what it points to
 * @complexity: weighted operations of a packet whose state exists
 */
struct fm_features {
	bool stateful;
	bool bidirectional;
	bool pointer;
	uint32_t key;
	enum fm_intensity intensity;
	uint32_t state_size;
	uint32_t complexity;
};

/* A file as it was when it was read; paths are relative to the tree. */
struct fm_record_file {
	char path[FM_RECORD_PATH];
	char sha256[FM_RECORD_SHA256];
};

/* line is 0 if the file as a whole is meant. */
struct fm_evidence {
	enum fm_attribute attribute;
	char file[FM_RECORD_PATH];
	uint32_t line;
	char why[FM_RECORD_WHY];
};

/**
 * struct fm_static_source - how the static analysis came to its answers
 * @analyzer: program and version
 * @environment: of the rules, the one the source was parsed in
 * @rules: the rules file
 * @settings: files that say how the source is compiled, @nsettings of them
 * @reads: FM_F_* that the NF looks at, whatever its key
 * @features: the answers
 * @unparsed: what was not understood, FM_RECORD_UNPARSED at most
 */
struct fm_static_source {
	char analyzer[FM_RECORD_NAME];
	char environment[FM_RECORD_NAME];
	struct fm_record_file rules;
	struct fm_record_file settings[FM_RECORD_SETTINGS];
	size_t nsettings;
	uint32_t reads;
	struct fm_features features;
	struct fm_strings unparsed;
};

/**
 * struct fm_llm_source - how a model came to its answers
 * @profile: whom it was asked by
 * @model: as the server names it
 * @prompt_version: of the question
 * @answers: that count
 * @failures: questions without one
 * @stateful: answers that say so, and so on
 * @features: what they say together
 * @evidence_good: places named that are in the source
 * @evidence_named: places named
 * @prompt_tokens: of all questions
 * @completion_tokens: of all answers
 * @usage_known: the server told all of them
 * @cost_known: and the prices are known
 * @cost_usd: of it all
 * @failure: of the last question without an answer, or ""
 */
struct fm_llm_source {
	char profile[FM_RECORD_NAME];
	char model[FM_RECORD_NAME];
	char prompt_version[FM_RECORD_NAME];
	uint32_t answers;
	uint32_t failures;
	uint32_t stateful;
	uint32_t fields[5];
	uint32_t per_packet;
	uint32_t pointer;
	struct fm_features features;
	uint32_t evidence_good;
	uint32_t evidence_named;
	uint64_t prompt_tokens;
	uint64_t completion_tokens;
	bool usage_known;
	bool cost_known;
	double cost_usd;
	char failure[FM_RECORD_WHY];
};

/**
 * struct fm_confirmation - what a human decided
 * @set: attributes that were decided, a mask of 1 << enum fm_attribute
 * @features: the decisions
 * @why: the reason
 * @date: when, as 2024-01-31
 */
struct fm_confirmation {
	uint32_t set;
	struct fm_features features;
	char why[FM_RECORD_WHY];
	char date[16];
};

/**
 * struct fm_record - what the tracker knows of one NF
 * @nf: its name
 * @framework: what it is written for
 * @files: every file of the tree that was read, @nfiles of them
 * @features: the answers
 * @evidence: where they come from, @nevidence of them
 * @by_static: the static analysis
 * @by_llm: the models, @nllm of them
 * @confirmed: decided by a human, whatever the sources say
 * @agreement: between the sources
 * @confidence: from 0 to 1
 */
struct fm_record {
	char nf[FM_RECORD_NAME];
	char framework[FM_RECORD_NAME];
	struct fm_record_file files[FM_RECORD_FILES];
	size_t nfiles;
	struct fm_features features;
	struct fm_evidence evidence[FM_RECORD_EVIDENCE];
	size_t nevidence;
	struct fm_static_source by_static;
	struct fm_llm_source by_llm[FM_RECORD_LLM];
	size_t nllm;
	struct fm_confirmation confirmed;
	enum fm_agreement agreement;
	double confidence;
};

struct fm_record *fm_record_create(void);
void fm_record_destroy(struct fm_record *record);
bool fm_record_name_valid(const char *name);
const char *fm_record_attribute(enum fm_attribute attribute);
const char *fm_record_intensity(enum fm_intensity intensity);
void fm_record_explain(struct fm_record *record, enum fm_attribute attribute,
		       const char *file, uint32_t line,
		       const char *format, ...)
	__attribute__((format(printf, 5, 6)));
int fm_record_compare(const struct fm_record *record,
		      const struct fm_features *module,
		      struct fm_strings *differences);

void fm_record_adopt(struct fm_record *record, const struct fm_record *old,
		     const char *prompt_version, const char *asked);
void fm_record_merge(struct fm_record *record, bool llm_counts_alone);
bool fm_record_same(const struct fm_features *a, const struct fm_features *b);
void fm_record_confirm(struct fm_record *record);

struct json_object *fm_record_fill(const struct fm_record *record);
int fm_record_parse(const char *name, const char *text, size_t len,
		    struct fm_record **record, char *err);
struct json_object *fm_record_fill_llm(const struct fm_record *record);
struct json_object *fm_record_fill_confirmation(const struct fm_record *record);
struct fm_doc;
void fm_record_parse_llm(struct fm_doc *doc, struct json_object *sources,
			 struct fm_record *record);
void fm_record_parse_confirmation(struct fm_doc *doc, struct json_object *root,
				  struct fm_record *record);
uint32_t fm_record_parse_fields(struct fm_doc *doc, struct json_object *obj,
				const char *where, const char *key);
struct json_object *fm_record_fill_fields(uint32_t fields);
int fm_record_read(const char *path, struct fm_record **record, char *err);

#endif
