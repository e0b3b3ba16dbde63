// SPDX-License-Identifier: GPL-2.0-or-later
/* Feature records that are stored already. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "args.h"
#include "fieldset.h"
#include "store.h"
#include "tracking.h"

static int open_store(struct fm_store **store, struct fm_error *err)
{
	char text[FM_ERROR_LEN] = "";
	int ret = fm_store_open(NULL, store, text);

	return ret ? fm_error_set(err, fm_error_code(-ret), -ret, "%s", text) :
		     0;
}

/* ---- showing them */

struct listing {
	const char *const *names;
	size_t n;
	bool *seen;
	struct json_object *records;
};

static int list_one(struct fm_record *record, void *arg)
{
	struct listing *l = arg;
	bool wanted = !l->n;

	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->names[i], record->nf)) {
			wanted = true;
			l->seen[i] = true;
		}
	if (wanted)
		json_object_array_add(l->records, fm_record_fill(record));
	return 0;
}

/**
 * fm_tracking_stored - the records that are stored
 * @framework: only those of it, or NULL
 * @names: only these NFs, @n of them; all if @n is 0
 * @n: see there
 * @records: a JSON array that gets them
 * @err: says what went wrong
 *
 * Return: 0 or an exit code; FM_EXIT_NOT_FOUND if an NF has no record.
 */
int fm_tracking_stored(const char *framework, const char *const *names,
		       size_t n, struct json_object *records,
		       struct fm_error *err)
{
	bool seen[FM_ARGS_MULTI] = { false };
	struct listing l = { names, n, seen, records };
	char text[FM_ERROR_LEN] = "";
	struct fm_store *store;
	int ret = open_store(&store, err);

	if (ret)
		return ret;
	ret = fm_store_each(store, framework, list_one, &l, text);
	fm_store_close(store);
	if (ret)
		return fm_error_set(err, fm_error_code(-ret), -ret, "%s", text);
	for (size_t i = 0; i < n; i++)
		if (!seen[i])
			return fm_error_set(err, FM_EXIT_NOT_FOUND, ENOENT,
				"%s: there is no feature record; \"fmctl track\" makes one",
				names[i]);
	return 0;
}

/* ---- decisions */

static bool parse_bool(const char *text, bool *value)
{
	*value = !strcmp(text, "true") || !strcmp(text, "yes");
	return *value || !strcmp(text, "false") || !strcmp(text, "no");
}

static bool parse_intensity(const char *text, enum fm_intensity *value)
{
	for (*value = 0; *value <= FM_INTENSITY_PACKET; ++*value)
		if (!strcmp(fm_record_intensity(*value), text))
			return true;
	return false;
}

static bool parse_value(enum fm_attribute attribute, const char *text,
			struct fm_features *f)
{
	uint64_t n;

	switch (attribute) {
	case FM_ATTRIBUTE_STATEFULNESS:
		f->stateful = !strcmp(text, "stateful");
		return f->stateful || !strcmp(text, "stateless");
	case FM_ATTRIBUTE_KEY:
		return !fm_fieldset_parse(text, &f->key);
	case FM_ATTRIBUTE_BIDIRECTIONAL:
		return parse_bool(text, &f->bidirectional);
	case FM_ATTRIBUTE_POINTER:
		return parse_bool(text, &f->pointer);
	case FM_ATTRIBUTE_INTENSITY:
		return parse_intensity(text, &f->intensity);
	case FM_ATTRIBUTE_STATE_SIZE:
		if (!fm_args_uint(text, 0, FM_RECORD_STATE_MAX, &n))
			return false;
		f->state_size = n;
		return true;
	default:
		return false;
	}
}

static int parse_decision(const char *word, struct fm_confirmation *c,
			  struct fm_error *err)
{
	const char *equal = strchr(word, '=');
	enum fm_attribute a = 0;

