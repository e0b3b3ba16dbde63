// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Prompts. Where the source is longer than the model takes, the functions and
 * structs that the analysis names as evidence stay, then what is near them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prompt.h"

#define BYTES_PER_TOKEN	3	/* of source code, on the safe side */
#define TOKENS_OF_TEXT	1200	/* what is not source */
#define LINES_AROUND	40	/* of a line that is evidence */

static const char introduction[] =
	"You analyse the C or C++ source of a network function (NF). You speak "
	"JSON only, no natural language around it.\n";

static const char definitions[] =
	"An NF is stateful if it fetches and stores data for each flow in a "
	"data structure of its own. A flow is identified by the 5-tuple "
	"(src_ip, dst_ip, src_port, dst_port, protocol) or a subset of it. "
	"Counters, data of a rule or of an interface, and tables that only "
	"configuration writes are not state.\n"
	"key: the header fields that identify a flow, that is, that the state "
	"is found by. If there are several tables, the key with the fewest "
	"fields.\n"
	"intensity: per-packet if packets of a known flow write its state; "
	"per-flow if it is written only when the flow begins or ends.\n"
	"pointer: true if the state of a flow holds pointers, or links of "
	"lists or trees, to more memory.\n"
	"bidirectional: true if both directions of a connection use the same "
	"state.\n"
	"state_size: bytes of the state of one flow.\n";

static const char format[] =
	"Answer with one JSON object with these members: statefulness "
	"(\"stateful\" or \"stateless\"), key (list of field names, empty if "
	"stateless), intensity (\"per-packet\", \"per-flow\", or \"none\" if "
	"stateless), pointer (true or false), bidirectional (true or false), "
	"state_size (number), evidence (list of objects with attribute, file, "
	"line and text, the text copied from that line).\n";

static const char comparison[] =
	"Which of the two NFs needs more processing for each packet? Answer "
	"with one JSON object with the member nf: the name of that NF, or "
	"\"ANY\" if both need about the same.\n";

/* ---- what of the source is shown */


static void show(FILE *out, const struct fm_source_file *f, uint32_t first,
		 uint32_t last, size_t *bytes)
{
	const char *p = f->text, *end = f->text + f->len, *nl;
	uint32_t line = 1;

	fprintf(out, "=== %s\n", f->path);
	for (; p < end && line <= last; p = nl + 1, line++) {
		nl = memchr(p, '\n', end - p);
		if (!nl)
			nl = end;
		if (line < first)
			continue;
		fprintf(out, "%u: %.*s\n", line, (int)(nl - p), p);
		*bytes += nl - p + 1;
	}
}

static bool is_evidence(const struct fm_record *record,
			const struct fm_source_file *f, uint32_t line)
{
	for (size_t i = 0; record && i < record->nevidence; i++) {
		const struct fm_evidence *e = &record->evidence[i];

		if (!strcmp(e->file, f->path) &&
		    line + LINES_AROUND >= e->line &&
		    line <= e->line + LINES_AROUND)
			return true;
	}
	return false;
}

static uint32_t lines_of(const struct fm_source_file *f)
{
	uint32_t n = 1;

	for (size_t i = 0; i < f->len; i++)
		n += f->text[i] == '\n';
	return n;
}

/* Only what is near evidence. */
static void show_parts(FILE *out, const struct fm_source_file *f,
		       const struct fm_record *record, size_t room,
		       size_t *bytes)
{
	uint32_t n = lines_of(f), first = 0;

	for (uint32_t line = 1; line <= n + 1 && *bytes < room; line++) {
		bool near = line <= n && is_evidence(record, f, line);

		if (near && !first)
			first = line;
		if (!near && first) {
			show(out, f, first, line - 1, bytes);
			first = 0;
		}
	}
}

static size_t evidence_in(const struct fm_record *record,
			  const struct fm_source_file *f)
{
	size_t n = 0;

	for (size_t i = 0; record && i < record->nevidence; i++)
		n += !strcmp(record->evidence[i].file, f->path);
	return n;
}

/* Where not all can be shown, files with more of the evidence come first. */
static void order(const struct fm_source *source,
		  const struct fm_record *record, size_t room,
		  const struct fm_source_file **files)
{
	size_t all = 0, n = 0, k;

	for (size_t i = 0; i < source->nfiles; i++)
		all += source->files[i].len;
	for (size_t i = 0; i < source->nfiles; i++) {
		const struct fm_source_file *f = &source->files[i];
		size_t evidence = all > room ? evidence_in(record, f) : 0;

		for (k = n++; k && evidence_in(record, files[k - 1]) <
		     evidence; k--)
			files[k] = files[k - 1];
		files[k] = f;
	}
}

static void show_source(FILE *out, const struct fm_source *source,
			const struct fm_record *record, size_t room,
			struct fm_prompt *prompt)
{
	const struct fm_source_file *files[FM_RECORD_FILES];
	char sentence[FM_RECORD_PATH + 80];

