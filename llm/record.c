// SPDX-License-Identifier: GPL-2.0-or-later
/* The feature record and how it differs from what the module says. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fieldset.h"
#include "record.h"

static const char *const attributes[__FM_ATTRIBUTE_MAX] = {
	[FM_ATTRIBUTE_STATEFULNESS] = "statefulness",
	[FM_ATTRIBUTE_KEY] = "key",
	[FM_ATTRIBUTE_BIDIRECTIONAL] = "bidirectional",
	[FM_ATTRIBUTE_INTENSITY] = "intensity",
	[FM_ATTRIBUTE_POINTER] = "pointer",
	[FM_ATTRIBUTE_STATE_SIZE] = "state_size",
	[FM_ATTRIBUTE_COMPLEXITY] = "complexity",
};

static const char *const intensities[] = {
	[FM_INTENSITY_NONE] = "none",
	[FM_INTENSITY_FLOW] = "per-flow",
	[FM_INTENSITY_PACKET] = "per-packet",
};

/**
 * fm_record_create - an empty record
 *
 * Return: the record, or NULL if memory is short.
 */
struct fm_record *fm_record_create(void)
{
	return calloc(1, sizeof(struct fm_record));
}

/**
 * fm_record_destroy - free a record
 * @record: the record, or NULL
 */
void fm_record_destroy(struct fm_record *record)
{
	if (!record)
		return;
	fm_strings_cleanup(&record->by_static.unparsed);
	free(record);
}

/**
 * fm_record_name_valid - may an NF or a framework be called so?
 * @name: 1 to 63 letters, digits, '_', '-', '+', '.', not beginning with '.'
 *
 * A valid name is a safe file name.
 */
bool fm_record_name_valid(const char *name)
{
	size_t len = strlen(name);

	if (!len || len >= FM_RECORD_NAME || *name == '.')
		return false;
	for (; *name; name++)
		if (!isalnum((unsigned char)*name) && !strchr("_-+.", *name))
			return false;
	return true;
}

/**
 * fm_record_attribute - the name of an attribute, as in the JSON
 * @attribute: the attribute
 */
const char *fm_record_attribute(enum fm_attribute attribute)
{
	return attribute < __FM_ATTRIBUTE_MAX ? attributes[attribute] : "?";
}

/**
 * fm_record_intensity - the word for an intensity: none, per-flow, per-packet
 * @intensity: the intensity
 */
const char *fm_record_intensity(enum fm_intensity intensity)
{
	return intensity <= FM_INTENSITY_PACKET ? intensities[intensity] : "?";
}

static bool is_same_place(const struct fm_evidence *e,
			  enum fm_attribute attribute, const char *file,
			  uint32_t line)
{
	return e->attribute == attribute && e->line == line &&
	       !strcmp(e->file, file);
}

/**
 * fm_record_explain - add a piece of evidence
 * @record: the record; a full one stays as it is
 * @attribute: what it is about; a second piece for the same place is ignored
 * @file: relative to the tree
 * @line: from 1, or 0 for the whole file
 * @format: why
 */
void fm_record_explain(struct fm_record *record, enum fm_attribute attribute,
		       const char *file, uint32_t line,
		       const char *format, ...)
{
	struct fm_evidence *e = &record->evidence[record->nevidence];
	va_list args;

	if (record->nevidence == FM_RECORD_EVIDENCE)
		return;
	for (size_t i = 0; i < record->nevidence; i++)
		if (is_same_place(&record->evidence[i], attribute, file, line))
			return;
	e->attribute = attribute;
	e->line = line;
	snprintf(e->file, sizeof(e->file), "%s", file);
	va_start(args, format);
	vsnprintf(e->why, sizeof(e->why), format, args);
	va_end(args);
	record->nevidence++;
}

/* "psd: key is src_ip by kmod/nf/psd.c:162" */
static bool differ(const struct fm_record *record, enum fm_attribute attribute,
		   const char *mine, const char *theirs,
		   struct fm_strings *differences)
{
	const char *file = record->nfiles ? record->files[0].path : "?";
	char place[FM_RECORD_PATH + 16];

	snprintf(place, sizeof(place), "%s", file);
	for (size_t i = 0; i < record->nevidence; i++)
		if (record->evidence[i].attribute == attribute) {
			snprintf(place, sizeof(place), "%s:%u",
				 record->evidence[i].file,
				 record->evidence[i].line);
			break;
		}
	return fm_strings_addf(differences,
			       "%s: %s is %s by %s but the module reports %s",
			       record->nf, fm_record_attribute(attribute), mine,
			       place, theirs);
}

static bool differ_bool(const struct fm_record *record,
			enum fm_attribute attribute, bool mine, bool theirs,
			struct fm_strings *differences)
{
	return mine == theirs ||
	       differ(record, attribute, mine ? "true" : "false",
		      theirs ? "true" : "false", differences);
}

static bool differ_key(const struct fm_record *record, uint32_t theirs,
		       struct fm_strings *differences)
{
	char a[FM_FIELDSET_LEN] = "?", b[FM_FIELDSET_LEN] = "?";

	if (record->features.key == theirs)
		return true;
	fm_fieldset_abbreviate(record->features.key, a, sizeof(a));
	fm_fieldset_abbreviate(theirs, b, sizeof(b));
	return differ(record, FM_ATTRIBUTE_KEY, a, b, differences);
}

static bool differ_size(const struct fm_record *record, uint32_t theirs,
			struct fm_strings *differences)
{
	char a[16], b[16];

	if (record->features.state_size == theirs)
		return true;
	snprintf(a, sizeof(a), "%u", record->features.state_size);
	snprintf(b, sizeof(b), "%u", theirs);
	return differ(record, FM_ATTRIBUTE_STATE_SIZE, a, b, differences);
}

/**
 * fm_record_compare - hold a record against what the module reports
 * @record: the record
 * @module: as the module reports it; its complexity is not looked at
 * @differences: gets one sentence for each attribute that differs
 *
 * Return: 0, or -ENOMEM. No sentence means that the two agree.
 */
int fm_record_compare(const struct fm_record *record,
		      const struct fm_features *module,
		      struct fm_strings *differences)
{
	const struct fm_features *mine = &record->features;
	bool ok = true;

	if (mine->stateful != module->stateful)
		ok &= differ(record, FM_ATTRIBUTE_STATEFULNESS,
			     mine->stateful ? "stateful" : "stateless",
			     module->stateful ? "stateful" : "stateless",
			     differences);
	ok &= differ_key(record, module->key, differences);
	ok &= differ_bool(record, FM_ATTRIBUTE_BIDIRECTIONAL,
			  mine->bidirectional, module->bidirectional,
			  differences);
	if (mine->intensity != module->intensity)
		ok &= differ(record, FM_ATTRIBUTE_INTENSITY,
			     fm_record_intensity(mine->intensity),
			     fm_record_intensity(module->intensity),
			     differences);
	ok &= differ_bool(record, FM_ATTRIBUTE_POINTER, mine->pointer,
			  module->pointer, differences);
	ok &= differ_size(record, module->state_size, differences);
	return ok ? 0 : -ENOMEM;
}