	for (; equal && a < FM_ATTRIBUTE_COMPLEXITY; a++) {
		const char *name = fm_record_attribute(a);

		if (strlen(name) == (size_t)(equal - word) &&
		    !strncmp(name, word, equal - word))
			break;
	}
	if (!equal || a == FM_ATTRIBUTE_COMPLEXITY)
		return fm_error_set(err, FM_EXIT_USAGE, 0,
			"\"%s\" is no decision; say ATTRIBUTE=VALUE with statefulness, key, bidirectional, intensity, pointer or state_size",
			word);
	if (!parse_value(a, equal + 1, &c->features))
		return fm_error_set(err, FM_EXIT_USAGE, 0,
				    "\"%s\" is no value of %s", equal + 1,
				    fm_record_attribute(a));
	c->set |= 1U << a;
	return 0;
}

static void decide(struct fm_record *record, void *arg)
{
	record->confirmed = *(struct fm_confirmation *)arg;
	fm_record_confirm(record);
}

/**
 * fm_tracking_confirm - record a human's decision about an NF
 * @framework: of the NF, NULL: FlowMage's own
 * @nf: the NF
 * @decisions: "attribute=value", @n of them
 * @n: see there
 * @why: the reason
 * @dry_run: only look whether it could be done
 * @err: says what went wrong
 *
 * Return: 0 or an exit code.
 */
int fm_tracking_confirm(const char *framework, const char *nf,
			const char *const *decisions, size_t n,
			const char *why, bool dry_run, struct fm_error *err)
{
	struct fm_confirmation c = { 0 };
	char text[FM_ERROR_LEN] = "";
	time_t now = time(NULL);
	struct fm_store *store;
	struct tm tm;
	int ret = 0;

	if (strlen(why) >= sizeof(c.why) || !*why)
		return fm_error_set(err, FM_EXIT_USAGE, 0,
				    "the reason must have 1 to %zu bytes",
				    sizeof(c.why) - 1);
	strcpy(c.why, why);
	strftime(c.date, sizeof(c.date), "%Y-%m-%d", gmtime_r(&now, &tm));
	for (size_t i = 0; i < n && !ret; i++)
		ret = parse_decision(decisions[i], &c, err);
	if (!ret)
		ret = open_store(&store, err);
	if (ret)
		return ret;
	if (!dry_run) {
		ret = fm_store_change(store, framework ?: "flowmage", nf,
				      decide, &c, text);
		if (ret)
			fm_error_set(err, fm_error_code(-ret), -ret, "%s",
				     text);
	}
	fm_store_close(store);
	return ret ? err->code : 0;
}

/* ---- what belongs to a tree */

struct below {
	const char *dir;
	int (*each)(const char *nf, void *arg);
	void *arg;
};

static int check_below(struct fm_record *record, void *arg)
{
	struct below *b = arg;
	const char *path = record->files[0].path;
	char full[PATH_MAX];

	snprintf(full, sizeof(full), "%s%s%s", *path == '/' ? "" : b->dir,
		 *path == '/' ? "" : "/", path);
	return access(full, R_OK) ? 0 : b->each(record->nf, b->arg);
}

/**
 * fm_tracking_below - the NFs with a record whose source is in a tree
 * @framework: of the NFs, NULL: FlowMage's own
 * @dir: the tree
 * @each: called for each; ends the list if it returns other than 0
 * @arg: for @each
 * @err: says what went wrong
 *
 * Return: 0, an exit code, or what @each returned.
 */
int fm_tracking_below(const char *framework, const char *dir,
		      int (*each)(const char *nf, void *arg), void *arg,
		      struct fm_error *err)
{
	struct below b = { dir, each, arg };
	char text[FM_ERROR_LEN] = "";
	struct fm_store *store;
	int ret = open_store(&store, err);

	if (ret)
		return ret;
	ret = fm_store_each(store, framework ?: "flowmage", check_below, &b,
			    text);
	fm_store_close(store);
	return ret < 0 ? fm_error_set(err, fm_error_code(-ret), -ret, "%s",
				      text) : ret;
}