	order(source, record, room, files);
	for (size_t i = 0; i < source->nfiles; i++) {
		const struct fm_source_file *f = files[i];
		size_t before = prompt->shown;

		if (prompt->shown + f->len <= room)
			show(out, f, 1, UINT32_MAX, &prompt->shown);
		else
			show_parts(out, f, record, room, &prompt->shown);
		if (prompt->shown - before < f->len) {
			snprintf(sentence, sizeof(sentence),
				 "%s: %zu of %zu bytes were not shown to the model",
				 f->path, f->len - (prompt->shown - before),
				 f->len);
			fm_strings_add(&prompt->left_out, sentence);
		}
	}
}

static size_t room_of(uint32_t tokens)
{
	return tokens > TOKENS_OF_TEXT * 2 ?
	       (size_t)(tokens - TOKENS_OF_TEXT) * BYTES_PER_TOKEN :
	       (size_t)TOKENS_OF_TEXT * BYTES_PER_TOKEN;
}

/**
 * fm_prompt_features - the question for an NF's features
 * @nf: its name
 * @source: its files
 * @record: what the analysis says, to know what matters; or NULL
 * @tokens: that the model takes
 * @prompt: gets it, to be cleaned up
 *
 * Return: 0, or -ENOMEM.
 */
int fm_prompt_features(const char *nf, const struct fm_source *source,
		       const struct fm_record *record, uint32_t tokens,
		       struct fm_prompt *prompt)
{
	size_t len;
	FILE *out;

	*prompt = (struct fm_prompt){ 0 };
	if (asprintf(&prompt->system, "%s%s", introduction, definitions) < 0)
		prompt->system = NULL;
	out = open_memstream(&prompt->user, &len);
	if (!out || !prompt->system)
		return -ENOMEM;
	fprintf(out, "%sThe NF is called %s. Its source, with line numbers:\n",
		format, nf);
	show_source(out, source, record, room_of(tokens), prompt);
	return fclose(out) ? -ENOMEM : 0;
}

/**
 * fm_prompt_compare - the question which of two NFs costs more
 * @a: name of one
 * @source_a: its files
 * @b: name of the other
 * @source_b: its files
 * @tokens: that the model takes
 * @prompt: gets it, to be cleaned up
 *
 * Return: 0, or -ENOMEM.
 */
int fm_prompt_compare(const char *a, const struct fm_source *source_a,
		      const char *b, const struct fm_source *source_b,
		      uint32_t tokens, struct fm_prompt *prompt)
{
	size_t len;
	FILE *out;

	*prompt = (struct fm_prompt){ 0 };
	prompt->system = strdup(introduction);
	out = open_memstream(&prompt->user, &len);
	if (!out || !prompt->system)
		return -ENOMEM;
	fprintf(out, "%sThe first NF is called %s:\n", comparison, a);
	show_source(out, source_a, NULL, room_of(tokens) / 2, prompt);
	fprintf(out, "The second NF is called %s:\n", b);
	show_source(out, source_b, NULL, room_of(tokens), prompt);
	return fclose(out) ? -ENOMEM : 0;
}

/**
 * fm_prompt_schema - the form of an answer, for servers that enforce it
 *
 * Return: a JSON schema, to be put.
 */
struct json_object *fm_prompt_schema(void)
{
	static const char text[] =
		"{\"type\":\"object\",\"additionalProperties\":false,"
		"\"required\":[\"statefulness\",\"key\",\"intensity\","
		"\"pointer\",\"bidirectional\",\"state_size\",\"evidence\"],"
		"\"properties\":{"
		"\"statefulness\":{\"enum\":[\"stateful\",\"stateless\"]},"
		"\"key\":{\"type\":\"array\",\"items\":{\"enum\":[\"src_ip\","
		"\"dst_ip\",\"src_port\",\"dst_port\",\"protocol\"]}},"
		"\"intensity\":{\"enum\":[\"per-packet\",\"per-flow\",\"none\"]},"
		"\"pointer\":{\"type\":\"boolean\"},"
		"\"bidirectional\":{\"type\":\"boolean\"},"
		"\"state_size\":{\"type\":\"integer\"},"
		"\"evidence\":{\"type\":\"array\",\"items\":{"
		"\"type\":\"object\",\"additionalProperties\":false,"
		"\"required\":[\"attribute\",\"file\",\"line\",\"text\"],"
		"\"properties\":{\"attribute\":{\"type\":\"string\"},"
		"\"file\":{\"type\":\"string\"},\"line\":{\"type\":\"integer\"},"
		"\"text\":{\"type\":\"string\"}}}}}}";

	return json_tokener_parse(text);
}

/**
 * fm_prompt_cleanup - forget a prompt
 * @prompt: the prompt
 */
void fm_prompt_cleanup(struct fm_prompt *prompt)
{
	free(prompt->system);
	free(prompt->user);
	fm_strings_cleanup(&prompt->left_out);
	*prompt = (struct fm_prompt){ 0 };
}
